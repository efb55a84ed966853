package main

import (
	"net/http"

	"github.com/motcua/gateway/ui/lan"
)

// officePages are the pages around the counters, the same on this machine and on the network.
type officePages struct {
	gate  *lan.Gate
	parts map[string]http.Handler // by pattern
	large map[string]int64        // paths that take larger bodies
	plain []string                // paths that may go without TLS
}

func (o *officePages) mount(mux *http.ServeMux) {
	for pattern, h := range o.parts {
		mux.Handle(pattern, h)
	}
}

// bodyOf is lan.Server.BodyOf.
func (o *officePages) bodyOf(r *http.Request) int64 { return o.large[r.URL.Path] }
