package boltstore

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// fill sets every field of a value, whatever fields it may get one day: one that the encoding
// forgets does not come back.
func fill(t *rapid.T, v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		if rapid.Bool().Draw(t, "has a time") {
			v.Set(reflect.ValueOf(time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "second"), 0).In(kiosk.ICT())))
		}
		return
	}
	if v.Type() == reflect.TypeFor[time.Duration]() { // kept in whole seconds, 32 bits of them
		v.Set(reflect.ValueOf(time.Duration(rapid.Uint32().Draw(t, "seconds")) * time.Second))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.String(), rapid.Just("")).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "int"))
	case reflect.Uint32:
		v.SetUint(uint64(rapid.Uint32().Draw(t, "uint32")))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "uint64"))
	case reflect.Uint8:
		v.SetUint(uint64(rapid.Byte().Draw(t, "byte")))
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Slice:
		if n := rapid.IntRange(0, 4).Draw(t, "length"); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, v.Index(i))
			}
		}
	default:
		t.Fatalf("no way to fill a %s", v.Type())
	}
}

func filled[T any](t *rapid.T) T {
	var v T
	fill(t, reflect.ValueOf(&v).Elem())
	return v
}

func roundTrip[T any](t *testing.T, encode func(key []byte, v *T) []byte, decode func(key, value []byte) (T, error)) {
	t.Run(reflect.TypeFor[T]().Name(), func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			key := rapid.SliceOf(rapid.Byte()).Draw(t, "key")
			want := filled[T](t)
			got, err := decode(key, encode(key, &want))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
			}
		})
	})
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	roundTrip(t, encodeTicket, decodeTicket)
	roundTrip(t, encodeCounter, decodeCounter)
	roundTrip(t, encodeHall, decodeHall)
	roundTrip(t, encodeBox, decodeBox)
	roundTrip(t, encodeDossier, decodeDossier)
	roundTrip(t, func(k []byte, v *kiosk.Position) []byte { return encodeSettled(k, settled{acked: *v}) }, func(k, v []byte) (kiosk.Position, error) {
		s, err := decodeSettled(k, v)
		return s.acked, err
	})
	roundTrip(t, func(k []byte, v *kiosk.ChainHead) []byte { return encodeEnd(k, *v) }, decodeEnd)
	roundTrip(t, func(k []byte, v *uint64) []byte { return encodeNumber(k, *v) }, decodeNumber)
	for _, f := range kiosktest.Facts() {
		t.Run(reflect.TypeOf(f).Name(), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				var want kiosk.Record
				v := reflect.ValueOf(&want).Elem()
				for i := range v.NumField() {
					if v.Field(i).Kind() != reflect.Interface {
						fill(t, v.Field(i))
					}
				}
				fact := reflect.New(reflect.TypeOf(f)).Elem()
				fill(t, fact)
				want.Fact = fact.Interface().(kiosk.Fact)
				key := factKey(want.Position)
				prev := filled[chainHash](t)
				value, hash, err := encodeRecord(key, &want, prev)
				if err != nil {
					t.Fatal(err)
				}
				got, err := decodeRecord(key, value)
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
				}
				if of, err := recordDay(key, value); err != nil || of != (siteDay{want.Site, want.Day}) {
					t.Fatalf("day of the record: %+v, %v", of, err)
				}
				again, kept, err := relink(prev, key, value)
				if err != nil || again != hash || !bytes.Equal(kept, hash[:]) {
					t.Fatalf("hash %x is computed again as %x, kept as %x, %v", hash, again, kept, err)
				}
			})
		})
	}
}

// A fact that the store cannot keep would stop the office: every type of package kiosk that is
// one has to be in the list that the tests run through.
func TestEveryFactIsTested(t *testing.T) {
	t.Parallel()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "../fact.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if ok && f.Name.Name == "isFact" {
			want = append(want, f.Recv.List[0].Type.(*ast.Ident).Name)
		}
	}
	for _, f := range kiosktest.Facts() {
		got = append(got, reflect.TypeOf(f).Name())
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("kiosktest.Facts has %v, package kiosk %v", got, want)
	}
}

func TestUnknownFieldsAreSkipped(t *testing.T) {
	t.Parallel()
	key := []byte("k")
	w := newFields(64)
	w.uint(900, 7)
	w.uint(1, uint64(kiosktest.Monday))
	w.bytes(901, []byte("from a newer version"))
	w.bool(4, true)
	got, err := decodeHall(key, seal(key, w))
	want := kiosk.HallRecord{Day: kiosktest.Monday, Opened: true}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestDamagedValues(t *testing.T) {
	t.Parallel()
	key := []byte("thu\x00ticket")
	ticket := kiosktest.Facts()[0].(kiosk.TicketIssued).Ticket
	whole := encodeTicket(key, &ticket)
	for i := range whole {
		for bit := range 8 {
			bad := slices.Clone(whole)
			bad[i] ^= 1 << bit
			if _, err := decodeTicket(key, bad); err == nil {
				t.Fatalf("bit %d of byte %d turned over: not noticed", bit, i)
			}
		}
		if _, err := decodeTicket(key, whole[:i]); err == nil {
			t.Fatalf("cut to %d bytes: not noticed", i)
		}
	}
	if _, err := decodeTicket([]byte("thu\x00other"), whole); err == nil {
		t.Error("a value under another's key: not noticed")
	}
	for name, fields := range map[string]func(w *fieldWriter){
		"text where a number belongs": func(w *fieldWriter) { w.bytes(4, []byte("x")) },
		"number where text belongs":   func(w *fieldWriter) { w.uint(1, 5) },
		"number of more than 32 bits": func(w *fieldWriter) { w.uint(4, 1<<32) },
		"tag without a value":         func(w *fieldWriter) { *w = append(*w, 8) },
		"text longer than the value":  func(w *fieldWriter) { *w = append(*w, 3, 200, 'x') },
		"number that never ends":      func(w *fieldWriter) { *w = append(*w, 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255) },
	} {
		w := newFields(32)
		fields(&w)
		if got, err := decodeTicket(key, seal(key, w)); err == nil {
			t.Errorf("%s: %+v, want an error", name, got)
		}
	}
	if _, err := decodeFact(999, nil); err == nil {
		t.Error("a fact of a kind that nobody knows: not noticed")
	}
}

func TestKeysOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringMatching(`[A-Za-z0-9-]{1,32}`)
		site, service := kiosk.SiteCode(code.Draw(t, "site")), kiosk.ServiceCode(code.Draw(t, "service"))
		day, seq := kiosk.Day(rapid.Uint32().Draw(t, "day")), rapid.Uint32().Draw(t, "seq")
		key := ticketKey(site, day, service, seq)
		gotSite, gotDay, rest, err := parseDayKey(key)
		if err != nil || gotSite != site || gotDay != day {
			t.Fatalf("%x: %q, %v, %v", key, gotSite, gotDay, err)
		}
		gotService, gotSeq, err := parseTicketRest(rest)
		if err != nil || gotService != service || gotSeq != seq {
			t.Fatalf("%x: %q, %d, %v", key, gotService, gotSeq, err)
		}
		other := kiosk.SiteCode(code.Draw(t, "other site"))
		if other != site && strings.HasPrefix(string(ticketKey(other, day, service, seq)), string(siteKey(site))) {
			t.Fatalf("keys of %q lie among those of %q", other, site)
		}
		a := kiosk.Position{Epoch: kiosk.Epoch(rapid.Uint32().Draw(t, "epoch")), Seq: kiosk.Seq(rapid.Uint64().Draw(t, "fact"))}
		b := kiosk.Position{Epoch: kiosk.Epoch(rapid.Uint32().Draw(t, "epoch")), Seq: kiosk.Seq(rapid.Uint64().Draw(t, "fact"))}
		if before(a, b) != (string(factKey(a)) < string(factKey(b))) {
			t.Fatalf("keys of %v and %v are not in their order", a, b)
		}
		if got, err := parseFactKey(factKey(a)); err != nil || got != a {
			t.Fatalf("%v: %v, %v", a, got, err)
		}
	})
}

// BenchmarkTicketValue tells why values are not JSON.
func BenchmarkTicketValue(b *testing.B) {
	ticket := kiosktest.Facts()[0].(kiosk.TicketIssued).Ticket
	key := ticketKey(ticket.Site, ticket.Day, ticket.Service, ticket.Seq)
	fields := encodeTicket(key, &ticket)
	text, err := json.Marshal(ticket)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode=fields", func(b *testing.B) {
		for b.Loop() {
			encodeTicket(key, &ticket)
		}
		b.ReportMetric(float64(len(fields)), "bytes")
	})
	b.Run("encode=json", func(b *testing.B) {
		for b.Loop() {
			if _, err := json.Marshal(ticket); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(text)), "bytes")
	})
	b.Run("decode=fields", func(b *testing.B) {
		for b.Loop() {
			if _, err := decodeTicket(key, fields); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode=json", func(b *testing.B) {
		for b.Loop() {
			var t kiosk.Ticket
			if err := json.Unmarshal(text, &t); err != nil {
				b.Fatal(err)
			}
		}
	})
}
