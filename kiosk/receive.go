package kiosk

import (
	"context"
	"fmt"
	"slices"
)

// byHub is Record.By of what was done on the province's word.
const byHub = "hub"

// maxStatement bounds the province's signed word on a dossier.
const maxStatement = 8 << 10

// ReceiveDossier keeps a dossier as received: its header is a fact that travels to the province
// at once, its pages wait as blobs. They must be durable before, whole and by their hashes: the
// office never sees a page. The same dossier again gives the record that is kept.
//
// It refuses with CodeBadDossier, CodeUnknownCounter, CodeDossierDiffers where another one has
// its ID, and CodeStoreFailed.
func (o *Office) ReceiveDossier(ctx context.Context, d Dossier, by string) (DossierRecord, error) {
	if err := d.Check(); err != nil {
		return DossierRecord{}, &Refusal{Code: CodeBadDossier, Subject: string(d.ID), Cause: err}
	}
	if d.Counter != "" {
		if _, err := o.counter(d.Counter); err != nil {
			return DossierRecord{}, err
		}
	}
	now, err := o.begin(ctx)
	if err != nil {
		return DossierRecord{}, err
	}
	defer o.end()
	if kept, ok, err := o.keptDossier(ctx, d.ID); err != nil || ok {
		if err == nil && kept.Dossier.Manifest() != d.Manifest() {
			err = refuse(CodeDossierDiffers, string(d.ID), "it is kept with other pages")
		}
		return kept, err
	}
	d.Pages, d.Subject = slices.Clone(d.Pages), slices.Clone(d.Subject)
	var c Change
	r := o.record(&c, now, by, DossierReceived{Dossier: d})
	kept := DossierRecord{Dossier: d, Day: o.day.day, State: DossierFiled, At: r.Position}
	c.Dossiers = []DossierRecord{kept}
	for i, p := range d.Blobs() {
		c.Blobs = append(c.Blobs, BlobRecord{
			BlobPlace: BlobPlace{Filed: r.Position, Index: uint32(i)},
			Dossier:   d.ID, Hash: p.Hash, Size: p.Size, State: BlobPending, FiledAt: now,
		})
	}
	if err := o.commit(ctx, c); err != nil {
		return DossierRecord{}, err
	}
	o.log.Info("dossier received", LogDossier, d.ID, "pages", len(d.Pages), LogBy, by)
	return kept, nil
}

func (o *Office) keptDossier(ctx context.Context, id DossierID) (DossierRecord, bool, error) {
	d, ok, err := o.store.Dossier(ctx, o.setup.Site.Code, id)
	if err != nil {
		return d, false, fmt.Errorf("look for dossier: %w", err)
	}
	return d, ok, nil
}

// ConfirmDossier keeps the province's word that it holds a dossier with every page. statement is
// that word as it was signed; whoever calls has checked it, and that it is about this manifest. Its
// pages do not wait any more, whichever way they went. Said again it changes nothing.
//
// It refuses with CodeUnknownDossier, CodeDossierDiffers where the province has signed for other
// pages, CodeTooLarge and CodeStoreFailed.
func (o *Office) ConfirmDossier(ctx context.Context, id DossierID, manifest Hash, statement string) error {
	if len(statement) > maxStatement {
		return refuse(CodeTooLarge, string(id), fmt.Sprintf("a statement of at most %d bytes", maxStatement))
	}
	return o.settleDossier(ctx, id, byHub, func(d *DossierRecord) (Fact, error) {
		switch {
		case d.Dossier.Manifest() != manifest:
			return nil, refuse(CodeDossierDiffers, string(id), "the province has signed for other pages")
		case d.State != DossierFiled:
			return nil, nil
		}
		d.State, d.ConfirmedOn, d.Statement = DossierConfirmed, o.day.day, statement
		return DossierSettled{ID: id, State: DossierConfirmed, Manifest: manifest}, nil
	})
}

// ForgetDossier keeps that the box's copy of a dossier is destroyed. The caller destroys the key
// and the pages before: a forgetting that is kept has happened, and one that was cut short is done
// again. A dossier is forgotten on time once the province holds it, and at any moment where the
// person asked and the province agreed. One that is not kept, or was forgotten, is no error.
//
// It refuses with CodeDossierUnconfirmed, CodeBadRequest and CodeStoreFailed.
func (o *Office) ForgetDossier(ctx context.Context, id DossierID, why ForgetReason) error {
	by := byGateway
	switch why {
	case ForgetOnTime:
	case ForgetSubject:
		by = byHub
	default:
		return refuse(CodeBadRequest, string(id), "forget on-time or subject")
	}
	err := o.settleDossier(ctx, id, by, func(d *DossierRecord) (Fact, error) {
		switch {
		case d.State == DossierForgotten:
			return nil, nil
		case why == ForgetOnTime && d.State != DossierConfirmed:
			return nil, refuse(CodeDossierUnconfirmed, string(id), "")
		}
		d.State, d.Dossier.Subject = DossierForgotten, nil
		return DossierSettled{ID: id, State: DossierForgotten, Why: why}, nil
	})
	if isRefused(err, CodeUnknownDossier) {
		return nil
	}
	return err
}

// settleDossier moves a dossier to a final state, as a fact; nothing waits of it any more.
// to returns no fact where nothing is to be done.
func (o *Office) settleDossier(ctx context.Context, id DossierID, by string, to func(*DossierRecord) (Fact, error)) error {
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	d, ok, err := o.keptDossier(ctx, id)
	if err != nil {
		return err
	}
	if !ok {
		return refuse(CodeUnknownDossier, string(id), "")
	}
	fact, err := to(&d)
	if err != nil || fact == nil {
		return err
	}
	c := Change{Dossiers: []DossierRecord{d}}
	for i := range d.Dossier.Blobs() {
		c.Dropped = append(c.Dropped, BlobPlace{Filed: d.At, Index: uint32(i)})
	}
	o.record(&c, now, by, fact)
	if err := o.commit(ctx, c); err != nil {
		return err
	}
	o.parkedFault(ctx, now)
	o.log.Info("dossier settled", LogDossier, id, "state", d.State, LogBy, by)
	return nil
}
