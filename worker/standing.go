package worker

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dengpan/dengpan/queue"
	"github.com/dengpan/dengpan/store"
)

// Standing are the figures of where cases stand and what fails in Temporal, read from the record whenever somebody asks for
// them: they are there while Temporal is not.
type Standing struct {
	Store *store.Store
}

var (
	casesStanding = prometheus.NewDesc("dengpan_cases", "Open cases, by the operators' queue in which they stand; kind says which of the "+
		"four kinds of stuck the queue is of, if it is of one.", []string{"queue", "kind"}, nil)
	executionsFailing = prometheus.NewDesc("dengpan_executions_failing", "Executions in Temporal that make no progress, as the watcher last found.", nil, nil)
	executionsLooked  = prometheus.NewDesc("dengpan_executions_looked_at_timestamp_seconds",
		"When the watcher last looked at executions; 0: never.", nil, nil)
)

// Describe says which figures there are.
func (s *Standing) Describe(to chan<- *prometheus.Desc) {
	for _, figure := range []*prometheus.Desc{casesStanding, executionsFailing, executionsLooked} {
		to <- figure
	}
}

// Collect reads the figures. A queue in which no case stands is 0, so that an alert sees it empty.
func (s *Standing) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapePatience)
	defer cancel()
	tx := s.Store.Read(ctx)
	sizes, err := tx.QueueSizes()
	if err != nil {
		to <- prometheus.NewInvalidMetric(casesStanding, err)
		return
	}
	for _, q := range queue.All() {
		to <- prometheus.MustNewConstMetric(casesStanding, prometheus.GaugeValue, float64(sizes[q]), string(q), string(q.Stuck()))
	}
	watch, err := tx.ExecutionWatch()
	if err != nil {
		to <- prometheus.NewInvalidMetric(executionsFailing, err)
		return
	}
	looked := 0.0
	if watch.LookedAt != nil {
		looked = float64(watch.LookedAt.Unix())
	}
	to <- prometheus.MustNewConstMetric(executionsFailing, prometheus.GaugeValue, float64(watch.Failing))
	to <- prometheus.MustNewConstMetric(executionsLooked, prometheus.GaugeValue, looked)
}
