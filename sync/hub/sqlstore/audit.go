package sqlstore

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/motcua/gateway/sync/hub"
)

// The bounds of an entry of the audit log, in bytes.
const (
	maxAuditWord    = 200
	maxAuditPurpose = 1000
)

// Audit appends an entry to the log of who looked at what, and returns it with its place and hash.
// The entry's own Seq, At and Hash are not asked for.
func (s *Store) Audit(ctx context.Context, e hub.Audited) (hub.Audited, error) {
	if !plain(e.Who+e.What+e.About+e.Purpose) || len(e.Who) > maxAuditWord || len(e.What) > maxAuditWord || len(e.About) > maxAuditWord || len(e.Purpose) > maxAuditPurpose {
		return hub.Audited{}, errors.New("write audit log: an entry beyond its bounds")
	}
	err := s.update(ctx, func(t *tx) error { return t.audit(&e) })
	if err != nil {
		return hub.Audited{}, fmt.Errorf("write audit log: %w", err)
	}
	return e, nil
}

// audit chains an entry to the one before. The head's row is taken by compare-and-set, so that
// two processes never chain to the same one.
func (t *tx) audit(e *hub.Audited) error {
	var before string
	if err := t.row(`SELECT seq, hash FROM audit_head`).Scan(&e.Seq, &before); err != nil {
		return err
	}
	e.Seq++
	e.At = moment(t.s.Now().Unix())
	e.Hash = t.s.auditHash(before, e)
	n, err := t.exec(`UPDATE audit_head SET seq = $1, hash = $2 WHERE seq = $3`, e.Seq, e.Hash, e.Seq-1)
	if err != nil {
		return err
	}
	if n != 1 {
		return errRaced
	}
	_, err = t.exec(`INSERT INTO audit (seq, at, who, what, about, purpose, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.Seq, e.At.Unix(), e.Who, e.What, e.About, e.Purpose, e.Hash)
	return err
}

// auditHash covers an entry and, through the hash before it, all of them. Each text stands with
// its length: none can lend a letter to its neighbour. It is made with the hub's key: who has only
// the database cannot write the log anew.
func (s *Store) auditHash(before string, e *hub.Audited) string {
	key := s.Keys.Derive(purposeAudit)
	h := hmac.New(sha256.New, key[:])
	fmt.Fprintf(h, "%s %d %d", before, e.Seq, e.At.Unix())
	for _, text := range []string{e.Who, e.What, e.About, e.Purpose} {
		fmt.Fprintf(h, " %d %s", len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Audits returns at most n entries before a place, the newest first; 0 means from the end.
func (s *Store) Audits(ctx context.Context, before int64, n int) ([]hub.Audited, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	var out []hub.Audited
	err := s.query(ctx, func(scan func(...any) error) error {
		v, err := scanAudit(scan)
		out = append(out, v)
		return err
	}, `SELECT seq, at, who, what, about, purpose, hash FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2`, before, n)
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	return out, nil
}

func scanAudit(scan func(...any) error) (v hub.Audited, err error) {
	var at int64
	err = scan(&v.Seq, &at, &v.Who, &v.What, &v.About, &v.Purpose, &v.Hash)
	v.At = moment(at)
	return v, err
}

// ErrAudit means that the audit log is not what was written.
var ErrAudit = errors.New("the audit log was changed")

// VerifyAudit computes the log's chain again and returns how many entries it has, or an error that
// wraps [ErrAudit] and names the first one that is not as it was written. The head is kept apart,
// so that entries missing at the end are noticed too. A log that was put back as a whole as it once
// stood is good: that shows only where a later hash was noted elsewhere.
func (s *Store) VerifyAudit(ctx context.Context) (n int64, err error) {
	// The head first: what is appended meanwhile comes behind it.
	var head int64
	var hash, before string
	if err := s.read.QueryRowContext(ctx, `SELECT seq, hash FROM audit_head`).Scan(&head, &hash); err != nil {
		return 0, fmt.Errorf("verify audit log: %w", err)
	}
	err = s.query(ctx, func(scan func(...any) error) error {
		v, err := scanAudit(scan)
		if err != nil {
			return err
		}
		if n++; v.Seq != n || v.Hash != s.auditHash(before, &v) {
			return fmt.Errorf("%w: entry %d", ErrAudit, n)
		}
		before = v.Hash
		return nil
	}, `SELECT seq, at, who, what, about, purpose, hash FROM audit WHERE seq <= $1 ORDER BY seq`, head)
	if err == nil && (n != head || before != hash) {
		err = fmt.Errorf("%w: it ends at entry %d of %d", ErrAudit, n, head)
	}
	if err != nil {
		return 0, fmt.Errorf("verify audit log: %w", err)
	}
	return n, nil
}
