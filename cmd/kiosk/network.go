package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/motcua/gateway/cmd/internal/buildinfo"
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/counter"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// network is the office's network: HTTPS with logins, and the board alone on plain HTTP where
// the office wants that.
type network struct {
	pages       *pages
	certificate *lan.Certificate
	hosts       *lan.Hosts
	secure      *door // nil without -lan
	plain       *door // nil without [board] plain_http
	office      *kiosk.Office
	words       words.Words
	log         *slog.Logger
	// changed is told when a door has opened; it is set before the doors are served.
	changed func()

	mu   sync.Mutex
	shut map[string]error // doors that could not be opened, by their address
}

// openNetwork opens the doors that are asked for. It returns a network without doors where none is.
func openNetwork(opt *options, cfg *config, office *kiosk.Office, p *pages, now func() time.Time) (*network, error) {
	n := &network{pages: p, office: office, words: p.words, log: p.log, changed: func() {}, shut: map[string]error{}}
	added := namesGiven(cfg)
	names, err := lan.BoxNames(added...)
	if err != nil {
		return nil, fmt.Errorf("names of this box: %w", err)
	}
	n.hosts = lan.NewHosts(append(names.Hosts, added...)...)
	if opt.lan != "" {
		n.certificate, err = lan.OpenCertificate(lan.CertificateConfig{
			Dir: filepath.Join(opt.state, "lan"), Build: buildinfo.Time(), Now: now,
			Names: func() (lan.Names, error) { return lan.BoxNames(added...) }, Log: p.log,
		})
		if err != nil {
			return nil, err
		}
		n.secure = n.door(opt.lan)
	}
	if addr := cfg.Counters.Board.PlainHTTP; addr != "" {
		n.plain = n.door(addr)
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

// door tries a door at once, so that its address is known from the start.
func (n *network) door(addr string) *door {
	d := &door{addr: addr, again: doorAgain}
	_, err := d.try()
	n.report(addr)(err)
	return d
}

// report keeps the fault of doors that are shut.
func (n *network) report(addr string) func(error) {
	return func(err error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		if err == nil {
			delete(n.shut, addr)
		} else if n.shut[addr] == nil {
			n.log.Warn("the office's network is not served", logAddr, addr, logErr, err)
			n.shut[addr] = err
		}
		if len(n.shut) == 0 {
			n.office.ClearFault(kiosk.FaultLAN)
			return
		}
		hint := ""
		for _, a := range slices.Sorted(maps.Keys(n.shut)) {
			hint += n.shut[a].Error() + "; "
		}
		n.office.RaiseFault(kiosk.FaultLAN, hint+"it is tried again every "+doorAgain.String())
	}
}

// run serves the doors until ctx ends.
func (n *network) run(f *floor) {
	if n.secure != nil {
		f.run("certificate", n.certificate.Run)
		f.run("network's faults", n.watch)
		f.run("network", func(ctx context.Context) error {
			s := &lan.Server{Handler: n.pages.network(n.hosts), Certificate: n.certificate, BodyOf: bodyOf, Words: n.words, Log: n.log}
			report := n.report(n.secure.addr)
			return n.secure.serve(ctx, s, func(err error) {
				report(err)
				n.changed()
			})
		})
	}
	if n.plain != nil {
		f.run("board without TLS", func(ctx context.Context) error {
			shield := n.pages.shield(n.hosts)
			s := &lan.Server{Handler: shield.Secured(shield.PlainScreens(n.pages.network(n.hosts), plainPaths()...)), Words: n.words, Log: n.log}
			return n.plain.serve(ctx, s, n.report(n.plain.addr))
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
	if n.secure == nil || n.secure.at() == nil {
		return "", ""
	}
	return "https://" + reachable(n.secure.at()), n.certificate.Fingerprint()
}

// unlockAt is where a lead types the box's passphrase: on the office's network, or on this machine
// where none was asked for; empty while the network is not there.
func (n *network) unlockAt(here string) string {
	if n.secure == nil {
		return "http://" + here + counter.UnlockPath
	}
	if address, _ := n.address(); address != "" {
		return strings.TrimSuffix(address, ":443") + counter.UnlockPath // as short as it can be typed
	}
	return ""
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
