package lan

import (
	"net"
	"net/http"
	"net/netip"
)

// RemoteIP is the address of the machine at the other end of the connection, without its port
// and without a zone, and an IPv4 address as such however it was written. It is the zero
// Addr where the connection has none. Headers that name another address are not looked at: on
// this network everybody can write them.
func RemoteIP(r *http.Request) netip.Addr { return addrOf(r.RemoteAddr) }

func addrOf(hostport string) netip.Addr {
	if ap, err := netip.ParseAddrPort(hostport); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(hostport)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// localIP is the address of the box on which r came in.
func localIP(r *http.Request) netip.Addr {
	a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return netip.Addr{}
	}
	return addrOf(a.String())
}
