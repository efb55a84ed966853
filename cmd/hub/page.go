package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/province"
	"github.com/motcua/gateway/ui/words"
)

// page is the province's page, on a listener of its own: the gateways' asks for a certificate, and
// a browser would ask its user for one.
type page struct {
	listener    net.Listener
	certificate *lan.Certificate
	accounts    *province.Accounts
	server      *lan.Server
}

// The shelves of the page's accounts, and the purpose of the key of its forms.
const (
	shelfPeople  = "page-people"
	shelfRights  = "page-rights"
	purposeForms = "hub/page-forms"
)

// openAccounts opens who may sign in.
func (p *parts) openAccounts(ctx context.Context, now func() time.Time, log *slog.Logger) (*province.Accounts, error) {
	return province.OpenAccounts(ctx, province.AccountsConfig{
		People: p.store.Shelf(shelfPeople), Rights: p.store.Shelf(shelfRights), Hasher: secret.NewHasher(p.key), Sealer: p.key,
		Log: pageLog{p.store}, Now: now, Logger: log,
	})
}

// openPage opens the page; nil where nobody wants one.
func openPage(ctx context.Context, c *config, state string, p *parts, now func() time.Time, log *slog.Logger) (*page, error) {
	if c.Page.Listen == "" {
		return nil, nil
	}
	accounts, err := p.openAccounts(ctx, now, log)
	if err != nil {
		return nil, err
	}
	names := func() (lan.Names, error) { return lan.BoxNames(c.Page.Names...) }
	certificate, err := lan.OpenCertificate(lan.CertificateConfig{Dir: filepath.Join(state, "page"), Now: now, Names: names, Log: log})
	if err != nil {
		return nil, err
	}
	known, err := names()
	if err != nil {
		return nil, fmt.Errorf("names of this machine: %w", err)
	}
	say := words.For(kiosk.Vietnamese)
	shield := lan.Shield{Hosts: lan.NewHosts(append(known.Hosts, c.Page.Names...)...), Words: say, Log: log}
	forms := p.key.Derive(purposeForms)
	gate, err := lan.NewGate(accounts, forms[:], shield)
	if err != nil {
		return nil, err
	}
	sites := make([]province.Site, 0, len(c.Sites))
	for _, v := range c.Sites {
		sites = append(sites, province.Site{Code: kiosk.SiteCode(v.Code), Name: v.Name, Commune: v.Commune})
	}
	pages, err := province.New(province.Options{
		Name: c.Page.Title, Hub: pageHub{p}, Log: pageLog{p.store}, Accounts: accounts, Gate: gate.Named("motcua-hub"), Sites: sites,
		NFC: norm.NFC.String, Now: now, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", c.Page.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w (give another address with -page)", err)
	}
	server := &lan.Server{Handler: shield.Secured(pages.Handler()), Certificate: certificate, Words: say, Log: log}
	return &page{listener: l, certificate: certificate, accounts: accounts, server: server}, nil
}

// run serves the page until ctx ends.
func (p *page) run(ctx context.Context, on *errgroup.Group) {
	if p == nil {
		return
	}
	on.Go(func() error { return p.server.Run(ctx, p.listener) })
	on.Go(func() error { return p.certificate.Run(ctx) })
	on.Go(func() error { return p.accounts.Run(ctx) })
}
