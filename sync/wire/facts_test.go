package wire_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/wire"
)

const gateway wire.GatewayID = "gw-0123456789abcdef"

const dossierID kiosk.DossierID = "069a4m3gr0dvvgpvkgcy4z8n5c"

// facts are one fact of every type, every field of it set.
func facts() []kiosk.Fact {
	out := slices.DeleteFunc(kiosktest.Facts(), func(f kiosk.Fact) bool {
		switch f.(type) {
		case kiosk.DossierReceived, kiosk.DossierSettled, kiosk.BlobMoved, kiosk.EpochBegun, kiosk.LineMoved:
			return true
		}
		return false
	})
	return append(out,
		kiosk.DossierReceived{Dossier: kiosk.Dossier{
			ID: dossierID, Procedure: "2.000815", Code: "H49.22-261123-0001", Ticket: "B057", Counter: "3", Officer: "o7",
			Pages: []kiosk.Page{
				{Component: "to-khai", Hash: kiosk.HashOf([]byte("page 1")), Size: 48_211, Media: "image/jpeg"},
				{Component: "cccd", Hash: kiosk.HashOf([]byte("page 2")), Size: 61_904, Media: "application/pdf"},
			},
			Subject: []byte("sealed"),
		}},
		kiosk.DossierSettled{ID: dossierID, State: kiosk.DossierConfirmed, Why: kiosk.ForgetOnTime, Manifest: kiosk.HashOf([]byte("manifest"))},
		kiosk.BlobMoved{Dossier: dossierID, Hash: kiosk.HashOf([]byte("page 2")), State: kiosk.BlobParked, Why: string(wire.CodeTooLarge)},
		kiosk.EpochBegun{After: kiosk.Position{Epoch: 1, Seq: 57}, Mark: kiosk.Position{Epoch: 1, Seq: 61}, Why: kiosk.EpochOlder},
		kiosk.LineMoved{What: kiosk.LinePack, Detail: "thu-tuc 12"},
	)
}

func applicant() *wire.Subject {
	return &wire.Subject{Name: "Nguyễn Thị Bưởi", Number: "022300000017"}
}

// outgoing puts a fact into a record as the gateway has it.
func outgoing(seq kiosk.Seq, f kiosk.Fact) kiosk.Outgoing {
	return kiosk.Outgoing{
		Record: kiosk.Record{
			Position: kiosk.Position{Epoch: 1, Seq: seq}, Site: kiosktest.Site, Day: kiosktest.Monday,
			At: kiosktest.At(90 * time.Minute), AtSure: true, By: "counter/3", Key: "0192f3c8-7a", Late: 47 * time.Second, Fact: f,
		},
		Chain: kiosk.HashOf([]byte{byte(seq)}),
	}
}

// subjectFor returns who applies, for facts that are about somebody.
func subjectFor(f kiosk.Fact) *wire.Subject {
	if _, ok := f.(kiosk.DossierReceived); ok {
		return applicant()
	}
	return nil
}

func encoded(t *testing.T, seq kiosk.Seq, f kiosk.Fact) wire.Event {
	t.Helper()
	e, err := wire.Encode(gateway, outgoing(seq, f), subjectFor(f))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// factNames are the types of package kiosk that are facts, by its source.
func factNames(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../kiosk/fact.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "isFact" {
			out = append(out, f.Recv.List[0].Type.(*ast.Ident).Name)
		}
	}
	slices.Sort(out)
	return out
}

// A fact that has no form on the wire would be unsendable for ever.
func TestEveryFactIsTested(t *testing.T) {
	t.Parallel()
	var got []string
	types := map[string]bool{}
	for i, f := range facts() {
		got = append(got, reflect.TypeOf(f).Name())
		types[encoded(t, kiosk.Seq(i+1), f).Type] = true
	}
	slices.Sort(got)
	if want := factNames(t); !slices.Equal(got, want) {
		t.Errorf("the tests have %v, package kiosk %v", got, want)
	}
	if len(types) != len(got) || len(wire.Types()) != len(got)+1 {
		t.Errorf("%d facts have %d types, Types lists %d", len(got), len(types), len(wire.Types()))
	}
	for _, typ := range wire.Types() {
		if wire.Blank(typ) == nil || typ != wire.TypeUnsendable && !types[typ] {
			t.Errorf("%s is listed and has no form", typ)
		}
	}
}

// want is what comes back of a fact: all but the sealed applicant.
func want(o kiosk.Outgoing) kiosk.Record {
	r := o.Record
	if d, ok := r.Fact.(kiosk.DossierReceived); ok {
		d.Dossier.Subject = nil
		r.Fact = d
	}
	return r
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, f := range facts() {
		t.Run(reflect.TypeOf(f).Name(), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				o := record(t, f)
				var subject *wire.Subject
				if _, ok := f.(kiosk.DossierReceived); ok && rapid.Bool().Draw(t, "somebody") {
					subject = &wire.Subject{
						Name:   rapid.StringMatching(`[A-ZĐ][a-zưởếậ]{0,8}( [A-ZĐ][a-zưởếậ]{0,8}){0,4}`).Draw(t, "name"),
						Number: rapid.StringMatching(`[0-9]{12}|[A-Z][0-9]{7}|`).Draw(t, "number"),
					}
				}
				e, err := wire.Encode(gateway, o, subject)
				if err != nil {
					t.Fatal(err)
				}
				b, err := wire.AppendBatch(nil, []wire.Event{e})
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(string(b), string(sealed)) {
					t.Fatal("the sealed applicant is on the wire")
				}
				events, bad, err := wire.ParseBatch(b)
				if err != nil || bad != -1 || len(events) != 1 || !reflect.DeepEqual(events[0], e) {
					t.Fatalf("%d, %v\n got %+v\nwant %+v", bad, err, events, e)
				}
				got, who, err := wire.Decode(events[0])
				if err != nil || !reflect.DeepEqual(got, want(o)) {
					t.Fatalf("%v\n got %+v\nwant %+v", err, got, want(o))
				}
				if !reflect.DeepEqual(who, subject) {
					t.Fatal("the applicant is another one")
				}
				if from, ok := events[0].Gateway(); !ok || from != gateway {
					t.Fatalf("it is of %q", from)
				}
			})
		})
	}
}

const sealed = "c2VhbGVk-sealed"

// record draws a record with a fact of the type of f, every field of it set, whatever fields it
// may get one day: one that the wire forgets does not come back.
func record(t *rapid.T, f kiosk.Fact) kiosk.Outgoing {
	var o kiosk.Outgoing
	v := reflect.ValueOf(&o.Record).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() != reflect.Interface {
			fill(t, v.Type().Field(i).Name, v.Field(i))
		}
	}
	o.Seq = max(1, o.Seq)
	o.Chain = kiosk.HashOf([]byte(rapid.String().Draw(t, "chain")))
	fact := reflect.New(reflect.TypeOf(f)).Elem()
	fill(t, "", fact)
	o.Fact = fact.Interface().(kiosk.Fact)
	switch f := o.Fact.(type) {
	case kiosk.DossierReceived: // its codes hold no blanks, and the same bytes have one size
		d := &f.Dossier
		oneWord(&d.Procedure)
		oneWord(&d.Code)
		oneWord(&d.Ticket)
		oneWord(&d.Counter)
		oneWord(&d.Officer)
		for i := range d.Pages {
			p := &d.Pages[i]
			oneWord(&p.Component)
			oneWord(&p.Media)
			p.Size = 1 + int64(p.Hash[0])
		}
		o.Fact = f
	case kiosk.LogSealed:
		f.Hash = kiosk.HashOf([]byte(f.Hash)).String()
		o.Fact = f
	case kiosk.EpochBegun:
		f.Why += "x"
		o.Fact = f
	case kiosk.CounterMoved:
		f.Counter += "x"
		o.Fact = f
	}
	return o
}

func oneWord[S ~string](s *S) { *s = S(strings.ReplaceAll(string(*s), " ", "_")) }

func fill(t *rapid.T, name string, v reflect.Value) {
	needed := slices.Contains([]string{"Service", "Number", "Verb", "State", "Level", "What", "Code", "Site", "Procedure", "Media", "Ticket"}, name)
	switch p := v.Addr().Interface().(type) {
	case *time.Time:
		if rapid.Bool().Draw(t, "has a time") {
			*p = time.Unix(rapid.Int64Range(-1<<30, 1<<37).Draw(t, "second"), 0).In(kiosk.ICT())
		}
		return
	case *time.Duration:
		*p = time.Duration(rapid.Uint16().Draw(t, "late")) * time.Second
		return
	case *kiosk.Day:
		*p = kiosk.Day(1970_01_01).Add(rapid.IntRange(0, 1<<20).Draw(t, "day"))
		return
	case *kiosk.Position:
		if seq := rapid.Uint64Range(0, 1<<50).Draw(t, "seq"); seq > 0 {
			*p = kiosk.Position{Epoch: kiosk.Epoch(rapid.Uint32().Draw(t, "epoch")), Seq: kiosk.Seq(seq)}
		}
		return
	case *uint64: // a ticket's places
		if seq := rapid.Uint64Range(0, 1<<40-1).Draw(t, "seq"); seq > 0 {
			*p = kiosk.Position{Epoch: kiosk.Epoch(rapid.Uint32Range(0, 1<<24-1).Draw(t, "epoch")), Seq: kiosk.Seq(seq)}.Order()
		}
		return
	case *kiosk.DossierID:
		*p = kiosk.NewDossierID(time.UnixMilli(rapid.Int64Range(0, 1<<40).Draw(t, "ms")))
		return
	case *kiosk.Hash:
		*p = kiosk.HashOf(rapid.SliceOf(rapid.Byte()).Draw(t, "hashed"))
		return
	case *[]byte: // the sealed applicant
		*p = []byte(sealed)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.String:
		s := rapid.StringOfN(rapid.RuneFrom([]rune(`aZ09-/"\<&>đếẵ😀 `), unicode.L, unicode.P), 0, 12, 32).Draw(t, "text")
		if needed && s == "" {
			s = "x"
		}
		v.SetString(s)
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(1, 1<<26).Draw(t, "int"))
	case reflect.Uint32:
		v.SetUint(uint64(rapid.Uint32Range(1, 1<<32-1).Draw(t, "uint32")))
	case reflect.Slice:
		if n := rapid.IntRange(0, 4).Draw(t, "length"); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, "", v.Index(i))
			}
		}
	default:
		t.Fatalf("no way to fill a %s", v.Type())
	}
}
