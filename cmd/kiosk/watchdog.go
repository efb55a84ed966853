package main

import (
	"context"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// watch tells systemd that the gateway is ready, and then, at half of WatchdogSec, that it is
// alive: only while the office answers. Without systemd it does nothing.
func (h *health) watch(ctx context.Context) error {
	// An error here is systemd's own, and there is nobody else to tell it to.
	_, _ = daemon.SdNotify(false, daemon.SdNotifyReady)
	defer func() { _, _ = daemon.SdNotify(false, daemon.SdNotifyStopping) }()
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(every / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		// A store that failed is no reason to die of: the screen says so, and it may come back.
		if h.answers(ctx) {
			_, _ = daemon.SdNotify(false, daemon.SdNotifyWatchdog)
		}
	}
}
