package main

import (
	"fmt"
	"io"

	"github.com/motcua/gateway/kiosk"
)

// announce prints where the gateway can be reached, for a person who has started it by hand.
func announce(w io.Writer, opt *options, setup *kiosk.Setup, sim *simulation, web *pages, addr string, hall *network) {
	line := func(what, where string) { fmt.Fprintf(w, "  %-12s %s\n", what, where) }
	fmt.Fprintf(w, "%s\n", setup.Name.In(kiosk.Vietnamese))
	if web.screen != nil && web.open {
		line("screen", "http://"+addr+"/screen")
	}
	line("officers", "http://"+addr+"/counter")
	line("lead", "http://"+addr+"/lead")
	line("board", "http://"+addr+"/board")
	if address, fingerprint := hall.address(); address != "" {
		line("network", address+"/counter")
		line("certificate", fingerprint)
	}
	line("health", "http://"+addr+"/healthz")
	line("metrics", "http://"+addr+"/metrics")
	line("control", "kioskctl -state "+opt.state+" status")
	if sim != nil && sim.printer != nil {
		line("slips", sim.slips)
	}
	if sim != nil {
		line("simulated", sim.control.Path)
	}
}

// announceAccounts prints how to sign in to a demonstration.
func announceAccounts(w io.Writer, accounts []demoAccount) {
	for _, a := range accounts {
		fmt.Fprintf(w, "  %-12s %-5s PIN %s (%s)\n", "sign in", a.Login, a.PIN, a.Role)
	}
}
