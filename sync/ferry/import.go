package ferry

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// Door is where the line's requests go in as well. Package hub's http.Handler stands behind it.
type Door interface {
	// Facts takes a batch of events of one gateway.
	Facts(ctx context.Context, gateway wire.GatewayID, site kiosk.SiteCode, batch []byte) (wire.Ack, error)
	// Page takes a page's bytes; one that is there already is no error.
	Page(ctx context.Context, gateway wire.GatewayID, page PageName, size int64, r io.Reader) error
	// Marks returns how far each epoch is durable.
	Marks(ctx context.Context, gateway wire.GatewayID) ([]wire.Mark, error)
}

// Harbour is the hub's side.
type Harbour struct {
	Identities []age.Identity // one of them opens the files
	// Trust tells whether a certificate is that of a living box of this hub, and of which.
	Trust func(ctx context.Context, chain []*x509.Certificate) (wire.GatewayID, kiosk.SiteCode, error)
	Door  Door
	Sign  func(payload any) (jws string, err error)
	Now   func() time.Time
}

// Refused is a page that the hub does not take, or could not take now.
type Refused struct {
	File, Entry string
	Err         error
}

// Report is what an import has done.
type Report struct {
	Trip
	Acks    []string  // the files of the hub's word, written beside
	Refused []Refused // what was not taken, and why
	Bad     []Refused // files of which nothing was taken
}

// Import takes over every file of a folder, in the order of their names, and writes the hub's word
// beside them. A file that is damaged or of somebody else stops none of the others.
func (h *Harbour) Import(ctx context.Context, dir string, progress func(Trip)) (Report, error) {
	if progress == nil {
		progress = func(Trip) {}
	}
	files, err := lying(dir)
	if err != nil {
		return Report{}, fmt.Errorf("look at the stick: %w", err)
	}
	if len(files) == 0 {
		return Report{}, fmt.Errorf("no file %s*%s lies in %s", filePrefix, fileEnd, dir)
	}
	var r Report
	taken := map[wire.GatewayID][]PageName{}
	for _, path := range files {
		err := h.file(ctx, path, &r, taken, progress)
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		if err != nil {
			r.Bad = append(r.Bad, Refused{File: filepath.Base(path), Err: err})
			continue
		}
		r.Files++
		progress(r.Trip)
	}
	for gateway, pages := range taken {
		name, err := h.acknowledge(ctx, dir, gateway, pages)
		if err != nil {
			return r, err
		}
		r.Acks = append(r.Acks, name)
	}
	slices.Sort(r.Acks)
	return r, nil
}

// lying returns the files of trips in a folder, by name. What is no ordinary file is none: a pipe
// would be waited for.
func lying(dir string) (files []string, err error) {
	entries, err := os.ReadDir(dir) // sorted
	for _, e := range entries {
		if name := e.Name(); e.Type().IsRegular() && strings.HasPrefix(name, filePrefix) && strings.HasSuffix(name, fileEnd) {
			files = append(files, filepath.Join(dir, name))
		}
	}
	return files, err
}

// file checks a file, and then takes it over.
func (h *Harbour) file(ctx context.Context, path string, r *Report, taken map[wire.GatewayID][]PageName, progress func(Trip)) error {
	m, err := h.check(ctx, path)
	if err != nil {
		return err
	}
	if _, ok := taken[m.Gateway]; !ok {
		taken[m.Gateway] = nil
	}
	known := map[string]entry{}
	for _, e := range m.Entries {
		known[e.Name] = e
	}
	return h.read(path, func(name string, size int64, body io.Reader) error {
		e, ok := known[name]
		if !ok {
			return nil // the manifest and its signature
		}
		if e.Size != size {
			return fmt.Errorf("%w: it changed while it was read", ErrDamaged)
		}
		if strings.HasPrefix(name, factsFolder) {
			text, err := io.ReadAll(io.LimitReader(body, wire.MaxBatchBytes+1))
			if err != nil {
				return fmt.Errorf("%w: %w", ErrDamaged, err)
			}
			if kiosk.HashOf(text) != e.Hash {
				return fmt.Errorf("%w: it changed while it was read", ErrDamaged)
			}
			ack, err := h.Door.Facts(ctx, m.Gateway, m.Site, text)
			if err != nil {
				return fmt.Errorf("facts: %w", err)
			}
			r.Facts += ack.Accepted
			progress(r.Trip)
			return nil
		}
		page, err := parsePageName(name)
		if err != nil {
			return err
		}
		if err := h.Door.Page(ctx, m.Gateway, page, size, body); err != nil {
			r.Refused = append(r.Refused, Refused{File: filepath.Base(path), Entry: name, Err: err})
			return ctx.Err()
		}
		taken[m.Gateway] = append(taken[m.Gateway], page)
		r.Pages++
		r.Bytes += size
		progress(r.Trip)
		return nil
	})
}

// check reads a whole file without taking anything, and returns its manifest if everything in it
// is what a box of this hub has signed.
func (h *Harbour) check(ctx context.Context, path string) (*manifest, error) {
	var found []entry
	var text, signature []byte
	err := h.read(path, func(name string, size int64, body io.Reader) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case signature != nil || text != nil && name != signatureName:
			return fmt.Errorf("%w: something follows its manifest", ErrDamaged)
		case name == manifestName && size <= maxManifest:
			return readInto(&text, body)
		case name == signatureName && size <= maxSignature:
			return readInto(&signature, body)
		case len(found) >= maxEntries, size > kiosk.MaxPageBytes:
			return fmt.Errorf("%w: more than a file may hold", ErrDamaged)
		case !strings.HasPrefix(name, factsFolder) && !strings.HasPrefix(name, pagesFolder):
			return fmt.Errorf("%w: an entry named %q", ErrDamaged, name)
		}
		sum := sha256.New()
		n, err := io.Copy(sum, body)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		found = append(found, entry{Name: name, Size: n, Hash: kiosk.Hash(sum.Sum(nil))})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if text == nil || signature == nil {
		return nil, fmt.Errorf("%w: its end is missing", ErrDamaged)
	}
	m, cert, err := readManifest(text, signature)
	if err != nil {
		return nil, err
	}
	chain := []*x509.Certificate{cert}
	for _, der := range m.Certificate[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%w: its certificate: %w", ErrDamaged, err)
		}
		chain = append(chain, c)
	}
	gateway, site, err := h.Trust(ctx, chain)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrForeign, err)
	case gateway != m.Gateway || site != m.Site:
		return nil, fmt.Errorf("%w: it says to be of %s and is signed by %s", ErrForeign, m.Gateway, gateway)
	case !slices.Equal(found, m.Entries):
		return nil, fmt.Errorf("%w: it does not hold what its box has signed", ErrDamaged)
	}
	return m, nil
}

func readInto(to *[]byte, r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	*to = b
	return nil
}

// read opens a file and gives each of its entries to visit.
func (h *Harbour) read(path string, visit func(name string, size int64, body io.Reader) error) (err error) {
	f, err := openFile(path)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	plain, err := age.Decrypt(f, h.Identities...)
	if _, none := errors.AsType[*age.NoIdentityMatchError](err); none {
		return fmt.Errorf("%w: it is sealed for another hub", ErrForeign)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	for t := tar.NewReader(plain); ; {
		header, err := t.Next()
		if errors.Is(err, io.EOF) {
			// The archive's end is not the file's: what age has not seen to its end may be cut off.
			if _, err := io.Copy(io.Discard, plain); err != nil {
				return fmt.Errorf("%w: %w", ErrDamaged, err)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if header.Typeflag != tar.TypeReg || header.Size < 0 {
			return fmt.Errorf("%w: an entry that is no file", ErrDamaged)
		}
		if err := visit(header.Name, header.Size, t); err != nil {
			return err
		}
	}
}
