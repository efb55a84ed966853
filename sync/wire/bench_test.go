package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// batch is what an office does most.
func batch(b *testing.B) (events []wire.Event, raw []byte) {
	b.Helper()
	for i := range 500 {
		e, err := wire.Encode(gateway, outgoing(kiosk.Seq(i+1), facts()[i%3]), nil)
		if err != nil {
			b.Fatal(err)
		}
		events = append(events, e)
	}
	raw, err := wire.AppendBatch(nil, events)
	if err != nil {
		b.Fatal(err)
	}
	return events, raw
}

func perEvent(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/event")
}

func BenchmarkParseBatch(b *testing.B) {
	events, raw := batch(b)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := wire.ParseBatch(raw); err != nil {
			b.Fatal(err)
		}
	}
	perEvent(b, len(events))
}

// The peer: the same batch by encoding/json into plain structs, with no checks.
func BenchmarkParseBatchPlain(b *testing.B) {
	type plain wire.Event
	events, raw := batch(b)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		var out []plain
		if err := json.Unmarshal(raw, &out); err != nil {
			b.Fatal(err)
		}
	}
	perEvent(b, len(events))
}

func BenchmarkDecode(b *testing.B) {
	events, _ := batch(b)
	b.ReportAllocs()
	for b.Loop() {
		for _, e := range events {
			if _, _, err := wire.Decode(e); err != nil {
				b.Fatal(err)
			}
		}
	}
	perEvent(b, len(events))
}

func BenchmarkAppendBatch(b *testing.B) {
	events, raw := batch(b)
	buf := make([]byte, 0, len(raw))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.AppendBatch(buf, events); err != nil {
			b.Fatal(err)
		}
	}
	perEvent(b, len(events))
}

func BenchmarkEncode(b *testing.B) {
	all := facts()
	b.ReportAllocs()
	for b.Loop() {
		for i := range 3 {
			if _, err := wire.Encode(gateway, outgoing(kiosk.Seq(i+1), all[i]), nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	perEvent(b, 3)
}
