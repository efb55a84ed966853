package uplink_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/wire"
)

// liar is a hub written by hand: HTTP/2 over TLS and nothing of ours behind it but the types of
// the answers. It tells the truth unless a path has a lie.
type liar struct {
	*door
	signer *wire.Signer

	mu     sync.Mutex
	seq    kiosk.Seq
	epoch  kiosk.Epoch
	chain  string
	offset map[string]int64
	feed   []wire.Event
	lies   map[string]func(w http.ResponseWriter, l *liar) // by method and path's first words
	told   int
}

func newLiar(t testing.TB) *liar {
	h := newHub(t) // for its keys
	l := &liar{door: newDoor(t), signer: h.signer, offset: map[string]int64{}, lies: map[string]func(http.ResponseWriter, *liar){}}
	l.open(t, l)
	return l
}

func say(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", wire.TypeJSON)
	l.mu.Lock()
	at := r.Method + " " + r.URL.Path
	for prefix, lie := range l.lies {
		if strings.HasPrefix(at, prefix) {
			l.told++
			lie(w, l)
			l.mu.Unlock()
			return
		}
	}
	wait := l.serve(w, r, at, body)
	l.mu.Unlock()
	if wait {
		<-r.Context().Done() // a feed without news
	}
}

// serve tells the truth; l.mu is held. It reports whether the answer waits.
func (l *liar) serve(w http.ResponseWriter, r *http.Request, at string, body []byte) (wait bool) {
	switch {
	case r.URL.Path == wire.PathKeys:
		say(w, wire.Keys{Keys: []wire.Key{l.signer.Key()}})
	case r.URL.Path == wire.PathMarks:
		marks := wire.Marks{Marks: []wire.Mark{}}
		if l.seq > 0 {
			marks.Marks = append(marks.Marks, l.mark())
		}
		say(w, marks)
	case r.URL.Path == wire.PathNumbers:
		say(w, wire.Numbers{Site: kiosktest.Site, Day: r.URL.Query().Get("day")})
	case r.URL.Path == wire.PathEvents:
		if r.Header.Get("Content-Encoding") == "zstd" {
			d, _ := zstd.NewReader(nil)
			body, _ = d.DecodeAll(body, nil)
			d.Close()
		}
		events, _, _ := wire.ParseBatch(body)
		for _, e := range events {
			p, _ := wire.ParseEventID(e.ID)
			l.epoch, l.seq, l.chain = p.Epoch, p.Seq, e.Chain
		}
		say(w, wire.Ack{Mark: l.mark(), Accepted: len(events)})
	case strings.HasPrefix(at, "POST "+wire.PathBlobs):
		meta, _ := wire.ParseMeta(r.Header.Get("Upload-Metadata"))
		l.offset[meta.Hash.String()] += int64(len(body))
		w.Header().Set("Location", wire.PathBlobs+"/"+meta.Hash.String())
		w.Header().Set("Upload-Offset", strconv.FormatInt(l.offset[meta.Hash.String()], 10))
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodPatch:
		name := strings.TrimPrefix(r.URL.Path, wire.PathBlobs+"/")
		l.offset[name] += int64(len(body))
		w.Header().Set("Upload-Offset", strconv.FormatInt(l.offset[name], 10))
		w.WriteHeader(http.StatusNoContent)
	case r.URL.Path == wire.PathFeed:
		after, _ := strconv.Atoi(r.URL.Query().Get("after"))
		if after >= len(l.feed) {
			return true
		}
		say(w, wire.FeedBatch{Events: l.feed[after:], Cursor: uint64(len(l.feed))})
	default:
		w.WriteHeader(http.StatusNoContent)
	}
	return false
}

func (l *liar) mark() wire.Mark { return wire.Mark{Epoch: l.epoch, Seq: l.seq, Chain: l.chain} }

func (l *liar) lie(at string, how func(w http.ResponseWriter, l *liar)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lies[at] = how
}

func (l *liar) push(kind string, v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	data, _ := json.Marshal(v)
	l.feed = append(l.feed, wire.Event{SpecVersion: wire.SpecVersion, ID: strconv.Itoa(len(l.feed) + 1), Source: "/hub", Type: kind, Data: data})
}

// TestLies: each lie is named, raises the fault, and changes nothing.
func TestLies(t *testing.T) {
	t.Parallel()
	events, marks, blobs := "POST "+wire.PathEvents, "GET "+wire.PathMarks, "POST "+wire.PathBlobs
	for name, c := range map[string]struct {
		at   string
		how  func(w http.ResponseWriter, l *liar)
		word string
	}{
		"acknowledges too much": {events, func(w http.ResponseWriter, _ *liar) {
			say(w, wire.Ack{Mark: wire.Mark{Epoch: 1, Seq: 5000}})
		}, "this box has none after"},
		"acknowledges another epoch": {events, func(w http.ResponseWriter, _ *liar) { say(w, wire.Ack{Mark: wire.Mark{Epoch: 9, Seq: 1}}) }, "a mark of epoch 9"},
		"its mark falls":             {events, func(w http.ResponseWriter, _ *liar) { say(w, wire.Ack{Mark: wire.Mark{Epoch: 1, Seq: 0}}) }, "its mark is at 1-0"},
		"another fact there": {events, func(w http.ResponseWriter, l *liar) {
			say(w, wire.Ack{Mark: wire.Mark{Epoch: 1, Seq: 2, Chain: kiosk.HashOf(nil).String()}})
		}, "another fact stands in the place"},
		"a gap at nothing": {events, func(w http.ResponseWriter, _ *liar) {
			wire.WriteProblem(w, &wire.Problem{Status: 409, Code: wire.CodeGap, Title: "gap"})
		}, "a gap at"},
		"a gap where they begin": {events, func(w http.ResponseWriter, _ *liar) {
			wire.WriteProblem(w, &wire.Problem{Status: 409, Code: wire.CodeGap, Title: "gap", Expected: 1})
		}, "a gap at 1-1"},
		"no JSON": {events, func(w http.ResponseWriter, _ *liar) { _, _ = w.Write([]byte("<html>")) }, "no JSON"},
		"without end": {events, func(w http.ResponseWriter, _ *liar) {
			_, _ = w.Write([]byte(strings.Repeat(" ", wire.MaxHealth+2)))
		}, "more than"},
		"marks out of order": {marks, func(w http.ResponseWriter, _ *liar) {
			say(w, wire.Marks{Marks: []wire.Mark{{Epoch: 2, Seq: 1}, {Epoch: 2, Seq: 2}}})
		}, "marks of epoch 2"},
		"no keys":          {"GET " + wire.PathKeys, func(w http.ResponseWriter, _ *liar) { say(w, wire.Keys{}) }, "keys"},
		"numbers of a day": {"GET " + wire.PathNumbers, func(w http.ResponseWriter, _ *liar) { say(w, wire.Numbers{Site: "x", Day: "2020-01-01"}) }, "numbers of"},
		"an offset beyond": {blobs, func(w http.ResponseWriter, _ *liar) {
			w.Header().Set("Location", wire.PathBlobs+"/x")
			w.Header().Set("Upload-Offset", "40001")
			w.WriteHeader(http.StatusCreated)
		}, `stands at "40001"`},
		"no offset": {blobs, func(w http.ResponseWriter, _ *liar) { w.WriteHeader(http.StatusCreated) }, `stands at ""`},
		"elsewhere": {blobs, func(w http.ResponseWriter, _ *liar) {
			w.Header().Set("Location", "https://thief.example/x")
			w.Header().Set("Upload-Offset", "0")
			w.WriteHeader(http.StatusCreated)
		}, "thief.example"},
		"an upload that stays": {"PATCH ", func(w http.ResponseWriter, _ *liar) {
			w.Header().Set("Upload-Offset", "0")
			w.WriteHeader(http.StatusNoContent)
		}, `an upload stands at "0"`},
		"an upload that flies": {"PATCH ", func(w http.ResponseWriter, _ *liar) {
			w.Header().Set("Upload-Offset", "39999")
			w.WriteHeader(http.StatusNoContent)
		}, `an upload stands at "39999"`},
		"a feed that runs backwards": {"GET " + wire.PathFeed, func(w http.ResponseWriter, _ *liar) {
			say(w, wire.FeedBatch{Events: []wire.Event{{SpecVersion: "1.0", ID: "0", Source: "/hub", Type: wire.FeedNotice}}, Cursor: 0})
		}, `item "0" of the feed`},
		"a feed with a hole": {"GET " + wire.PathFeed, func(w http.ResponseWriter, _ *liar) {
			say(w, wire.FeedBatch{Events: []wire.Event{{SpecVersion: "1.0", ID: "2", Source: "/hub", Type: wire.FeedNotice}}, Cursor: 2})
		}, `item "2" of the feed`},
		"a feed anew from where it stands": {"GET " + wire.PathFeed, func(w http.ResponseWriter, _ *liar) {
			say(w, wire.FeedBatch{Anew: true})
		}, "begins anew behind item 0"},
		"a cursor of its own": {"GET " + wire.PathFeed, func(w http.ResponseWriter, _ *liar) { say(w, wire.FeedBatch{Cursor: 7}) }, "the feed stands at 7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLiar(t)
			b := newBox(t, kiosktest.NewMemory(), l.addr)
			b.mute = true
			b.ticket(t)
			b.receive(t, 40_000)
			l.lie(c.at, c.how)
			b.run(t)
			eventually(t, "the fault is raised", func() bool { return b.fault(kiosk.FaultHubDistrusted) != "" })
			if f := b.fault(kiosk.FaultHubDistrusted); !strings.Contains(f, c.word) {
				t.Errorf("it says %q", f)
			}
			b.halt(t)
			w := must(b.store.Waiting(t.Context()))(t)
			if c.at == events && w.Acked != (kiosk.Position{}) || w.Feed != 0 || w.Blobs != 1 && c.at != "GET "+wire.PathFeed || b.Last().Epoch != 1 {
				t.Errorf("it was believed: %+v", w)
			}
		})
	}
}

// TestBadWords: a statement or a pack that the province has not signed changes nothing, and what
// comes behind it in the feed is done all the same.
func TestBadWords(t *testing.T) {
	t.Parallel()
	l, stranger := newLiar(t), newHub(t)
	b := newBox(t, kiosktest.NewMemory(), l.addr)
	d := b.receive(t, 10_000)
	st := wire.Statement{Gateway: gateway, Site: kiosktest.Site, Dossier: d.ID, Manifest: d.Manifest(), Pages: 1, Bytes: 10_000, At: time.Now()}
	forged := must(stranger.signer.Sign(st))(t)
	other := st
	other.Manifest = kiosk.HashOf([]byte("something else"))
	pack := wire.Pack{Name: "thu-tuc", Version: 1, From: "2026-12-01", Bytes: []byte(`{}`)}
	pack.Hash = kiosk.HashOf(pack.Bytes)
	pack.Signature = must(stranger.signer.Sign(wire.PackClaim{Name: pack.Name, Version: 1, From: pack.From, Hash: pack.Hash}))(t)
	l.push(wire.FeedDossier, wire.DossierComplete{Dossier: d.ID, Statement: forged})
	l.push(wire.FeedDossier, wire.DossierComplete{Dossier: d.ID, Statement: must(l.signer.Sign(other))(t)})
	l.push(wire.FeedPack, pack)
	l.push(wire.FeedDossier, "no object")
	l.push(wire.TypeFeed+"of-tomorrow.v3", map[string]int{"x": 1})
	b.run(t)
	eventually(t, "the feed was read", func() bool { return b.state(t).Backlog.Feed == 5 })
	r, _, err := b.store.Dossier(t.Context(), kiosktest.Site, d.ID)
	if err != nil || r.State != kiosk.DossierFiled || len(b.packs) != 0 {
		t.Errorf("believed: %+v, %d packs, %v", r, len(b.packs), err)
	}
	if b.fault(kiosk.FaultHubDistrusted) == "" {
		t.Error("nobody was told")
	}
	pack.Signature = must(l.signer.Sign(wire.PackClaim{Name: pack.Name, Version: 1, From: pack.From, Hash: pack.Hash}))(t)
	l.push(wire.FeedPack, pack)
	l.push(wire.FeedDossier, wire.DossierComplete{Dossier: d.ID, Statement: must(l.signer.Sign(st))(t)})
	l.shut()
	l.open(t, l)
	eventually(t, "the truth is believed", func() bool {
		r, _, err := b.store.Dossier(t.Context(), kiosktest.Site, d.ID)
		return err == nil && r.State == kiosk.DossierConfirmed && len(b.packs) == 1
	})
}

// TestErase: what the province has erased at a person's wish is forgotten here.
func TestErase(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	b := newBox(t, kiosktest.NewMemory(), l.addr)
	d := b.receive(t, 10_000)
	l.push(wire.FeedErase, wire.SubjectErase{Order: "1/QĐ", Dossiers: []kiosk.DossierID{d.ID, kiosktest.DossierID(time.Now(), 7)}})
	b.run(t)
	eventually(t, "it is forgotten", func() bool {
		r, _, err := b.store.Dossier(t.Context(), kiosktest.Site, d.ID)
		return err == nil && r.State == kiosk.DossierForgotten
	})
}

// TestEpochsAreFew: a hub that knows more of the box each time stops the hall once, and no more.
func TestEpochsAreFew(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	b := newBox(t, kiosktest.NewMemory(), l.addr)
	n := kiosk.Epoch(3)
	l.lie("GET "+wire.PathMarks, func(w http.ResponseWriter, _ *liar) {
		n += 1_000_000
		say(w, wire.Marks{Marks: []wire.Mark{{Epoch: n, Seq: 1}}})
	})
	b.run(t)
	eventually(t, "an epoch was begun", func() bool { return b.Last().Epoch > 1_000_000 })
	l.shut()
	l.open(t, l)
	eventually(t, "the second one is a lie", func() bool { return strings.Contains(b.fault(kiosk.FaultHubDistrusted), "a moment ago it was not") })
	if e := b.Last().Epoch; e > 2_000_003 {
		t.Errorf("the box is in epoch %d", e)
	}
}
