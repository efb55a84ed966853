package hub

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/motcua/gateway/sync/wire"
)

// metrics count what this process does. Nothing in them names a gateway or a person.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	refusals *prometheus.CounterVec
	facts    *prometheus.CounterVec
	ack      prometheus.Histogram
	commit   prometheus.Histogram
	group    prometheus.Histogram
	size     prometheus.Histogram
}

func newMetrics() *metrics {
	seconds := []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hub_requests_total", Help: "Requests answered, by path."}, []string{"path"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hub_refusals_total", Help: "Requests refused, by code."}, []string{"code"}),
		facts:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hub_facts_total", Help: "Facts acknowledged: new, replayed, or put into quarantine."}, []string{"what"}),
		ack:      prometheus.NewHistogram(prometheus.HistogramOpts{Name: "hub_ack_seconds", Help: "From a batch's first byte to its acknowledgement.", Buckets: seconds}),
		commit:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "hub_commit_seconds", Help: "One transaction.", Buckets: seconds}),
		group:    prometheus.NewHistogram(prometheus.HistogramOpts{Name: "hub_commit_batches", Help: "Batches in one transaction.", Buckets: []float64{1, 2, 4, 8, 16, 32, 64}}),
		size:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "hub_batch_bytes", Help: "Bytes of a batch, unpacked.", Buckets: prometheus.ExponentialBuckets(1024, 4, 6)}),
	}
	m.registry.MustRegister(m.requests, m.refusals, m.facts, m.ack, m.commit, m.group, m.size)
	return m
}

// Metrics returns what /metrics shows of this process.
func (h *Hub) Metrics() prometheus.Gatherer { return h.metrics.registry }

func (m *metrics) queue(depth func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "hub_queue_batches", Help: "Batches that wait for a transaction."}, depth))
}

func (m *metrics) served(path string) { m.requests.WithLabelValues(path).Inc() }

func (m *metrics) refused(code wire.Code) { m.refusals.WithLabelValues(string(code)).Inc() }

func (m *metrics) acked(size int, a *wire.Ack, took time.Duration) {
	m.size.Observe(float64(size))
	m.ack.Observe(took.Seconds())
	m.facts.WithLabelValues("new").Add(float64(a.Accepted))
	m.facts.WithLabelValues("replayed").Add(float64(a.Replayed))
	m.facts.WithLabelValues("quarantined").Add(float64(a.Quarantined))
}

func (m *metrics) committed(batches int, took time.Duration) {
	m.group.Observe(float64(batches))
	m.commit.Observe(took.Seconds())
}
