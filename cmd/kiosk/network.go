package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// network is the office's network: HTTPS with logins, and the board alone on plain HTTP where
// the office wants that.
type network struct {
	pages       *pages
	certificate *lan.Certificate
	hosts       *lan.Hosts
	secure      net.Listener // nil without -lan
	plain       net.Listener // nil without [board] plain_http
	office      *kiosk.Office
	words       words.Words
	log         *slog.Logger
}

// openNetwork opens the doors that are asked for. It returns a network without doors where none is.
func openNetwork(opt *options, cfg *config, office *kiosk.Office, p *pages, now func() time.Time) (*network, error) {
	n := &network{pages: p, office: office, words: p.words, log: p.log}
	added := namesGiven(cfg)
	names, err := lan.BoxNames(added...)
	if err != nil {
		return nil, fmt.Errorf("names of this box: %w", err)
	}
	n.hosts = lan.NewHosts(append(names.Hosts, added...)...)
	if opt.lan != "" {
		n.certificate, err = lan.OpenCertificate(lan.CertificateConfig{
			Dir: filepath.Join(opt.state, "lan"), Build: built(), Now: now,
			Names: func() (lan.Names, error) { return lan.BoxNames(added...) }, Log: p.log,
		})
		if err != nil {
			return nil, err
		}
		if n.secure, err = listenLAN(opt.lan); err != nil {
			return nil, fmt.Errorf("%w (give another address with -lan)", err)
		}
	}
	if addr := cfg.Counters.Board.PlainHTTP; addr != "" {
		if n.plain, err = listenLAN(addr); err != nil {
			err = fmt.Errorf("%w (it stands at board.plain_http)", err)
			if n.secure != nil {
				err = errors.Join(err, n.secure.Close())
			}
			return nil, err
		}
	}
	return n, nil
}

// namesGiven are the names that the office has told citizens: a telephone comes by what the slip
// says, and that is no name that the box could know by itself.
func namesGiven(cfg *config) []string {
	u, err := url.Parse(cfg.Counters.RatingURL)
	if err != nil || u.Hostname() == "" { // none; a wrong one was refused with the configuration
		return nil
	}
	return []string{u.Hostname()}
}

// listenLAN listens over IPv4: a session is bound to the address of its machine, and a browser
// that changes between the two kinds of addresses would look like a thief.
func listenLAN(addr string) (net.Listener, error) { return net.Listen("tcp4", addr) }

// run serves the doors until ctx ends.
func (n *network) run(f *floor) {
	if n.secure != nil {
		f.run("certificate", n.certificate.Run)
		f.run("network's faults", n.watch)
		f.run("network", func(ctx context.Context) error {
			s := &lan.Server{Handler: n.pages.network(n.hosts), Certificate: n.certificate, BodyOf: bodyOf, Words: n.words, Log: n.log}
			return s.Run(ctx, n.secure)
		})
	}
	if n.plain != nil {
		f.run("board without TLS", func(ctx context.Context) error {
			shield := n.pages.shield(n.hosts)
			s := &lan.Server{Handler: shield.Secured(shield.PlainScreens(n.pages.network(n.hosts), plainPaths()...)), Words: n.words, Log: n.log}
			return s.Run(ctx, n.plain)
		})
	}
}

// certificateEvery is how often it is looked whether the province's certificate can be used.
const certificateEvery = time.Minute

// watch keeps the fault of a certificate that was put there and cannot be used.
func (n *network) watch(ctx context.Context) error {
	tick := time.NewTicker(certificateEvery)
	defer tick.Stop()
	for {
		if _, err := n.certificate.Province(); err != nil {
			n.office.RaiseFault(kiosk.FaultCertificate, err.Error())
		} else {
			n.office.ClearFault(kiosk.FaultCertificate)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// address is what a technician sees of it.
func (n *network) address() (address, fingerprint string) {
	if n.secure == nil {
		return "", ""
	}
	return "https://" + reachable(n.secure.Addr()), n.certificate.Fingerprint()
}

// reachable names the machine where a listener's address says "any".
func reachable(a net.Addr) string {
	text := a.String()
	host, port, err := net.SplitHostPort(text)
	if err != nil || !strings.Contains(host, "0.0.0.0") && host != "::" {
		return text
	}
	return net.JoinHostPort(lan.LocalName, port)
}
