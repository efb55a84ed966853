package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/report"
)

// metricsPatience is how long a look at /metrics waits for the day's facts.
const metricsPatience = 2 * time.Second

// dayMetrics are the numbers of the day's report, counted from the same facts.
type dayMetrics struct {
	office *kiosk.Office
	live   *report.Live
}

// Describe implements prometheus.Collector: none is told, because which there are is the report's
// to say (prometheus calls that an unchecked collector).
func (m *dayMetrics) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector. Facts that cannot be read leave the gauges out.
func (m *dayMetrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), metricsPatience)
	defer cancel()
	r, err := m.live.Today(ctx, m.office.Snapshot().Day, m.office.Time())
	if err != nil {
		return
	}
	for _, v := range r.Metrics() {
		names, values := make([]string, len(v.Labels)), make([]string, len(v.Labels))
		for i, l := range v.Labels {
			names[i], values[i] = l.Name, l.Value
		}
		ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(v.Name, v.Help, names, nil), prometheus.GaugeValue, v.Value, values...)
	}
}
