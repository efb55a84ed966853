package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// verb does a verb over the rig's parts and returns what it has shown.
func (r *pageRig) verb(words ...string) (shown string, err error) {
	r.Helper()
	opt, err := parseOptions(words)
	r.must(err)
	v, names, err := find(opt.words)
	r.must(err)
	var out bytes.Buffer
	s := &session{options: opt, parts: r.parts, world: world{stdin: strings.NewReader(""), stdout: &out, stderr: &out, now: time.Now}}
	if len(names) > 0 {
		s.name = names[0]
	}
	err = v.do(r.Context(), s)
	return out.String(), err
}

// Where the log does not take the note, no sheet is shown and no box is ended; where it does, it
// was there before either.
func TestALossIsNotedFirst(t *testing.T) {
	t.Parallel()
	r := newPageRig(t)
	g, _ := r.file(mySite)
	tooLong := strings.Repeat("ế", 400) // more bytes than the log takes, and no more letters than a reason may have
	shown, err := r.verb("lost", string(g), "-why", tooLong)
	if err == nil || shown != "" {
		t.Errorf("not noted, and shown all the same: %v %q", err, shown)
	}
	box, err := r.registrar.Gateway(r.Context(), g)
	r.must(err)
	if !box.Living() {
		t.Error("not noted, and ended all the same")
	}
	shown, err = r.verb("lost", string(g), "-why", "mất ngày 26-11-2026 14:30")
	if err != nil || !strings.Contains(shown, "INCIDENT SHEET") {
		t.Errorf("%v %q", err, shown)
	}
	log, err := r.store.Audits(r.Context(), 0, 1)
	r.must(err)
	box, err = r.registrar.Gateway(r.Context(), g)
	r.must(err)
	if e := log[0]; e.What != "lost" || e.About != string(g) || e.At.After(box.Revoked) {
		t.Errorf("log: %+v, revoked at %v", e, box.Revoked)
	}
}

// That two boxes speak as one gateway is said wherever the gateway is shown.
func TestACopyIsTold(t *testing.T) {
	t.Parallel()
	r := newPageRig(t)
	g, _ := r.file(mySite)
	for i := range 10 {
		_, err := r.store.Health(r.Context(), g, []byte(`{"site":"xa-an","clock_sure":true}`), []string{"this", "that"}[i%2])
		r.must(err)
	}
	for _, path := range []string{"/province/gateways", "/province/gateways/" + string(g)} {
		status, page := r.send("xem", "GET", path, nil)
		r.expect(path, 200, status, page, "Có hai máy cùng dùng danh tính này")
	}
	shown, err := r.verb("gateways")
	if err != nil || !strings.Contains(shown, "COPIED none") {
		t.Errorf("%v %s", err, shown)
	}
	shown, err = r.verb("lost", string(g), "-why", "bị sao chép thẻ")
	if err != nil || !strings.Contains(shown, "two boxes spoke with this identity, last at 20") {
		t.Errorf("%v %s", err, shown)
	}
	shown, err = r.verb("lost", string(g), "-why", "again", "-json")
	if err != nil || !strings.Contains(shown, `"cloned": "20`) {
		t.Errorf("%v %s", err, shown)
	}
}
