package activities

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// Deliveries send what the outbox holds to the institutions.
type Deliveries struct {
	Store    *store.Store
	Keys     *identity.Keyring
	Client   *delivery.Client
	Schedule delivery.Schedule
}

// Bounds of one batch: what is left over is sent by the next.
const (
	deliveryBatch       = 100
	deliveryConcurrency = 4
)

// Register registers the deliveries under their contract's name.
func (d *Deliveries) Register(reg Registry) {
	reg.RegisterActivityWithOptions(d.DeliverBatch, activity.RegisterOptions{Name: contract.DeliverBatch.Name})
}

// DeliverBatch sends the events that are due to one institution, each signed as Standard Webhooks prescribes, and says
// when the next is due. It is safe to run again: an event keeps its id, by which the institution knows a repeat.
func (d *Deliveries) DeliverBatch(
	ctx context.Context, req contract.DeliverBatchRequest,
) (contract.DeliverBatchReply, error) {
	var reply contract.DeliverBatchReply
	tx := d.Store.Read(ctx)
	endpoint, err := tx.Endpoint(req.InstitutionID)
	if errors.Is(err, store.ErrNotFound) {
		return reply, nil // it polls
	} else if err != nil {
		return reply, err
	}
	if endpoint.State != store.EndpointActive {
		return reply, nil // until it is enabled again, which wakes the workflow
	}
	secret, err := d.Keys.Open(endpoint.SecretSealed, store.SecretSeal(endpoint.InstitutionID))
	if err != nil {
		return reply, fmt.Errorf("open an endpoint's secret: %w", err)
	}
	events, err := tx.DueEvents(req.InstitutionID, time.Now().UTC(), deliveryBatch)
	if err != nil {
		return reply, err
	}
	if reply.Delivered, err = d.send(ctx, endpoint, string(secret), events); err != nil {
		return reply, err
	}
	reply.NextAt, err = tx.NextDue(req.InstitutionID)
	return reply, err
}

// send delivers events, a few at a time, and counts those that were accepted.
func (d *Deliveries) send(
	ctx context.Context, endpoint store.Endpoint, secret string, events []store.OutboxEvent,
) (delivered int, err error) {
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		slots = make(chan struct{}, deliveryConcurrency)
	)
	for _, event := range events {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			accepted, failure := d.deliver(ctx, endpoint, secret, event)
			activity.RecordHeartbeat(ctx)
			mu.Lock()
			defer mu.Unlock()
			if accepted {
				delivered++
			}
			err = errors.Join(err, failure)
		})
	}
	wg.Wait()
	return delivered, err
}

// deliver sends one event and writes down how it went.
func (d *Deliveries) deliver(
	ctx context.Context, endpoint store.Endpoint, secret string, event store.OutboxEvent,
) (accepted bool, err error) {
	body, err := delivery.EventOf(event).Body()
	if err != nil {
		return false, err
	}
	at := time.Now().UTC()
	attempt := d.Client.Deliver(ctx, delivery.Request{
		URL: endpoint.URL, Secret: secret, ID: event.ID, Body: body, At: at,
	})
	if ctx.Err() != nil {
		return false, ctx.Err() // we were stopped, which says nothing about the institution
	}
	row := store.DeliveryAttempt{
		EventID: event.ID, Attempt: event.Attempts + 1, At: at, Error: attempt.ErrorClass,
		DurationMS: int(attempt.Duration.Milliseconds()),
	}
	if attempt.Status != 0 {
		row.Status = &attempt.Status
	}
	state, next := d.outcome(event, attempt, at)
	return attempt.Accepted, d.Store.Tx(ctx, func(tx *store.Tx) error { return tx.RecordAttempt(row, state, next) })
}

// outcome is what becomes of an event after an attempt, and when it is due again if it is.
func (d *Deliveries) outcome(event store.OutboxEvent, attempt delivery.Attempt, at time.Time) (string, time.Time) {
	if attempt.Accepted {
		return store.OutboxDelivered, at
	}
	wait, again := d.Schedule.Next(event.Attempts+1, event.ID)
	if !again || attempt.Gone {
		return store.OutboxFailed, at
	}
	return store.OutboxPending, at.Add(max(wait, attempt.RetryAfter))
}
