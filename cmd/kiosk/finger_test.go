package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk/control"
)

// finger is a citizen who only reads what the screen shows and presses it: finger DIR sees TEXT
// waits until a text stands on the screen, finger DIR presses TEXT presses what reads so, and
// finger DIR holds TEXT keeps the finger on it for two seconds.
func finger() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := point(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "finger:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// word is a text on the screen, as ui/touch/web tells it.
type word struct {
	Text       string
	X, Y, W, H int
	Pressable  bool
}

func point(ctx context.Context, args []string) error {
	if len(args) != 3 {
		return errors.New("usage: finger DIR sees|presses|holds TEXT")
	}
	var s control.Status
	if err := control.NewClient(args[0]).Do(ctx, http.MethodGet, "/v1/status", nil, &s); err != nil {
		return err
	}
	w, err := see(ctx, s.Web, args[2], args[1] != "sees")
	if err != nil || args[1] == "sees" {
		return err
	}
	at := func(phase string) error {
		body, err := json.Marshal(map[string]any{"phase": phase, "x": w.X + w.W/2, "y": w.Y + w.H/2})
		if err != nil {
			return err
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Web+"/screen/touch", bytes.NewReader(body))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/json")
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		defer a.Body.Close()
		if text, _ := io.ReadAll(a.Body); a.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", a.Status, text)
		}
		return nil
	}
	if args[1] == "presses" {
		return at("tap")
	}
	if err := at("down"); err != nil {
		return err
	}
	select {
	case <-time.After(2 * time.Second):
	case <-ctx.Done():
	}
	return at("up")
}

// see waits until a text stands on the screen.
func see(ctx context.Context, web, text string, pressable bool) (word, error) {
	seen, frame := []string{}, "0"
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, web+"/screen/text?after="+frame, nil)
		if err != nil {
			return word{}, err
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			return word{}, fmt.Errorf("%w; never saw %q, but %q", err, text, seen)
		}
		var words []word
		err = json.NewDecoder(a.Body).Decode(&words)
		a.Body.Close()
		if err != nil {
			return word{}, err
		}
		frame, seen = a.Header.Get("X-Frame"), nil
		for _, w := range words {
			if strings.Contains(w.Text, text) && (w.Pressable || !pressable) {
				return w, nil
			}
			seen = append(seen, w.Text)
		}
	}
}
