package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/motcua/gateway/sync/uplink"
)

// lineMetrics reads the line's state when it is asked.
type lineMetrics struct {
	line *uplink.Uplink
	now  func() time.Time // as the office has it: what its facts are stamped with

	phase, contact, rate, facts, oldest, pages, bytes, parked, expected, sent, acked *prometheus.Desc
}

func newLineMetrics(line *uplink.Uplink, now func() time.Time) *lineMetrics {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("kiosk_line_"+name, help, labels, nil)
	}
	return &lineMetrics{
		line: line, now: now,
		phase:    d("phase", "1 for what the line to the province does.", "phase"),
		contact:  d("last_contact_timestamp_seconds", "When the hub answered last; absent before the first time."),
		rate:     d("rate_bytes_per_second", "What the line was seen to carry; absent while it is not known."),
		facts:    d("backlog_facts", "Facts that the hub has not acknowledged."),
		oldest:   d("backlog_oldest_seconds", "Age of the oldest of them; 0 where none waits."),
		pages:    d("backlog_pages", "Pages that the hub does not hold, parked ones included."),
		bytes:    d("backlog_bytes", "Bytes of those that are not parked."),
		parked:   d("parked_pages", "Pages that the hub has refused for good."),
		expected: d("expected_seconds", "How long it takes until everything is there; absent where nobody can say."),
		sent:     d("sent_bytes_total", "Bodies of requests that were sent since the start, in bytes."),
		acked:    d("acked_bytes_total", "What of them the hub has made durable."),
	}
}

// Describe implements prometheus.Collector.
func (m *lineMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.phase, m.contact, m.rate, m.facts, m.oldest, m.pages, m.bytes, m.parked, m.expected, m.sent, m.acked} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m *lineMetrics) Collect(ch chan<- prometheus.Metric) {
	s, err := m.line.State(context.Background())
	if err != nil {
		return // the store is broken, and says so by its own fault
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, p := range []uplink.Phase{uplink.PhaseUnenrolled, uplink.PhaseConnecting, uplink.PhaseUp, uplink.PhaseDown, uplink.PhaseRefused} {
		gauge(m.phase, is(s.Phase == p), string(p))
	}
	if !s.Contact.IsZero() {
		gauge(m.contact, float64(s.Contact.Unix()))
	}
	if s.Rate > 0 {
		gauge(m.rate, s.Rate)
	}
	gauge(m.facts, float64(s.Backlog.Facts))
	oldest := 0.0
	if !s.Backlog.OldestFact.IsZero() {
		oldest = max(0, m.now().Sub(s.Backlog.OldestFact).Seconds())
	}
	gauge(m.oldest, oldest)
	gauge(m.pages, float64(s.Backlog.Blobs))
	gauge(m.bytes, float64(s.Backlog.BlobBytes))
	gauge(m.parked, float64(s.Backlog.Parked))
	if t, ok := s.Expected(); ok {
		gauge(m.expected, t.Seconds())
	}
	ch <- prometheus.MustNewConstMetric(m.sent, prometheus.CounterValue, float64(s.Sent))
	ch <- prometheus.MustNewConstMetric(m.acked, prometheus.CounterValue, float64(s.Acked))
}
