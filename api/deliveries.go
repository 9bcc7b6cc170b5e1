package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

// DeliveryView is an event that an institution is told, and how that stands.
type DeliveryView struct {
	ID            string       `json:"id" doc:"The event's id, and the webhook-id."`
	Institution   bodyView     `json:"institution"`
	Type          string       `json:"type"`
	Test          bool         `json:"test" doc:"A ping or an example."`
	TaskID        string       `json:"task_id,omitempty"`
	CaseID        string       `json:"case_id,omitempty"`
	State         string       `json:"state" enum:"pending,delivered,failed" doc:"failed: given up. It is in the feed all the same."`
	CreatedAt     time.Time    `json:"created_at"`
	DeliveredAt   *time.Time   `json:"delivered_at,omitempty"`
	Attempts      int          `json:"attempts"`
	NextAttemptAt *time.Time   `json:"next_attempt_at,omitempty" doc:"Of what is pending, unless there is no endpoint or it is stopped."`
	Last          *attemptView `json:"last_attempt,omitempty"`
}

// attemptView is one sending, as it went.
type attemptView struct {
	Attempt    int       `json:"attempt"`
	At         time.Time `json:"at"`
	Status     *int      `json:"status,omitempty" doc:"The HTTP status; none was received when it is missing."`
	Error      string    `json:"error,omitempty" doc:"Why it was not accepted, as a code; empty when it was."`
	Message    string    `json:"message,omitempty" doc:"The same in words."`
	DurationMS int       `json:"duration_ms"`
	Response   string    `json:"response,omitempty" doc:"The beginning of the answer if it was text, with numbers and secrets masked."`
}

// DeliveryDetail is a delivery with what is sent, and every attempt.
type DeliveryDetail struct {
	DeliveryView

	Body delivery.Event `json:"body" doc:"What is posted, byte by byte."`
	Log  []attemptView  `json:"log" doc:"Every attempt of the last 90 days, the first first."`
}

type deliveriesInput struct {
	NumberedInput
	FilteredInput

	Institution string    `query:"institution" maxLength:"64"`
	Type        string    `query:"type" enum:"task.issued,task.cancelled,task.extended,answer.applied,answer.discarded,certificate.issued,certificate.suspended,certificate.reinstated,certificate.superseded,certificate.revoked,petition.asked,sitting.booked,sitting.given_up,endpoint.ping"`
	State       string    `query:"state" enum:"pending,delivered,failed"`
	Task        string    `query:"task" format:"uuid"`
	Since       time.Time `query:"since" doc:"Written then or later."`
	Until       time.Time `query:"until" doc:"Written before."`
	Sort        string    `query:"sort" enum:"created_at,-created_at,next_attempt_at"`
	Limit       int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type (
	deliveriesOutput struct {
		Body struct {
			Deliveries   []DeliveryView `json:"deliveries"`
			Total        int64          `json:"total"`
			TotalIsLeast bool           `json:"total_is_least" doc:"There are more than the total: it is not counted further."`
		}
	}
	deliveryOutput struct{ Body DeliveryDetail }
)

func (s *service) registerDeliveries(api huma.API) {
	const deliveries = "deliveries"
	read(api, "GET /v1/deliveries", deliveries, "The delivery log: events, and how their last attempt went", s.listDeliveries)
	read(api, "GET /v1/deliveries/{id}", deliveries, "An event, what is posted, and every attempt", s.getDelivery)
	sent(api, "POST /v1/deliveries/{id}/redelivery", deliveries, "Send an event once more", s.calling.redeliverOne.schema,
		http.StatusOK, s.redeliverOne)
	sent(api, "POST /v1/endpoints/{id}/redelivery", deliveries, "Send once more what a filter picks", s.calling.redelivery.schema,
		http.StatusOK, s.redeliver)
}

// listDeliveries lists events by numbered pages, the newest first unless another order is asked for.
func (s *service) listDeliveries(ctx context.Context, in *deliveriesInput) (*deliveriesOutput, error) {
	r, found := requestOf(ctx), &faults{}
	filter := store.EventFilter{
		Within: r.within(in.Institution), TaskID: in.Task, Since: in.Since, Until: in.Until, Limit: in.Limit,
		Where: s.expression(found, r, in.FilteredInput, store.EventFields()), Numbered: store.Numbered{Sort: in.Sort, Page: in.Page},
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	if in.Type != "" {
		filter.Kinds = []string{in.Type}
	}
	if in.State != "" {
		filter.States = []string{in.State}
	}
	tx, out := s.Store.Read(ctx), &deliveriesOutput{}
	read := func(int) ([]store.OutboxEvent, error) { return tx.OutboxEvents(filter) }
	count := func(most int) (int64, error) { return tx.CountOutboxEvents(filter, most) }
	events, total, least, err := readPage(in.first(), in.Limit, read, count)
	if err != nil {
		return nil, err
	}
	out.Body.Total, out.Body.TotalIsLeast = *total, least
	out.Body.Deliveries, err = viewDeliveries(tx, r, events...)
	return out, err
}

func (s *service) getDelivery(ctx context.Context, in *idInput) (*deliveryOutput, error) {
	tx := s.Store.Read(ctx)
	event, err := tx.OutboxEvent(in.ID)
	if err != nil {
		return nil, err
	}
	out := &deliveryOutput{}
	out.Body, err = s.viewDelivery(tx, requestOf(ctx), event)
	return out, err
}

func (s *service) viewDelivery(tx *store.Tx, r *request, event store.OutboxEvent) (DeliveryDetail, error) {
	views, err := viewDeliveries(tx, r, event)
	if err != nil {
		return DeliveryDetail{}, err
	}
	attempts, err := tx.DeliveryAttempts(event.ID)
	if err != nil {
		return DeliveryDetail{}, err
	}
	detail := DeliveryDetail{DeliveryView: views[0], Body: delivery.EventOf(event), Log: make([]attemptView, len(attempts))}
	for i, a := range attempts {
		detail.Log[i] = viewAttempt(reader{lang: r.lang}, a)
		if a.ResponseSealed == nil {
			continue
		}
		answer, err := s.Keys.Open(a.ResponseSealed, store.ResponseSeal(event.ID))
		if err != nil {
			return DeliveryDetail{}, err
		}
		detail.Log[i].Response = string(answer)
	}
	return detail, nil
}

func viewDeliveries(tx *store.Tx, r *request, events ...store.OutboxEvent) ([]DeliveryView, error) {
	ids, institutions := make([]string, len(events)), make([]string, len(events))
	for i, e := range events {
		ids[i], institutions[i] = e.ID, e.InstitutionID
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return nil, err
	}
	last, err := tx.LastAttempts(ids)
	if err != nil {
		return nil, err
	}
	endpoints, err := tx.EndpointsOf(institutions)
	if err != nil {
		return nil, err
	}
	views := make([]DeliveryView, len(events))
	for i, e := range events {
		views[i] = DeliveryView{
			ID: e.ID, Institution: v.institution(e.InstitutionID), Type: e.Kind, Test: e.Test, TaskID: e.Payload.TaskID,
			CaseID: e.Payload.CaseID, State: e.State, CreatedAt: e.CreatedAt, DeliveredAt: e.DeliveredAt, Attempts: e.Attempts,
			NextAttemptAt: nextAttempt(e, endpoints[e.InstitutionID]),
		}
		if a, tried := last[e.ID]; tried {
			shown := viewAttempt(v, a)
			views[i].Last = &shown
		}
	}
	return views, nil
}

func viewAttempt(v reader, a store.DeliveryAttempt) attemptView {
	view := attemptView{Attempt: a.Attempt, At: a.At, Status: a.Status, Error: a.Error, DurationMS: a.DurationMS}
	if a.Error != "" {
		view.Message = v.say("delivery_error", a.Error)
	}
	return view
}

// nextAttempt is when an event is sent next; nil when nobody knows.
func nextAttempt(e store.OutboxEvent, to store.Endpoint) *time.Time {
	switch {
	case e.State != store.OutboxPending, to.State != store.EndpointActive && !e.Test:
		return nil
	case !e.Test && to.NotBefore != nil && to.NotBefore.After(e.NextAttemptAt):
		return to.NotBefore
	}
	return &e.NextAttemptAt
}
