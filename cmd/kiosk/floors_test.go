package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// diary notes what happens in which order.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, s)
}

func TestFloorsStopFromTheTop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, fail := context.WithCancelCause(t.Context())
		b := &building{log: slog.New(slog.DiscardHandler), fail: fail}
		var d diary
		part := func(name string) func(context.Context) error {
			return func(ctx context.Context) error {
				<-ctx.Done()
				d.note(name)
				return nil
			}
		}
		ground := b.floor(ctx, "ground")
		ground.run("store", part("store"))
		upper := b.floor(ctx, "upper")
		upper.run("printer", part("printer"))
		top := b.floor(ctx, "top")
		top.run("web", part("web"))
		fail(nil)
		synctest.Wait()
		if len(d.lines) > 0 {
			t.Errorf("stopped before it was its turn: %v", d.lines)
		}
		if err := b.close(); err != nil {
			t.Error(err)
		}
		if want := []string{"web", "printer", "store"}; !slices.Equal(d.lines, want) {
			t.Errorf("stopped in the order %v", d.lines)
		}
		if err := b.close(); err != nil {
			t.Errorf("closed again: %v", err)
		}
	})
}

// A part that gives up, or goes home early, takes the building with it.
func TestPartThatEndsIsNoticed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		part func(context.Context) error
		want string
	}{
		"fails": {func(context.Context) error { return errors.New("no paper") }, "printer: no paper"},
		"ends":  {func(context.Context) error { return nil }, "printer ended by itself"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, fail := context.WithCancelCause(t.Context())
			defer fail(nil)
			b := &building{log: slog.New(slog.DiscardHandler), fail: fail}
			b.floor(ctx, "devices").run("printer", tt.part)
			<-ctx.Done()
			if err := context.Cause(ctx); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("cause: %v", err)
			}
			if err := b.close(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("close: %v", err)
			}
		})
	}
}
