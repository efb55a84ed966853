package uplink_test

import (
	"context"
	"crypto/tls"
	"sync"
	"sync/atomic"

	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/uplink"
)

// identity is who a box is; it can change.
type identity struct {
	mu      sync.Mutex
	id      uplink.Identity
	ok      bool
	changed chan struct{}
	renewed atomic.Int64
}

func (i *identity) Identity() (uplink.Identity, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.id, i.ok
}

func (i *identity) Changed() <-chan struct{} {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.changed
}

// Renew changes the identity, as an enrolment does that has a new certificate.
func (i *identity) Renew(context.Context) error {
	i.renewed.Add(1)
	id, ok := i.Identity()
	i.set(id, ok)
	return nil
}

func (i *identity) set(id uplink.Identity, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.id, i.ok = id, ok
	close(i.changed)
	i.changed = make(chan struct{})
}

func id(addr string) uplink.Identity {
	p := makePapers()
	return uplink.Identity{
		Gateway: gateway, Site: kiosktest.Site, Hub: "https://" + addr,
		TLS: &tls.Config{Certificates: []tls.Certificate{p.box}, RootCAs: p.pool},
	}
}
