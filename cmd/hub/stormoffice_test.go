//go:build soak

package main_test

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"
)

// What a gateway has to tell after four hours without a line: 300 citizens a day in eight hours,
// at three gateways a commune, are some 50 tickets with five facts each, and there are two
// dossiers. What it tells follows from its seed, so that nobody has to keep it.
const (
	stormTickets  = 50
	stormSteps    = 5 // facts of a ticket
	stormDossiers = 2
	stormPages    = 4 // of a dossier
	stormBatch    = 60
)

// returning is a gateway that comes back.
type returning struct {
	site string
	seed uint64
	who  *stranger
}

// carrier is the address that it comes through: each province's is one.
func (g *returning) carrier() net.IP {
	province := (g.seed - 1) / stormSize
	return net.IPv4(127, 0, byte(1+province/250), byte(1+province%250))
}

// paper is a dossier with its pages.
type paper struct {
	id    string
	pages [][]byte
}

// papers makes its dossiers. A page of black text with colour seals has 30 to 60 kB.
func (g *returning) papers() []paper {
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], g.seed)
	r := rand.NewChaCha8(key)
	alphabet := base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)
	out := make([]paper, stormDossiers)
	for i := range out {
		var id [16]byte
		_, _ = r.Read(id[:]) // it never fails
		copy(id[:], []byte{0x01, 0x9a, 0xb0})
		out[i].id = alphabet.EncodeToString(id[:])
		for range stormPages {
			page := make([]byte, 30_000+r.Uint64()%30_000)
			_, _ = r.Read(page)
			out[i].pages = append(out[i].pages, page)
		}
	}
	return out
}

// events makes its facts, each as the JSON of an event, by the golden files of the wire.
func (g *returning) events(papers []paper) [][]byte {
	const day = "2026-11-23"
	began := time.Date(2026, 11, 23, 8, 0, 0, 0, time.FixedZone("", 7*3600))
	var out [][]byte
	var chain [32]byte
	add := func(kind, subject, data string) {
		seq := len(out) + 1
		chain = sha256.Sum256(append(chain[:], data...))
		out = append(out, fmt.Appendf(nil, `{"specversion":"1.0","id":"1-%d","source":"/gateways/%s","type":"vn.motcua.fact.%s.v1","time":%q,`+
			`"subject":%q,"datacontenttype":"application/json","site":%q,"day":%q,"actor":"counter/1","stepkey":"%s-%d","clocksure":true,"chain":%q,"data":%s}`,
			seq, g.who.id, kind, began.Add(time.Duration(seq)*50*time.Second).Format(time.RFC3339), subject, g.site, day, g.site, seq, hex.EncodeToString(chain[:]), data))
	}
	for n := range stormTickets {
		number := fmt.Sprintf("A%03d", n+1)
		add("ticket-issued", number, fmt.Sprintf(`{"ticket":{"site":%q,"day":%q,"service":"ho-tich","seq":%d,"number":%q,"state":"waiting","language":"vi","terminal":"main","order":"1-%d",`+
			`"issued_at":%q,"time_sure":true,"slip":{"state":"recorded"}}}`, g.site, day, n+1, number, len(out)+1, began.Add(time.Duration(len(out)+1)*50*time.Second).Format(time.RFC3339)))
		add("slip-moved", number, fmt.Sprintf(`{"service":"ho-tich","number":%q,"state":"printed"}`, number))
		for _, step := range [][2]string{{"call", "called"}, {"serve", "serving"}, {"finish", "served"}} {
			add("ticket-moved", number, fmt.Sprintf(`{"service":"ho-tich","number":%q,"verb":%q,"state":%q,"counter":"1"}`, number, step[0], step[1]))
		}
		if every := stormTickets / stormDossiers; n%every == every/2 {
			p := papers[n/every]
			pages := make([]string, len(p.pages))
			for i, b := range p.pages {
				pages[i] = fmt.Sprintf(`{"component":"to-khai","sha256":%q,"size":%d,"media":"image/jpeg"}`, sum(b), len(b))
			}
			add("dossier-received", p.id, fmt.Sprintf(`{"id":%q,"procedure":"2.000815","ticket":%q,"counter":"1","pages":[%s],"subject":{"name":"Nguyễn Thử Nghiệm","number":"000%09d"}}`,
				p.id, number, strings.Join(pages, ","), g.seed%1e9))
		}
	}
	return out
}

// box is what the province has to hold of it.
func (g *returning) box() (*box, error) {
	papers := g.papers()
	b := &box{gateway: g.who.id, site: g.site, dossiers: map[string]string{}}
	for _, raw := range g.events(papers) {
		var e map[string]any
		if err := json.Unmarshal(raw, &e); err != nil {
			return nil, err
		}
		f := told{at: spot{1, uint64(len(b.facts) + 1)}, says: map[string]any{}}
		f.kind, _, _ = strings.Cut(strings.TrimPrefix(text(e["type"]), "vn.motcua.fact."), ".")
		if f.kind == "dossier-received" {
			data, _ := e["data"].(map[string]any)
			delete(data, "subject") // the hub keeps it apart
			p := papers[len(b.dossiers)]
			lines := p.id + "\n"
			for _, page := range p.pages {
				lines += fmt.Sprintf("to-khai\t%s\t%d\timage/jpeg\n", sum(page), len(page))
			}
			f.dossier, f.manifest, f.pages = p.id, sum([]byte(lines)), len(p.pages)
			b.dossiers[p.id] = "confirmed" // it was told so before the storm was over
		}
		leaves("", e, f.says)
		b.facts = append(b.facts, f)
		b.head, b.chain = f.at, text(e["chain"])
	}
	return b, nil
}

// leaves lists what JSON says by its paths. An array is one leaf.
func leaves(at string, v any, out map[string]any) {
	m, ok := v.(map[string]any)
	if !ok {
		out[at] = v
		return
	}
	for name, value := range m {
		path := name
		if at != "" {
			path = at + "." + name
		}
		leaves(path, value, out)
	}
}
