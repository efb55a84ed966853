package thermal

import (
	"bytes"
	"testing"

	"github.com/motcua/gateway/drivers/simulated/paper"
)

// FuzzPrinter throws any bytes at every machine. Nothing panics or hangs, and what they cost
// is bounded: no piece of paper is over paper.MaxLength, no row wider than the machine, no
// more is answered than 16 bytes for each one received, and of slips and anomalies at most
// maxSlips and maxAnomalies are kept. A run is deterministic, and after ESC @ a machine
// prints as if it had just been switched on.
func FuzzPrinter(f *testing.F) {
	for _, seed := range []string{
		"", "A\n", "\x1b@\x1bt\x1e\xb5\xb6\xb7\n\x1dVA\x00", "\x1dv0\x00\x02\x00\x30\x00\xff\xff\xff",
		"\x1b&\x03\x21\x22\x02\x80\x00\x01\x40\x00\x00\x00\x1b%\x01!\"", "\x1dk\x04ABC\x00", "\x1dkI\x04{BAB",
		"\x1d(k\x04\x001A2\x00\x1d(k\x06\x001P0123\x1d(k\x03\x001Q0", "\x1d(L\x0c\x000p0\x02\x011\x08\x00\x02\x00\xc0\x01\x1d(L\x02\x0002",
		"\x1b*\x21\x02\x00\x80\x00\x01\x40\x00\x00\n", "\x1d*\x01\x01\x80\x00\x00\x00\x00\x00\x00\x01\x1d/\x03", "\x10\x04\x01\x10\x05\x02\x10\x14\x08",
		"\x1d(H\x06\x0000A012", "\x1da\xff\x1dr\x01\x1dIC", "\x1b!\xff\x1dB\x01\x1b-\x02\x1bV\x01\x1b{\x01A\xff\n",
		"\x1dL\x30\x00\x1dW\x10\x00\x1d!\x77AAAA", "\x1bD\x01\x02\x03\x00\t\t\t\t", "\x1dP\x01\xff\x1b \xff\x1b$\x01\x00A",
		"\x1b=\x02A\x1b=\x01", "\x1c&\xb0\xa1\x1c.\xb0\xa1", "\x1cq\x01\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\x1bd\xff\x1bJ\xff\x1b3\xff\n",
	} {
		f.Add(byte(0), []byte(seed))
		f.Add(byte(4), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, which byte, stream []byte) {
		if len(stream) > 1<<10 {
			return // 1 kB can feed 2.7 km of paper, which takes a second
		}
		machines := Machines()
		m := machines[int(which)%len(machines)]
		r := Render(m, stream)
		pieces := append([]paper.Slip(nil), r.Slips...)
		if r.Rest != nil {
			pieces = append(pieces, *r.Rest)
		}
		for _, s := range pieces {
			if s.Dots.W != m.Width || s.Dots.H > paper.MaxLength {
				t.Errorf("a slip of %d by %d dots", s.Dots.W, s.Dots.H)
			}
		}
		if len(r.Answers) > 16*len(stream) {
			t.Errorf("%d bytes of answers to %d bytes", len(r.Answers), len(stream))
		}
		if len(r.Slips) > maxSlips || len(r.Anomalies) > maxAnomalies {
			t.Errorf("%d slips, %d anomalies kept", len(r.Slips), len(r.Anomalies))
		}
		again := Render(m, stream)
		if !bytes.Equal(again.Answers, r.Answers) || len(again.Slips) != len(r.Slips) || len(again.Anomalies) != len(r.Anomalies) {
			t.Error("a second run differs")
		}
	})
}

// FuzzEar holds the real-time listener against a search for the same sequences. They cannot
// overlap, as each begins with the only DLE in it.
func FuzzEar(f *testing.F) {
	f.Add([]byte("\x10\x04\x01\x10\x10\x04\x02"))
	f.Add([]byte("\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08\x10\x05\x01"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		commands := map[string]RealTime{
			"\x10\x04\x01": {Kind: RealTimeStatus, N: 1}, "\x10\x04\x02": {Kind: RealTimeStatus, N: 2},
			"\x10\x04\x03": {Kind: RealTimeStatus, N: 3}, "\x10\x04\x04": {Kind: RealTimeStatus, N: 4},
			"\x10\x05\x01": {Kind: RealTimeRecover}, "\x10\x05\x02": {Kind: RealTimeClear},
			"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08": {Kind: RealTimeReset},
		}
		var ear Ear
		for i, b := range stream {
			got, ok := ear.Hear(b)
			var want RealTime
			for sequence, c := range commands {
				if bytes.HasSuffix(stream[:i+1], []byte(sequence)) {
					want = c
				}
			}
			if got != want || ok != (want.Kind != "") {
				t.Fatalf("after % X: %+v, want %+v", stream[:i+1], got, want)
			}
		}
	})
}
