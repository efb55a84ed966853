package kiosk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func (w *world) waiting() kiosk.Backlog {
	w.t.Helper()
	b, err := w.store.Waiting(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *world) receive(d kiosk.Dossier) kiosk.DossierRecord {
	w.t.Helper()
	r, err := w.ReceiveDossier(ctx, d, "counter/3")
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// lastFacts returns the newest n facts.
func (w *world) lastFacts(n int) []kiosk.Record {
	w.t.Helper()
	records, err := w.Records(ctx, kiosk.Position{}, 1<<20)
	if err != nil || len(records) < n {
		w.t.Fatalf("%d facts, %v", len(records), err)
	}
	return records[len(records)-n:]
}

func (w *world) has(code kiosk.FaultCode) bool {
	return slices.ContainsFunc(w.Snapshot().Faults, func(f kiosk.Fault) bool { return f.Code == code })
}

func TestReceiveDossier(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	changed := w.Changed()
	d := kiosktest.Dossier(3, 1)
	first := w.receive(d)
	select {
	case <-changed:
	default:
		t.Error("nobody was told of the fact")
	}
	if first.State != kiosk.DossierFiled || first.Day != kiosktest.Monday || first.At != w.Last() {
		t.Errorf("record: %+v", first)
	}
	if b := w.waiting(); b.Blobs != 3 || b.Facts != 1 {
		t.Errorf("backlog: %+v", b)
	}
	f, ok := w.lastFacts(1)[0].Fact.(kiosk.DossierReceived)
	if !ok || f.Dossier.Manifest() != d.Manifest() || w.lastFacts(1)[0].By != "counter/3" {
		t.Errorf("fact: %+v", f)
	}
	// Whoever does not know whether it was kept says it again, also after the power was off.
	w.restart()
	if again := w.receive(d); again.At != first.At || w.waiting().Facts != 1 {
		t.Errorf("said again: %+v", again)
	}
	other := d
	other.Pages = slices.Clone(d.Pages[:2])
	_, err := w.ReceiveDossier(ctx, other, "counter/3")
	refused(t, err, kiosk.CodeDossierDiffers)
	// Its caller may go on with its own slices.
	own := kiosktest.Dossier(1, 2)
	w.receive(own)
	own.Subject[0], own.Pages[0].Size = 'X', 1
	if kept, _, err := w.store.Dossier(ctx, kiosktest.Site, own.ID); err != nil || kept.Dossier.Subject[0] == 'X' || kept.Dossier.Pages[0].Size == 1 {
		t.Errorf("kept %+v, %v", kept, err)
	}

	before := w.Last()
	for why, spoil := range map[string]func(*kiosk.Dossier){
		"no ID":                          func(d *kiosk.Dossier) { d.ID = "" },
		"no procedure":                   func(d *kiosk.Dossier) { d.Procedure = "" },
		"a page of nothing":              func(d *kiosk.Dossier) { d.Pages[0].Size = 0 },
		"a page without a hash":          func(d *kiosk.Dossier) { d.Pages[0].Hash = kiosk.Hash{} },
		"a component of two lines":       func(d *kiosk.Dossier) { d.Pages[0].Component = "a\nb" },
		"a component of two fields":      func(d *kiosk.Dossier) { d.Pages[0].Component = "a\tb" },
		"the same bytes of another size": func(d *kiosk.Dossier) { d.Pages[1].Hash = d.Pages[0].Hash },
		"too many pages":                 func(d *kiosk.Dossier) { d.Pages = make([]kiosk.Page, kiosk.MaxPages+1) },
		"too much about the applicant":   func(d *kiosk.Dossier) { d.Subject = make([]byte, kiosk.MaxSubject+1) },
		"a number that is none":          func(d *kiosk.Dossier) { d.Ticket = kiosk.Number(strings.Repeat("9", 33)) },
	} {
		d := kiosktest.Dossier(2, 9)
		spoil(&d)
		if _, err := w.ReceiveDossier(ctx, d, "counter/3"); err == nil {
			t.Errorf("%s: received", why)
		} else {
			refused(t, err, kiosk.CodeBadDossier)
		}
	}
	d = kiosktest.Dossier(1, 9)
	d.Counter = "99"
	_, err = w.ReceiveDossier(ctx, d, "counter/3")
	refused(t, err, kiosk.CodeUnknownCounter)
	if w.Last() != before {
		t.Error("a refusal left a fact")
	}
}

func TestConfirmAndForgetDossier(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, other := kiosktest.Dossier(3, 1), kiosktest.Dossier(2, 2)
	w.receive(d)
	w.receive(other)
	refused(t, w.ConfirmDossier(ctx, kiosktest.Dossier(1, 3).ID, d.Manifest(), "s"), kiosk.CodeUnknownDossier)
	refused(t, w.ConfirmDossier(ctx, d.ID, other.Manifest(), "s"), kiosk.CodeDossierDiffers)
	refused(t, w.ConfirmDossier(ctx, d.ID, d.Manifest(), strings.Repeat("s", 8<<10+1)), kiosk.CodeTooLarge)
	refused(t, w.ForgetDossier(ctx, d.ID, kiosk.ForgetOnTime), kiosk.CodeDossierUnconfirmed)
	refused(t, w.ForgetDossier(ctx, d.ID, "mood"), kiosk.CodeBadRequest)
	must(t, w.ForgetDossier(ctx, kiosktest.Dossier(1, 3).ID, kiosk.ForgetSubject))

	must(t, w.ConfirmDossier(ctx, d.ID, d.Manifest(), "a.signed.word"))
	if r := w.lastFacts(1)[0]; r.Fact != (kiosk.DossierSettled{ID: d.ID, State: kiosk.DossierConfirmed, Manifest: d.Manifest()}) || r.By != "hub" {
		t.Errorf("fact: %+v", r)
	}
	kept := func(id kiosk.DossierID) kiosk.DossierRecord {
		t.Helper()
		r, ok, err := w.store.Dossier(ctx, kiosktest.Site, id)
		if err != nil || !ok {
			t.Fatalf("dossier %s: %v, %v", id, ok, err)
		}
		return r
	}
	if r := kept(d.ID); r.State != kiosk.DossierConfirmed || r.ConfirmedOn != kiosktest.Monday || r.Statement != "a.signed.word" {
		t.Errorf("record: %+v", r)
	}
	// Its pages may have gone on a stick: nothing of it waits any more.
	if b := w.waiting(); b.Blobs != 2 {
		t.Errorf("backlog: %+v", b)
	}
	end := w.Last()
	must(t, w.ConfirmDossier(ctx, d.ID, d.Manifest(), "another.signed.word"))
	if w.Last() != end || kept(d.ID).Statement != "a.signed.word" {
		t.Error("a second word changed something")
	}

	must(t, w.ForgetDossier(ctx, d.ID, kiosk.ForgetOnTime))
	must(t, w.ForgetDossier(ctx, other.ID, kiosk.ForgetSubject)) // not confirmed, but the person asked
	if b := w.waiting(); b.Blobs != 0 {
		t.Errorf("backlog: %+v", b)
	}
	for _, id := range []kiosk.DossierID{d.ID, other.ID} {
		if r := kept(id); r.State != kiosk.DossierForgotten || r.Dossier.Subject != nil {
			t.Errorf("record: %+v", r)
		}
	}
	facts := w.lastFacts(2)
	if facts[0].Fact != (kiosk.DossierSettled{ID: d.ID, State: kiosk.DossierForgotten, Why: kiosk.ForgetOnTime}) || facts[0].By != "gateway" || facts[1].By != "hub" {
		t.Errorf("facts: %+v", facts)
	}
	end = w.Last()
	must(t, w.ForgetDossier(ctx, d.ID, kiosk.ForgetSubject))
	must(t, w.ConfirmDossier(ctx, other.ID, other.Manifest(), "s")) // too late to matter
	if w.Last() != end || kept(other.ID).State != kiosk.DossierForgotten {
		t.Error("said again, something changed")
	}
	if b := w.receive(d); b.State != kiosk.DossierForgotten {
		t.Errorf("received again: %+v", b)
	}
}

// A store that fails keeps nothing of a dossier, and says so; said again it is kept once.
func TestReceiveDossierOnABrokenStore(t *testing.T) {
	t.Parallel()
	for _, how := range []kiosktest.Fault{kiosktest.FailBefore, kiosktest.FailAfter} {
		w := newWorld(t)
		w.store.Fail(1, how)
		d := kiosktest.Dossier(2, 1)
		_, err := w.ReceiveDossier(ctx, d, "counter/3")
		refused(t, err, kiosk.CodeStoreFailed)
		w.pass(10 * time.Second)
		w.receive(d)
		if b := w.waiting(); b.Blobs != 2 {
			t.Errorf("fault %d: backlog %+v", how, b)
		}
		records, err := w.Records(ctx, kiosk.Position{}, 100)
		n := 0
		for _, r := range records {
			if _, ok := r.Fact.(kiosk.DossierReceived); ok {
				n++
			}
		}
		if err != nil || n != 1 {
			t.Errorf("fault %d: received %d times, %v", how, n, err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDossierIDTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 26, 8, 0, 0, 123_456_789, time.UTC)
	if got := kiosk.NewDossierID(at).Time(); !got.Equal(at.Truncate(time.Millisecond)) {
		t.Errorf("made at %v, want %v", got, at)
	}
	if got := kiosk.DossierID("none").Time(); !got.IsZero() {
		t.Errorf("no ID was made at %v", got)
	}
}
