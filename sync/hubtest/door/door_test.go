package door_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	l, g := newLineRig(t, hub.Limits{}, nil), wire.NewGatewayID()
	chain := func(seq kiosk.Seq) string { return kiosk.HashOf([]byte{byte(seq), byte(seq >> 8)}).String() }
	for _, v := range []struct {
		first, last kiosk.Seq
		want        wire.Ack
	}{
		{1, 40, wire.Ack{Accepted: 40}},
		{1, 40, wire.Ack{Replayed: 40}},
		{30, 50, wire.Ack{Accepted: 10, Replayed: 11}},
	} {
		ack, refused := l.send(g, l.issued(g, v.first, v.last)...)
		v.want.Mark = wire.Mark{Epoch: 1, Seq: max(v.last, 40), Chain: chain(max(v.last, 40))}
		if refused != nil || ack != v.want {
			t.Errorf("%d to %d: %+v, %v; want %+v", v.first, v.last, ack, refused, v.want)
		}
	}
	_, refused := l.send(g, l.issued(g, 60, 61)...)
	if refused == nil || refused.Code != wire.CodeGap || refused.Expected != 51 || refused.Ack == nil || refused.Ack.Mark.Seq != 50 {
		t.Errorf("gap: %+v", refused)
	}
	if m := l.marks(g); len(m) != 1 || m[0] != (wire.Mark{Epoch: 1, Seq: 50, Chain: chain(50)}) {
		t.Errorf("marks: %+v", m)
	}
	var n wire.Numbers
	if p := l.do(g, http.MethodGet, wire.PathNumbers+"?day=2026-11-26", nil, nil, &n); p != nil || n.Site != lineSite || n.Highest["S"] != 50 {
		t.Errorf("numbers: %+v, %v", n, p)
	}
	counts, err := l.store.Counts(context.Background(), 20261126, 20261126)
	if err != nil || len(counts) != 1 || counts[0].N != 50 {
		t.Errorf("counts: %+v, %v", counts, err)
	}
}

// The good prefix is kept, the first bad event named, and the word for the prefix given.
func TestBadEnvelopes(t *testing.T) {
	t.Parallel()
	l := newLineRig(t, hub.Limits{}, nil)
	for name, v := range map[string]struct {
		spoil func(*wire.Event)
		code  wire.Code
	}{
		"another's source":  {func(e *wire.Event) { e.Source = wire.NewGatewayID().Source() }, wire.CodeIdentity},
		"no place":          {func(e *wire.Event) { e.ID = "4" }, wire.CodeSyntax},
		"a place again":     {func(e *wire.Event) { e.ID = "1-3" }, wire.CodeSyntax},
		"a place left out":  {func(e *wire.Event) { e.ID = "1-5" }, wire.CodeGap},
		"another epoch":     {func(e *wire.Event) { e.ID = "2-4" }, wire.CodeSyntax},
		"no specversion":    {func(e *wire.Event) { e.SpecVersion = "0.3" }, wire.CodeSyntax},
		"an empty type":     {func(e *wire.Event) { e.Type = "" }, wire.CodeSyntax},
		"an id too long":    {func(e *wire.Event) { e.ID = strings.Repeat("1", 65) }, wire.CodeSyntax},
		"epoch beyond all":  {func(e *wire.Event) { e.ID = "4294967296-4" }, wire.CodeSyntax},
		"a negative number": {func(e *wire.Event) { e.ID = "1--4" }, wire.CodeSyntax},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := *l
			l.t = t
			g := wire.NewGatewayID()
			events := l.issued(g, 1, 5)
			v.spoil(&events[3])
			_, refused := l.send(g, events...)
			if refused == nil || refused.Code != v.code || refused.Index == nil || *refused.Index != 3 || refused.Ack == nil || refused.Ack.Accepted != 3 || refused.Ack.Mark.Seq != 3 {
				t.Fatalf("refused: %+v", refused)
			}
			if m := l.marks(g); len(m) != 1 || m[0].Seq != 3 {
				t.Errorf("marks: %+v", m)
			}
			// Mended, the same batch goes through.
			if ack, refused := l.send(g, l.issued(g, 1, 5)...); refused != nil || ack.Accepted != 2 || ack.Replayed != 3 {
				t.Errorf("mended: %+v, %v", ack, refused)
			}
		})
	}
}

func TestBadBodies(t *testing.T) {
	t.Parallel()
	l, g := newLineRig(t, hub.Limits{}, nil), wire.NewGatewayID()
	bomb := packed(t, bytes.Repeat([]byte(" "), 200<<20))
	if len(bomb) > 64<<10 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	for name, v := range map[string]struct {
		kind, packing string
		body          []byte
		code          wire.Code
	}{
		"another type":      {"text/plain", "", []byte("[]"), wire.CodeSyntax},
		"another packing":   {wire.TypeBatch, "gzip", []byte("[]"), wire.CodeSyntax},
		"nothing":           {wire.TypeBatch, "", nil, wire.CodeSyntax},
		"no events":         {wire.TypeBatch, "", []byte("[]"), wire.CodeSyntax},
		"no batch":          {wire.TypeBatch, "", []byte(`{"specversion":"1.0"}`), wire.CodeSyntax},
		"too large":         {wire.TypeBatch, "", bytes.Repeat([]byte(" "), wire.MaxBatchBytes+1), wire.CodeTooLarge},
		"a bomb":            {wire.TypeBatch, "zstd", bomb, wire.CodeTooLarge},
		"cut zstd":          {wire.TypeBatch, "zstd", packed(t, []byte("[]"))[:6], wire.CodeSyntax},
		"what is no zstd":   {wire.TypeBatch, "zstd", []byte("[]"), wire.CodeSyntax},
		"a hole in the end": {wire.TypeBatch, "", []byte("[]x"), wire.CodeSyntax},
	} {
		head := http.Header{"Content-Type": {v.kind}}
		if v.packing != "" {
			head.Set("Content-Encoding", v.packing)
		}
		for _, length := range []string{"with", "without"} {
			body := io.Reader(bytes.NewReader(v.body))
			if length == "without" {
				body = io.MultiReader(body) // so nobody knows its length
			}
			if p := l.do(g, http.MethodPost, wire.PathEvents, head, body, nil); p == nil || p.Code != v.code {
				t.Errorf("%s, %s a length: %+v, want %s", name, length, p, v.code)
			}
		}
	}
	if m := l.marks(g); len(m) != 0 {
		t.Errorf("marks: %+v", m)
	}
	// And a good one, packed.
	b, err := wire.AppendBatch(nil, l.issued(g, 1, 300))
	if err != nil {
		t.Fatal(err)
	}
	head := http.Header{"Content-Type": {wire.TypeBatch + "; charset=utf-8"}, "Content-Encoding": {"zstd"}}
	var ack wire.Ack
	if p := l.do(g, http.MethodPost, wire.PathEvents, head, bytes.NewReader(packed(t, b)), &ack); p != nil || ack.Accepted != 300 {
		t.Errorf("packed: %+v, %v", ack, p)
	}
}

func packed(t *testing.T, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(b, nil)
}

func TestStrangers(t *testing.T) {
	t.Parallel()
	l := newLineRig(t, hub.Limits{}, nil)
	for _, path := range []string{wire.PathEvents, wire.PathMarks, wire.PathNumbers, wire.PathFeed, wire.PathHealth, wire.PathKeys} {
		method := map[string]string{wire.PathEvents: "POST", wire.PathHealth: "PUT"}[path]
		if p := l.do("", method, path, nil, nil, nil); p == nil || p.Code != wire.CodeUnknown {
			t.Errorf("%s: %+v", path, p)
		}
	}
	g := wire.NewGatewayID()
	if p := l.do(g, http.MethodDelete, wire.PathEvents, nil, nil, nil); p == nil || p.Code != wire.CodeMethod {
		t.Errorf("method: %+v", p)
	}
	if p := l.do(g, http.MethodGet, "/v2/events", nil, nil, nil); p == nil || p.Code != wire.CodeNotFound {
		t.Errorf("path: %+v", p)
	}
}

// What is not understood is kept and acknowledged, and what it says of a person is not in the open.
func TestNotUnderstood(t *testing.T) {
	t.Parallel()
	l, g := newLineRig(t, hub.Limits{}, nil), wire.NewGatewayID()
	events := l.issued(g, 1, 4)
	events[1].Type = wire.TypePrefix + "dossier-received.v9"
	events[1].Data = []byte(`{"subject":{"name":"Nguyễn Thị Mai"},"x":1}`)
	events[2].Site = "H01-01" // not its gateway's
	ack, refused := l.send(g, events...)
	if refused != nil || ack.Accepted != 4 || ack.Quarantined != 2 {
		t.Fatalf("%+v, %v", ack, refused)
	}
	aside, err := l.store.Quarantine(context.Background(), g, 10)
	if err != nil || len(aside) != 2 || !strings.Contains(aside[0].Why, "unknown type") || !bytes.Contains(aside[0].Event, []byte("Nguyễn Thị Mai")) || !strings.Contains(aside[1].Why, "site") {
		t.Errorf("aside: %+v, %v", aside, err)
	}
}

// A dossier's header, of which every page but none is there, is complete at once; the feed says so
// to who waits there, and the word is signed.
func TestFeed(t *testing.T) {
	t.Parallel()
	l, g := newLineRig(t, hub.Limits{}, nil), wire.NewGatewayID()
	type answer struct {
		batch   wire.FeedBatch
		refused *wire.Problem
	}
	ask := func(after string) <-chan answer {
		c := make(chan answer, 1)
		go func() {
			var a answer
			a.refused = l.do(g, http.MethodGet, wire.PathFeed+"?after="+after, nil, nil, &a.batch)
			c <- a
		}()
		return c
	}
	waiting := ask("0")
	id := kiosk.NewDossierID(time.Now())
	began := time.Now()
	d := kiosk.Dossier{ID: id, Procedure: "2.000815"}
	if _, refused := l.send(g, l.encode(g, 1, kiosk.DossierReceived{Dossier: d}, &wire.Subject{Name: "Mai", Number: "034190012345"})); refused != nil {
		t.Fatal(refused)
	}
	a := <-waiting
	if took := time.Since(began); took > wire.FeedWait/2 {
		t.Errorf("woken after %s", took)
	}
	if a.refused != nil || len(a.batch.Events) != 1 || a.batch.Cursor != 1 || a.batch.More || a.batch.Events[0].ID != "1" || a.batch.Events[0].Type != wire.FeedDossier {
		t.Fatalf("feed: %+v", a)
	}
	var word wire.DossierComplete
	if err := json.Unmarshal(a.batch.Events[0].Data, &word); err != nil {
		t.Fatal(err)
	}
	var st wire.Statement
	if err := l.pub.Verify(word.Statement, &st); err != nil || st.Dossier != id || st.Manifest != d.Manifest() || st.Gateway != g || st.Site != lineSite {
		t.Errorf("statement: %+v, %v", st, err)
	}
	// A newer question ends the older one, so that one gateway waits once.
	older := ask("1")
	newer := ask("1")
	select {
	case a = <-older:
	case a = <-newer: // it came first
		newer = older
	}
	if len(a.batch.Events) != 0 || a.batch.Cursor != 1 {
		t.Errorf("ended: %+v", a)
	}
	// Another process puts something there: this one learns of it by itself.
	if _, err := l.store.Push(context.Background(), g, wire.FeedNotice, []byte(`{"text":"x"}`)); err != nil {
		t.Fatal(err)
	}
	if a = <-newer; len(a.batch.Events) != 1 || a.batch.Cursor != 2 {
		t.Errorf("another process's: %+v", a)
	}
	// A cursor that this hub never gave is answered with nothing, at once where it stops.
	future := ask("99")
	l.hub.Quiet()
	if a = <-future; a.refused != nil || len(a.batch.Events) != 0 || a.batch.Cursor != 99 {
		t.Errorf("future: %+v", a)
	}
	if a = <-ask("x"); a.refused == nil || a.refused.Code != wire.CodeSyntax {
		t.Errorf("no cursor: %+v", a)
	}
}

// One gateway's batches fill no more than its places; those of others go on.
func TestOneGatewayCannotFillTheHub(t *testing.T) {
	t.Parallel()
	open, held := make(chan struct{}), make(chan struct{}, 10)
	var once sync.Once
	release := func() { once.Do(func() { close(open) }) }
	defer release()
	l := newLineRig(t, hub.Limits{Each: 1, Patience: 50 * time.Millisecond}, func(s hub.Store) hub.Store {
		return &faultyStore{s, func([]hub.Batch) error {
			held <- struct{}{}
			<-open
			return nil
		}}
	})
	greedy, other := wire.NewGatewayID(), wire.NewGatewayID()
	acks := make(chan *wire.Problem, 2)
	for _, g := range []wire.GatewayID{greedy, other} {
		go func() {
			_, refused := l.send(g, l.issued(g, 1, 1)...)
			acks <- refused
		}()
		if g == greedy {
			<-held // under way
		}
	}
	_, refused := l.send(greedy, l.issued(greedy, 1, 1)...)
	if refused == nil || refused.Code != wire.CodeBusy || refused.Status != http.StatusTooManyRequests || refused.RetryAfter <= 0 {
		t.Errorf("greedy: %+v", refused)
	}
	release()
	for range 2 {
		if refused := <-acks; refused != nil {
			t.Errorf("who was let in: %v", refused)
		}
	}
}

// Where there is no more room for bodies, a gateway is sent away with a time to come back, before
// it has sent anything.
func TestFullHub(t *testing.T) {
	t.Parallel()
	l := newLineRig(t, hub.Limits{Bodies: wire.MaxBatchBytes, Patience: 20 * time.Millisecond}, nil)
	slow, g := wire.NewGatewayID(), wire.NewGatewayID()
	r, w := io.Pipe()
	done := make(chan *wire.Problem, 1)
	go func() { done <- l.do(slow, http.MethodPost, wire.PathEvents, batchHead, r, nil) }()
	if _, err := w.Write([]byte("[")); err != nil {
		t.Fatal(err)
	}
	// The pipe's first byte is read by the transport and not yet by the hub, so that the first
	// batch may still find room.
	seq := kiosk.Seq(1)
	for deadline := time.Now().Add(10 * time.Second); ; seq++ {
		_, refused := l.send(g, l.issued(g, seq, seq)...)
		if refused != nil {
			if refused.Code != wire.CodeBusy || refused.Status != http.StatusServiceUnavailable || refused.RetryAfter <= 0 {
				t.Errorf("full: %+v", refused)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("never full")
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if refused := <-done; refused == nil || refused.Code != wire.CodeSyntax {
		t.Errorf("slow: %+v", refused)
	}
	if _, refused := l.send(g, l.issued(g, seq, seq)...); refused != nil {
		t.Errorf("after it: %v", refused)
	}
}

// A batch that the database cannot take is the end of no other.
func TestOneBatchFailsAlone(t *testing.T) {
	t.Parallel()
	poison := wire.NewGatewayID()
	l := newLineRig(t, hub.Limits{}, func(s hub.Store) hub.Store {
		return &faultyStore{s, func(batches []hub.Batch) error {
			for _, b := range batches {
				if b.Gateway == poison {
					return errors.New("a batch that the database cannot take")
				}
			}
			return nil
		}}
	})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			g := wire.NewGatewayID()
			if _, refused := l.send(g, l.issued(g, 1, 3)...); refused != nil {
				t.Errorf("a good one: %v", refused)
			}
		})
	}
	all.Go(func() {
		_, refused := l.send(poison, l.issued(poison, 1, 3)...)
		if refused == nil || refused.Code != wire.CodeInternal || refused.RetryAfter <= 0 {
			t.Errorf("the bad one: %+v", refused)
		}
	})
	all.Wait()
}

func TestHealth(t *testing.T) {
	t.Parallel()
	l, g := newLineRig(t, hub.Limits{}, nil), wire.NewGatewayID()
	put := func(body string) *wire.Problem {
		return l.do(g, http.MethodPut, wire.PathHealth, nil, strings.NewReader(body), nil)
	}
	if p := put(`{"site":"22-06967","version":"1.2","backlog_facts":7,"of_tomorrow":{"a":1}}`); p != nil {
		t.Fatal(p)
	}
	for body, code := range map[string]wire.Code{
		`{"site":"H01"}`: wire.CodeSyntax, `[`: wire.CodeSyntax, strings.Repeat(" ", wire.MaxHealth+1): wire.CodeTooLarge,
	} {
		if p := put(body); p == nil || p.Code != code {
			t.Errorf("%.20s: %+v", body, p)
		}
	}
	seen, err := l.store.Overview(context.Background())
	if err != nil || len(seen) != 1 || seen[0].Gateway != g || seen[0].Health == nil || seen[0].Health.Facts != 7 || seen[0].Health.Version != "1.2" {
		t.Errorf("overview: %+v, %v", seen, err)
	}
	for i := range 10 {
		if p := put(`{"site":"22-06967","instance":"` + []string{"this", "that"}[i%2] + `"}`); p != nil {
			t.Fatal(p)
		}
	}
	if seen, err = l.store.Overview(context.Background()); err != nil || seen[0].Cloned.IsZero() {
		t.Errorf("two boxes in turn: %+v, %v", seen, err)
	}
}
