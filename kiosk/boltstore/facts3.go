package boltstore

import (
	"bytes"
	"fmt"

	"github.com/motcua/gateway/kiosk"
)

// The facts that came with version 3 of the database: dossiers, and the line to the province.

// factSince3 writes the fields of a fact and returns its kind, 0 for one that it does not know.
func factSince3(w *fieldWriter, f kiosk.Fact) (kind uint64) {
	switch f := f.(type) {
	case kiosk.DossierReceived:
		dossierFields(w, &f.Dossier)
		return kindDossierReceived
	case kiosk.DossierSettled:
		text(w, 1, f.ID)
		text(w, 2, f.State)
		text(w, 3, f.Why)
		w.hash(4, f.Manifest)
		return kindDossierSettled
	case kiosk.BlobMoved:
		text(w, 1, f.Dossier)
		w.hash(2, f.Hash)
		text(w, 3, f.State)
		text(w, 4, f.Why)
		return kindBlobMoved
	case kiosk.EpochBegun:
		w.position(1, f.After)
		w.position(3, f.Mark)
		text(w, 5, f.Why)
		return kindEpochBegun
	case kiosk.LineMoved:
		text(w, 1, f.What)
		text(w, 2, f.Detail)
		return kindLineMoved
	}
	return 0
}

// readFactSince3 returns nil for a kind that it does not know.
func readFactSince3(kind uint64, r *fieldReader) kiosk.Fact {
	switch kind {
	case kindDossierReceived:
		return kiosk.DossierReceived{Dossier: readDossier(r)}
	case kindDossierSettled:
		return readDossierSettled(r)
	case kindBlobMoved:
		return readBlobMoved(r)
	case kindEpochBegun:
		return readEpochBegun(r)
	case kindLineMoved:
		return readLineMoved(r)
	}
	return nil
}

func readDossierSettled(r *fieldReader) (f kiosk.DossierSettled) {
	for r.next() {
		switch r.tag {
		case 1:
			f.ID = kiosk.DossierID(r.string())
		case 2:
			f.State = kiosk.DossierState(r.string())
		case 3:
			f.Why = kiosk.ForgetReason(r.string())
		case 4:
			f.Manifest = r.hash()
		}
	}
	return f
}

func readBlobMoved(r *fieldReader) (f kiosk.BlobMoved) {
	for r.next() {
		switch r.tag {
		case 1:
			f.Dossier = kiosk.DossierID(r.string())
		case 2:
			f.Hash = r.hash()
		case 3:
			f.State = kiosk.BlobState(r.string())
		case 4:
			f.Why = r.string()
		}
	}
	return f
}

func readEpochBegun(r *fieldReader) (f kiosk.EpochBegun) {
	for r.next() {
		switch r.tag {
		case 1, 2:
			r.position(1, &f.After)
		case 3, 4:
			r.position(3, &f.Mark)
		case 5:
			f.Why = kiosk.EpochReason(r.string())
		}
	}
	return f
}

func readLineMoved(r *fieldReader) (f kiosk.LineMoved) {
	for r.next() {
		switch r.tag {
		case 1:
			f.What = kiosk.LineEvent(r.string())
		case 2:
			f.Detail = r.string()
		}
	}
	return f
}

func dossierFields(w *fieldWriter, d *kiosk.Dossier) {
	text(w, 1, d.ID)
	text(w, 2, d.Procedure)
	text(w, 3, d.Code)
	text(w, 4, d.Ticket)
	text(w, 5, d.Counter)
	text(w, 6, d.Officer)
	page := make(fieldWriter, 0, 96)
	for i := range d.Pages {
		p := &d.Pages[i]
		page = page[:0]
		text(&page, 1, p.Component)
		page.hash(2, p.Hash)
		page.int64(3, p.Size)
		text(&page, 4, p.Media)
		w.bytes(7, page) // one field for each
	}
	if len(d.Subject) > 0 {
		w.bytes(8, d.Subject)
	}
}

func readDossier(r *fieldReader) (d kiosk.Dossier) {
	for r.next() {
		switch r.tag {
		case 1:
			d.ID = kiosk.DossierID(r.string())
		case 2:
			d.Procedure = kiosk.ProcedureCode(r.string())
		case 3:
			d.Code = kiosk.DossierCode(r.string())
		case 4:
			d.Ticket = kiosk.Number(r.string())
		case 5:
			d.Counter = kiosk.CounterCode(r.string())
		case 6:
			d.Officer = kiosk.OfficerCode(r.string())
		case 7:
			if len(d.Pages) == kiosk.MaxPages {
				r.fail(fmt.Errorf("dossier of more than %d pages", kiosk.MaxPages))
				return d
			}
			d.Pages = append(d.Pages, readPage(r))
		case 8:
			d.Subject = bytes.Clone(r.bytes())
			if len(d.Subject) == 0 {
				d.Subject = nil
			}
		}
	}
	return d
}

func readPage(outer *fieldReader) (p kiosk.Page) {
	r := &fieldReader{rest: outer.bytes()}
	for r.next() {
		switch r.tag {
		case 1:
			p.Component = kiosk.ComponentCode(r.string())
		case 2:
			p.Hash = r.hash()
		case 3:
			p.Size = r.int64()
		case 4:
			p.Media = r.string()
		}
	}
	outer.fail(r.err)
	return p
}
