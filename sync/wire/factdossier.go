package wire

import "github.com/motcua/gateway/kiosk"

// The data of what happens to dossiers.

// dossierReceived is a dossier received at a counter: its header, before its pages.
type dossierReceived struct {
	ID        kiosk.DossierID     `json:"id"`
	Procedure kiosk.ProcedureCode `json:"procedure"`
	Code      kiosk.DossierCode   `json:"code,omitempty"` // the official one, where there is one yet
	Ticket    kiosk.Number        `json:"ticket,omitempty"`
	Counter   kiosk.CounterCode   `json:"counter,omitempty"`
	Officer   kiosk.OfficerCode   `json:"officer,omitempty"` // a code, no name
	Pages     []page              `json:"pages"`             // in the order of the paper
	Subject   *Subject            `json:"subject,omitempty"` // who applies; absent once it is forgotten
}

// page (trang quét) is one scanned image.
type page struct {
	Component kiosk.ComponentCode `json:"component,omitempty"`
	Hash      kiosk.Hash          `json:"sha256"`
	Size      int64               `json:"size"`  // bytes
	Media     string              `json:"media"` // image/jpeg, image/png, application/pdf
}

// dossierOf leaves the sealed applicant where it is.
func dossierOf(d *kiosk.Dossier) *dossierReceived {
	out := &dossierReceived{
		ID: d.ID, Procedure: d.Procedure, Code: d.Code, Ticket: d.Ticket, Counter: d.Counter, Officer: d.Officer,
		Pages: make([]page, len(d.Pages)),
	}
	for i, p := range d.Pages {
		out.Pages[i] = page(p)
	}
	return out
}

func (d *dossierReceived) dossier() kiosk.Dossier {
	out := kiosk.Dossier{ID: d.ID, Procedure: d.Procedure, Code: d.Code, Ticket: d.Ticket, Counter: d.Counter, Officer: d.Officer}
	for _, p := range d.Pages {
		out.Pages = append(out.Pages, kiosk.Page(p))
	}
	return out
}

func (d *dossierReceived) check(c *checks) {
	dossier := d.dossier()
	if err := dossier.Check(); err != nil && c.err == nil {
		c.err = err
	}
	code(c, "procedure", d.Procedure)
	code(c, "code", d.Code)
	code(c, "ticket", d.Ticket)
	code(c, "counter", d.Counter)
	code(c, "officer", d.Officer)
	for i := range d.Pages {
		code(c, "component of a page", d.Pages[i].Component)
		code(c, "media of a page", d.Pages[i].Media)
	}
	if d.Subject != nil {
		if err := d.Subject.Check(); err != nil && c.err == nil {
			c.err = err
		}
	}
}
func (d *dossierReceived) fact() kiosk.Fact { return kiosk.DossierReceived{Dossier: d.dossier()} }
func (d *dossierReceived) about() string    { return string(d.ID) }

// dossierSettled says that the province holds a dossier whole, or that the box's copy has ended.
type dossierSettled struct {
	ID       kiosk.DossierID    `json:"id"`
	State    kiosk.DossierState `json:"state"`
	Why      kiosk.ForgetReason `json:"why,omitempty"`
	Manifest kiosk.Hash         `json:"manifest,omitzero"` // what the province has signed for
}

func (d *dossierSettled) check(c *checks) {
	c.that(d.ID.Valid(), "id", "a dossier's ID")
	needed(c, "state", d.State)
	code(c, "why", d.Why)
}
func (d *dossierSettled) fact() kiosk.Fact { return kiosk.DossierSettled(*d) }
func (d *dossierSettled) about() string    { return string(d.ID) }

// blobMoved is a page that was parked, or let go again by a person.
type blobMoved struct {
	Dossier kiosk.DossierID `json:"dossier"`
	Hash    kiosk.Hash      `json:"sha256"`
	State   kiosk.BlobState `json:"state"`
	Why     string          `json:"why,omitempty"` // a code of the hub's
}

func (d *blobMoved) check(c *checks) {
	c.that(d.Dossier.Valid(), "dossier", "a dossier's ID")
	c.that(d.Hash != kiosk.Hash{}, "sha256", "64 hexadecimal digits")
	needed(c, "state", d.State)
	text(c, "why", d.Why, maxText)
}
func (d *blobMoved) fact() kiosk.Fact { return kiosk.BlobMoved(*d) }
func (d *blobMoved) about() string    { return string(d.Dossier) }
