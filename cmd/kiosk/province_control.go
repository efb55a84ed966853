package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"

	"github.com/motcua/gateway/drivers/simulated/scans"
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/ferry"
	"github.com/motcua/gateway/sync/uplink"
	"github.com/motcua/gateway/sync/wire"
	"github.com/motcua/gateway/ui/words"
)

var _ control.Province = (*province)(nil)

// byControl is how facts are signed that a person at the box has made.
const byControl = "kioskctl"

// Line implements [control.Province].
func (p *province) Line(ctx context.Context) (control.Uplink, error) {
	s, err := p.uplink.State(ctx)
	if err != nil {
		return control.Uplink{}, err
	}
	who := p.enrolment.Status()
	out := control.Uplink{
		Phase: string(s.Phase), Since: s.Since, Hub: who.Hub, Gateway: string(who.Gateway), Certificate: who.Until,
		Contact: s.Contact, Trouble: s.Trouble, Next: s.Next, Rate: int64(s.Rate), PagesFrom: s.PagesFrom,
		Facts: s.Backlog.Facts, OldestFact: s.Backlog.OldestFact, Pages: s.Backlog.Blobs, Bytes: s.Backlog.BlobBytes, Parked: s.Backlog.Parked,
	}
	if who.Enrolled && s.Phase == uplink.PhaseUnenrolled {
		out.Phase = string(uplink.PhaseConnecting) // the loop has not seen it yet
	}
	if who.Trouble != nil && out.Trouble == "" {
		out.Trouble = who.Trouble.Error()
	}
	if s.Backlog.Acked.Seq > 0 {
		out.Acked = wire.EventID(s.Backlog.Acked)
	}
	if t, ok := s.Expected(); ok {
		n := int64(t.Seconds())
		out.Expected = &n
	}
	return out, nil
}

// Enrol implements [control.Province].
func (p *province) Enrol(ctx context.Context, hub, code string) error {
	who, err := p.enrolment.Enrol(ctx, hub, code)
	if err != nil {
		return enrolProblem(err)
	}
	return p.office.RecordLine(ctx, kiosk.LineMoved{What: kiosk.LineEnrolled, Detail: string(who.Gateway)}, byControl)
}

// Leave implements [control.Province].
func (p *province) Leave(ctx context.Context) error {
	who := p.enrolment.Status()
	if err := p.enrolment.Leave(ctx); err != nil {
		return enrolProblem(err)
	}
	return p.office.RecordLine(ctx, kiosk.LineMoved{What: kiosk.LineLeft, Detail: string(who.Gateway)}, byControl)
}

// enrolProblem tells a person why an enrolment was refused.
func enrolProblem(err error) error {
	code := enrol.CodeOf(err)
	if code == "" {
		return err
	}
	return &control.Problem{
		Status: http.StatusConflict, Code: string(code), Reason: words.ForLine().Enrolment(string(code)), Hint: err.Error(),
	}
}

// Parked implements [control.Province].
func (p *province) Parked(ctx context.Context, most int) ([]kiosk.BlobRecord, error) {
	return p.office.ParkedBlobs(ctx, most)
}

// Release implements [control.Province].
func (p *province) Release(ctx context.Context, by string) error {
	_, err := p.office.ReleaseBlobs(ctx, by)
	return err
}

// Dossiers implements [control.Province].
func (p *province) Dossiers(ctx context.Context) (all []kiosk.DossierRecord, err error) {
	const some = 500
	for after := kiosk.DossierID(""); ; after = all[len(all)-1].Dossier.ID {
		page, err := p.bolt.Dossiers(ctx, p.office.Setup().Site.Code, after, some)
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); len(page) < some {
			return all, nil
		}
	}
}

// numberOfNobody is whose every generated dossier is: digits that no province has given, for 000
// is nobody's place of birth. It is known, so that a demonstration can export and erase it.
const numberOfNobody = "000000000001"

// Generate implements [control.Province]: a dossier that is nobody's, its pages durable before
// anybody hears of it.
func (p *province) Generate(ctx context.Context, pages int) (kiosk.DossierRecord, error) {
	if !p.demo {
		return kiosk.DossierRecord{}, &control.Problem{
			Status: http.StatusConflict, Code: "not-a-demo", Reason: words.ForLine().OnlyDemo, Hint: "kiosk -demo",
		}
	}
	d := kiosk.Dossier{ID: kiosk.NewDossierID(p.office.Time()), Procedure: "2.000815"}
	seed := rand.Uint64()
	for i := range pages {
		text, err := scans.Page(seed, i+1)
		if err != nil {
			return kiosk.DossierRecord{}, err
		}
		blob, err := p.pages.Put(ctx, d.ID, bytes.NewReader(text))
		if err != nil {
			return kiosk.DossierRecord{}, err
		}
		d.Pages = append(d.Pages, kiosk.Page{Component: "ban-chinh", Hash: blob.Hash, Size: blob.Size, Media: scans.Media})
	}
	plain, err := json.Marshal(wire.Subject{Name: "Nguyễn Thử Nghiệm", Number: numberOfNobody})
	if err != nil {
		return kiosk.DossierRecord{}, err
	}
	if d.Subject, err = p.pages.SealSubject(d.ID, plain); err != nil {
		return kiosk.DossierRecord{}, err
	}
	return p.office.ReceiveDossier(ctx, d, byControl)
}

// signature is what the box signs with.
type signature struct {
	key   crypto.Signer
	chain [][]byte // its certificate, and those that lead to the authority, in DER
}

// signature returns what the box signs with; false where it is not enrolled.
func (p *province) signature() (s signature, enrolled bool, err error) {
	conf, ok := p.enrolment.ClientTLS()
	if !ok {
		return s, false, nil
	}
	cert, err := conf.GetClientCertificate(&tls.CertificateRequestInfo{})
	if err != nil {
		return s, true, fmt.Errorf("the box's certificate: %w", err)
	}
	s.chain = cert.Certificate
	if s.key, ok = cert.PrivateKey.(crypto.Signer); !ok {
		return s, true, errors.New("the box's certificate has no key")
	}
	return s, true, nil
}

// box returns what the stick needs of the box.
func (p *province) box(ctx context.Context) (*ferry.Box, error) {
	who := p.enrolment.Status()
	with, enrolled, err := p.signature()
	if err != nil {
		return nil, err
	}
	if !enrolled {
		return nil, enrolProblem(&enrol.Trouble{Code: enrol.CodeNotEnrolled, Hint: "kioskctl enrol HUB CODE"})
	}
	keys, err := p.hubKeys(ctx)
	if err != nil {
		return nil, err
	}
	return &ferry.Box{
		Gateway: who.Gateway, Site: who.Site, Outbox: p.bolt, Pages: linePages{p.pages}, Signer: with.key, Certificate: with.chain,
		Recipients: keys.Recipients, Keys: keys, Now: p.office.Time,
	}, nil
}

// FerryExport implements [control.Province].
func (p *province) FerryExport(ctx context.Context, dir string) (control.Trip, error) {
	b, err := p.box(ctx)
	if err != nil {
		return control.Trip{}, err
	}
	// The fact stands before the trip, so that it is on the stick as well.
	if err := p.office.RecordLine(ctx, kiosk.LineMoved{What: kiosk.LineFerry, Detail: "export"}, byControl); err != nil {
		return control.Trip{}, err
	}
	trip, err := b.Export(ctx, dir, nil)
	return control.Trip(trip), ferryProblem(err)
}

// FerryAccept implements [control.Province].
func (p *province) FerryAccept(ctx context.Context, dir string) (control.Trip, error) {
	b, err := p.box(ctx)
	if err != nil {
		return control.Trip{}, err
	}
	trip, err := b.Accept(ctx, dir)
	return control.Trip(trip), ferryProblem(err)
}

// ferryProblem tells a person what is wrong with a stick.
func ferryProblem(err error) error {
	if err == nil {
		return nil
	}
	for code, is := range map[string]error{"ferry-damaged": ferry.ErrDamaged, "ferry-foreign": ferry.ErrForeign, "ferry-no-word": ferry.ErrNoAck, "ferry-no-hub": ferry.ErrNoHub} {
		if errors.Is(err, is) {
			return &control.Problem{Status: http.StatusConflict, Code: code, Reason: words.ForLine().Ferry(code), Hint: err.Error()}
		}
	}
	return &control.Problem{Status: http.StatusConflict, Code: "ferry-failed", Reason: words.ForLine().Ferry("ferry-failed"), Hint: err.Error()}
}
