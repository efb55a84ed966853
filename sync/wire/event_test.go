package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// smallest is an event with nothing that it could do without, and more beside that.
func smallest(more string) string {
	return `{"specversion":"1.0","id":"1-1","source":"/gateways/gw-0123456789abcdef","type":"x"` + more + `}`
}

func parse(t *testing.T, s string) wire.Event {
	t.Helper()
	var e wire.Event
	if err := json.Unmarshal([]byte(s), &e); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return e
}

// What this version does not know goes through it unharmed.
func TestUnknownAttributesAreKept(t *testing.T) {
	t.Parallel()
	e := parse(t, smallest(`,"traceparent":"00-1","zz":1.50,"aa":{"b":[1,2]},"dataschema":null,"data":{"later":1e400,"x":null}`))
	if len(e.More) != 3 || string(e.More["zz"]) != "1.50" {
		t.Errorf("kept %v", e.More)
	}
	b, err := json.Marshal(e)
	want := smallest(`,"aa":{"b":[1,2]},"traceparent":"00-1","zz":1.50,"data":{"later":1e400,"x":null}`)
	if err != nil || string(b) != want {
		t.Errorf("%v\n got %s\nwant %s", err, b, want)
	}
}

func TestDataInBase64(t *testing.T) {
	t.Parallel()
	e := parse(t, smallest(`,"data_base64":"eyJhIjoxfQ=="`))
	if string(e.Data) != `{"a":1}` || e.More != nil {
		t.Errorf("data %s, %v", e.Data, e.More)
	}
	// What is not JSON is kept as it came.
	pdf := smallest(`,"datacontenttype":"application/pdf","data_base64":"JVBERg=="`)
	if b, err := json.Marshal(parse(t, pdf)); err != nil || string(b) != pdf {
		t.Errorf("%s, %v", b, err)
	}
}

func TestBadEvents(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"no object":              `[1]`,
		"null":                   `null`,
		"no version":             strings.Replace(smallest(""), "1.0", "0.3", 1),
		"no id":                  strings.Replace(smallest(""), "1-1", "", 1),
		"an attribute twice":     smallest(`,"source":"/gateways/gw-fedcba9876543210"`),
		"twice, once escaped":    smallest(`,"s\u006furce":"/gateways/gw-fedcba9876543210"`),
		"an unknown one twice":   smallest(`,"x":1,"x":2`),
		"capitals":               smallest(`,"Source":"/gateways/gw-fedcba9876543210"`),
		"a name with a dash":     smallest(`,"a-b":1`),
		"an empty name":          smallest(`,"":1`),
		"a number for a text":    smallest(`,"time":5`),
		"a text for a bool":      smallest(`,"clocksure":"true"`),
		"half a second":          smallest(`,"late":0.5`),
		"a line end":             smallest(`,"actor":"a\nb"`),
		"a text without end":     smallest(`,"site":"` + strings.Repeat("x", 65) + `"`),
		"bytes that are no text": smallest(`,"site":"` + "\xff" + `"`),
		"data twice":             smallest(`,"data":1,"data_base64":"MQ=="`),
		"base64 that is none":    smallest(`,"data_base64":"%"`),
	} {
		var e wire.Event
		if err := e.UnmarshalJSON([]byte(s)); !errors.Is(err, wire.ErrSyntax) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var many strings.Builder
	for i := range 40 {
		fmt.Fprintf(&many, `,"x%d":1`, i)
	}
	for name, s := range map[string]string{
		"many attributes": smallest(many.String()),
		"much data":       smallest(`,"data":"` + strings.Repeat("x", wire.MaxEventBytes) + `"`),
	} {
		var e wire.Event
		if err := e.UnmarshalJSON([]byte(s)); !errors.Is(err, wire.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One bad event spoils none before it, and is named.
func TestParseBatch(t *testing.T) {
	t.Parallel()
	good := smallest(`,"data":{"a":"}]\"["}`)
	for name, c := range map[string]struct {
		batch     string
		good, bad int
		want      error
	}{
		"empty":                {`[]`, 0, -1, nil},
		"two":                  {" [ " + good + " ,\n" + good + " ]\n", 2, -1, nil},
		"nothing":              {``, 0, 0, wire.ErrSyntax},
		"one event, no batch":  {good, 0, 0, wire.ErrSyntax},
		"a bad one":            {`[` + good + `,{"id":1},` + good + `]`, 1, 1, wire.ErrSyntax},
		"a bad one with a cut": {`[` + good + `,` + good + `,{]`, 2, 2, wire.ErrSyntax},
		"cut in an event":      {`[` + good + `,` + good[:40], 1, 1, wire.ErrSyntax},
		"cut behind one":       {`[` + good, 1, 1, wire.ErrSyntax},
		"cut behind a comma":   {`[` + good + `,`, 1, 1, wire.ErrSyntax},
		"a comma at the end":   {`[` + good + `,]`, 1, 1, wire.ErrSyntax},
		"no comma":             {`[` + good + good + `]`, 1, 1, wire.ErrSyntax},
		"something behind":     {`[` + good + `]x`, 1, 1, wire.ErrSyntax},
		"numbers":              {`[1,2]`, 0, 0, wire.ErrSyntax},
		"many":                 {`[` + strings.Repeat(good+",", wire.MaxEvents) + good + `]`, wire.MaxEvents, wire.MaxEvents, wire.ErrTooLarge},
		"a large one":          {`[` + good + `,` + smallest(`,"data":"`+strings.Repeat("x", wire.MaxEventBytes)+`"`) + `]`, 1, 1, wire.ErrTooLarge},
		"a large batch":        {`[` + strings.Repeat(" ", wire.MaxBatchBytes) + `]`, 0, 0, wire.ErrTooLarge},
		"deep":                 {`[` + good + `,` + strings.Repeat("[", 100_000) + `]`, 1, 1, wire.ErrSyntax},
	} {
		events, bad, err := wire.ParseBatch([]byte(c.batch))
		if len(events) != c.good || bad != c.bad || !errors.Is(err, c.want) {
			t.Errorf("%s: %d events, bad is %d, %v; want %d, %d, %v", name, len(events), bad, err, c.good, c.bad, c.want)
		}
	}
}

func TestAppendBatch(t *testing.T) {
	t.Parallel()
	var events []wire.Event
	for i, f := range facts() {
		events = append(events, encoded(t, kiosk.Seq(i+1), f))
	}
	var b bytes.Buffer
	if err := wire.WriteBatch(&b, events); err != nil {
		t.Fatal(err)
	}
	var std []wire.Event // encoding/json reads the same
	if err := json.Unmarshal(b.Bytes(), &std); err != nil || !reflect.DeepEqual(std, events) {
		t.Errorf("%+v, %v", std, err)
	}
	got, bad, err := wire.ParseBatch(b.Bytes())
	if err != nil || bad != -1 || !reflect.DeepEqual(got, events) {
		t.Errorf("%+v, %d, %v", got, bad, err)
	}
	if _, err := wire.AppendBatch(nil, make([]wire.Event, wire.MaxEvents+1)); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("too many: %v", err)
	}
	large := wire.Event{Data: json.RawMessage(`"` + strings.Repeat("x", wire.MaxBatchBytes) + `"`)}
	if _, err := wire.AppendBatch(nil, []wire.Event{large}); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if _, err := wire.AppendBatch(nil, []wire.Event{{Data: json.RawMessage(`{`)}}); !errors.Is(err, wire.ErrSyntax) {
		t.Errorf("data that is no JSON: %v", err)
	}
}

func TestDecodeBelievesNothing(t *testing.T) {
	t.Parallel()
	base := encoded(t, 7, facts()[1])
	for name, spoil := range map[string]func(*wire.Event){
		"version":      func(e *wire.Event) { e.SpecVersion = "2.0" },
		"id":           func(e *wire.Event) { e.ID = "1-0" },
		"day":          func(e *wire.Event) { e.Day = "2026-02-30" },
		"time":         func(e *wire.Event) { e.Time = "24/11/2026" },
		"chain":        func(e *wire.Event) { e.Chain = "00" },
		"late":         func(e *wire.Event) { e.Late = -1 },
		"no data":      func(e *wire.Event) { e.Data = nil },
		"data null":    func(e *wire.Event) { e.Data = json.RawMessage(`null`) },
		"no number":    func(e *wire.Event) { e.Data = json.RawMessage(`{"service":"a","verb":"call","state":"called"}`) },
		"another kind": func(e *wire.Event) { e.Data = json.RawMessage(`{"service":7}`) },
		"field twice":  func(e *wire.Event) { e.Data = bytes.Replace(e.Data, []byte(`{`), []byte(`{"Verb":"serve",`), 1) },
		"long":         func(e *wire.Event) { e.Data = json.RawMessage(`{"service":"` + strings.Repeat("x", 65) + `"}`) },
	} {
		e := base
		spoil(&e)
		if _, _, err := wire.Decode(e); err == nil || errors.Is(err, wire.ErrUnknownType) || len(err.Error()) > 200 {
			t.Errorf("%s: %v", name, err)
		}
	}
	// And it lets be what it does not know.
	e := base
	e.Data = json.RawMessage(`{"service":"a","number":"A001","verb":"teleport","state":"beyond","later":[1]}`)
	rec, _, err := wire.Decode(e)
	if want := (kiosk.TicketMoved{Service: "a", Number: "A001", Verb: "teleport", State: "beyond"}); err != nil || rec.Fact != kiosk.Fact(want) {
		t.Errorf("%+v, %v", rec.Fact, err)
	}
	for _, typ := range []string{"", "com.example.x", wire.TypePrefix + "ticket-moved.v2", wire.FeedNotice} {
		e.Type = typ
		if _, _, err := wire.Decode(e); !errors.Is(err, wire.ErrUnknownType) {
			t.Errorf("%q: %v", typ, err)
		}
	}
	// A time in another zone, or of a finer clock, is the same moment in our form.
	e = base
	e.Time = "2026-11-23T02:30:00.999Z"
	if rec, _, err := wire.Decode(e); err != nil || rec.At.Format("15:04:05 -07:00") != "09:30:00 +07:00" {
		t.Errorf("%v, %v", rec.At, err)
	}
}

// A fact that cannot be encoded has its place taken, whatever is wrong with it.
func TestUnsendable(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*kiosk.Outgoing){
		"no fact":   func(o *kiosk.Outgoing) { o.Fact = nil },
		"no number": func(o *kiosk.Outgoing) { o.Fact = kiosk.TicketMoved{} },
		"a day":     func(o *kiosk.Outgoing) { o.Day = 2026_02_30 },
		"an actor":  func(o *kiosk.Outgoing) { o.By = strings.Repeat("ố", 200) },
		"a key":     func(o *kiosk.Outgoing) { o.Key = "a\x00b" },
		"a site":    func(o *kiosk.Outgoing) { o.Site = "\xff" },
		"late":      func(o *kiosk.Outgoing) { o.Late = -1e9 },
		"a time":    func(o *kiosk.Outgoing) { o.At = o.At.AddDate(9000, 0, 0) },
		"a dossier": func(o *kiosk.Outgoing) { o.Fact = kiosk.DossierReceived{Dossier: kiosk.Dossier{ID: dossierID}} },
		"a place":   func(o *kiosk.Outgoing) { o.Fact = kiosk.StepUndone{Ticket: kiosk.Ticket{Order: 1 << 40}} },
	} {
		o := outgoing(9, kiosk.HallMoved{})
		spoil(&o)
		_, err := wire.Encode(gateway, o, nil)
		if err == nil {
			t.Errorf("%s is encoded", name)
			continue
		}
		e := wire.Unsendable(gateway, o, err)
		b, err := json.Marshal(e)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got := parse(t, string(b))
		if _, _, err := wire.Decode(got); !errors.Is(err, wire.ErrUnsendable) {
			t.Errorf("%s: %v\n%s", name, err, b)
		}
		if pos, err := wire.ParseEventID(got.ID); err != nil || pos != o.Position || got.Type != wire.TypeUnsendable {
			t.Errorf("%s: %s", name, b)
		}
	}
	// Free text is no reason.
	o := outgoing(9, kiosk.FaultMoved{Code: "x", Hint: "line one\nline two \xff" + strings.Repeat("ố", 1000)})
	if e, err := wire.Encode(gateway, o, nil); err != nil || !strings.Contains(string(e.Data), "line one line two") {
		t.Errorf("%s, %v", e.Data, err)
	}
	if _, err := wire.Encode(gateway, outgoing(9, kiosk.HallMoved{}), applicant()); err == nil {
		t.Error("a hall has an applicant")
	}
}

// The largest dossier that the box takes fits into an event.
func TestLargestDossier(t *testing.T) {
	t.Parallel()
	d := kiosk.Dossier{ID: dossierID, Procedure: kiosk.ProcedureCode(strings.Repeat("p", 48))}
	for i := range kiosk.MaxPages {
		d.Pages = append(d.Pages, kiosk.Page{
			Component: kiosk.ComponentCode(strings.Repeat("c", 48)), Hash: kiosk.HashOf([]byte{byte(i), byte(i >> 8)}),
			Size: kiosk.MaxPageBytes, Media: strings.Repeat("m", 64),
		})
	}
	e, err := wire.Encode(gateway, outgoing(1, kiosk.DossierReceived{Dossier: d}), applicant())
	if err != nil {
		t.Fatal(err)
	}
	b, err := wire.AppendEvent(nil, &e)
	if err != nil || len(b) > wire.MaxEventBytes {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	rec, _, err := wire.Decode(parse(t, string(b)))
	if err != nil || !reflect.DeepEqual(rec.Fact, kiosk.Fact(kiosk.DossierReceived{Dossier: d})) {
		t.Error(err)
	}
}

func TestSplitSubject(t *testing.T) {
	t.Parallel()
	whole := encoded(t, 1, facts()[17])
	open, who := wire.SplitSubject(whole)
	if !reflect.DeepEqual(who, applicant()) || bytes.Contains(open.Data, []byte("Bưởi")) || !bytes.Contains(whole.Data, []byte("Bưởi")) {
		t.Errorf("left open: %s", open.Data)
	}
	rec, none, err := wire.Decode(open)
	if err != nil || none != nil || !reflect.DeepEqual(rec, want(outgoing(1, facts()[17]))) {
		t.Errorf("%+v, %v", rec, err)
	}
	// However it is spelt, and whatever it is, it does not stay.
	for _, data := range []string{
		`{"a":1,"Subject":{"name":"Bưởi"}}`,
		`{"a":1,"\u0073ubject":{"name":"Bưởi"}}`,
		`{"ſubject":{"name":"Bưởi"},"a":1}`,
		`{"subject":{"name":"Bưởi"},"a":1,"SUBJECT":["Bưởi"]}`,
		`{"subject":"Bưởi" , "a" : 1 }`,
	} {
		e := whole
		e.Data = json.RawMessage(data)
		open, raw := wire.CutSubject(e)
		if string(open.Data) != `{"a":1}` && string(open.Data) != `{"a":1 }` || !bytes.Contains(raw, []byte("Bưởi")) {
			t.Errorf("%s leaves %s and gives %s", data, open.Data, raw)
		}
	}
	for _, data := range []string{`{"a":{"subject":1}}`, `[1]`, `"subject"`, ``, `{`} {
		e := whole
		e.Data = json.RawMessage(data)
		if open, who := wire.SplitSubject(e); who != nil || string(open.Data) != data {
			t.Errorf("%s leaves %s", data, open.Data)
		}
	}
}

func TestSubjectMasksItself(t *testing.T) {
	t.Parallel()
	s := *applicant()
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "a", s, "b", &s)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "a", s, "b", &s)
	wrap := struct{ S wire.Subject }{s}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&log, verb+verb+verb+"\n", s, &s, wrap)
	}
	fmt.Fprintln(&log, s.String(), s.GoString())
	if out := log.String(); strings.Contains(out, "Nguy") || strings.Contains(out, "0223") || strings.Contains(out, fmt.Sprintf("%x", "Nguy")) {
		t.Errorf("shows itself: %s", out)
	}
}

func TestSubjectCheck(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]wire.Subject{
		"a long name":       {Name: strings.Repeat("ố", wire.MaxName+1)},
		"a line end":        {Name: "a\nb"},
		"not NFC":           {Name: "Bu\u031bo\u031b\u0309i"},
		"a long number":     {Number: strings.Repeat("1", wire.MaxNumber+1)},
		"a number's blanks": {Number: "0223 0000 0017"},
	} {
		if err := s.Check(); err == nil || strings.Contains(err.Error(), s.Name+s.Number) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What a keyboard wrote in pieces leaves whole, and what it wrote small in capitals.
	e, err := wire.Encode(gateway, outgoing(1, facts()[17]), &wire.Subject{Name: "Bu\u031bo\u031b\u0309i", Number: "b1234567"})
	if err != nil || !bytes.Contains(e.Data, []byte("Bưởi")) || !bytes.Contains(e.Data, []byte("B1234567")) {
		t.Errorf("%s, %v", e.Data, err)
	}
	for _, s := range []wire.Subject{{}, *applicant(), {Name: strings.Repeat("ố", wire.MaxName), Number: "B1234567"}} {
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestEventIDs(t *testing.T) {
	t.Parallel()
	if pos, err := wire.ParseEventID("4294967295-9223372036854775807"); err != nil || wire.EventID(pos) != "4294967295-9223372036854775807" {
		t.Errorf("%v, %v", pos, err)
	}
	for _, s := range []string{"", "1", "1-", "-1", "1-0", "01-1", "1-01", "+1-1", "1-1 ", "1-1-1", "4294967296-1", "1-9223372036854775808", "१-1"} {
		if pos, err := wire.ParseEventID(s); err == nil {
			t.Errorf("%q is %v", s, pos)
		}
	}
}
