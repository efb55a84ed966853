package main_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// The small world that both ends are equal in: a ticket, a call, an open hall, a dossier of two
// pages and the word for it.
const (
	smallGateway = "gw-0123456789abcdef"
	smallDossier = "069a4m3gr0dvvgpvkgcy4z8n5c"
	smallChain   = "39fa9ec190eee7b6f4dff1100d6343e10918d044c75eac8f9e9a2596173f80c9"
)

// smallEvent writes an event as it comes over the wire.
func smallEvent(seq int, kind, subject, data string) heldEvent {
	e := fmt.Sprintf(`{"specversion":"1.0","id":"1-%d","source":"/gateways/%s","type":"vn.motcua.fact.%s.v1",`+
		`"time":"2026-11-23T09:30:0%d+07:00","subject":%q,"datacontenttype":"application/json","site":"thu","day":"2026-11-23",`+
		`"actor":"counter/3","stepkey":"k%d","late":7,"clocksure":true,"data":%s}`, seq, smallGateway, kind, seq, subject, seq, data)
	return heldEvent{spot{1, uint64(seq)}, []byte(strings.ReplaceAll(e, `"subject":"",`, ""))}
}

// smallLine writes a line of the audit log.
func smallLine(seq int, kind, rest string) string {
	return fmt.Sprintf(`{"epoch":1,"seq":%d,"day":"2026-11-23","at":"2026-11-23T09:30:0%d.25+07:00","at_sure":true,"by":"counter/3","key":"k%d","late_s":7,"kind":%q,%s}`,
		seq, seq, seq, kind, rest)
}

// smallWorld makes both ends.
func smallWorld(t *testing.T) (*box, *held, ed25519.PrivateKey) {
	t.Helper()
	first, second := sum([]byte("first page")), sum([]byte("second page"))
	manifest := sum(fmt.Appendf(nil, "%s\nto-khai\t%s\t10\timage/jpeg\ncccd\t%s\t11\timage/png\n", smallDossier, first, second))
	facts, err := readAudit([]byte(strings.Join([]string{
		smallLine(1, "hall-moved", `"yes":true,"what":"by-hand"`),
		smallLine(2, "ticket-issued", `"number":"A007","service":"ho-tich","language":"vi","state":"waiting"`),
		smallLine(3, "ticket-moved", `"number":"A007","service":"ho-tich","counter":"3","verb":"call","state":"called","why":"order"`),
		smallLine(4, "dossier-received", `"dossier":"`+smallDossier+`","procedure":"2.000815","number":"A007","pages":2,"hash":"`+manifest+`"`),
		smallLine(5, "dossier-settled", `"dossier":"`+smallDossier+`","state":"confirmed","hash":"`+manifest+`"`),
	}, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	b := &box{
		gateway: smallGateway, site: "thu", facts: facts, head: spot{1, 5}, chain: smallChain,
		dossiers: map[string]string{smallDossier: "confirmed"}, answered: []string{"A007", smallDossier},
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	word := smallStatement(private, smallGateway, manifest, 2)
	h := &held{
		marks: map[uint64]heldMark{1: {5, smallChain}},
		events: []heldEvent{
			smallEvent(1, "hall-moved", "", `{"open":true,"by_hand":true}`),
			smallEvent(2, "ticket-issued", "A007", `{"ticket":{"site":"thu","day":"2026-11-23","service":"ho-tich","seq":7,"number":"A007","state":"waiting","language":"vi"}}`),
			smallEvent(3, "ticket-moved", "A007", `{"service":"ho-tich","number":"A007","verb":"call","state":"called","counter":"3","why":"order"}`),
			smallEvent(4, "dossier-received", smallDossier, `{"id":"`+smallDossier+`","procedure":"2.000815","ticket":"A007","pages":[`+
				`{"component":"to-khai","sha256":"`+first+`","size":10,"media":"image/jpeg"},{"component":"cccd","sha256":"`+second+`","size":11,"media":"image/png"}]}`),
			smallEvent(5, "dossier-settled", smallDossier, `{"id":"`+smallDossier+`","state":"confirmed","manifest":"`+manifest+`"}`),
		},
		dossiers: map[string]*heldDossier{smallDossier: {
			gateway: smallGateway, site: "thu", manifest: manifest, statement: word, complete: 1, bytes: 21, counted: 2,
			pages: []heldPage{
				{component: "to-khai", hash: first, media: "image/jpeg", size: 10, kept: 1, sum: first},
				{component: "cccd", hash: second, media: "image/png", size: 11, kept: 1, sum: second},
			},
		}},
		feed:   []heldItem{{1, "vn.motcua.feed.dossier-complete.v1", []byte(`{"dossier":"` + smallDossier + `","statement":"` + word + `"}`)}},
		newest: 1, issued: map[string]uint64{"2026-11-23 ho-tich": 7}, key: public,
	}
	return b, h, private
}

// smallStatement signs for the small dossier.
func smallStatement(key ed25519.PrivateKey, gateway, manifest string, pages int) string {
	payload, _ := json.Marshal(map[string]any{
		"gateway": gateway, "site": "thu", "dossier": smallDossier, "manifest": manifest, "pages": pages, "bytes": 21, "at": "2026-11-23T09:31:00+07:00",
	})
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA","kid":"k","typ":"motcua-statement+jws"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(signed)))
}

// resay gives the dossier another statement, in the feed too.
func (h *held) resay(word string) {
	h.dossiers[smallDossier].statement = word
	h.feed[0].json = []byte(`{"dossier":"` + smallDossier + `","statement":"` + word + `"}`)
}

// change replaces text in the event at a place.
func (h *held) change(i int, from, to string) {
	if !strings.Contains(string(h.events[i].json), from) {
		panic("nothing to change: " + from)
	}
	h.events[i].json = []byte(strings.Replace(string(h.events[i].json), from, to, 1))
}

// TestCheckerFindsEveryBreach: the checker can fail. Each breach is made alone in a world that is
// equal without it.
func TestCheckerFindsEveryBreach(t *testing.T) {
	t.Parallel()
	b, h, _ := smallWorld(t)
	if found := compare(b, h); len(found) > 0 {
		t.Fatalf("a world without a breach:\n%s", strings.Join(found, "\n"))
	}
	for name, tt := range map[string]struct {
		breach func(b *box, h *held, key ed25519.PrivateKey)
		want   string
	}{
		"a fact is missing":        {func(_ *box, h *held, _ ed25519.PrivateKey) { h.events = append(h.events[:2:2], h.events[3:]...) }, "fact 1-3, a ticket-moved, is missing"},
		"the last fact is missing": {func(_ *box, h *held, _ ed25519.PrivateKey) { h.events = h.events[:4] }, "fact 1-5, a dossier-settled, is missing"},
		"a fact is there twice":    {func(_ *box, h *held, _ ed25519.PrivateKey) { h.events = append(h.events, h.events[4]) }, "fact 1-5 is there twice"},
		"a fact of nobody": {func(_ *box, h *held, _ ed25519.PrivateKey) {
			h.events = append(h.events, smallEvent(6, "help-moved", "", `{"waiting":true}`))
		}, "fact 1-6 is none of the gateway's"},
		"two facts have changed places": {func(_ *box, h *held, _ ed25519.PrivateKey) {
			h.events[1].json, h.events[2].json = h.events[2].json, h.events[1].json
		}, "fact 1-2, a ticket-issued: id is 1-3"},
		"out of order":     {func(_ *box, h *held, _ ed25519.PrivateKey) { h.events[1], h.events[2] = h.events[2], h.events[1] }, "fact 1-3 stands before 1-2"},
		"another content":  {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(2, `"called"`, `"served"`) }, "data.state is served, at the gateway called"},
		"a field is gone":  {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(2, `,"counter":"3"`, "") }, "data.counter is <nil>, at the gateway 3"},
		"a flag is gone":   {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(0, `,"by_hand":true`, "") }, "data.by_hand is <nil>, at the gateway true"},
		"another type":     {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(2, "ticket-moved", "ticket-rated") }, "type is vn.motcua.fact.ticket-rated.v1"},
		"another version":  {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(2, "moved.v1", "moved.v2") }, "type is vn.motcua.fact.ticket-moved.v2"},
		"another time":     {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(2, "09:30:03", "09:30:04") }, "time is 2026-11-23T09:30:04+07:00"},
		"another day":      {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(2, `"day":"2026-11-23"`, `"day":"2026-11-24"`) }, "day is 2026-11-24"},
		"another step":     {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(2, `"k3"`, `"k4"`) }, "stepkey is k4"},
		"another's fact":   {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(2, smallGateway, "gw-another") }, "source is /gateways/gw-another"},
		"another's site":   {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(2, `"thu"`, `"cto"`) }, "site is cto"},
		"a clock not sure": {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(2, `"clocksure":true`, `"clocksure":false`) }, "clocksure is false"},
		"no JSON":          {func(_ *box, h *held, _ ed25519.PrivateKey) { h.events[2].json = h.events[2].json[1:] }, "fact 1-3 cannot be read"},
		"a person in sight": {func(_ *box, h *held, _ ed25519.PrivateKey) {
			h.change(3, `"pages":[`, `"subject":{"name":"x"},"pages":[`)
		}, "lies there in the open"},
		"a mark too low":     {func(_ *box, h *held, _ ed25519.PrivateKey) { h.marks[1] = heldMark{4, smallChain} }, "the mark of epoch 1 is 4"},
		"a mark too high":    {func(_ *box, h *held, _ ed25519.PrivateKey) { h.marks[1] = heldMark{6, smallChain} }, "the mark of epoch 1 is 6"},
		"another log":        {func(_ *box, h *held, _ ed25519.PrivateKey) { h.marks[1] = heldMark{5, strings.Repeat("0", 64)} }, "the log's hash at 1-5"},
		"an epoch of nobody": {func(_ *box, h *held, _ ed25519.PrivateKey) { h.marks[2] = heldMark{1, ""} }, "an epoch 2"},
		"a quarantine":       {func(_ *box, h *held, _ ed25519.PrivateKey) { h.aside = []string{"1-3 fork"} }, "in quarantine: 1-3 fork"},
		"a number too low":   {func(_ *box, h *held, _ ed25519.PrivateKey) { h.issued["2026-11-23 ho-tich"] = 6 }, "the highest number"},
		"facts that wait":    {func(b *box, _ *held, _ ed25519.PrivateKey) { b.waiting = 1 }, "1 facts still wait"},
		"a gap in the log":   {func(b *box, _ *held, _ ed25519.PrivateKey) { b.facts = append(b.facts[:2:2], b.facts[3:]...) }, "goes from 1-2 to 1-4"},
		"a head beyond":      {func(b *box, _ *held, _ ed25519.PrivateKey) { b.head.seq++ }, "the gateway's log ends at 1-5, its head is 1-6"},
		"a lost ticket":      {func(b *box, _ *held, _ ed25519.PrivateKey) { b.answered = append(b.answered, "A008") }, "A008 was given to somebody"},
		"no such dossier":    {func(_ *box, h *held, _ ed25519.PrivateKey) { clear(h.dossiers) }, "is missing"},
		"a dossier of nobody": {func(_ *box, h *held, _ ed25519.PrivateKey) {
			h.dossiers["069a4m3gr0dvvgpvkgcy4z8n5d"] = h.dossiers[smallDossier]
		}, "dossier 069a4m3gr0dvvgpvkgcy4z8n5d is none of the gateway's"},
		"not confirmed":     {func(b *box, _ *held, _ ed25519.PrivateKey) { b.dossiers[smallDossier] = "filed" }, `the gateway has it as "filed"`},
		"no fact of it":     {func(b *box, _ *held, _ ed25519.PrivateKey) { b.dossiers["x"] = "confirmed" }, "and no fact tells of it"},
		"a header changed":  {func(_ *box, h *held, _ ed25519.PrivateKey) { h.change(3, `"cccd"`, `"khac"`) }, "with the manifest"},
		"a page not kept":   {func(_ *box, h *held, _ ed25519.PrivateKey) { h.dossiers[smallDossier].pages[1].kept = 0 }, "page 2 is not there"},
		"a page not opened": {func(_ *box, h *held, _ ed25519.PrivateKey) { h.dossiers[smallDossier].pages[1].trouble = "x" }, "page 2 cannot be opened"},
		"a page's bytes":    {func(_ *box, h *held, _ ed25519.PrivateKey) { h.dossiers[smallDossier].pages[1].sum = sum(nil) }, "page 2 has the bytes"},
		"a page too few":    {func(_ *box, h *held, _ ed25519.PrivateKey) { d := h.dossiers[smallDossier]; d.pages = d.pages[:1] }, "1 pages are kept, the header names 2"},
		"pages in another order": {func(_ *box, h *held, _ ed25519.PrivateKey) {
			p := h.dossiers[smallDossier].pages
			p[0], p[1] = p[1], p[0]
		}, "page 1 is kept as"},
		"counted as missing": {func(_ *box, h *held, _ ed25519.PrivateKey) { h.dossiers[smallDossier].missing = 1 }, "1 missing"},
		"nobody signed":      {func(_ *box, h *held, _ ed25519.PrivateKey) { h.dossiers[smallDossier].complete = 0 }, "nobody has signed"},
		"signed by another": {func(_ *box, h *held, _ ed25519.PrivateKey) {
			_, other, _ := ed25519.GenerateKey(nil)
			h.resay(smallStatement(other, smallGateway, h.dossiers[smallDossier].manifest, 2))
		}, "the signature is not good"},
		"signed for another manifest": {func(_ *box, h *held, key ed25519.PrivateKey) { h.resay(smallStatement(key, smallGateway, sum(nil), 2)) }, "its statement says"},
		"signed for fewer pages": {func(_ *box, h *held, key ed25519.PrivateKey) {
			h.resay(smallStatement(key, smallGateway, h.dossiers[smallDossier].manifest, 1))
		}, "its statement says"},
		"signed for another gateway": {func(_ *box, h *held, key ed25519.PrivateKey) {
			h.resay(smallStatement(key, "gw-another", h.dossiers[smallDossier].manifest, 2))
		}, "its statement says"},
		"a statement of another kind": {func(_ *box, h *held, key ed25519.PrivateKey) { h.resay("e30.e30.e30") }, "its header is {}"},
		"a gap in the feed":           {func(_ *box, h *held, _ ed25519.PrivateKey) { h.feed[0].cursor, h.newest = 2, 2 }, "the feed's place 1 has the cursor 2"},
		"a cursor too high":           {func(_ *box, h *held, _ ed25519.PrivateKey) { h.newest = 2 }, "its newest cursor is 2"},
		"no word in the feed":         {func(_ *box, h *held, _ ed25519.PrivateKey) { h.feed, h.newest = nil, 0 }, "the feed tells 0 times"},
		"the word twice": {func(_ *box, h *held, _ ed25519.PrivateKey) {
			h.feed, h.newest = append(h.feed, heldItem{2, h.feed[0].kind, h.feed[0].json}), 2
		}, "the feed tells 2 times"},
		"another word in the feed": {func(_ *box, h *held, _ ed25519.PrivateKey) { h.dossiers[smallDossier].statement += "x" }, "with another statement"},
	} {
		b, h, key := smallWorld(t)
		tt.breach(b, h, key)
		if found := strings.Join(compare(b, h), "\n"); !strings.Contains(found, tt.want) {
			t.Errorf("%s: found %q, want %q", name, found, tt.want)
		}
	}
}
