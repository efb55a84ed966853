package main

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"github.com/motcua/gateway/cmd/internal/buildinfo"
	"github.com/motcua/gateway/sync/uplink"
	"github.com/motcua/gateway/sync/wire"
	"github.com/motcua/gateway/ui/words"
)

// diskFree returns the bytes that are free where the state lies, 0 where nobody can tell.
func diskFree(dir string) int64 {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0
	}
	return int64(s.Bavail) * s.Bsize
}

// health is how the box does, for the hub.
func (p *province) health() wire.Health {
	s := p.office.Snapshot()
	now := p.office.Time()
	h := wire.Health{
		At: now, ClockSure: s.Clock.Sure, Site: s.Setup.Site.Code, Version: buildinfo.Version(), Uptime: int64(time.Since(p.began).Seconds()),
		Faults: []wire.HealthFault{}, Hall: string(s.Hall.Phase), KeySource: string(p.lock.Source()),
	}
	for _, f := range s.Faults {
		h.Faults = append(h.Faults, wire.HealthFault{Code: f.Code, Severity: f.Severity, Since: f.Since})
	}
	for _, v := range s.Services {
		h.Waiting += v.Waiting
	}
	if b, err := p.bolt.Waiting(context.Background()); err == nil {
		h.Facts, h.Blobs, h.Bytes, h.Parked = b.Facts, b.Blobs, b.BlobBytes, b.Parked
		if !b.OldestFact.IsZero() {
			h.OldestAge = max(0, int64(now.Sub(b.OldestFact).Seconds()))
		}
	}
	h.DiskFree = diskFree(p.state)
	return h
}

// link is the line as people are told of it: on the lead's morning card and in staff mode.
func (p *province) link() words.LineState {
	s, err := p.uplink.State(context.Background())
	if err != nil || s.Phase == uplink.PhaseUnenrolled {
		return words.LineState{}
	}
	return words.LineState{
		Wanted: true, Up: s.Phase == uplink.PhaseUp, Refused: s.Phase == uplink.PhaseRefused, Since: s.Contact,
		Facts: s.Backlog.Facts, Pages: s.Backlog.Blobs - s.Backlog.Parked, Oldest: s.Backlog.OldestFact,
		PagesFrom: s.PagesFrom, Expected: expected(s),
	}
}

// expected is how long it takes until everything is there; 0 where nobody can say.
func expected(s uplink.State) time.Duration {
	t, _ := s.Expected()
	return t
}
