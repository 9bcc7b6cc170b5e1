package activities

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

// Kinds of notice about an endpoint.
const (
	noticeFailing  = "endpoint_failing"
	noticeDisabled = "endpoint_disabled"
)

// judge tells of an endpoint that fails more than it takes: the institution first, and the operators when it gets worse.
func (d *Deliveries) judge(ctx context.Context, institutionID string) error {
	now := d.Now.UTC()
	tx := d.Store.Read(ctx)
	endpoint, err := tx.Endpoint(institutionID)
	if err != nil || endpoint.Told == "" && endpoint.FailedAt == nil {
		return err
	}
	since := now.Add(-delivery.HealthWindow)
	if endpoint.StateSince.After(since) {
		since = endpoint.StateSince // what it was enabled after is no longer held against it
	}
	shares, err := tx.EndpointHealth([]string{institutionID}, since)
	if err != nil {
		return err
	}
	institution, operators, told := delivery.Told(endpoint.Told, delivery.HealthOf(shares[institutionID]))
	if told == endpoint.Told {
		return nil
	}
	return d.Store.Tx(ctx, func(tx *store.Tx) error {
		endpoint, err := tx.LockEndpoint(institutionID)
		if err != nil {
			return err
		}
		endpoint.Told = told
		if err := tx.SaveStanding(endpoint); err != nil {
			return err
		}
		for audience, tell := range map[string]bool{store.AudienceInstitution: institution, store.AudienceOperators: operators} {
			if !tell {
				continue
			}
			if err := tx.InsertNotice(endpointNotice(endpoint, audience, noticeFailing, now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// tellDisabled tells the institution and the operators that nothing is sent any more.
func tellDisabled(tx *store.Tx, e store.Endpoint) error {
	institution := endpointNotice(e, store.AudienceInstitution, noticeDisabled, e.StateSince)
	operators := endpointNotice(e, store.AudienceOperators, noticeDisabled, e.StateSince)
	return errors.Join(tx.InsertNotice(institution), tx.InsertNotice(operators))
}

func endpointNotice(e store.Endpoint, audience, kind string, at time.Time) store.Notice {
	n := store.Notice{
		Audience: audience, InstitutionID: &e.InstitutionID, Kind: kind,
		Occasion: e.ID + "/" + at.UTC().Format(time.RFC3339Nano), Params: map[string]any{"institution": e.InstitutionID},
	}
	if e.StateReason != "" {
		n.Params["reason"] = e.StateReason
	}
	return n
}

// DeliveryMetrics are the figures of deliveries.
type DeliveryMetrics struct {
	attempts *prometheus.CounterVec
	duration prometheus.Histogram
}

// NewDeliveryMetrics makes the figures and registers them.
func NewDeliveryMetrics(registry prometheus.Registerer) (*DeliveryMetrics, error) {
	m := &DeliveryMetrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dengpan_delivery_attempts_total", Help: "Attempts to deliver callbacks, by outcome: accepted, or the class of error.",
		}, []string{"outcome"}),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "dengpan_delivery_duration_seconds", Help: "How long endpoints took to answer.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15},
		}),
	}
	return m, errors.Join(registry.Register(m.attempts), registry.Register(m.duration))
}

func (m *DeliveryMetrics) count(a delivery.Attempt) {
	if m == nil {
		return
	}
	outcome := a.ErrorClass
	if a.Accepted {
		outcome = "accepted"
	}
	m.attempts.WithLabelValues(outcome).Inc()
	m.duration.Observe(a.Duration.Seconds())
}
