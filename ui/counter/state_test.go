package counter_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/counter"
	"github.com/motcua/gateway/ui/words"
)

var update = flag.Bool("update", false, "write the golden files anew")

// streamed reads the first state of a counter's stream.
func (p *person) streamed(path string) []byte {
	p.h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r := p.request("GET", path, "", "").WithContext(ctx)
	r.Header.Set("Accept", "text/event-stream")
	got, err := p.c.Do(r)
	if err != nil {
		p.h.t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	lines := bufio.NewScanner(got.Body)
	for named := false; lines.Scan(); {
		if lines.Text() == "event: state" {
			named = true
		} else if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && named {
			return []byte(data)
		}
	}
	p.h.t.Fatalf("no state: %v", lines.Err())
	return nil
}

// The stream's shape is a promise to pages that are open over an update.
func TestTheStreamIsAsItWas(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	for i := range 4 {
		h.issue(kiosktest.Certify, []kiosk.Priority{"", kiosk.PriorityDeclared}[i%2], []kiosk.Language{kiosk.Vietnamese, kiosk.Chinese}[i/2])
	}
	h.issue(kiosktest.Civil, "", kiosk.English)
	h.issue(kiosktest.Civil, "", kiosk.Vietnamese)
	p := h.signedIn("lan", kiosktest.Counter1)
	p.press("call")
	p.press("serve")
	h.pass(5 * time.Minute)
	p.press("finish")
	p.press("call")
	p.press("hold")
	p.press("call")
	p.press("noshow")
	ctx := context.Background()
	if _, err := h.Step(ctx, kiosk.Step{Verb: kiosk.VerbSend, Number: "B002", For: "1", Place: kiosk.PlaceAfter, After: 10 * time.Minute, By: "test"}); err != nil {
		t.Fatal(err)
	}
	p.press("call")
	h.RaiseFault(kiosk.FaultPaperLow, "")
	if err := h.AskHelp(ctx, "touch/main"); err != nil {
		t.Fatal(err)
	}
	if err := h.PauseCounter(ctx, "2", kiosktest.At(time.Hour), "họp", "test"); err != nil {
		t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(p.streamed("/counter/stream"), &state); err != nil {
		t.Fatal(err)
	}
	if state["boot"] == "" {
		t.Error("no boot")
	}
	state["boot"], state["v"] = "…", 0
	got, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	name := filepath.Join("testdata", "state.json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the stream's state is\n%s\nnot as in %s", got, name)
	}
}

// Whoever sits at a counter is told that the line to the province is down and that the date is not
// sure, on the page and in its stream; and not what is the technician's alone.
func TestALostLineAndAnUnsureClockAreSaid(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	p := h.signedIn("lan", kiosktest.Counter1)
	vi := words.For(kiosk.Vietnamese)
	told := func(when string, want ...kiosk.FaultCode) {
		t.Helper()
		var state counter.State
		if err := json.Unmarshal(p.streamed("/counter/stream"), &state); err != nil {
			t.Fatal(err)
		}
		var got []kiosk.FaultCode
		for _, f := range state.Faults {
			got = append(got, f.Code)
			if f.Text != vi.Fault(f.Code) || f.Severity != kiosk.SeverityWarn {
				t.Errorf("%s: %+v", when, f)
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s the stream says %q, want %q", when, got, want)
		}
		p.get("/counter")
		for _, code := range []kiosk.FaultCode{kiosk.FaultClockUnsure, kiosk.FaultLineDown} {
			if said := strings.Contains(p.page, vi.Fault(code)); said != slices.Contains(want, code) {
				t.Errorf("%s the page says %s: %v", when, code, said)
			}
		}
		if warns := strings.Contains(p.page, `id="news" role="status" class="warn"`); warns != (len(want) > 0) {
			t.Errorf("%s its news is a warning: %v", when, warns)
		}
	}
	told("while all is well")
	h.RaiseFault(kiosk.FaultWeakKey, "the key lies in a file")
	h.RaiseFault(kiosk.FaultLineDown, "no word for an hour")
	told("without a line", kiosk.FaultLineDown)
	h.mu.Lock()
	h.wall = h.wall.Add(-10 * time.Minute) // and the time that has passed since says otherwise
	h.mu.Unlock()
	p.press("call")
	told("with a clock set back", kiosk.FaultClockUnsure, kiosk.FaultLineDown)
	h.ClearFault(kiosk.FaultLineDown)
	told("with the line back", kiosk.FaultClockUnsure)
	if err := h.ConfirmClock(t.Context(), kiosktest.Monday, "test"); err != nil {
		t.Fatal(err)
	}
	told("with the date confirmed")
}

// A full hall: forty services and counters, five hundred waiting, everything broken.
func TestAStateIsSmallHoweverFullTheHall(t *testing.T) {
	t.Parallel()
	setup := kiosktest.Setup()
	setup.Services, setup.Counters = nil, nil
	for i := range 40 {
		code := kiosk.ServiceCode(strings.Repeat("s", 29) + fmt.Sprintf("-%02d", i))
		setup.Services = append(setup.Services, kiosk.Service{Code: code, Prefix: string([]byte{'A', byte('A' + i/26), byte('A' + i%26)})})
		setup.Counters = append(setup.Counters, kiosk.Counter{Code: kiosk.CounterCode(strings.Repeat("Q", 29) + fmt.Sprintf("-%02d", i))})
	}
	s := &kiosk.Snapshot{Version: 1 << 40, At: kiosktest.At(0), Day: kiosktest.Monday, Setup: setup, Clock: kiosk.ClockStatus{Sure: true, ShowTime: true}}
	me := &setup.Counters[0]
	for _, v := range setup.Services {
		me.Serves = append(me.Serves, v.Code)
	}
	for i := range setup.Counters {
		s.Counters = append(s.Counters, kiosk.CounterStatus{Counter: &setup.Counters[i], State: kiosk.CounterPaused, Until: kiosktest.At(time.Hour), Reason: strings.Repeat("ộ", 80)})
	}
	for i := range 1000 {
		state := []kiosk.TicketState{kiosk.Waiting, kiosk.Waiting, kiosk.Held, kiosk.NoShow, kiosk.Served}[i%5]
		s.Tickets = append(s.Tickets, kiosk.Ticket{
			Service: setup.Services[i%40].Code, Number: kiosk.FormatNumber("ABC", uint32(99_000+i)), State: state, Language: kiosk.Chinese,
			Priority: kiosk.PriorityDeclared, TimeSure: true, IssuedAt: kiosktest.At(-time.Hour), CalledAt: kiosktest.At(0), ServedAt: kiosktest.At(0),
			EndedAt: kiosktest.At(time.Minute), Moves: 999, Counter: me.Code, SentFirst: true, NotBefore: kiosktest.At(time.Hour), Calls: 20, Order: uint64(i),
		})
	}
	w := words.For(kiosk.Vietnamese)
	for _, c := range []kiosk.FaultCode{kiosk.FaultStore, kiosk.FaultNumbersFile, kiosk.FaultNumbersUnknown, kiosk.FaultStoreReplaced, kiosk.FaultPrinterAbsent, kiosk.FaultBoardAbsent, kiosk.FaultLAN} {
		s.Faults = append(s.Faults, kiosk.Fault{Code: c, Severity: kiosk.SeverityStop})
	}
	got, ok := counter.Look(s, me.Code, kiosktest.At(2*time.Hour), w)
	if !ok {
		t.Fatal("no such counter")
	}
	data, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 8<<10 {
		t.Errorf("%d bytes, want at most 8 kB:\n%s", len(data), data)
	}
	if got.Waiting.Count != 400 || got.Waiting.Over != 400 || got.Held.Count != 200 || got.Served.Count != 200 || got.Unsaid != 3 {
		t.Errorf("waiting %d, over %d, held %d, served %d, unsaid %d", got.Waiting.Count, got.Waiting.Over, got.Held.Count, got.Served.Count, got.Unsaid)
	}
	if _, ok := counter.Look(s, "none", kiosktest.At(0), w); ok {
		t.Error("a counter that is not there has a page")
	}
}

// While the clock is unsure no length of time is worth anything.
func TestWithoutAClockNoTimesAreShown(t *testing.T) {
	t.Parallel()
	setup := kiosktest.Setup()
	s := &kiosk.Snapshot{Day: kiosktest.Monday, Setup: setup, Counters: []kiosk.CounterStatus{{Counter: &setup.Counters[0], Ticket: "A001", State: kiosk.CounterOpen}}}
	s.Tickets = []kiosk.Ticket{
		{Service: kiosktest.Certify, Number: "A001", State: kiosk.Called, TimeSure: true, IssuedAt: kiosktest.At(0), CalledAt: kiosktest.At(time.Minute), Counter: "1"},
		{Service: kiosktest.Certify, Number: "A002", State: kiosk.Waiting, TimeSure: true, IssuedAt: kiosktest.At(0)},
	}
	got, _ := counter.Look(s, "1", kiosktest.At(9*time.Hour), words.For(kiosk.Vietnamese))
	if got.Sure || got.Hand.At != 0 || got.Hand.Waited != 0 || got.Waiting.Rows[0].At != 0 || got.Waiting.Over != 0 {
		t.Errorf("%+v %+v", got.Hand, got.Waiting)
	}
}
