package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/drivers/speech"
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/report"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/ui/counter"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/lead"
	"github.com/motcua/gateway/ui/rating"
	"github.com/motcua/gateway/ui/words"
)

// officeParts are what the pages around the counters are made of, beside what stands on the key.
type officeParts struct {
	office *kiosk.Office
	paired *lan.Pairing
	voice  *speaker
	live   *report.Live
}

// officePages are the pages around the counters, the same on this machine and on the network.
type officePages struct {
	gate    *lan.Gate
	counter *counter.Pages
	lead    *lead.Pages
	rating  *rating.Pages
	// signedIn tells when somebody next signs in or out.
	signedIn func() <-chan struct{}
}

// The purposes for which keys are derived from the box's.
const (
	purposeForms = "lan/forms"
	purposeRates = "rating/codes"
)

// newOfficePages makes the pages over what stands on the key.
func newOfficePages(p officeParts, k *keyed, key *secret.Key, log *slog.Logger) (*officePages, error) {
	// What the pages refuse, they refuse in the words of the office; hosts are looked at before.
	shield := lan.Shield{Words: words.For(kiosk.Vietnamese), Log: log}
	forms := key.Derive(purposeForms)
	gate, err := lan.NewGate(k.book, forms[:], shield)
	if err != nil {
		return nil, err
	}
	o := &officePages{gate: gate, signedIn: k.book.Changed}
	var errs [3]error
	o.counter, errs[0] = counter.New(counter.Config{
		Office: p.office, Gate: gate, Staff: k.book, Shield: shield, NFC: norm.NFC.String, Lead: "/lead", Boards: "/lead/boards",
	})
	o.lead, errs[1] = lead.New(lead.Options{
		Office: p.office, Live: p.live, Staff: composed{k.book}, Boards: composedBoards{p.paired}, Voice: leadVoice{p.voice}, Gate: gate, Link: k.line.link, Log: log,
	})
	o.rating, errs[2] = rating.New(rating.Config{Office: p.office, Codes: k.codes, Tablets: p.paired, Shield: shield})
	return o, errors.Join(errs[:]...)
}

func (o *officePages) mount(mux *http.ServeMux) {
	o.counter.Routes(mux)
	o.rating.Routes(mux)
	leads := o.lead.Handler()
	mux.Handle("/lead", leads)
	mux.Handle("/lead/", leads)
	mux.Handle("/report/groups", leads)
}

// plainPaths are what may go without TLS where the office wants that.
func plainPaths() []string { return []string{"/board", "/board/"} }

// bodyOf is lan.Server.BodyOf: a recorded clip is larger than any form.
func bodyOf(r *http.Request) int64 {
	if r.Method == http.MethodPost && (r.URL.Path == "/lead/voice/check" || r.URL.Path == "/lead/voice/keep") {
		return speech.MaxClipBytes + 64<<10
	}
	return 0
}

// openPairing opens the book of boards and tablets.
func openPairing(ctx context.Context, shelf kiosk.Shelf, office *kiosk.Office, log *slog.Logger) (*lan.Pairing, error) {
	return lan.OpenPairing(ctx, lan.PairingConfig{
		Shelf: shelf, Recorder: office, Log: log, Counters: office.Setup().CounterCodes,
	})
}
