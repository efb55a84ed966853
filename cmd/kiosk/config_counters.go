package main

import (
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/rating"
	"github.com/motcua/gateway/ui/words"
)

// countersConfig is what the office decides about its counters, boards and voice.
type countersConfig struct {
	// Idle is after how long without a press an officer is signed out; IdleServing is that while
	// the counter has somebody in hand.
	Idle, IdleServing time.Duration

	Board boardConfig
	Voice voiceConfig
	// RatingURL is where the gateway is reached by a telephone in the hall: "https://10.0.0.2". Empty:
	// slips carry no code for a rating.
	RatingURL string
}

// boardConfig is [board].
type boardConfig struct {
	// PlainHTTP is an address of the office's network on which the board alone is served without
	// TLS, for televisions that refuse the gateway's own certificate. Empty: nowhere.
	PlainHTTP string
	Show      time.Duration // the least time for which a called number stands
}

// voiceConfig is [voice].
type voiceConfig struct {
	Device string   // of ALSA
	Packs  []string // folders, the best voice first; a recorded one goes before them
	Also   []string // languages that are only heard, in which every call is repeated: "tyz"
	Repeat int      // how often a call is spoken
	Off    bool
}

// heardTags are the languages that are only heard, as the configuration names them.
func heardTags() []string {
	var out []string
	for _, l := range words.HeardLanguages() {
		out = append(out, string(l))
	}
	return out
}

// readReport returns [report].
func readReport(t *table) kiosk.ReportRules {
	d := kiosk.DefaultReportRules()
	r := kiosk.ReportRules{
		Wait: t.length("wait", d.Wait), Handling: t.length("handling", d.Handling),
		RatingGroup: t.integer("rating_group", d.RatingGroup),
	}
	t.done()
	return r
}

// readCounters returns what [officers], [board], [voice] and [rating] say.
func readCounters(top *table) countersConfig {
	var c countersConfig
	t := top.table("officers")
	if c.Idle = t.length("idle", staff.DefaultIdle); c.Idle < time.Minute || c.Idle > 12*time.Hour {
		t.wrong(join(t.path, "idle"), c.Idle.String(), "1 to 720 minutes")
	}
	if c.IdleServing = t.length("idle_serving", max(staff.DefaultIdleServing, c.Idle)); c.IdleServing < c.Idle || c.IdleServing > 12*time.Hour {
		t.wrong(join(t.path, "idle_serving"), c.IdleServing.String(), "no shorter than idle, and at most 12 hours")
	}
	t.done()

	t = top.table("board")
	c.Board = boardConfig{PlainHTTP: t.text("plain_http"), Show: t.length("show", 6*time.Second)}
	if a := c.Board.PlainHTTP; a != "" {
		if _, port, err := net.SplitHostPort(a); err != nil || port == "" {
			t.wrong(join(t.path, "plain_http"), a, `an address such as "10.0.0.2:8081"`)
		}
	}
	if c.Board.Show < time.Second || c.Board.Show > time.Minute {
		t.wrong(join(t.path, "show"), c.Board.Show.String(), "1 to 60 seconds")
	}
	t.done()

	t = top.table("voice")
	c.Voice = voiceConfig{Device: t.text("device"), Packs: t.texts("packs"), Also: t.texts("also"), Repeat: t.integer("repeat", 1), Off: t.boolean("off")}
	if c.Voice.Device == "" {
		c.Voice.Device = "default"
	}
	for _, p := range c.Voice.Packs {
		if !filepath.IsAbs(p) {
			t.wrong(join(t.path, "packs"), p, "a folder from the root of the disk on")
		}
	}
	for i, l := range c.Voice.Also {
		if heard := heardTags(); !slices.Contains(heard, l) {
			t.wrong(fmt.Sprintf("%s[%d]", join(t.path, "also"), i), l, choice(l, heard))
		}
	}
	if c.Voice.Repeat < 1 || c.Voice.Repeat > 3 {
		t.wrong(join(t.path, "repeat"), c.Voice.Repeat, "1 to 3")
	}
	t.done()

	t = top.table("rating")
	if text := t.text("url"); text != "" {
		var err error
		if c.RatingURL, err = rating.Address(text); err != nil {
			t.wrong(join(t.path, "url"), text, "an address such as \"https://10.0.0.2\": "+err.Error())
		}
	}
	t.done()
	return c
}
