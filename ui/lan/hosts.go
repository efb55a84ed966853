package lan

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// maxHost is the longest name in DNS, in bytes (RFC 1035 §2.3.4).
const maxHost = 253

// Hosts are the names under which the box answers. A page elsewhere can make its own name lead
// to the box and would then be of the same origin; it cannot choose the name that the browser
// sends (DNS rebinding).
type Hosts struct{ names map[string]bool }

// NewHosts returns the names under which the box answers: these and, on loopback, localhost. An
// address needs no name: it is right when the connection came in on it.
func NewHosts(names ...string) *Hosts {
	h := &Hosts{names: make(map[string]bool, len(names))}
	for _, n := range names {
		if n = plainHost(n); n != "" {
			h.names[n] = true
		}
	}
	return h
}

// Allows reports whether r names this box.
func (h *Hosts) Allows(r *http.Request) bool {
	name, ok := splitHost(r.Host)
	if !ok {
		return false
	}
	local := localIP(r)
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.Zone() == "" && ip.Unmap() == local || h.names[name]
	}
	return h.names[name] || name == "localhost" && local.IsLoopback()
}

// splitHost takes the port from a Host header and reports whether what is left can be a name or
// an address.
func splitHost(host string) (string, bool) {
	if len(host) > maxHost+len(":65535") {
		return "", false
	}
	name := host
	if h, port, err := net.SplitHostPort(host); err == nil {
		if !digits(port) {
			return "", false
		}
		name = h
		if strings.Contains(host, "[") != strings.Contains(h, ":") {
			return "", false // brackets belong to IPv6 alone
		}
	} else if n := len(host); n > 2 && host[0] == '[' && host[n-1] == ']' {
		if name = host[1 : n-1]; !strings.Contains(name, ":") {
			return "", false
		}
	}
	name = plainHost(name)
	return name, name != ""
}

// plainHost is a name in lower case without the dot of the root, or "" for what is no name.
func plainHost(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if len(name) > maxHost {
		return ""
	}
	for _, c := range []byte(name) {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == ':' || c == '_') {
			return ""
		}
	}
	return name
}

func digits(s string) bool {
	return s != "" && len(s) <= 5 && strings.Trim(s, "0123456789") == ""
}
