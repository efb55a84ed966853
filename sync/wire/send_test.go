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
