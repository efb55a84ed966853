package main_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A checker written apart from what it checks. It knows the documents of package wire, the names
// that `kioskctl audit export` promises and the tables of the hub, and says whether a gateway and
// its hub are equal item by item. It uses no code of the line, of the hub, or of the wire.

// spot is the place of a fact.
type spot struct{ epoch, seq uint64 }

func (p spot) String() string { return fmt.Sprintf("%d-%d", p.epoch, p.seq) }

func (p spot) compare(q spot) int {
	if p.epoch != q.epoch {
		return int(int64(p.epoch) - int64(q.epoch))
	}
	return int(int64(p.seq) - int64(q.seq))
}

// told is a fact as its gateway tells of it.
type told struct {
	at   spot
	kind string // "ticket-issued"
	// says is what the hub's event has to say, by its path: "day", "data.ticket.number". What is
	// absent there is "", 0 or false here.
	says map[string]any
	// Of a dossier's header.
	dossier, manifest string
	pages             int
}

// box is what a gateway says of itself.
type box struct {
	gateway, site string
	facts         []told
	head          spot
	chain         string            // the audit log's hash at head
	waiting       int               // facts that nobody has acknowledged
	dossiers      map[string]string // dossier → state
	// answered are numbers and dossiers that somebody at the box was given: they have to be facts.
	answered []string
}

// held is what the province holds of a gateway.
type held struct {
	marks    map[uint64]heldMark // by epoch
	events   []heldEvent         // in the order of their places
	aside    []string            // what lies in quarantine: place and why
	dossiers map[string]*heldDossier
	feed     []heldItem        // in the order of their cursors
	newest   uint64            // cursor, as the gateway's row says
	issued   map[string]uint64 // the highest numbers by "day service"
	key      ed25519.PublicKey // of its statements
}

type heldMark struct {
	seq   uint64
	chain string
}

type heldEvent struct {
	at   spot
	json []byte
}

type heldDossier struct {
	gateway, site, manifest, statement string
	missing, complete, bytes, counted  int64
	pages                              []heldPage // in their order
}

type heldPage struct {
	component, hash, media string
	size, kept             int64
	// sum is the SHA-256 of the bytes as they were opened; trouble why they were not.
	sum     string
	trouble string
}

type heldItem struct {
	cursor uint64
	kind   string
	json   []byte
}

// compare returns each breach, in words. None: both ends are equal.
func compare(b *box, h *held) []string {
	c := &comparison{box: b, held: h}
	c.facts()
	c.marks()
	c.settled()
	c.statements()
	c.words()
	c.answered()
	return c.found
}

type comparison struct {
	box   *box
	held  *held
	found []string
	// headers are the manifests that the gateway's facts name, by dossier.
	headers map[string]string
}

func (c *comparison) wrong(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

// facts holds every fact of the gateway against the event at its place.
func (c *comparison) facts() {
	c.headers = map[string]string{}
	at := map[spot]heldEvent{}
	for i, e := range c.held.events {
		if _, twice := at[e.at]; twice {
			c.wrong("fact %s is there twice", e.at)
		}
		if i > 0 && c.held.events[i-1].at.compare(e.at) > 0 {
			c.wrong("fact %s stands before %s", c.held.events[i-1].at, e.at)
		}
		at[e.at] = e
	}
	var last spot
	highest := map[string]uint64{}
	for _, f := range c.box.facts {
		if next := (spot{last.epoch, last.seq + 1}); f.at != next && (f.at.epoch <= last.epoch || f.at.seq != 1) {
			c.wrong("the gateway's own log goes from %s to %s", last, f.at)
		}
		last = f.at
		e, ok := at[f.at]
		if !ok {
			c.wrong("fact %s, a %s, is missing", f.at, f.kind)
			continue
		}
		delete(at, f.at)
		c.fact(f, e, highest)
	}
	for _, p := range slices.SortedFunc(maps.Keys(at), spot.compare) {
		c.wrong("fact %s is none of the gateway's", p)
	}
	if last != c.box.head {
		c.wrong("the gateway's log ends at %s, its head is %s", last, c.box.head)
	}
	for key, n := range highest {
		if c.held.issued[key] != n {
			c.wrong("the highest number of %s is %d, the hub says %d", key, n, c.held.issued[key])
		}
	}
	for _, why := range c.held.aside {
		c.wrong("in quarantine: %s", why)
	}
	if c.box.waiting > 0 {
		c.wrong("%d facts still wait at the gateway", c.box.waiting)
	}
}

// fact holds one fact against its event.
func (c *comparison) fact(f told, e heldEvent, highest map[string]uint64) {
	var event map[string]any
	if err := json.Unmarshal(e.json, &event); err != nil {
		c.wrong("fact %s cannot be read: %v", f.at, err)
		return
	}
	want := map[string]any{
		"specversion": "1.0", "id": f.at.String(), "source": "/gateways/" + c.box.gateway, "site": c.box.site,
		"type": "vn.motcua.fact." + f.kind + ".v1", "datacontenttype": "application/json",
	}
	maps.Copy(want, f.says)
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if got := look(event, path); !same(got, want[path]) {
			c.wrong("fact %s, a %s: %s is %v, at the gateway %v", f.at, f.kind, path, got, want[path])
		}
	}
	data, _ := event["data"].(map[string]any)
	if _, open := data["subject"]; open {
		c.wrong("fact %s: who applies lies there in the open", f.at)
	}
	if n, ok := look(event, "data.ticket.seq").(float64); ok && f.kind == "ticket-issued" {
		key := fmt.Sprintf("%v %v", look(event, "data.ticket.day"), look(event, "data.ticket.service"))
		highest[key] = max(highest[key], uint64(n))
	}
	if f.dossier != "" && f.kind == "dossier-received" {
		c.header(f, data)
	}
}

// header holds a dossier's header against what the hub keeps of it, page by page: from the
// gateway's own hash of the manifest down to the bytes.
func (c *comparison) header(f told, data map[string]any) {
	c.headers[f.dossier] = f.manifest
	lines := f.dossier + "\n"
	pages, _ := data["pages"].([]any)
	type line struct {
		component, hash, media string
		size                   int64
	}
	var named []line
	for _, p := range pages {
		v, _ := p.(map[string]any)
		size, _ := v["size"].(float64)
		l := line{text(v["component"]), text(v["sha256"]), text(v["media"]), int64(size)}
		named = append(named, l)
		lines += fmt.Sprintf("%s\t%s\t%d\t%s\n", l.component, l.hash, l.size, l.media)
	}
	if got := sum([]byte(lines)); got != f.manifest || len(named) != f.pages {
		c.wrong("dossier %s: the header names %d pages with the manifest %s, at the gateway %d with %s", f.dossier, len(named), got, f.pages, f.manifest)
	}
	d := c.held.dossiers[f.dossier]
	if d == nil {
		c.wrong("dossier %s is missing", f.dossier)
		return
	}
	if d.manifest != f.manifest || d.gateway != c.box.gateway || d.site != c.box.site {
		c.wrong("dossier %s: kept as %s of %s with the manifest %s", f.dossier, d.gateway, d.site, d.manifest)
	}
	if len(d.pages) != len(named) {
		c.wrong("dossier %s: %d pages are kept, the header names %d", f.dossier, len(d.pages), len(named))
		return
	}
	var bytes int64
	for i, p := range d.pages {
		bytes += p.size
		if (line{p.component, p.hash, p.media, p.size}) != named[i] {
			c.wrong("dossier %s: page %d is kept as %v, the header names %v", f.dossier, i+1, p, named[i])
		}
		switch {
		case p.kept == 0:
			c.wrong("dossier %s: page %d is not there", f.dossier, i+1)
		case p.trouble != "":
			c.wrong("dossier %s: page %d cannot be opened: %s", f.dossier, i+1, p.trouble)
		case p.sum != named[i].hash:
			c.wrong("dossier %s: page %d has the bytes %s, the header names %s", f.dossier, i+1, p.sum, named[i].hash)
		}
	}
	if bytes != d.bytes || d.counted != int64(len(named)) || d.missing != 0 {
		c.wrong("dossier %s: counted as %d pages of %d bytes, %d missing", f.dossier, d.counted, d.bytes, d.missing)
	}
}

// marks holds the hub's marks against the gateway's head, and through the chain's hash all that
// was said before it.
func (c *comparison) marks() {
	m := c.held.marks[c.box.head.epoch]
	if m.seq != c.box.head.seq {
		c.wrong("the mark of epoch %d is %d, the gateway's head %s", c.box.head.epoch, m.seq, c.box.head)
	} else if m.chain != c.box.chain {
		c.wrong("the log's hash at %s is %s, at the gateway %s", c.box.head, m.chain, c.box.chain)
	}
	for epoch := range c.held.marks {
		if epoch > c.box.head.epoch {
			c.wrong("the hub knows an epoch %d that the gateway never had", epoch)
		}
	}
}

// settled holds the two lists of dossiers against each other.
func (c *comparison) settled() {
	for id := range c.headers {
		if state := c.box.dossiers[id]; state != "confirmed" {
			c.wrong("dossier %s: the gateway has it as %q", id, state)
		}
	}
	for id := range c.box.dossiers {
		if c.headers[id] == "" {
			c.wrong("dossier %s is kept at the gateway, and no fact tells of it", id)
		}
	}
	for id := range c.held.dossiers {
		if c.headers[id] == "" {
			c.wrong("dossier %s is none of the gateway's", id)
		}
	}
}

// statements checks the province's signed word for every dossier.
func (c *comparison) statements() {
	for _, id := range slices.Sorted(maps.Keys(c.held.dossiers)) {
		d := c.held.dossiers[id]
		if d.complete == 0 || d.statement == "" {
			c.wrong("dossier %s: nobody has signed for it", id)
			continue
		}
		var st struct {
			Gateway, Site, Dossier, Manifest string
			Pages, Bytes                     int64
		}
		if err := verify(d.statement, c.held.key, &st); err != nil {
			c.wrong("dossier %s: its statement: %v", id, err)
			continue
		}
		if st.Gateway != d.gateway || st.Site != d.site || st.Dossier != id || st.Manifest != d.manifest || st.Pages != d.counted || st.Bytes != d.bytes {
			c.wrong("dossier %s: its statement says %+v", id, st)
		}
	}
}

// words holds the feed against the statements: cursors without a gap, one word for each dossier.
func (c *comparison) words() {
	words := map[string]int{}
	for i, v := range c.held.feed {
		if v.cursor != uint64(i+1) {
			c.wrong("the feed's place %d has the cursor %d", i+1, v.cursor)
		}
		if v.kind != "vn.motcua.feed.dossier-complete.v1" {
			continue
		}
		var w struct{ Dossier, Statement string }
		if err := json.Unmarshal(v.json, &w); err != nil {
			c.wrong("item %d of the feed cannot be read: %v", v.cursor, err)
			continue
		}
		words[w.Dossier]++
		if d := c.held.dossiers[w.Dossier]; d == nil || d.statement != w.Statement {
			c.wrong("item %d of the feed tells of %s with another statement", v.cursor, w.Dossier)
		}
	}
	if n := uint64(len(c.held.feed)); c.held.newest != n {
		c.wrong("the feed has %d items, its newest cursor is %d", n, c.held.newest)
	}
	for id := range c.held.dossiers {
		if words[id] != 1 {
			c.wrong("the feed tells %d times of %s", words[id], id)
		}
	}
}

// answered looks for what somebody was given at the box.
func (c *comparison) answered() {
	told := map[string]bool{}
	for _, f := range c.box.facts {
		if f.kind == "ticket-issued" {
			told[text(f.says["data.ticket.number"])] = true
		}
		if f.kind == "dossier-received" {
			told[f.dossier] = true
		}
	}
	for _, name := range c.box.answered {
		if !told[name] {
			c.wrong("%s was given to somebody, and no fact tells of it", name)
		}
	}
}

// verify checks a JWS in compact form and reads its payload.
func verify(jws string, key ed25519.PublicKey, out any) error {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return fmt.Errorf("%d parts", len(parts))
	}
	var raw [3][]byte
	for i, p := range parts {
		var err error
		if raw[i], err = base64.RawURLEncoding.DecodeString(p); err != nil {
			return err
		}
	}
	var header struct{ Alg, Typ string }
	if err := json.Unmarshal(raw[0], &header); err != nil || header.Alg != "EdDSA" || header.Typ != "motcua-statement+jws" {
		return fmt.Errorf("its header is %s", raw[0])
	}
	if !ed25519.Verify(key, []byte(parts[0]+"."+parts[1]), raw[2]) {
		return fmt.Errorf("the signature is not good")
	}
	return json.Unmarshal(raw[1], out)
}

// look follows a path into JSON; nil where it ends.
func look(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// same compares what JSON says. What is absent is as good as nothing.
func same(a, b any) bool { return plain(a) == plain(b) }

func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if !v {
			return ""
		}
		return "true"
	case float64:
		if v == 0 {
			return ""
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return v
	}
	b, _ := json.Marshal(v)
	return string(b)
}

func text(v any) string { s, _ := v.(string); return s }

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
