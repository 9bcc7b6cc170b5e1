package worker_test

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/queue"
	"github.com/dengpan/dengpan/store/storetest"
	"github.com/dengpan/dengpan/worker"
)

func TestTheFiguresSayHowManyCasesStandInWhichQueueAndWhenExecutionsWereLookedAt(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	at := time.Now().UTC()
	require.NoError(t, db.Read(t.Context()).Watched(at))
	registry := prometheus.NewRegistry()
	require.NoError(t, registry.Register(&worker.Standing{Store: db}))
	families, err := registry.Gather()
	require.NoError(t, err)
	queues, looked := map[string]string{}, 0.0
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			switch family.GetName() {
			case "dengpan_cases":
				labels := map[string]string{}
				for _, label := range metric.GetLabel() {
					labels[label.GetName()] = label.GetValue()
				}
				queues[labels["queue"]] = labels["kind"]
				require.Zero(t, metric.GetGauge().GetValue(), "there are no cases")
			case "dengpan_executions_looked_at_timestamp_seconds":
				looked = metric.GetGauge().GetValue()
			}
		}
	}
	require.Len(t, queues, len(queue.All()), "also queues in which nobody stands")
	require.Equal(t, "program", queues["program"])
	require.Equal(t, "business", queues["decision"])
	require.Empty(t, queues["institution"], "it is no way of being stuck")
	require.InDelta(t, float64(at.Unix()), looked, 1)
}
