package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// bench is a server with a real office over a store in memory.
type bench struct {
	*Client
	dir    string
	office *kiosk.Office
	store  *kiosktest.Memory
	test   error        // what the printer's test says
	past   atomic.Int64 // what the clock shows beyond its start, in ns
}

func (b *bench) Devices() []Device {
	return []Device{{Name: "printer", Kind: "escpos", Port: "/dev/kiosk-printer", State: "absent"}}
}

func (b *bench) Test(ctx context.Context, name string) error {
	if name != "printer" {
		return ErrNoDevice
	}
	return b.test
}

func start(t *testing.T) *bench {
	t.Helper()
	return startServer(t, &Server{})
}

// startServer runs a server over a small office; what it has already stays.
func startServer(t *testing.T, s *Server) *bench {
	t.Helper()
	b := &bench{dir: t.TempDir(), store: kiosktest.NewMemory()}
	var err error
	b.office, err = kiosk.NewOffice(t.Context(), kiosk.OfficeConfig{
		Setup: kiosktest.Setup(), Store: b.store, Now: func() time.Time { return kiosktest.At(0).Add(time.Duration(b.past.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Listen(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Office, s.Devices, s.Version, s.Log = b.office, b, "test", slog.New(slog.DiscardHandler)
	s.Slip = func(t kiosk.Ticket, _ *kiosk.Snapshot, _ bool) kiosk.Slip {
		return kiosk.Slip{Name: string(t.Number), Lines: []kiosk.SlipLine{{Role: kiosk.LineNumber, Text: string(t.Number)}}}
	}
	s.Acked = func(context.Context) (kiosk.Position, error) { return kiosk.Position{}, nil }
	if s.Keyed == nil {
		s.Keyed = func() *Keyed { return nil }
	}
	s.Sentence = func(error) string { return "không được" }
	s.FaultSentence = func(c kiosk.FaultCode) string { return "hỏng " + string(c) }
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		l.Close()
	})
	b.Client = NewClient(b.dir)
	return b
}

// get answers a request's JSON.
func (b *bench) get(t *testing.T, method, path string, in any) string {
	t.Helper()
	var out json.RawMessage
	if err := b.Do(t.Context(), method, path, in, &out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return string(out)
}

// The field names are promised.
func TestShapes(t *testing.T) {
	t.Parallel()
	b := start(t)
	steps := []struct {
		method, path string
		in           any
		want         string
	}{
		{"GET", "/v1/tickets", nil, `[]`},
		{"GET", "/v1/faults", nil, `[]`},
		{"POST", "/v1/tickets", Issue{Service: "chung-thuc"}, `{"number":"A001","service":"chung-thuc","state":"waiting","issued_at":"2026-11-23T08:00:00+07:00","time_sure":true,"day":"2026-11-23","language":"vi","priority":"","calls":0,"slip":"recorded","sends":0,"queue":"chung-thuc","legs":0}`},
		{"POST", "/v1/tickets", Issue{Service: "B", Priority: "declared", Language: "zh", Key: "k1"}, `{"number":"B001","service":"ho-tich","state":"waiting","issued_at":"2026-11-23T08:00:00+07:00","time_sure":true,"day":"2026-11-23","language":"zh","priority":"declared","calls":0,"slip":"recorded","sends":0,"queue":"ho-tich","legs":0}`},
		{"GET", "/v1/tickets/A001/slip", nil, `{"number":"A001","lines":[{"role":"number","text":"A001"}]}`},
		{"POST", "/v1/counters/1/call", nil, `{"ticket":{"number":"B001","service":"ho-tich","state":"called","issued_at":"2026-11-23T08:00:00+07:00","time_sure":true,"day":"2026-11-23","language":"zh","priority":"declared","counter":"1","calls":1,"called_at":"2026-11-23T08:00:00+07:00","slip":"recorded","sends":0,"queue":"ho-tich","legs":0},"why":"priority","rule":"interleaved","since_priority":3,"explain":[{"number":"A001","service":"chung-thuc","priority":false,"waited_seconds":0,"overdue":false,"sent":false,"chosen":false},{"number":"B001","service":"ho-tich","priority":true,"waited_seconds":0,"overdue":false,"sent":false,"chosen":true}]}`},
		{"POST", "/v1/tickets/B001/serve", nil, `{"number":"B001","service":"ho-tich","state":"serving","issued_at":"2026-11-23T08:00:00+07:00","time_sure":true,"day":"2026-11-23","language":"zh","priority":"declared","counter":"1","calls":1,"called_at":"2026-11-23T08:00:00+07:00","served_at":"2026-11-23T08:00:00+07:00","slip":"recorded","sends":0,"queue":"ho-tich","legs":0}`},
		{"GET", "/v1/counters", nil, `[{"code":"1","state":"open","serves":["chung-thuc","ho-tich"],"ticket":"B001"},{"code":"2","state":"closed","serves":["chung-thuc"]},{"code":"3","state":"closed","serves":["ho-tich","huong-dan"]}]`},
		{"POST", "/v1/counters/2/pause", Pause{Until: "14:00", Reason: "Đi họp"}, `{"code":"2","state":"paused","serves":["chung-thuc"],"until":"2026-11-23T14:00:00+07:00","reason":"Đi họp"}`},
		{"POST", "/v1/counters/2/resume", nil, `{"code":"2","state":"open","serves":["chung-thuc"]}`},
		{"POST", "/v1/counters/2/close", nil, `{"code":"2","state":"closed","serves":["chung-thuc"]}`},
		{"POST", "/v1/counters/3/open", nil, `{"code":"3","state":"open","serves":["ho-tich","huong-dan"]}`},
		{"GET", "/v1/devices", nil, `[{"name":"printer","kind":"escpos","port":"/dev/kiosk-printer","state":"absent"}]`},
		{"POST", "/v1/devices/printer/test", nil, `{"name":"printer","kind":"escpos","port":"/dev/kiosk-printer","state":"absent"}`},
		{"POST", "/v1/hall/close", nil, `{"phase":"closed","reason":"by-hand","opens_at":"2026-11-25T07:30:00+07:00"}`},
		{"GET", "/v1/tickets/A001", nil, `{"number":"A001","service":"chung-thuc","state":"lapsed","issued_at":"2026-11-23T08:00:00+07:00","time_sure":true,"day":"2026-11-23","language":"vi","priority":"","calls":0,"ended_at":"2026-11-23T08:00:00+07:00","slip":"recorded","sends":0,"queue":"chung-thuc","legs":0}`},
		{"POST", "/v1/hall/open", nil, `{"phase":"open"}`},
	}
	for _, s := range steps {
		if got := strings.TrimSpace(b.get(t, s.method, s.path, s.in)); got != s.want {
			t.Errorf("%s %s\n got %s\nwant %s", s.method, s.path, got, s.want)
		}
	}
	var services []Service
	if err := json.Unmarshal([]byte(b.get(t, "GET", "/v1/services", nil)), &services); err != nil {
		t.Fatal(err)
	}
	if len(services) != 3 || services[0].Code != "chung-thuc" || services[0].Name != "Chứng thực" || services[0].Names["zh"] != "公证副本" || services[0].Counters == nil {
		t.Errorf("services: %+v", services)
	}
	var facts []Fact
	if err := json.Unmarshal([]byte(b.get(t, "GET", "/v1/outbox", nil)), &facts); err != nil {
		t.Fatal(err)
	}
	if len(facts) == 0 || facts[0].Seq != 1 || facts[0].Kind == "" {
		t.Fatalf("outbox: %+v", facts)
	}
	for i, f := range facts {
		if f.Seq != uint64(i)+1 {
			t.Errorf("fact %d has the number %d", i, f.Seq)
		}
	}
	rest := b.get(t, "GET", "/v1/outbox?epoch=1&seq=2", nil)
	if !strings.Contains(rest, `"seq":3`) || strings.Contains(rest, `"seq":2`) {
		t.Errorf("outbox after 2: %s", rest)
	}
}

// Nothing has changed in the hall, so the snapshot is still the first one.
func TestStatusTellsTheTimeInAQuietHall(t *testing.T) {
	t.Parallel()
	b := start(t)
	for _, past := range []time.Duration{0, 3 * time.Minute} {
		b.past.Store(int64(past))
		var s Status
		if err := b.Do(t.Context(), http.MethodGet, "/v1/status", nil, &s); err != nil {
			t.Fatal(err)
		}
		if want := kiosktest.At(0).Add(past); !s.Now.Equal(want) {
			t.Errorf("after %v: %v, want %v", past, s.Now, want)
		}
	}
}

func TestStatusHoldsEmptyListsAsArrays(t *testing.T) {
	t.Parallel()
	b := start(t)
	got := b.get(t, "GET", "/v1/status", nil)
	for _, want := range []string{`"faults":[]`, `"unprinted":[]`, `"counters":[]`, `"expected":null`, `"site":"thu"`, `"version":"test"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(strings.ReplaceAll(got, `"expected":null`, ""), "null") {
		t.Errorf("null in %s", got)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.test = kiosk.ErrSlipNotSent
	b.get(t, "POST", "/v1/tickets", Issue{Service: "A"})
	tests := []struct {
		method, path string
		in           any
		status       int
		code         string
		hint         string
	}{
		{"POST", "/v1/tickets", Issue{Service: "xyz"}, 404, "unknown-service", "one of chung-thuc"},
		{"POST", "/v1/tickets", Issue{Service: "A", Language: "fr"}, 400, "unknown-language", "vi, en, zh"},
		{"POST", "/v1/tickets", Issue{Service: "A", Priority: "vip"}, 400, "bad-priority", "declared"},
		{"POST", "/v1/tickets", Issue{Service: "A", Key: strings.Repeat("k", 65)}, 400, "bad-key", "64"},
		{"POST", "/v1/tickets", map[string]any{"servce": "A"}, 400, "bad-request", `unknown field "servce"`},
		{"POST", "/v1/tickets", nil, 400, "bad-request", "empty body"},
		{"POST", "/v1/tickets", map[string]any{"service": strings.Repeat("x", 20<<10)}, 400, "bad-request", "too large"},
		{"GET", "/v1/tickets/A999", nil, 404, "unknown-ticket", "today"},
		{"GET", "/v1/tickets/A999/slip", nil, 404, "unknown-ticket", "today"},
		{"POST", "/v1/tickets/A999/serve", nil, 404, "unknown-ticket", "today"},
		{"POST", "/v1/tickets/A001/serve", nil, 409, "wrong-state", "it is waiting"},
		{"POST", "/v1/tickets/A001/explode", nil, 404, "no-such-verb", "recall"},
		{"POST", "/v1/counters/9/call", nil, 404, "unknown-counter", "one of 1, 2, 3"},
		{"POST", "/v1/counters/3/call", nil, 409, "nobody-waiting", ""},
		{"POST", "/v1/counters/3/explode", nil, 404, "no-such-verb", "call"},
		{"POST", "/v1/counters/3/pause", Pause{Until: "7"}, 400, "bad-time", "HH:MM"},
		{"POST", "/v1/counters/3/pause", Pause{Until: "07:00"}, 400, "bad-time", "later today"},
		{"POST", "/v1/hall/open", nil, 409, "hall-already", ""},
		{"POST", "/v1/hall/burn", nil, 404, "no-such-verb", "open or close"},
		{"POST", "/v1/devices/toaster/test", nil, 404, "unknown-device", "printer"},
		{"POST", "/v1/devices/printer/test", nil, 409, "device-test-failed", "not sent"},
		{"POST", "/v1/clock", Clock{Date: "yesterday"}, 400, "clock-date", "YYYY-MM-DD"},
		{"POST", "/v1/numbers", Numbers{Service: "xyz"}, 404, "unknown-service", "one of"},
		{"GET", "/v1/outbox?seq=-1", nil, 400, "bad-request", "invalid syntax"},
		{"GET", "/v2/status", nil, 404, "no-such-request", ""},
		{"DELETE", "/v1/status", nil, 404, "no-such-request", ""},
	}
	for _, tt := range tests {
		err := b.Do(t.Context(), tt.method, tt.path, tt.in, nil)
		p, ok := errors.AsType[*Problem](err)
		if !ok {
			t.Errorf("%s %s: %v", tt.method, tt.path, err)
			continue
		}
		if p.Status != tt.status || p.Code != tt.code || !strings.Contains(p.Hint, tt.hint) || p.Reason == "" {
			t.Errorf("%s %s: %d %+v", tt.method, tt.path, p.Status, *p)
		}
	}
}

// What breaks the store is worth another try, and says why.
func TestStoreFailureIs503(t *testing.T) {
	t.Parallel()
	b := start(t)
	if err := b.office.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := b.Do(t.Context(), "POST", "/v1/tickets", Issue{Service: "A"}, nil)
	if p, ok := errors.AsType[*Problem](err); !ok || p.Status != http.StatusServiceUnavailable || p.Code != "stopping" {
		t.Errorf("%v", err)
	}
}

// Whoever connects and sends rubbish, or nothing, disturbs nobody.
func TestRubbishOnTheSocket(t *testing.T) {
	t.Parallel()
	b := start(t)
	for _, rubbish := range []string{"\x00\x01\x02\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST /v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", strings.Repeat("A", 100<<10)} {
		c, err := dial(t.Context(), b.dir)
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(2 * time.Second))
		c.Write([]byte(rubbish))
		c.(*net.UnixConn).CloseWrite()
		var answer bytes.Buffer
		answer.ReadFrom(c)
		if strings.Contains(answer.String(), "200 OK") {
			t.Errorf("%.20q was done: %s", rubbish, answer.String())
		}
		c.Close()
	}
	b.get(t, "GET", "/v1/status", nil)
}
