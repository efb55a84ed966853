package lan

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// LocalName is the name under which the box is found by multicast DNS.
const LocalName = "motcua.local"

// maxNames bounds the addresses of one certificate, in count.
const maxNames = 32

// Names are what the box is called: names in lower case and addresses, each once.
type Names struct {
	Hosts []string
	Addrs []netip.Addr
}

// BoxNames returns the names and addresses that the box has now: its host name, the same under
// .local, [LocalName], localhost and what the office adds, and the addresses of its network
// cards. IPv6 addresses that hold on one cable only are left out: no browser can name them.
func BoxNames(added ...string) (Names, error) {
	host, err := os.Hostname()
	if err != nil {
		return Names{}, fmt.Errorf("host name: %w", err)
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return Names{}, fmt.Errorf("addresses: %w", err)
	}
	var n Names
	short, _, _ := strings.Cut(host, ".")
	for _, h := range append([]string{host, short + ".local", LocalName, "localhost"}, added...) {
		if ip, err := netip.ParseAddr(h); err == nil {
			n.addAddr(ip)
			continue
		}
		if h = plainHost(h); h != "" && !strings.ContainsAny(h, ":_") && !strings.HasPrefix(h, ".") && !slices.Contains(n.Hosts, h) {
			n.Hosts = append(n.Hosts, h)
		}
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			n.addAddr(p.Addr())
		}
	}
	return n, nil
}

func (n *Names) addAddr(a netip.Addr) {
	a = a.Unmap().WithZone("")
	if a.Is6() && a.IsLinkLocalUnicast() || slices.Contains(n.Addrs, a) || len(n.Addrs) >= maxNames {
		return
	}
	n.Addrs = append(n.Addrs, a)
}

// with adds the addresses of an older certificate: a box whose address goes to and fro needs no
// new one each time, and an officer's browser no new exception.
func (n Names) with(old *x509.Certificate) Names {
	n.Addrs = slices.Clone(n.Addrs)
	if old != nil {
		for _, ip := range old.IPAddresses {
			if a, ok := netip.AddrFromSlice(ip); ok {
				n.addAddr(a)
			}
		}
	}
	return n
}

// common is the name that a browser shows first.
func (n Names) common() string {
	if len(n.Hosts) > 0 && len(n.Hosts[0]) <= 64 { // the bound of a common name, RFC 5280
		return n.Hosts[0]
	}
	return LocalName
}

// all are the names and addresses as text.
func (n Names) all() []string {
	out := slices.Clone(n.Hosts)
	for _, a := range n.Addrs {
		out = append(out, a.String())
	}
	return out
}

// covered reports whether a certificate names them all.
func (n Names) covered(c *x509.Certificate) bool {
	return !slices.ContainsFunc(n.all(), func(s string) bool { return c.VerifyHostname(s) != nil })
}

// touched reports whether a certificate names one of them that another machine can use.
func (n Names) touched(c *x509.Certificate) bool {
	return slices.ContainsFunc(n.all(), func(s string) bool {
		ip, err := netip.ParseAddr(s)
		return s != "localhost" && !(err == nil && ip.IsLoopback()) && c.VerifyHostname(s) == nil
	})
}
