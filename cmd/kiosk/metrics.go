package main

import (
	"os"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/report"
)

// newMetrics returns a registry with what /metrics shows; the line joins it once it is there.
func newMetrics(office *kiosk.Office, store *timedStore, live *report.Live, state, version string) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		store.commits,
		newOfficeMetrics(office, state, version),
		&dayMetrics{office, live},
	)
	return r
}

// officeMetrics reads the office's snapshot when it is asked. Nothing is counted on the side,
// so the numbers are those on the screen.
type officeMetrics struct {
	office  *kiosk.Office
	state   string
	version string

	info, tickets, waiting, expected, counters, slips, faults      *prometheus.Desc
	hallOpen, printerState, printerPaper, clockSure, help, keptLen *prometheus.Desc
}

func newOfficeMetrics(office *kiosk.Office, state, version string) *officeMetrics {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("kiosk_"+name, help, labels, nil)
	}
	return &officeMetrics{
		office: office, state: state, version: version,
		info:         d("info", "The program and the hall whose numbers it gives; always 1.", "version", "site"),
		tickets:      d("tickets", "Tickets of the present day by service and state.", "service", "state"),
		waiting:      d("waiting", "Tickets that wait now.", "service"),
		expected:     d("expected_wait_seconds", "How long a ticket taken now would wait; absent while nobody serves.", "service", "bound"),
		counters:     d("counter_state", "1 for the state that a counter is in.", "counter", "state"),
		slips:        d("slips", "Slips of the present day by state.", "state"),
		faults:       d("fault", "1 for each fault that stands.", "code", "severity"),
		hallOpen:     d("hall_open", "1 while tickets are given."),
		printerState: d("printer_state", "1 for the state that the printer is in.", "state"),
		printerPaper: d("printer_paper", "1 for what the printer says of its roll.", "paper"),
		clockSure:    d("clock_sure", "1 while the date can be trusted."),
		help:         d("help_waiting", "1 while somebody at the screen waits for an officer."),
		keptLen:      d("store_bytes", "Size of the files that keep the office.", "file"),
	}
}

// Describe implements prometheus.Collector.
func (m *officeMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		m.info, m.tickets, m.waiting, m.expected, m.counters, m.slips, m.faults,
		m.hallOpen, m.printerState, m.printerPaper, m.clockSure, m.help, m.keptLen,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m *officeMetrics) Collect(ch chan<- prometheus.Metric) {
	s := m.office.Snapshot()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(m.info, 1, m.version, string(s.Setup.Site.Code))
	type kind struct {
		service kiosk.ServiceCode
		state   kiosk.TicketState
	}
	tickets, slips := map[kind]int{}, map[kiosk.SlipState]int{}
	for i := range s.Tickets {
		tickets[kind{s.Tickets[i].Service, s.Tickets[i].State}]++
		slips[s.Tickets[i].Slip.State]++
	}
	for _, v := range s.Services {
		code := string(v.Service.Code)
		for _, state := range ticketStates() {
			gauge(m.tickets, float64(tickets[kind{v.Service.Code, state}]), code, string(state))
		}
		gauge(m.waiting, float64(v.Waiting), code)
		if v.Expected != nil {
			gauge(m.expected, v.Expected.Low.Seconds(), code, "low")
			gauge(m.expected, v.Expected.High.Seconds(), code, "high")
		}
	}
	for _, state := range []kiosk.SlipState{kiosk.SlipRecorded, kiosk.SlipSent, kiosk.SlipPrinted, kiosk.SlipUnprinted, kiosk.SlipWaived} {
		gauge(m.slips, float64(slips[state]), string(state))
	}
	for _, c := range s.Counters {
		for _, state := range []kiosk.CounterState{kiosk.CounterClosed, kiosk.CounterOpen, kiosk.CounterPaused, kiosk.CounterAbsent} {
			gauge(m.counters, is(c.State == state), string(c.Counter.Code), string(state))
		}
	}
	for _, f := range s.Faults {
		gauge(m.faults, 1, string(f.Code), string(f.Severity))
	}
	for _, state := range []kiosk.DeviceState{kiosk.DeviceAbsent, kiosk.DeviceReady, kiosk.DeviceFaulty} {
		gauge(m.printerState, is(s.Printer.State == state), string(state))
	}
	for _, paper := range []kiosk.PaperState{kiosk.PaperUnknown, kiosk.PaperOK, kiosk.PaperLow, kiosk.PaperOut} {
		gauge(m.printerPaper, is(s.Printer.Paper == paper), string(paper))
	}
	gauge(m.hallOpen, is(s.Hall.Phase == kiosk.HallOpen))
	gauge(m.clockSure, is(s.Clock.Sure))
	gauge(m.help, is(!s.HelpSince.IsZero()))
	for _, name := range []string{"kiosk.db", "numbers"} {
		if info, err := os.Stat(filepath.Join(m.state, name)); err == nil {
			gauge(m.keptLen, float64(info.Size()), name)
		}
	}
}

func ticketStates() []kiosk.TicketState {
	return []kiosk.TicketState{
		kiosk.Waiting, kiosk.Called, kiosk.Serving, kiosk.Held,
		kiosk.NoShow, kiosk.Served, kiosk.Cancelled, kiosk.Lapsed,
	}
}

func is(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
