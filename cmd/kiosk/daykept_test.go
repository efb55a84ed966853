//go:build !noos

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
)

// keepReport saves the report's page for a later look.
func (d *day) keepReport(ctx context.Context) {
	for name, path := range map[string]string{"report.html": "/lead/report", "card.html": "/lead"} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.lead.site+path, nil)
		if err != nil {
			d.t.Error(err)
			return
		}
		a, err := d.lead.http.Do(r)
		if err != nil {
			d.t.Error(err)
			return
		}
		text, err := io.ReadAll(io.LimitReader(a.Body, 4<<20))
		a.Body.Close()
		if err != nil || a.StatusCode != http.StatusOK {
			d.t.Errorf("%s: %s, %v", path, a.Status, err)
		}
		d.keep(name, text)
	}
}

// judgeStore opens what the gateway has left: its facts, replayed, are the tickets that it kept, as
// many as its log told of.
func (d *day) judgeStore(ctx context.Context, issued int) {
	t := d.t
	store, err := boltstore.Open(ctx, boltstore.Options{Dir: d.gateway.state})
	if err != nil {
		t.Error(err)
		return
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	date, err := kiosk.ParseDay(dayDate)
	if err != nil {
		t.Error(err)
		return
	}
	records, err := store.DayRecords(ctx, "coto", date)
	if err != nil {
		t.Error(err)
		return
	}
	kept, err := store.Load(ctx, "coto")
	if err != nil {
		t.Error(err)
		return
	}
	replayed := kiosk.Replay(records)
	byNumber := func(all []kiosk.Ticket) map[kiosk.Number]kiosk.Ticket {
		out := map[kiosk.Number]kiosk.Ticket{}
		for _, k := range all {
			out[k.Number] = k
		}
		return out
	}
	was, is := byNumber(kept.Tickets), byNumber(replayed)
	if len(was) != issued || len(is) != issued {
		t.Errorf("%d tickets are kept, %d replayed, %d in the log", len(was), len(is), issued)
	}
	for n, k := range was {
		if !reflect.DeepEqual(k, is[n]) {
			t.Errorf("%s is kept as\n%s\nand replayed as\n%s", n, showing(k), showing(is[n]))
		}
	}
}

func showing(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(text)
}
