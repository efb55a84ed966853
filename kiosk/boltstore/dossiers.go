package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// Dossiers implements [kiosk.Outbox].
func (s *Store) Dossiers(ctx context.Context, site kiosk.SiteCode, after kiosk.DossierID, n int) ([]kiosk.DossierRecord, error) {
	var out []kiosk.DossierRecord
	err := s.reading(ctx, func(h *handle) error {
		return h.db.read(func(tx *bbolt.Tx) error {
			c := tx.Bucket([]byte(bucketDossiers)).Cursor()
			from := dossierKey(site, after)
			k, v := c.Seek(from)
			if after != "" && bytes.Equal(k, from) {
				k, v = c.Next()
			}
			for ; len(out) < n && bytes.HasPrefix(k, siteKey(site)); k, v = c.Next() {
				d, err := decodeDossier(k, v)
				if err != nil {
					return fmt.Errorf("dossier %q: %w", k, err)
				}
				out = append(out, d)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list dossiers: %w", err)
	}
	return out, nil
}

// Dossier implements [kiosk.Outbox].
func (s *Store) Dossier(ctx context.Context, site kiosk.SiteCode, id kiosk.DossierID) (d kiosk.DossierRecord, kept bool, err error) {
	err = s.reading(ctx, func(h *handle) error {
		return h.db.read(func(tx *bbolt.Tx) (err error) {
			d, kept, err = dossier(tx, dossierKey(site, id))
			return err
		})
	})
	if err != nil {
		return kiosk.DossierRecord{}, false, fmt.Errorf("read dossier %s: %w", id, err)
	}
	return d, kept, nil
}

func dossier(tx *bbolt.Tx, key []byte) (kiosk.DossierRecord, bool, error) {
	v := tx.Bucket([]byte(bucketDossiers)).Get(key)
	if v == nil {
		return kiosk.DossierRecord{}, false, nil
	}
	d, err := decodeDossier(key, v)
	return d, err == nil, err
}

// dossier puts the record of a dossier.
func (e *encoder) dossier(d *kiosk.DossierRecord) error {
	switch {
	case !d.Dossier.ID.Valid():
		return fmt.Errorf("dossier with the ID %q", string(d.Dossier.ID))
	case d.State != kiosk.DossierFiled && d.State != kiosk.DossierConfirmed && d.State != kiosk.DossierForgotten:
		return fmt.Errorf("dossier %s is %q", d.Dossier.ID, d.State)
	case !e.kept(d.At):
		return fmt.Errorf("dossier %s was filed at %d-%d, where no fact is", d.Dossier.ID, d.At.Epoch, d.At.Seq)
	case len(d.Dossier.Pages) > kiosk.MaxPages:
		return fmt.Errorf("dossier %s of more than %d pages", d.Dossier.ID, kiosk.MaxPages)
	}
	key := dossierKey(e.site, d.Dossier.ID)
	e.put(bucketDossiers, key, encodeDossier(key, d))
	return nil
}

// kept reports whether a position can be that of a fact, now or once the change is kept.
func (e *encoder) kept(at kiosk.Position) bool { return at.Seq > 0 && !before(e.tail.last, at) }

// blob checks the record of a blob; see [outbox.move].
func (e *encoder) blob(b *kiosk.BlobRecord) error {
	switch {
	case b.State != kiosk.BlobPending && b.State != kiosk.BlobParked:
		return fmt.Errorf("blob %s is %q", b.Hash, b.State)
	case !e.kept(b.Filed), b.Index >= kiosk.MaxPages:
		return fmt.Errorf("blob %s was filed as number %d at %d-%d, where none is", b.Hash, b.Index, b.Filed.Epoch, b.Filed.Seq)
	case !b.Dossier.Valid(), b.Hash == kiosk.Hash{}, b.Size <= 0:
		return fmt.Errorf("blob of %q without a hash or a size", string(b.Dossier))
	}
	e.blobs = append(e.blobs, *b)
	return nil
}

func dossierKey(site kiosk.SiteCode, id kiosk.DossierID) []byte { return append(siteKey(site), id...) }

// blobKey is the place of a blob in the queue.
func blobKey(p kiosk.BlobPlace) []byte {
	return binary.BigEndian.AppendUint32(factKey(p.Filed), p.Index)
}

func parseBlobKey(k []byte) (p kiosk.BlobPlace, err error) {
	if len(k) != 16 {
		return p, fmt.Errorf("key of a blob has %d bytes, want 16", len(k))
	}
	p.Filed, err = parseFactKey(k[:12])
	p.Index = binary.BigEndian.Uint32(k[12:])
	return p, err
}

func encodeDossier(key []byte, d *kiosk.DossierRecord) []byte {
	own := make(fieldWriter, 0, 128+96*len(d.Dossier.Pages))
	dossierFields(&own, &d.Dossier)
	w := newFields(len(own) + len(d.Statement) + 48)
	w.bytes(1, own)
	w.uint(2, uint64(d.Day))
	text(&w, 3, d.State)
	w.position(4, d.At)
	w.uint(6, uint64(d.ConfirmedOn))
	text(&w, 7, d.Statement)
	return seal(key, w)
}

func decodeDossier(key, value []byte) (kiosk.DossierRecord, error) {
	var d kiosk.DossierRecord
	r, err := unseal(key, value)
	if err != nil {
		return d, err
	}
	for r.next() {
		switch r.tag {
		case 1:
			own := &fieldReader{rest: r.bytes()}
			d.Dossier = readDossier(own)
			r.fail(own.err)
		case 2:
			d.Day = r.day()
		case 3:
			d.State = kiosk.DossierState(r.string())
		case 4, 5:
			r.position(4, &d.At)
		case 6:
			d.ConfirmedOn = r.day()
		case 7:
			d.Statement = r.string()
		}
	}
	return d, r.err
}

// encodeBlob leaves out what stands in the key.
func encodeBlob(key []byte, b *kiosk.BlobRecord) []byte {
	w := newFields(112)
	text(&w, 1, b.Dossier)
	w.hash(2, b.Hash)
	w.int64(3, b.Size)
	text(&w, 4, b.State)
	text(&w, 5, b.Why)
	w.time(6, b.FiledAt)
	return seal(key, w)
}

func decodeBlob(key, value []byte) (kiosk.BlobRecord, error) {
	var b kiosk.BlobRecord
	var err error
	if b.BlobPlace, err = parseBlobKey(key); err != nil {
		return b, err
	}
	r, err := unseal(key, value)
	if err != nil {
		return b, err
	}
	for r.next() {
		switch r.tag {
		case 1:
			b.Dossier = kiosk.DossierID(r.string())
		case 2:
			b.Hash = r.hash()
		case 3:
			b.Size = r.int64()
		case 4:
			b.State = kiosk.BlobState(r.string())
		case 5:
			b.Why = r.string()
		case 6:
			b.FiledAt = r.time()
		}
	}
	if r.err == nil && b.Size < 0 {
		r.err = errors.New("blob of less than no bytes")
	}
	return b, r.err
}
