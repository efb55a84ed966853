package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/backup"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/ferry"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// What comes on a stick, and backups, are sealed for the hub by age. The keys lie on a shelf of
// the database, sealed by the hub's own.
const (
	shelfStick   = "stick"
	purposeStick = "hub/stick"
)

// stickKeys returns every key that files may be sealed for; the first hub of a database makes one.
// Two that begin at the same moment make two, and both are good.
func (p *parts) stickKeys(ctx context.Context) ([]*age.X25519Identity, error) {
	shelf := p.store.Shelf(shelfStick)
	items, err := shelf.Read(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("read the keys for sticks: %w", err)
	}
	if len(items) == 0 {
		fresh, err := age.GenerateX25519Identity()
		if err != nil {
			return nil, fmt.Errorf("make a key for sticks: %w", err)
		}
		name := fresh.Recipient().String()
		sealed := p.key.Seal(purposeStick, []byte(fresh.String()), []byte(name))
		if err := shelf.Write(ctx, kiosk.Item{Key: name, Value: sealed}); err != nil {
			return nil, fmt.Errorf("keep a key for sticks: %w", err)
		}
		if items, err = shelf.Read(ctx, ""); err != nil {
			return nil, fmt.Errorf("read the keys for sticks: %w", err)
		}
	}
	keys := make([]*age.X25519Identity, 0, len(items))
	for _, v := range items {
		text, err := p.key.Open(purposeStick, v.Value, []byte(v.Key))
		if errors.Is(err, secret.ErrSealed) {
			return nil, errors.New("hub.key is not the key of this database: put the right one back, or give the -state in which it lies")
		}
		if err != nil {
			return nil, fmt.Errorf("open the key for sticks %s: %w", v.Key, err)
		}
		id, err := age.ParseX25519Identity(string(text))
		if err != nil {
			return nil, fmt.Errorf("read the key for sticks %s: %w", v.Key, err)
		}
		keys = append(keys, id)
	}
	return keys, nil
}

// recipients returns the public halves.
func recipients(keys []*age.X25519Identity) []string {
	out := make([]string, 0, len(keys))
	for _, k := range keys {
		out = append(out, k.Recipient().String())
	}
	return out
}

func identities(keys []*age.X25519Identity) []age.Identity {
	out := make([]age.Identity, 0, len(keys))
	for _, k := range keys {
		out = append(out, k)
	}
	return out
}

// door is the hub's for what comes on a stick.
type door struct{ *hub.Hub }

// Page implements [ferry.Door].
func (d door) Page(ctx context.Context, g wire.GatewayID, p ferry.PageName, size int64, r io.Reader) error {
	return d.Hub.Page(ctx, g, hub.PageKey{Dossier: p.Dossier, Hash: p.Hash}, size, r)
}

// trust tells whose a certificate on a stick is. One that has ended while its box was cut off is
// as good as ever: what ends a box is revoking it.
func (p *parts) trust(ctx context.Context, chain []*x509.Certificate) (wire.GatewayID, kiosk.SiteCode, error) {
	r := (&http.Request{TLS: &tls.ConnectionState{PeerCertificates: chain}}).WithContext(ctx)
	who, err := p.registrar.Identify(r)
	if problem, refused := errors.AsType[*wire.Problem](err); refused && problem.Code == wire.CodeExpired && who.Gateway != "" {
		err = nil
	}
	return who.Gateway, who.Site, err
}

// ferryImport takes what lies on a stick, and writes the hub's word beside it.
func ferryImport(ctx context.Context, s *session) error {
	if err := s.note(ctx, "ferry import", filepath.Base(s.name), ""); err != nil {
		return err
	}
	h := hub.New(hub.Config{Store: s.store, Pages: s.pages, Identify: identified, Signer: s.signer, Log: newLogger(s.stderr, s.log)})
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- h.Run(running) }()
	harbour := &ferry.Harbour{Identities: identities(s.sticks), Trust: s.trust, Door: door{h}, Sign: s.signer.Sign, Now: s.now}
	report, err := harbour.Import(ctx, s.name, s.progress())
	stop()
	if err = errors.Join(err, <-done); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "taken: %d files, %d new facts, %d pages, %.1f MB\n", report.Files, report.Facts, report.Pages, float64(report.Bytes)/1e6)
	for _, name := range report.Acks {
		fmt.Fprintf(s.stdout, "for the way back: %s\n", name)
	}
	for _, v := range append(report.Bad, report.Refused...) {
		fmt.Fprintf(s.stderr, "not taken: %s %s: %v\n", v.File, v.Entry, v.Err)
	}
	if n := len(report.Bad) + len(report.Refused); n > 0 {
		return fmt.Errorf("%d of what lay there was not taken; all else was", n)
	}
	return nil
}

// progress shows a person how far an import has come, and nobody else: nil where nobody looks.
func (s *session) progress() func(ferry.Trip) {
	f, ok := s.stderr.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(t ferry.Trip) {
		fmt.Fprintf(f, "\r%d files, %d facts, %d pages, %.1f MB\x1b[K\r", t.Files, t.Facts, t.Pages, float64(t.Bytes)/1e6)
	}
}

// backupOpen opens a box's backup and seals it again for the one technician who is told the
// passphrase.
func backupOpen(ctx context.Context, s *session) (err error) {
	out, err := s.need("out", "the file to write for the technician")
	if err != nil {
		return err
	}
	purpose, err := s.need("purpose", "why it is opened; it is written down")
	if err != nil {
		return err
	}
	if err := s.note(ctx, "backup open", filepath.Base(s.name), purpose); err != nil {
		return err
	}
	in, err := os.Open(s.name)
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := os.Lstat(out); err == nil {
		return fmt.Errorf("%s: %w", out, fs.ErrExist)
	}
	to, err := durable.New(filepath.Dir(out), filepath.Base(out))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Drop()) }()
	word := backup.Passphrase()
	var of enrol.Gateway
	trust := func(ctx context.Context, chain []*x509.Certificate) (wire.GatewayID, kiosk.SiteCode, error) {
		var err error
		of, err = s.registrar.Owner(ctx, chain[0])
		return of.ID, of.Site, err
	}
	m, err := backup.Reseal(ctx, in, to, word, trust, identities(s.sticks)...)
	if err != nil {
		return err
	}
	if err := to.Create(out); err != nil {
		return err
	}
	fmt.Fprintf(s.stderr, "made by gateway %s of %s, %s, up to fact %s\n", m.Gateway, m.Site, m.Made.In(kiosk.ICT()).Format("2006-01-02 15:04"), m.Last)
	if !of.Living() {
		fmt.Fprintf(s.stderr, "that gateway was revoked %s: who has carried the box off can have made this since, whatever time it says\n",
			of.Revoked.In(kiosk.ICT()).Format("2006-01-02 15:04"))
	}
	fmt.Fprintf(s.stdout, "%s\n", word)
	fmt.Fprintf(s.stderr, "the passphrase of %s; it is not shown again. At the box: kioskctl -state DIR restore FILE\n", out)
	return nil
}

var _ ferry.Door = door{}
