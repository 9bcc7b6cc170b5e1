package worker

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/store"
)

// Told are the figures of how trainees are told by each channel, read from the record whenever somebody asks for them.
type Told struct {
	Store    *store.Store
	Channels []notification.Channel // that the installation has
}

var (
	messagesEnded = prometheus.NewDesc("dengpan_messages_day", "Messages to trainees of the last 24 hours by what became of them; "+
		"diverted ones fell over to the other channel.", []string{"channel", "outcome"}, nil)
	messagesWaiting = prometheus.NewDesc("dengpan_messages_waiting", "Messages to trainees that are yet to be sent.", []string{"channel"}, nil)
	messagesOldest  = prometheus.NewDesc("dengpan_messages_oldest_seconds", "How long the oldest of them has waited.", []string{"channel"}, nil)
)

// Describe says which figures there are.
func (t *Told) Describe(to chan<- *prometheus.Desc) {
	for _, figure := range []*prometheus.Desc{messagesEnded, messagesWaiting, messagesOldest} {
		to <- figure
	}
}

// Collect reads the figures.
func (t *Told) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapePatience)
	defer cancel()
	now := time.Now()
	standings, err := t.Store.Read(ctx).ChannelStandings(now.Add(-store.StandingOf))
	if err != nil {
		to <- prometheus.NewInvalidMetric(messagesWaiting, err)
		return
	}
	for _, channel := range t.Channels {
		standing, name := standings[channel], string(channel)
		for outcome, n := range map[string]int64{
			store.DispatchSent: standing.Sent, store.DispatchFailed: standing.Failed, store.DispatchUnsure: standing.Unsure, "diverted": standing.Diverted,
		} {
			to <- prometheus.MustNewConstMetric(messagesEnded, prometheus.GaugeValue, float64(n), name, outcome)
		}
		age := 0.0
		if standing.OldestAt != nil {
			age = now.Sub(*standing.OldestAt).Seconds()
		}
		to <- prometheus.MustNewConstMetric(messagesWaiting, prometheus.GaugeValue, float64(standing.Waiting), name)
		to <- prometheus.MustNewConstMetric(messagesOldest, prometheus.GaugeValue, age, name)
	}
}
