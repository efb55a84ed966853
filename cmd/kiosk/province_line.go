package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/uplink"
	"github.com/motcua/gateway/sync/wire"
)

// byHub is how facts are signed that the province's word has made.
const byHub = "hub"

// lineOffice is the office as the line sees it.
type lineOffice struct {
	*kiosk.Office
	p *province
}

// ForgetDossier destroys the pages and their key, and then writes it down: what is written has
// happened. It looks first whether the office will agree. The key that wrapped the dossier's own,
// by which older copies could be opened, goes soon after, with those of all that are forgotten
// meanwhile: [province.forget].
func (o lineOffice) ForgetDossier(ctx context.Context, id kiosk.DossierID, why kiosk.ForgetReason) error {
	d, ok, err := o.p.bolt.Dossier(ctx, o.Setup().Site.Code, id)
	if err != nil {
		return err
	}
	if why == kiosk.ForgetOnTime && (!ok || d.State == kiosk.DossierFiled) {
		return o.Office.ForgetDossier(ctx, id, why) // which refuses it, or has nothing to do
	}
	if err := o.p.pages.Forget(ctx, id); err != nil {
		return err
	}
	if err := o.Office.ForgetDossier(ctx, id, why); err != nil {
		return err
	}
	select {
	case o.p.forgot <- struct{}{}:
	default: // it is about to look
	}
	return nil
}

// BeginEpoch implements [uplink.Office].
func (o lineOffice) BeginEpoch(ctx context.Context, mark kiosk.Position) error {
	return o.Office.BeginEpoch(ctx, mark, kiosk.EpochOlder, byHub)
}

// HearNumbers implements [uplink.Office].
func (o lineOffice) HearNumbers(ctx context.Context, heard kiosk.NumbersHeard) error {
	return o.Office.HearNumbers(ctx, heard, byHub)
}

// TakePack keeps a pack and says so. What a pack means is for the rooms that read packs.
func (o lineOffice) TakePack(ctx context.Context, pack wire.Pack) error {
	if err := keepPack(o.p.state, pack); err != nil {
		return err
	}
	return o.RecordLine(ctx, kiosk.LineMoved{What: kiosk.LinePack, Detail: fmt.Sprintf("%s %d", pack.Name, pack.Version)}, byHub)
}

// linePages are the kept pages as the line and the stick see them.
type linePages struct{ pages *blobstore.Store }

// Open implements [uplink.Pages].
func (l linePages) Open(ctx context.Context, dossier kiosk.DossierID, hash kiosk.Hash) (io.ReadSeekCloser, error) {
	r, err := l.pages.Page(ctx, dossier, hash)
	if err != nil {
		return nil, gone(err)
	}
	return r, nil
}

// Subject implements [uplink.Pages].
func (l linePages) Subject(_ context.Context, dossier kiosk.DossierID, sealed []byte) (*wire.Subject, error) {
	plain, err := l.pages.OpenSubject(dossier, sealed)
	if err != nil {
		return nil, gone(err)
	}
	s := &wire.Subject{}
	if err := json.Unmarshal(plain, s); err != nil {
		return nil, fmt.Errorf("%w: what is sealed is no applicant", kiosk.ErrGone)
	}
	return s, nil
}

// gone marks what no other attempt will bring back.
func gone(err error) error {
	for _, final := range []error{blobstore.ErrNotFound, blobstore.ErrForgotten, blobstore.ErrDamaged, secret.ErrSealed} {
		if errors.Is(err, final) {
			return fmt.Errorf("%w: %w", kiosk.ErrGone, err)
		}
	}
	return err
}

// enrolled is the enrolment as the line sees it.
type enrolled struct{ *enrol.Enrolment }

// Identity implements [uplink.Enrolment].
func (e enrolled) Identity() (uplink.Identity, bool) {
	tls, ok := e.ClientTLS()
	s := e.Status()
	return uplink.Identity{Gateway: s.Gateway, Site: s.Site, Hub: s.Hub, TLS: tls}, ok && s.Enrolled
}
