package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/store"
)

// mostRedelivered is the most events that one request has sent once more.
const mostRedelivered = 10_000

type redeliveryBody struct {
	Since  *time.Time `json:"since,omitempty" doc:"Written then or later."`
	Until  *time.Time `json:"until,omitempty" doc:"Written before."`
	Types  []string   `json:"types,omitempty" maxItems:"20" uniqueItems:"true" enum:"task.issued,task.cancelled,task.extended,answer.applied,answer.discarded,certificate.issued,certificate.suspended,certificate.reinstated,certificate.superseded,certificate.revoked,petition.asked,sitting.booked,sitting.given_up"`
	States []string   `json:"states,omitempty" maxItems:"2" uniqueItems:"true" enum:"delivered,failed" doc:"Both when none is given. What is pending is sent anyway."`
	Reason string     `json:"reason,omitempty" maxLength:"500"`
}

type redeliverOneBody struct {
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

type redeliveryOutput struct {
	Body struct {
		Redelivered int64 `json:"redelivered" doc:"How many events are sent once more."`
	}
}

// redeliver has what a filter picks sent once more. What waits to be sent is not among it: an event is due once at a time.
func (s *service) redeliver(ctx context.Context, in *idBodyInput) (*redeliveryOutput, error) {
	body, found, err := s.calling.redelivery.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if body.Since != nil && body.Until != nil && !body.Since.Before(*body.Until) {
		found.add("until", fieldDateOrder)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	r, out := requestOf(ctx), &redeliveryOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		e, err := tx.EndpointByID(in.ID)
		if err != nil {
			return err
		}
		filter := store.EventFilter{
			Within: store.Within{InstitutionID: e.InstitutionID}, Kinds: body.Types, States: redeliverable(body.States...),
		}
		if body.Since != nil {
			filter.Since = *body.Since
		}
		if body.Until != nil {
			filter.Until = *body.Until
		}
		picked, err := tx.CountOutboxEvents(filter, mostRedelivered)
		if err != nil {
			return err
		}
		if picked > mostRedelivered {
			return problem(redeliveryTooLarge)
		}
		if out.Body.Redelivered, err = tx.Redeliver(filter); err != nil {
			return err
		}
		return s.auditEndpoint(tx, r, "delivery.redeliver", e, body.Reason, map[string]any{
			"since": body.Since, "until": body.Until, "types": body.Types, "states": body.States, "events": out.Body.Redelivered,
		})
	})
	return out, err
}

// redeliverable are the states of events that are sent once more: those asked for, or all.
func redeliverable(asked ...string) []string {
	if len(asked) == 0 {
		return []string{store.OutboxDelivered, store.OutboxFailed}
	}
	return asked
}

// redeliverOne has an event sent once more.
func (s *service) redeliverOne(ctx context.Context, in *idBodyInput) (*deliveryOutput, error) {
	body, err := s.calling.redeliverOne.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	r, out := requestOf(ctx), &deliveryOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		event, err := tx.OutboxEvent(in.ID)
		if err != nil {
			return err
		}
		if event.Test {
			return problem(deliveryTest)
		}
		n, err := tx.Redeliver(store.EventFilter{EventIDs: []string{in.ID}, States: redeliverable()})
		if err != nil {
			return err
		}
		if n == 0 {
			return problem(deliveryPending)
		}
		if err := s.audit(tx, r, "delivery.redeliver", "delivery:"+in.ID, body.Reason, nil); err != nil {
			return err
		}
		if event, err = tx.OutboxEvent(in.ID); err != nil {
			return err
		}
		out.Body, err = s.viewDelivery(tx, r, event)
		return err
	})
	return out, err
}
