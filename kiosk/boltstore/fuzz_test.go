package boltstore

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// What lies in a value is hostile until it is checked: any bytes, even with a checksum that
// matches, give a value or an error, and what is taken in is stable: encoded again and read
// again it is the same.
func FuzzDecodeRecord(f *testing.F) {
	key := factKey(kiosk.Position{Epoch: 1, Seq: 1})
	for _, fact := range kiosktest.Facts() {
		v, _, err := encodeRecord(key, &kiosk.Record{Site: kiosktest.Site, Day: kiosktest.Monday, At: kiosktest.At(0), By: "touch/main", Key: "k", Fact: fact}, chainHash{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(v[1 : len(v)-4])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, fields []byte) {
		value := seal(key, append(newFields(len(fields)), fields...))
		r, err := decodeRecord(key, value)
		if err != nil {
			return
		}
		again, _, err := encodeRecord(key, &r, chainHash{})
		if err != nil {
			t.Fatal(err)
		}
		r2, err := decodeRecord(key, again)
		if err != nil || !reflect.DeepEqual(r2, r) {
			t.Fatalf("%+v became %+v, %v", r, r2, err)
		}
		if of, err := recordDay(key, value); err != nil || of != (siteDay{r.Site, r.Day}) {
			t.Fatalf("%+v is of %+v, %v", r, of, err)
		}
	})
}

// FuzzRelink holds the hash of a fact to what it covers: every field but itself, wherever that
// one stands, and the key and the hash before it.
func FuzzRelink(f *testing.F) {
	key := factKey(kiosk.Position{Epoch: 1, Seq: 1})
	for _, fact := range kiosktest.Facts() {
		v, _, err := encodeRecord(key, &kiosk.Record{Site: kiosktest.Site, Day: kiosktest.Monday, Fact: fact}, chainHash{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(v[1 : len(v)-4])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, fields []byte) {
		value := func(parts ...[]byte) []byte {
			w := newFields(len(fields) + 64)
			for _, p := range parts {
				w = append(w, p...)
			}
			return seal(key, w)
		}
		hash, kept, err := relink(chainHash{}, key, value(fields))
		if err != nil || kept != nil {
			return
		}
		if hash != link(chainHash{}, key, fields) {
			t.Fatal("a record without a hash is not covered whole")
		}
		var own fieldWriter
		own.bytes(tagHash, hash[:])
		for _, parts := range [][][]byte{{own, fields}, {fields, own}} {
			got, kept, err := relink(chainHash{}, key, value(parts...))
			if err != nil || got != hash || !bytes.Equal(kept, hash[:]) {
				t.Fatalf("with its hash: %x, %x, %v, want %x", got, kept, err, hash)
			}
		}
		if _, _, err := relink(chainHash{}, key, value(own, fields, own)); err == nil {
			t.Fatal("two hashes were taken")
		}
		if other, _, _ := relink(chainHash{1}, key, value(fields)); other == hash {
			t.Fatal("the hash before it is not covered")
		}
		longer := append(fieldWriter{}, fields...)
		longer.uint(900, 1)
		if other, _, err := relink(chainHash{}, key, value(longer)); err == nil && other == hash {
			t.Fatal("one more field is not covered")
		}
	})
}

// FuzzDecodeState does the same for the values that hold state.
func FuzzDecodeState(f *testing.F) {
	key, place := []byte("thu"), blobKey(kiosk.BlobPlace{Filed: kiosk.Position{Epoch: 1, Seq: 2}, Index: 3})
	ticket := kiosktest.Facts()[0].(kiosk.TicketIssued).Ticket
	for _, v := range [][]byte{
		encodeTicket(key, &ticket),
		encodeCounter(key, &kiosk.CounterRecord{Day: kiosktest.Monday, Counter: "1", State: kiosk.CounterPaused, Until: kiosktest.At(0), Reason: "họp"}),
		encodeHall(key, &kiosk.HallRecord{Day: kiosktest.Monday, Hand: kiosk.HandOpen, HelpSince: kiosktest.At(0)}),
		encodeBox(key, &kiosk.BoxRecord{Day: kiosktest.Monday, NumbersUnknown: []kiosk.ServiceCode{"a", "b"}}),
		encodeNumber(key, 57),
		encodeEnd(key, kiosk.ChainHead{Last: kiosk.Position{Epoch: 1, Seq: 2}, Facts: 2, Hash: chainHash{1}}),
		encodeItem(key, []byte("an account")),
		encodeDossier(key, &kiosk.DossierRecord{Dossier: kiosktest.Dossier(2, 1), Day: kiosktest.Monday, State: kiosk.DossierConfirmed, At: kiosk.Position{Epoch: 1, Seq: 2}, ConfirmedOn: kiosktest.Monday, Statement: "a.b.c"}),
		encodeBlob(key, &kiosk.BlobRecord{Dossier: "d", Hash: kiosk.Hash{1}, Size: 9, State: kiosk.BlobParked, Why: "w", FiledAt: kiosktest.At(0)}),
		encodeSettled(key, settled{acked: kiosk.Position{Epoch: 1, Seq: 2}, feed: 7, prunedDays: kiosktest.Monday}),
	} {
		f.Add(v[1 : len(v)-4])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, fields []byte) {
		value := seal(key, append(newFields(len(fields)), fields...))
		if v, err := decodeTicket(key, value); err == nil {
			if w, err := decodeTicket(key, encodeTicket(key, &v)); err != nil || w != v {
				t.Fatalf("%+v became %+v, %v", v, w, err)
			}
		}
		if v, err := decodeCounter(key, value); err == nil {
			if w, err := decodeCounter(key, encodeCounter(key, &v)); err != nil || w != v {
				t.Fatalf("%+v became %+v, %v", v, w, err)
			}
		}
		if v, err := decodeHall(key, value); err == nil {
			if w, err := decodeHall(key, encodeHall(key, &v)); err != nil || w != v {
				t.Fatalf("%+v became %+v, %v", v, w, err)
			}
		}
		if v, err := decodeBox(key, value); err == nil {
			if w, err := decodeBox(key, encodeBox(key, &v)); err != nil || len(w.NumbersUnknown) != len(v.NumbersUnknown) {
				t.Fatalf("%+v became %+v, %v", v, w, err)
			}
		}
		if v, err := decodeNumber(key, value); err == nil {
			if w, err := decodeNumber(key, encodeNumber(key, v)); err != nil || w != v {
				t.Fatalf("%d became %d, %v", v, w, err)
			}
		}
		if v, err := decodeEnd(key, value); err == nil {
			if w, err := decodeEnd(key, encodeEnd(key, v)); err != nil || w != v {
				t.Fatalf("%+v became %+v, %v", v, w, err)
			}
		}
		if v, err := decodeItem(key, value); err == nil {
			if w, err := decodeItem(key, encodeItem(key, v)); err != nil || !bytes.Equal(w, v) {
				t.Fatalf("%x became %x, %v", v, w, err)
			}
		}
		if v, err := decodeDossier(key, value); err == nil {
			if w, err := decodeDossier(key, encodeDossier(key, &v)); err != nil || !reflect.DeepEqual(w, v) || len(v.Dossier.Pages) > kiosk.MaxPages {
				t.Fatalf("%+v became %+v, %v", v, w, err)
			}
		}
		if v, err := decodeBlob(place, seal(place, append(newFields(len(fields)), fields...))); err == nil {
			if w, err := decodeBlob(place, encodeBlob(place, &v)); err != nil || w != v || v.Size < 0 {
				t.Fatalf("%+v became %+v, %v", v, w, err)
			}
		}
		if v, err := decodeSettled(key, value); err == nil {
			if w, err := decodeSettled(key, encodeSettled(key, v)); err != nil || w != v {
				t.Fatalf("%+v became %+v, %v", v, w, err)
			}
		}
		// And without a checksum that matches nothing is taken in.
		if _, err := decodeTicket(key, fields); err == nil {
			t.Fatalf("%x: taken for a value", fields)
		}
	})
}

// FuzzKeys holds the parsers of keys to their makers.
func FuzzKeys(f *testing.F) {
	f.Add(ticketKey("thu", kiosktest.Monday, "ho-tich", 7))
	f.Add(dayKey("thu", kiosktest.Monday))
	f.Add(factKey(kiosk.Position{Epoch: 3, Seq: 9}))
	f.Add(blobKey(kiosk.BlobPlace{Filed: kiosk.Position{Epoch: 3, Seq: 9}, Index: 1}))
	f.Add(stretchKey(siteDay{"thu", kiosktest.Monday}, kiosk.Position{Epoch: 3, Seq: 9}))
	f.Fuzz(func(t *testing.T, k []byte) {
		if p, err := parseFactKey(k); err == nil && !bytes.Equal(factKey(p), k) {
			t.Fatalf("%x became %x", k, factKey(p))
		}
		if p, err := parseBlobKey(k); err == nil && !bytes.Equal(blobKey(p), k) {
			t.Fatalf("%x became %x", k, blobKey(p))
		}
		if of, at, err := parseStretchKey(k); err == nil && !bytes.Equal(stretchKey(of, at), k) {
			t.Fatalf("%x became %x", k, stretchKey(of, at))
		}
		site, day, rest, err := parseDayKey(k)
		if err != nil {
			return
		}
		if again := append(dayKey(site, day), rest...); !bytes.Equal(again, k) {
			t.Fatalf("%x became %x", k, again)
		}
		if service, seq, err := parseTicketRest(rest); err == nil {
			if again := ticketKey(site, day, service, seq); !bytes.Equal(again, k) {
				t.Fatalf("%x became %x", k, again)
			}
		}
	})
}

// FuzzNumbers parses second files of any content: it counts and never fails, but for a newer
// version.
func FuzzNumbers(f *testing.F) {
	whole := appendSlot(nil, slot{kind: slotNumber, site: "thu", day: kiosktest.Monday, service: "ho-tich", seq: 5, at: kiosk.Position{Epoch: 1, Seq: 2}})
	whole = appendSlot(whole, slot{kind: slotPosition, at: kiosk.Position{Epoch: 1, Seq: 3}})
	f.Add(whole, uint16(0))
	f.Add(whole, uint16(200))
	f.Add(append(whole, make([]byte, 300)...), uint16(3))
	f.Fuzz(func(t *testing.T, b []byte, flip uint16) {
		if n, err := parseNumbers(b); err == nil && (n.damaged > n.slots || n.slots > len(b)/slotSize+1) {
			t.Fatalf("%d damaged of %d slots in %d bytes", n.damaged, n.slots, len(b))
		}
		// A whole file in which one bit turned over loses at most that slot.
		var all []byte
		for i := range uint32(8) {
			all = appendSlot(all, slot{kind: slotNumber, site: "thu", day: kiosktest.Monday, service: kiosk.ServiceCode([]byte{'a' + byte(i)}), seq: i + 1})
		}
		at := int(flip) % (len(all) * 8)
		all[at/8] ^= 1 << (at % 8)
		n, err := parseNumbers(all)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(n.of("thu")[kiosktest.Monday]); got != 7 {
			t.Fatalf("%d numbers left of 8 after one bit turned over", got)
		}
	})
}
