package province

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// shelf is a shelf in memory.
type shelf struct {
	mu   sync.Mutex
	kept map[string][]byte
	fail error
}

func (s *shelf) Read(_ context.Context, prefix string) ([]kiosk.Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []kiosk.Item
	for k, v := range s.kept {
		if strings.HasPrefix(k, prefix) {
			out = append(out, kiosk.Item{Key: k, Value: bytes.Clone(v)})
		}
	}
	slices.SortFunc(out, func(a, b kiosk.Item) int { return strings.Compare(a.Key, b.Key) })
	return out, nil
}

func (s *shelf) Write(_ context.Context, items ...kiosk.Item) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	if s.kept == nil {
		s.kept = map[string][]byte{}
	}
	for _, it := range items {
		if it.Value == nil {
			delete(s.kept, it.Key)
		} else {
			s.kept[it.Key] = bytes.Clone(it.Value)
		}
	}
	return nil
}

// hasher is fast and worth nothing; kiosk/secret's is tested where it stands.
type hasher struct{}

func (hasher) Check(s, _ string) (bool, error) {
	if len(s) < 6 {
		return false, &kiosk.Refusal{Code: kiosk.CodeBadSecret}
	}
	return strings.Trim(s, "0123456789") == "", nil
}
func (hasher) Hash(_ context.Context, s string) (string, error) { return "kept:" + s, nil }
func (hasher) Verify(_ context.Context, kept, s string) (bool, bool, error) {
	return kept == "kept:"+s, false, nil
}
func (hasher) Decoy() string                     { return "decoy" }
func (hasher) Digest(purpose, s string) [32]byte { return sha256.Sum256([]byte(purpose + s)) }
func tag(purpose string, plain, aad []byte) []byte {
	return []byte(fmt.Sprintf("%x", sha256.Sum256([]byte(purpose+string(aad)+string(plain)))))
}

// sealer binds a value to its place and hides nothing.
type sealer struct{}

func (sealer) Seal(purpose string, plain, aad []byte) []byte {
	return append(tag(purpose, plain, aad), plain...)
}
func (sealer) Open(purpose string, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < 64 || !bytes.Equal(sealed[:64], tag(purpose, sealed[64:], aad)) {
		return nil, errors.New("not sealed for this")
	}
	return sealed[64:], nil
}

// book is a log in memory.
type book struct {
	mu     sync.Mutex
	kept   []Entry
	fail   error
	broken error
}

func (b *book) Audit(_ context.Context, e Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return b.fail
	}
	e.Seq, e.At = int64(len(b.kept)+1), start
	e.Hash = fmt.Sprintf("%x", sha256.Sum256([]byte(e.Who+e.What+e.About+e.Purpose)))
	b.kept = append(b.kept, e)
	return nil
}

func (b *book) Audits(_ context.Context, before int64, n int) ([]Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Entry
	for i := len(b.kept) - 1; i >= 0 && len(out) < n; i-- {
		if before == 0 || b.kept[i].Seq < before {
			out = append(out, b.kept[i])
		}
	}
	return out, nil
}

func (b *book) VerifyAudit(context.Context) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int64(len(b.kept)), b.broken
}

func (b *book) failing(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = err
}

// deeds are what the log has from its n-th entry on, as "what about purpose".
func (b *book) deeds(n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, e := range b.kept[n:] {
		if !strings.HasPrefix(e.What, deedStaff) {
			out = append(out, e.What+"|"+e.About+"|"+e.Purpose)
		}
	}
	return out
}

func (b *book) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.kept)
}

// store is a hub in memory.
type store struct {
	mu       sync.Mutex
	gateways []Gateway
	aside    []Aside
	counts   []Count
	dossiers []Dossier
	page     []byte
	cut      error // with which a page's bytes end
	erased   []string
}

func (s *store) Gateways(context.Context) ([]Gateway, error) { return slices.Clone(s.gateways), nil }
func (s *store) Aside(_ context.Context, _ string, n int) ([]Aside, error) {
	return s.aside[:min(n, len(s.aside))], nil
}
func (s *store) Counts(_ context.Context, first, last kiosk.Day) ([]Count, error) {
	var out []Count
	for _, c := range s.counts {
		if c.Day >= first && c.Day <= last {
			out = append(out, c)
		}
	}
	return out, nil
}

func (s *store) Dossier(_ context.Context, id kiosk.DossierID) (Dossier, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.dossiers {
		if d.ID == id {
			return d, nil
		}
	}
	return Dossier{}, ErrNotFound
}

func (s *store) Coded(_ context.Context, code kiosk.DossierCode) ([]Dossier, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.dossiers), func(d Dossier) bool { return code == "" || d.Code != code }), nil
}

func (s *store) Visit(_ context.Context, site kiosk.SiteCode, day kiosk.Day, number kiosk.Number) ([]Dossier, error) {
	return slices.DeleteFunc(slices.Clone(s.dossiers), func(d Dossier) bool { return d.Site != site || d.Day != day || d.Ticket != number }), nil
}

func (s *store) Of(_ context.Context, number string) ([]Dossier, error) {
	return slices.DeleteFunc(slices.Clone(s.dossiers), func(d Dossier) bool { return d.Applicant == nil || d.Applicant.Number != number }), nil
}

func (s *store) Held(ctx context.Context, number string) (Held, error) {
	found, err := s.Of(ctx, number)
	held := Held{Dossiers: found}
	if number == asideNumber {
		held.Aside = s.aside
	}
	if len(held.Dossiers)+len(held.Aside) == 0 {
		err = ErrNotFound
	}
	return held, err
}

func (s *store) History(_ context.Context, _ kiosk.DossierID) ([]Event, error) {
	return []Event{{start, kiosk.Position{Epoch: 1, Seq: 7}, EventReceived}, {start.Add(time.Hour), kiosk.Position{Epoch: 1, Seq: 9}, EventConfirmed}}, nil
}

type ending struct{ err error }

func (e ending) Read([]byte) (int, error) { return 0, e.err }

func (s *store) Page(context.Context, kiosk.DossierID, kiosk.Hash) (io.ReadCloser, error) {
	if s.cut != nil {
		return io.NopCloser(io.MultiReader(bytes.NewReader(s.page[:len(s.page)/2]), ending{s.cut})), nil
	}
	return io.NopCloser(bytes.NewReader(s.page)), nil
}

func (s *store) Export(_ context.Context, number string) (any, error) {
	if number != personNumber {
		return nil, ErrNotFound
	}
	return map[string]string{"number": number, "name": personName}, nil
}

func (s *store) Erase(_ context.Context, number, order string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erased = append(s.erased, number+" "+order)
	return 1, nil
}
