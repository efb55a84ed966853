package wire_test

import (
	"context"
	"errors"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/wire"
)

// opened answers for every applicant in the same way.
type opened struct {
	subject *wire.Subject
	err     error
}

func (o opened) Subject(context.Context, kiosk.DossierID, []byte) (*wire.Subject, error) {
	return o.subject, o.err
}

// TestSend: there is an event in every place, unless the box has to be asked again.
func TestSend(t *testing.T) {
	t.Parallel()
	later := errors.New("the box is locked")
	header := kiosk.DossierReceived{Dossier: kiosktest.Dossier(2, 1)}
	unreadable := kiosktest.Dossier(1, 2)
	unreadable.Procedure = "two\nlines"
	for name, c := range map[string]struct {
		fact      kiosk.Fact
		broken    error
		open      opened
		typ       string
		lost, err bool
	}{
		"a ticket":                    {fact: kiosk.HallMoved{}, typ: wire.TypeHallMoved},
		"a header":                    {fact: header, open: opened{subject: &wire.Subject{Name: "Nguyễn Thị Thử"}}, typ: wire.TypeDossierReceived},
		"a header, forgotten":         {fact: header, open: opened{err: kiosk.ErrGone}, typ: wire.TypeDossierReceived, lost: true},
		"a header, the box is locked": {fact: header, open: opened{err: later}, err: true},
		"unreadable here":             {broken: errors.New("bad checksum"), typ: wire.TypeUnsendable, lost: true},
		"not to be encoded":           {fact: kiosk.DossierReceived{Dossier: unreadable}, open: opened{}, typ: wire.TypeUnsendable, lost: true},
	} {
		o := kiosk.Outgoing{Record: kiosk.Record{Position: kiosk.Position{Epoch: 3, Seq: 7}, Site: kiosktest.Site, Day: kiosktest.Monday, At: kiosktest.At(0), Fact: c.fact}, Broken: c.broken}
		e, lost, err := wire.Send(t.Context(), "gw-0123456789abcdef", o, c.open)
		if e.Type != c.typ || (lost != nil) != c.lost || (err != nil) != c.err {
			t.Errorf("%s: %+v, lost %v, %v", name, e, lost, err)
		}
		if err != nil {
			if !errors.Is(err, later) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if e.ID != "3-7" {
			t.Errorf("%s: in the place of %q", name, e.ID)
		}
		if _, subject, err := wire.Decode(e); c.typ == wire.TypeDossierReceived && (err != nil || (subject == nil) != c.lost) {
			t.Errorf("%s: about %v, %v", name, subject, err)
		}
	}
}

// TestGather: facts of one epoch go together up to a size, at least one; what has to wait stops
// those behind it and none before.
func TestGather(t *testing.T) {
	t.Parallel()
	at := func(epoch kiosk.Epoch, seq kiosk.Seq, f kiosk.Fact) kiosk.Outgoing {
		return kiosk.Outgoing{Record: kiosk.Record{Position: kiosk.Position{Epoch: epoch, Seq: seq}, Site: kiosktest.Site, Day: kiosktest.Monday, At: kiosktest.At(0), Fact: f}}
	}
	header := kiosk.DossierReceived{Dossier: kiosktest.Dossier(2, 1)}
	some := []kiosk.Outgoing{at(3, 7, kiosk.HallMoved{}), at(3, 8, header), at(3, 9, kiosk.HallMoved{}), at(4, 1, kiosk.HallMoved{})}
	for name, c := range map[string]struct {
		out         []kiosk.Outgoing
		size        int
		open        error
		want        int
		full, waits bool
		lost        int
	}{
		"one epoch":       {out: some, size: 1 << 20, want: 3},
		"the next":        {out: some[3:], size: 1 << 20, want: 1},
		"none":            {size: 1 << 20},
		"too small a bag": {out: some, size: 0, want: 1, full: true},
		"two fit":         {out: some, size: 1300, want: 2, full: true},
		"forgotten":       {out: some, size: 1 << 20, open: kiosk.ErrGone, want: 3, lost: 1},
		"locked":          {out: some, size: 1 << 20, open: errors.New("locked"), want: 1, waits: true},
		"locked at once":  {out: some[1:], size: 1 << 20, open: errors.New("locked"), waits: true},
		"not reached":     {out: some, size: 0, open: kiosk.ErrGone, want: 1, full: true},
	} {
		lost := 0
		p := wire.Gather(t.Context(), "gw-0123456789abcdef", c.out, opened{subject: &wire.Subject{}, err: c.open}, c.size, func(kiosk.Position, error) { lost++ })
		if len(p.Events) != c.want || p.Full != c.full || (p.Waits != nil) != c.waits || lost != c.lost {
			t.Errorf("%s: %d events, full %v, waits %v, %d lost", name, len(p.Events), p.Full, p.Waits, lost)
		}
	}
}
