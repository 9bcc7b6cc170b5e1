package worker

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dengpan/dengpan/store"
)

// Waiting are the figures of what waits to be delivered, read from the record whenever somebody asks for them.
type Waiting struct {
	Store *store.Store
}

// Institutions appear by their ids, which are public.
var (
	endpointState = prometheus.NewDesc("dengpan_endpoint_active", "1 where callbacks are sent, 0 where they are paused or disabled.",
		[]string{"institution"}, nil)
	eventsWaiting = prometheus.NewDesc("dengpan_deliveries_waiting", "Callbacks that are yet to be delivered.",
		[]string{"institution"}, nil)
	oldestWaiting = prometheus.NewDesc("dengpan_deliveries_oldest_seconds", "How long the oldest of them has waited.",
		[]string{"institution"}, nil)
)

const (
	scrapePatience = 5 * time.Second
	mostEndpoints  = 10_000
)

// Describe says which figures there are.
func (w *Waiting) Describe(to chan<- *prometheus.Desc) {
	for _, figure := range []*prometheus.Desc{endpointState, eventsWaiting, oldestWaiting} {
		to <- figure
	}
}

// Collect reads the figures.
func (w *Waiting) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapePatience)
	defer cancel()
	endpoints, err := w.Store.Read(ctx).Endpoints(store.EndpointFilter{Limit: mostEndpoints})
	ids := make([]string, len(endpoints))
	for i, endpoint := range endpoints {
		ids[i] = endpoint.InstitutionID
	}
	var waiting map[string]store.Backlog
	if err == nil {
		waiting, err = w.Store.Read(ctx).Backlogs(ids)
	}
	if err != nil {
		to <- prometheus.NewInvalidMetric(eventsWaiting, err)
		return
	}
	for _, endpoint := range endpoints {
		active, age := 0.0, 0.0
		if endpoint.State == store.EndpointActive {
			active = 1
		}
		backlog := waiting[endpoint.InstitutionID]
		if backlog.Count > 0 {
			age = time.Since(backlog.Oldest).Seconds()
		}
		for figure, value := range map[*prometheus.Desc]float64{
			endpointState: active, eventsWaiting: float64(backlog.Count), oldestWaiting: age,
		} {
			to <- prometheus.MustNewConstMetric(figure, prometheus.GaugeValue, value, endpoint.InstitutionID)
		}
	}
}
