package api

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the interface's figures.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	streams  prometheus.Gauge
	checks   prometheus.Counter
}

func newMetrics(registry *prometheus.Registry) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dengpan_http_requests_total", Help: "Requests answered, by operation and status.",
		}, []string{"route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dengpan_http_request_duration_seconds", Help: "How long answers took, by operation; streams are left out.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "dengpan_http_streams", Help: "Event streams that are open.",
		}),
		checks: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "dengpan_password_checks_total", Help: "Passwords that were held to a hash, somebody's or nobody's.",
		}),
	}
	err := errors.Join(registry.Register(m.requests), registry.Register(m.duration), registry.Register(m.streams), registry.Register(m.checks))
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (m *metrics) count(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	if route != streamRoute {
		m.duration.WithLabelValues(route).Observe(took.Seconds())
	}
}
