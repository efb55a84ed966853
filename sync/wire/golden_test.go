package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/wire"
)

var update = flag.Bool("update", false, "write the golden files of what is sent now, and those of old versions that are missing")

// golden holds v, as JSON, against a file.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "golden", name+".json")
	if *update {
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, b.Bytes(), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("%s: what is sent has changed, and older readers are out there\n got %s\nwant %s", file, &b, want)
	}
}

// both holds v against a golden file, and what is read of that file against v.
func both(t *testing.T, name string, v any) {
	t.Helper()
	golden(t, name, v)
	b, err := os.ReadFile(filepath.Join("testdata", "golden", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	got := reflect.New(reflect.TypeOf(v))
	if err := json.Unmarshal(b, got.Interface()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	again, err := json.Marshal(got.Interface())
	var want, have bytes.Buffer
	if err := errors.Join(err, json.Compact(&want, b), json.Compact(&have, again)); err != nil || have.String() != want.String() {
		t.Errorf("%s: read and written again it is\n%s\nwant\n%s\n%v", name, &have, &want, err)
	}
}

func factFile(e wire.Event) string {
	return filepath.Join("facts", strings.TrimPrefix(e.Type, wire.TypePrefix))
}

func unsendable() wire.Event {
	return wire.Unsendable(gateway, outgoing(23, kiosk.HelpMoved{}), errors.New("ticket.seq: want a number from 1"))
}

func TestGoldenFacts(t *testing.T) {
	t.Parallel()
	for i, f := range facts() {
		e := encoded(t, kiosk.Seq(i+1), f)
		both(t, factFile(e), e)
		rec, who, err := wire.Decode(e)
		if w := want(outgoing(kiosk.Seq(i+1), f)); err != nil || !reflect.DeepEqual(rec, w) || !reflect.DeepEqual(who, subjectFor(f)) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", e.Type, err, rec, w)
		}
	}
	both(t, factFile(unsendable()), unsendable())
	files, err := fs.Glob(os.DirFS("testdata/golden/facts"), "*.json")
	if err != nil || len(files) != len(wire.Types()) {
		t.Errorf("%d files for %d types, %v", len(files), len(wire.Types()), err)
	}
}

func TestGoldenAnswers(t *testing.T) {
	t.Parallel()
	mark := wire.Mark{Epoch: 2, Seq: 60, Chain: kiosk.HashOf([]byte("60")).String()}
	index := 3
	ack := wire.Ack{Mark: mark, Accepted: 3, Replayed: 2, Quarantined: 1, Forked: true}
	both(t, "ack", ack)
	both(t, "marks", wire.Marks{Marks: []wire.Mark{{Epoch: 1, Seq: 5017}, mark}})
	both(t, "numbers", wire.Numbers{Site: kiosktest.Site, Day: "2026-11-23", Highest: map[kiosk.ServiceCode]uint32{kiosktest.Civil: 57, kiosktest.Certify: 12}})
	both(t, "numbers-heir", wire.Numbers{Site: kiosktest.Site, Day: "2026-11-23", Highest: map[kiosk.ServiceCode]uint32{}, Heir: true})
	both(t, "problem", wire.Problem{
		Status: 409, Code: wire.CodeGap, Title: "gap in the facts", Detail: "event 3 is 2-64", Index: &index, Expected: 61, Ack: &ack,
	})
	both(t, "health", wire.Health{
		At: kiosktest.At(time.Hour), ClockSure: true, Site: kiosktest.Site, Version: "1.4.0", Uptime: 86_400,
		Faults: []wire.HealthFault{{Code: kiosk.FaultPaperLow, Severity: kiosk.SeverityWarn, Since: kiosktest.At(0)}},
		Hall:   "open", Waiting: 12, Facts: 40, Blobs: 3, Bytes: 180_000, Parked: 1, OldestAge: 75, DiskFree: 9 << 30, KeySource: "file",
		Instance: "4WQ3ZK5N7T2MHRXCVB6YDJLPFG",
	})
	var meta struct {
		Metadata string `json:"Upload-Metadata"`
	}
	meta.Metadata = wire.FormatMeta(wire.BlobMeta{Dossier: dossierID, Hash: kiosk.HashOf([]byte("page 1")), Media: "image/jpeg"})
	both(t, "upload", meta)
}

func TestGoldenFeed(t *testing.T) {
	t.Parallel()
	signer := wire.NewSigner(rfc8037(t))
	both(t, "keys", keysOf(signer))
	both(t, "statement", statement())
	both(t, "ferry-word", wire.FerryWord{Gateway: gateway, At: kiosktest.At(0), List: kiosk.HashOf([]byte("list"))})
	item := func(id, typ, name string, data any) wire.Event {
		both(t, name, data)
		b, err := json.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		return wire.Event{
			SpecVersion: wire.SpecVersion, ID: id, Source: wire.SourceHub, Type: typ, Time: "2026-11-23T09:30:00+07:00",
			ContentType: wire.TypeJSON, Data: b,
		}
	}
	both(t, "feed-anew", wire.FeedBatch{Events: []wire.Event{}, Cursor: 4, Item: "9a0364b9e99bb480", Anew: true})
	both(t, "feed", wire.FeedBatch{Cursor: 20, More: true, Events: []wire.Event{
		item("17", wire.FeedDossier, "dossier-complete", wire.DossierComplete{Dossier: dossierID, Statement: signed(t, signer, statement())}),
		item("18", wire.FeedErase, "subject-erase", wire.SubjectErase{Order: "123/QĐ-UBND", Dossiers: []kiosk.DossierID{dossierID}}),
		item("19", wire.FeedPack, "pack", pack(t, signer)),
		item("20", wire.FeedNotice, "notice", wire.Notice{Text: "Chiều nay mất điện từ 14:00.", At: kiosktest.At(0)}),
	}})
}

// What the first version wrote is read for ever, and means the same: written again, it is what it
// was. This file is never made again.
func TestFirstVersionIsReadForEver(t *testing.T) {
	t.Parallel()
	const file = "testdata/first/facts.json"
	if _, err := os.Stat(file); *update && errors.Is(err, fs.ErrNotExist) {
		var events []wire.Event
		for i, f := range facts() {
			events = append(events, encoded(t, kiosk.Seq(i+1), f))
		}
		b, err := wire.AppendBatch(nil, events)
		if err != nil {
			t.Fatal(err)
		}
		b = bytes.ReplaceAll(b, []byte(`,{"specversion"`), []byte(",\n"+`{"specversion"`))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, append(b, '\n'), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	events, _, err := wire.ParseBatch(b)
	if err != nil || len(events) != 22 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for _, e := range events {
		rec, who, err := wire.Decode(e)
		if err != nil {
			t.Errorf("%s: %v", e.Type, err)
			continue
		}
		chain, err := kiosk.ParseHash(e.Chain)
		if err != nil {
			t.Fatal(err)
		}
		again, err := wire.Encode(gateway, kiosk.Outgoing{Record: rec, Chain: chain}, who)
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Errorf("%s: %v\n got %s\nwant %s", e.Type, err, again.Data, e.Data)
		}
	}
}

// Another's implementation of CloudEvents finds our events right and reads the same in them, and
// we read what it writes.
func TestAnotherSDKAgrees(t *testing.T) {
	t.Parallel()
	events := []wire.Event{unsendable()}
	for i, f := range facts() {
		events = append(events, encoded(t, kiosk.Seq(i+1), f))
	}
	for _, e := range events {
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var sdk cloudevents.Event
		if err := json.Unmarshal(b, &sdk); err != nil {
			t.Fatalf("%s: %v", e.Type, err)
		}
		if err := sdk.Validate(); err != nil {
			t.Errorf("%s: %v", e.Type, err)
		}
		ext := sdk.Extensions()
		if sdk.ID() != e.ID || sdk.Type() != e.Type || sdk.Source() != e.Source || sdk.Subject() != e.Subject ||
			sdk.Time().Format(time.RFC3339) != e.Time || ext["site"] != e.Site || ext["clocksure"] != e.Sure || ext["late"] != int32(e.Late) {
			t.Errorf("%s: it reads %s", e.Type, sdk)
		}
		theirs, err := json.Marshal(sdk)
		if err != nil {
			t.Fatal(err)
		}
		back := parse(t, string(theirs))
		rec, who, err := wire.Decode(back)
		rec2, who2, err2 := wire.Decode(e)
		if !reflect.DeepEqual(rec, rec2) || !reflect.DeepEqual(who, who2) || (err == nil) != (err2 == nil) {
			t.Errorf("%s: %v, %v\n got %+v\nwant %+v", e.Type, err, err2, rec, rec2)
		}
	}
}
