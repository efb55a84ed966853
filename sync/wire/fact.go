package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The errors of Decode that are no fault of the event's form. The hub keeps such facts aside.
var (
	ErrUnknownType = errors.New("unknown type of event")
	ErrUnsendable  = errors.New("its gateway could not encode it")
)

// Encode writes a fact as its gateway's event. Who applies, in a dossier's header, is what the
// caller has opened; nil where it is forgotten. The sealed form stays at the box.
//
// Free text is made one line and cut at its bound. Anything else that is out of bounds is an
// error, and the fact goes as Unsendable.
func Encode(gateway GatewayID, o kiosk.Outgoing, subject *Subject) (Event, error) {
	typ, data := onWire(o.Fact)
	if data == nil {
		return Event{}, fmt.Errorf("encode fact: no form for a %T", o.Fact)
	}
	if d, ok := data.(*dossierReceived); ok {
		d.Subject = subject.normal()
	} else if subject != nil {
		return Event{}, fmt.Errorf("encode fact: a %T is about nobody", o.Fact)
	}
	e := envelope(gateway, o)
	var c checks
	c.that(gateway.Valid(), "source", "a gateway")
	_, err := ParseEventID(e.ID)
	c.that(err == nil, "id", "a place")
	c.that(o.Day == 0 || o.Day.Valid(), "day", "a day of the calendar")
	code(&c, "site", o.Site)
	c.that(len(o.By) <= maxActor && clean(o.By), "actor", "one short line")
	c.that(len(o.Key) <= maxKey && clean(o.Key), "stepkey", "one short line")
	c.that(o.Late >= 0, "late", "seconds")
	at := o.At
	moment(&c, "time", &at)
	data.check(&c)
	if c.err != nil {
		return Event{}, fmt.Errorf("encode fact %s: %w", e.ID, c.err)
	}
	e.Type, e.Subject = typ, data.about()
	if e.Data, err = json.Marshal(data); err != nil {
		// Its words hold no value, but for a day or a place that is none.
		return Event{}, fmt.Errorf("encode fact %s: %w", e.ID, err)
	}
	if len(e.Data) > MaxEventBytes-maxEnvelope {
		return Event{}, fmt.Errorf("encode fact %s: %d bytes: %w", e.ID, len(e.Data), ErrTooLarge)
	}
	return e, nil
}

// maxEnvelope is more than the attributes of a fact ever take, in bytes.
const maxEnvelope = 4 << 10

// Unsendable writes an event that takes the place of a fact that Encode has refused with err, which
// may be anything.
func Unsendable(gateway GatewayID, o kiosk.Outgoing, err error) Event {
	e := envelope(gateway, o)
	e.Type = TypeUnsendable
	e.Site, e.By = short(e.Site, maxCode), short(e.By, maxActor)
	if len(e.Key) > maxKey || !clean(e.Key) {
		e.Key = "" // half a key is another one
	}
	e.Late = max(0, e.Late)
	// Two short texts always have JSON.
	e.Data, _ = json.Marshal(unsendable{Kind: short(fmt.Sprintf("%T", o.Fact), maxCode), Why: tidy(err.Error(), maxHint)})
	return e
}

// short cuts what has to fit into an attribute.
func short(s string, most int) string {
	s = tidy(s, most)
	for len(s) > most {
		s = tidy(s[:len(s)-1], most)
		s = strings.TrimRight(s, "\uFFFD")
	}
	return s
}

// envelope fills what every fact has.
func envelope(gateway GatewayID, o kiosk.Outgoing) Event {
	e := Event{
		SpecVersion: SpecVersion, ID: EventID(o.Position), Source: gateway.Source(), ContentType: TypeJSON,
		Site: string(o.Site), By: o.By, Key: o.Key, Sure: o.AtSure, Late: int64(o.Late / time.Second),
	}
	if at := o.At.In(kiosk.ICT()); !o.At.IsZero() && at.Year() >= 1 && at.Year() <= 9999 {
		e.Time = at.Format(time.RFC3339)
	}
	if o.Day.Valid() {
		e.Day = o.Day.String()
	}
	if o.Chain != (kiosk.Hash{}) {
		e.Chain = o.Chain.String()
	}
	return e
}

// Decode reads a fact, and who applies where it is a dossier's header that says so. It believes
// nothing: places, days, times, hashes and lengths are checked, and an error names the field and
// no value. What it does not know is let be: further fields, and values of lists. It fails with
// ErrUnknownType for a fact, or a version of one, that it does not know, and with ErrUnsendable.
// Whether the event is of the gateway that it names is for the caller to check.
func Decode(e Event) (kiosk.Record, *Subject, error) {
	rec, err := e.record()
	if err != nil {
		return kiosk.Record{}, nil, fmt.Errorf("decode fact: %w", err)
	}
	if e.Type == TypeUnsendable {
		return kiosk.Record{}, nil, fmt.Errorf("decode fact: %w", ErrUnsendable)
	}
	data := empty(e.Type)
	if data == nil {
		return kiosk.Record{}, nil, fmt.Errorf("decode fact: %w", ErrUnknownType)
	}
	if err := readData(e.Data, data); err != nil {
		return kiosk.Record{}, nil, fmt.Errorf("decode fact: data: %w", err)
	}
	var c checks
	data.check(&c)
	if c.err != nil {
		return kiosk.Record{}, nil, fmt.Errorf("decode fact: data: %w", c.err)
	}
	rec.Fact = data.fact()
	if d, ok := data.(*dossierReceived); ok {
		return rec, d.Subject, nil
	}
	return rec, nil, nil
}

// record reads what every fact has.
func (e *Event) record() (rec kiosk.Record, err error) {
	var c checks
	c.that(e.SpecVersion == SpecVersion, "specversion", SpecVersion)
	rec.Position, err = ParseEventID(e.ID)
	c.that(err == nil, "id", `"epoch-seq"`)
	if e.Time != "" {
		rec.At, err = time.Parse(time.RFC3339, e.Time)
		c.that(err == nil, "time", "RFC 3339")
		moment(&c, "time", &rec.At)
	}
	if e.Day != "" {
		rec.Day, err = kiosk.ParseDay(e.Day)
		c.that(err == nil, "day", "YYYY-MM-DD")
	}
	if e.Chain != "" {
		_, err = kiosk.ParseHash(e.Chain)
		c.that(err == nil, "chain", "64 hexadecimal digits")
	}
	c.that(e.Late >= 0 && e.Late <= maxCount, "late", "seconds")
	code(&c, "site", e.Site)
	c.that(len(e.By) <= maxActor && clean(e.By), "actor", "one short line")
	c.that(len(e.Key) <= maxKey && clean(e.Key), "stepkey", "one short line")
	rec.Site, rec.By, rec.Key, rec.AtSure = kiosk.SiteCode(e.Site), e.By, e.Key, e.Sure
	rec.Late = time.Duration(e.Late) * time.Second
	return rec, c.err
}

// textData is data that as a rule is nothing but texts: the steps of a ticket and of its paper, most
// of what an office says. Those need no reflection, which was a third of the time of reading a fact.
type textData interface {
	// text returns where the text of a field goes; nil where there is no such field, or no such text.
	text(name string) *string
}

// setText sets a field. False: that is encoding/json's to read, together with all the others.
func setText(d textData, name, value string) bool {
	to := d.text(name)
	if to == nil {
		return false
	}
	s, ok := readText(value)
	if ok {
		*to = s
	}
	return ok
}

// maxFields bounds the fields of a fact, the unknown ones included.
const maxFields = 100

// readData reads a fact's data. A field that stands there twice is refused, as in the event.
func readData(b json.RawMessage, data factData) error {
	text := string(b)
	if !valid(text) {
		return ErrSyntax
	}
	quick, plain := data.(textData)
	seen := make([]string, 0, 16) // most have fewer
	err := members(text, func(name, value string) error {
		// encoding/json takes a name in capitals too.
		if slices.ContainsFunc(seen, func(s string) bool { return strings.EqualFold(s, name) }) {
			return fmt.Errorf("a field twice: %w", ErrSyntax)
		}
		if len(seen) == maxFields {
			return fmt.Errorf("more than %d fields: %w", maxFields, ErrTooLarge)
		}
		seen = append(seen, name)
		plain = plain && setText(quick, name, value)
		return nil
	})
	if err != nil || plain {
		return err
	}
	if err := json.Unmarshal(b, data); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			return fmt.Errorf("field %s: want %s: %w", strconv.Quote(tidy(wrong.Field, maxText)), wrong.Type.Kind(), ErrSyntax)
		}
		return fmt.Errorf("a day, time, place or hash that is none: %w", ErrSyntax)
	}
	return nil
}
