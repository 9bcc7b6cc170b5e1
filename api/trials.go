package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/store"
)

type exampleBody struct {
	Type string `json:"type" enum:"task.issued,task.cancelled,task.extended,answer.applied,answer.discarded,certificate.issued,certificate.suspended,certificate.reinstated,certificate.superseded,certificate.revoked,petition.asked,sitting.booked,sitting.given_up"`
}

type trialOutput struct {
	Body struct {
		DeliveryID string `json:"delivery_id" doc:"How it goes is shown by GET /v1/deliveries/{id}."`
	}
}

// registerTrials adds what an endpoint is tried with. Trials are sent and logged like any event, whatever state the endpoint
// is in, and are never in the feed.
func (s *service) registerTrials(api huma.API) {
	const endpoints = "endpoints"
	op := operation("POST /v1/endpoints/{id}/ping", endpoints, "Send an event that means nothing")
	op.DefaultStatus = http.StatusAccepted
	huma.Register(api, op, s.ping)
	sent(api, "POST /v1/endpoints/{id}/example", endpoints, "Send an example of an event", s.calling.example.schema, http.StatusAccepted, s.example)
}

func (s *service) ping(ctx context.Context, in *idInput) (*trialOutput, error) {
	return s.try(ctx, in.ID, store.OutboxPing)
}

func (s *service) example(ctx context.Context, in *idBodyInput) (*trialOutput, error) {
	body, err := s.calling.example.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.try(ctx, in.ID, body.Type)
}

func (s *service) try(ctx context.Context, endpointID, kind string) (*trialOutput, error) {
	r, out := requestOf(ctx), &trialOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		e, err := tx.EndpointByID(endpointID)
		if err != nil {
			return err
		}
		event, err := tx.QueueTest(e, kind)
		if err != nil {
			return err
		}
		out.Body.DeliveryID = event.ID
		return s.auditEndpoint(tx, r, "endpoint.try", e, "", map[string]any{"type": kind})
	})
	return out, err
}
