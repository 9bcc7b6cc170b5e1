package activities

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/dengpan/dengpan/calendar"
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
	Schedule delivery.Schedule // of endpoints that have none of their own
	Metrics  *DeliveryMetrics  // nil: nobody counts
	Now      calendar.Clock    // nil: the machine's clock
}

// Bounds of one batch: what is left over is sent by the next. An endpoint holds a place among the workers no longer than that,
// so that many slow ones share them fairly with the others.
const (
	deliveryBatch = 100
	batchTime     = 30 * time.Second
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
	if err := d.Store.LineUp(ctx, req.InstitutionID); err != nil {
		return reply, err
	}
	b, err := d.open(ctx, endpoint)
	if err != nil {
		return reply, err
	}
	if err := b.run(ctx); err != nil {
		return reply, err
	}
	if err := d.judge(ctx, req.InstitutionID); err != nil {
		return reply, err
	}
	reply.Delivered = b.delivered
	reply.NextAt, err = d.next(tx, req.InstitutionID)
	return reply, err
}

// next is when an endpoint's workflow is to look again; nil: when it is told to.
func (d *Deliveries) next(tx *store.Tx, institutionID string) (*time.Time, error) {
	endpoint, err := tx.Endpoint(institutionID)
	if err != nil || endpoint.State != store.EndpointActive {
		return nil, err
	}
	due, err := tx.NextDue(institutionID)
	if due != nil && endpoint.NotBefore != nil && endpoint.NotBefore.After(*due) {
		due = endpoint.NotBefore
	}
	return due, err
}

// batch is one turn of one endpoint.
type batch struct {
	*Deliveries

	institution string
	url         string
	secrets     []string
	allowed     bool
	schedule    delivery.Schedule
	until       time.Time

	mu        sync.Mutex
	endpoint  store.Endpoint // as the last attempt left it
	delivered int
	err       error
}

// open reads what a turn needs of an endpoint.
func (d *Deliveries) open(ctx context.Context, endpoint store.Endpoint) (*batch, error) {
	b := &batch{
		Deliveries: d, institution: endpoint.InstitutionID, url: endpoint.URL, endpoint: endpoint,
		schedule: delivery.ScheduleOf(endpoint.Schedule, d.Schedule), until: d.Now.UTC().Add(batchTime),
	}
	tx := d.Store.Read(ctx)
	secrets, err := tx.EndpointSecrets(endpoint.InstitutionID, d.Now.UTC())
	if err != nil {
		return nil, err
	}
	for _, secret := range secrets {
		opened, err := d.Keys.Open(secret.SecretSealed, store.SecretSeal(endpoint.InstitutionID))
		if err != nil {
			return nil, fmt.Errorf("open an endpoint's secret: %w", err)
		}
		b.secrets = append(b.secrets, string(opened))
	}
	host, port, err := delivery.HostPort(endpoint.URL)
	if err != nil {
		return b, nil //nolint:nilerr // the delivery says so, where the institution sees it
	}
	b.allowed, err = tx.HostAllowed(host, port)
	return b, err
}

// run sends what is due: everything, or a single event to an endpoint that fails, and everything once it has taken that.
func (b *batch) run(ctx context.Context) error {
	for {
		due := store.DueQuery{InstitutionID: b.institution, Now: b.Now.UTC(), Limit: deliveryBatch}
		probe := b.endpoint.Failures >= delivery.ProbeAfter
		switch {
		case !b.takes(due.Now):
			due.TestsOnly = true
		case probe:
			due.Limit, due.LeastTried = 1, true
		}
		events, err := b.Store.Read(ctx).DueEvents(due)
		if err != nil {
			return err
		}
		b.send(ctx, events)
		if err := b.mark(ctx); err != nil {
			return err
		}
		recovered := probe && b.endpoint.Failures == 0
		if b.err != nil || !recovered {
			return b.err
		}
	}
}

// mark writes which cases the institution could not be told of, and which it was. It comes after what was sent, by itself: a
// turn that ends before it is followed by another.
func (b *batch) mark(ctx context.Context) error {
	tx := b.Store.Read(ctx)
	endpoint, err := tx.Endpoint(b.institution)
	if err == nil && delivery.TakesNothing(endpoint) {
		err = tx.MarkUntold(b.institution)
	}
	return errors.Join(err, tx.MarkTold(b.institution))
}

// takes reports whether the endpoint is to be sent events that are no tests.
func (b *batch) takes(now time.Time) bool {
	return b.endpoint.State == store.EndpointActive && (b.endpoint.NotBefore == nil || !now.Before(*b.endpoint.NotBefore))
}

// goesOn reports whether another event of the turn is sent. A test always is: somebody waits for it.
func (b *batch) goesOn(event store.OutboxEvent) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.Now.UTC()
	return b.err == nil && now.Before(b.until) && (event.Test || b.takes(now))
}

// send delivers events, a few at a time. What is not begun before the turn is over, or the endpoint is left alone, stays due.
func (b *batch) send(ctx context.Context, events []store.OutboxEvent) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, b.endpoint.Concurrency)
	for _, event := range events {
		slots <- struct{}{}
		if !b.goesOn(event) {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			accepted, after, err := b.deliver(ctx, event)
			activity.RecordHeartbeat(ctx)
			b.mu.Lock()
			defer b.mu.Unlock()
			if err != nil {
				b.err = errors.Join(b.err, err)
				return
			}
			b.endpoint = after
			if accepted {
				b.delivered++
			}
		})
	}
	wg.Wait()
}

// deliver sends one event and writes down how it went. It returns the endpoint as it is then.
func (b *batch) deliver(ctx context.Context, event store.OutboxEvent) (accepted bool, after store.Endpoint, err error) {
	body, err := delivery.EventOf(event).Body()
	if err != nil {
		return false, after, err
	}
	tried := delivery.Tried{Began: b.Now.UTC(), Again: event.Charged > 0}
	tried.Attempt = b.Client.Deliver(ctx, delivery.Request{
		URL: b.url, Allowed: b.allowed, Secrets: b.secrets, ID: event.ID, Body: body, At: tried.Began,
	})
	tried.Ended = b.Now.UTC()
	if ctx.Err() != nil {
		return false, after, ctx.Err() // we were stopped, which says nothing about the institution
	}
	b.Metrics.count(tried.Attempt)
	err = b.Store.Tx(ctx, func(tx *store.Tx) error {
		after, err = b.record(tx, event, tried)
		return err
	})
	return tried.Accepted, after, err
}

// record writes an attempt, what becomes of the event, and how the endpoint is doing now.
func (b *batch) record(tx *store.Tx, event store.OutboxEvent, tried delivery.Tried) (store.Endpoint, error) {
	row := store.DeliveryAttempt{
		EventID: event.ID, Attempt: event.Attempts + 1, At: tried.Began, Error: tried.ErrorClass,
		DurationMS: int(tried.Duration.Milliseconds()),
	}
	if tried.Response != "" {
		sealed, err := b.Keys.Seal([]byte(tried.Response), store.ResponseSeal(event.ID))
		if err != nil {
			return store.Endpoint{}, fmt.Errorf("seal what an endpoint answered: %w", err)
		}
		row.ResponseSealed = sealed
	}
	if tried.Status != 0 {
		row.Status = &tried.Status
	}
	state, next := b.outcome(event, tried)
	if err := tx.RecordAttempt(row, state, next); err != nil {
		return store.Endpoint{}, err
	}
	endpoint, err := tx.Endpoint(b.institution)
	well := endpoint.Failures == 0 && endpoint.FailedAt == nil && endpoint.NotBefore == nil
	// A test says that an endpoint is back, and never that it is away: it is tried while it is being built.
	silent := event.Test && (!tried.Accepted || endpoint.State != store.EndpointActive)
	if err != nil || silent || well && tried.Accepted {
		return endpoint, err
	}
	if endpoint, err = tx.LockEndpoint(b.institution); err != nil {
		return endpoint, err
	}
	after := delivery.After(endpoint, tried, b.schedule)
	if err := tx.SaveStanding(after); err != nil {
		return after, err
	}
	if endpoint.State != after.State {
		err = tellDisabled(tx, after)
	}
	if endpoint.NotBefore != nil && after.NotBefore == nil {
		err = tx.HastenEvents(after.InstitutionID, tried.Ended)
	}
	return after, err
}

// outcome is what becomes of an event after an attempt, and when it is due again if it is.
func (b *batch) outcome(event store.OutboxEvent, tried delivery.Tried) (string, time.Time) {
	if tried.Accepted {
		return store.OutboxDelivered, tried.Ended
	}
	wait, again := b.schedule.Next(event.Charged+1, event.ID)
	if event.Test || !again && !tried.Gone {
		return store.OutboxFailed, tried.Ended
	}
	return store.OutboxPending, tried.Ended.Add(max(wait, tried.RetryAfter))
}
