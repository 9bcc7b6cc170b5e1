package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/callbacks"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

type endpointBody struct {
	Institution string `json:"institution_id,omitempty" maxLength:"64" doc:"Given by operators; an institution's own staff and keys need not."`
	URL         string `json:"url" minLength:"1" maxLength:"2048" doc:"Where events are posted to: https, on a usual port, on the public internet."`
}

type addressBody struct {
	URL    string `json:"url" minLength:"1" maxLength:"2048"`
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

type secretBody struct {
	Kind    string `json:"kind" enum:"hmac,ed25519"`
	Overlap *int   `json:"overlap_hours,omitempty" minimum:"0" maximum:"168" doc:"How long the secrets before it sign beside it; 24 when it is not given."`
	Reason  string `json:"reason,omitempty" maxLength:"500"`
}

type settingsBody struct {
	Schedule    *[]int `json:"schedule,omitempty" maxItems:"20" minimum:"0" maximum:"604800" doc:"Seconds before each attempt; the standard schedule when it is empty, and as before when it is not given."`
	Concurrency *int   `json:"concurrency,omitempty" minimum:"1" maximum:"16" doc:"How many events are sent at once."`
	Reason      string `json:"reason,omitempty" maxLength:"500"`
}

type enablingBody struct {
	Reason  string `json:"reason" minLength:"1" maxLength:"500"`
	CatchUp bool   `json:"catch_up" doc:"Whether what waits is sent, and what was given up since it began to fail. If not, it stays in the feed."`
}

// endpointBodies read what is sent about endpoints and deliveries.
type endpointBodies struct {
	endpoint     body[endpointBody]
	address      body[addressBody]
	secret       body[secretBody]
	settings     body[settingsBody]
	enabling     body[enablingBody]
	example      body[exampleBody]
	redelivery   body[redeliveryBody]
	redeliverOne body[redeliverOneBody]
	host         body[hostBody]
}

// newSecretView is a secret that was made just now.
type newSecretView struct {
	SecretView

	Secret string `json:"secret,omitempty" doc:"The secret itself, of hmac. It is shown this once. ed25519 has none for you: verify with the public key."`
}

type newEndpointView struct {
	EndpointDetail

	Secret string `json:"secret" doc:"What the callbacks are signed with (v1). It is shown this once."`
}

type (
	newEndpointOutput struct{ Body newEndpointView }
	newSecretOutput   struct{ Body newSecretView }
	enabledOutput     struct {
		Body struct {
			EndpointDetail

			Events int64 `json:"events" doc:"How many events are sent now, with catch-up; how many are not, without."`
		}
	}
)

// registerEndpoints adds the operations on endpoints and deliveries.
func (s *service) registerEndpoints(api huma.API) {
	const endpoints = "endpoints"
	schemas := api.OpenAPI().Components.Schemas
	s.calling = endpointBodies{
		endpoint: bodyFor[endpointBody](schemas), address: bodyFor[addressBody](schemas), secret: bodyFor[secretBody](schemas),
		settings: bodyFor[settingsBody](schemas), enabling: bodyFor[enablingBody](schemas), example: bodyFor[exampleBody](schemas),
		redelivery: bodyFor[redeliveryBody](schemas), redeliverOne: bodyFor[redeliverOneBody](schemas), host: bodyFor[hostBody](schemas),
	}
	reason, ok := s.bodies.reason.schema, http.StatusOK
	read(api, "GET /v1/endpoints", endpoints, "Where institutions are called, and how that goes", s.listEndpoints)
	sent(api, "POST /v1/endpoints", endpoints, "Have an institution called; the signing secret is shown once",
		s.calling.endpoint.schema, http.StatusCreated, s.setEndpoint)
	read(api, "GET /v1/endpoints/{id}", endpoints, "An endpoint, and what signs for it", s.getEndpoint)
	sent(api, "POST /v1/endpoints/{id}/url", endpoints, "Call an institution at another address", s.calling.address.schema, ok, s.moveEndpoint)
	sent(api, "POST /v1/endpoints/{id}/rotation", endpoints, "Make a secret's successor, or a first one of its kind; both sign for a while",
		s.calling.secret.schema, http.StatusCreated, s.rotateSecret)
	sent(api, "POST /v1/endpoints/{id}/settings", endpoints, "Change the schedule of attempts, or how many events are sent at once",
		s.calling.settings.schema, ok, s.setSettings)
	sent(api, "POST /v1/endpoints/{id}/pause", endpoints, "Stop callbacks for a while; they wait", reason, ok, s.pauseEndpoint)
	sent(api, "POST /v1/endpoints/{id}/resume", endpoints, "End a pause; what waited is sent", reason, ok, s.resumeEndpoint)
	sent(api, "POST /v1/endpoints/{id}/disabling", endpoints, "End callbacks until they are enabled", reason, ok, s.disableEndpoint)
	sent(api, "POST /v1/endpoints/{id}/enabling", endpoints, "Call an endpoint again that was disabled, and catch up or not",
		s.calling.enabling.schema, ok, s.enableEndpoint)
	s.registerTrials(api)
	s.registerDeliveries(api)
	s.registerAllowedHosts(api)
}

func (s *service) keeper() callbacks.Keeper {
	return callbacks.Keeper{Keys: s.Keys, Guard: s.Callbacks}
}

// addressFaults are the codes of what is wrong with an address.
var addressFaults = map[error]string{
	delivery.ErrInvalidURL: fieldURL, delivery.ErrInsecureURL: fieldURLInsecure, delivery.ErrPort: fieldURLPort,
	delivery.ErrPrivateTarget: fieldURLPrivate,
}

// refusedEndpoint turns what package callbacks and package delivery refuse into problems.
func refusedEndpoint(err error) error {
	if refused, ok := errors.AsType[callbacks.RefusedError](err); ok {
		return problem(string(refused.Why))
	}
	for fault, code := range addressFaults {
		if errors.Is(err, fault) {
			return problem(validationFailed, FieldError{Field: "url", Code: code})
		}
	}
	return err
}

// setEndpoint gives an institution an endpoint. It has one; its address is changed, and its secret rotated, by themselves.
func (s *service) setEndpoint(ctx context.Context, in *bodyInput) (*newEndpointOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.calling.endpoint.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	at := r.institutionFor(body.Institution, found)
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &newEndpointOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := institutionWithin(tx, r, at); err != nil {
			return err
		}
		e, secret, err := s.keeper().Set(tx, at, body.URL, s.Now().UTC())
		if err != nil {
			return refusedEndpoint(err)
		}
		out.Body.Secret = secret
		if out.Body.EndpointDetail, err = s.viewEndpoint(tx, r, e); err != nil {
			return err
		}
		if err := s.auditEndpoint(tx, r, "endpoint.set", e, "", map[string]any{"host": hostOf(body.URL)}); err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	return out, err
}

// institutionWithin checks that an institution is there, and within the caller's reach.
func institutionWithin(tx *store.Tx, r *request, id string) error {
	i, err := tx.Institution(id)
	district := r.account.Caller().District
	if errors.Is(err, store.ErrNotFound) || err == nil && district != "" && deref(i.District) != district {
		return problem(validationFailed, FieldError{Field: "institution_id", Code: fieldNoInstitution})
	}
	return err
}

// hostOf is the host of an address: its path may hold a token, which is not for the audit log.
func hostOf(address string) string {
	host, _, _ := delivery.HostPort(address)
	return host
}

func (s *service) auditEndpoint(tx *store.Tx, r *request, action string, e store.Endpoint, reason string, after any) error {
	return s.audit(tx, r, action, "endpoint:"+e.ID, reason, after)
}

// onEndpoint does something to an endpoint that is held until it is done, and shows how it is then.
func (s *service) onEndpoint(ctx context.Context, id string, do func(*store.Tx, *request, store.Endpoint) error) (*endpointOutput, error) {
	r, out := requestOf(ctx), &endpointOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		e, err := tx.EndpointByID(id)
		if err != nil {
			return err
		}
		if e, err = tx.LockEndpoint(e.InstitutionID); err != nil {
			return err
		}
		if err := do(tx, r, e); err != nil {
			return refusedEndpoint(err)
		}
		if e, err = tx.EndpointByID(id); err != nil {
			return err
		}
		out.Body, err = s.viewEndpoint(tx, r, e)
		return err
	})
	return out, err
}

func (s *service) moveEndpoint(ctx context.Context, in *idBodyInput) (*endpointOutput, error) {
	body, err := s.calling.address.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.onEndpoint(ctx, in.ID, func(tx *store.Tx, r *request, e store.Endpoint) error {
		if err := s.keeper().Move(tx, e, body.URL); err != nil {
			return err
		}
		return s.auditEndpoint(tx, r, "endpoint.move", e, body.Reason, map[string]any{"from": hostOf(e.URL), "host": hostOf(body.URL)})
	})
}

func (s *service) rotateSecret(ctx context.Context, in *idBodyInput) (*newSecretOutput, error) {
	body, err := s.calling.secret.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	overlap := defaultOverlap
	if body.Overlap != nil {
		overlap = *body.Overlap
	}
	out := &newSecretOutput{}
	_, err = s.onEndpoint(ctx, in.ID, func(tx *store.Tx, r *request, e store.Endpoint) error {
		made, secret, err := s.keeper().Rotate(tx, e, body.Kind, time.Duration(overlap)*time.Hour, s.Now().UTC())
		if err != nil {
			return err
		}
		out.Body = newSecretView{SecretView: viewSecret(made), Secret: secret}
		err = s.auditEndpoint(tx, r, "endpoint.rotate", e, body.Reason, map[string]any{
			"kind": made.Kind, "successor": made.ID, "overlap_hours": overlap,
		})
		if err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	return out, err
}

func (s *service) setSettings(ctx context.Context, in *idBodyInput) (*endpointOutput, error) {
	body, err := s.calling.settings.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.onEndpoint(ctx, in.ID, func(tx *store.Tx, r *request, e store.Endpoint) error {
		before := map[string]any{"schedule": e.Schedule, "concurrency": e.Concurrency}
		if body.Schedule != nil {
			e.Schedule = nil
			if len(*body.Schedule) > 0 {
				e.Schedule = *body.Schedule
			}
		}
		if body.Concurrency != nil {
			e.Concurrency = *body.Concurrency
		}
		if err := tx.SaveEndpoint(e); err != nil {
			return err
		}
		return s.auditChange(tx, r, "endpoint.settings", "endpoint:"+e.ID, body.Reason, before,
			map[string]any{"schedule": e.Schedule, "concurrency": e.Concurrency})
	})
}

// stops is who the caller is, to an endpoint that is stopped or lets go on.
func (r *request) stops() string {
	if r.account.Role == institution {
		return store.StoppedByInstitution
	}
	return store.StoppedByOperator
}

// turn changes an endpoint's state, for a reason.
func (s *service) turn(
	ctx context.Context, in *idBodyInput, action string, turn func(tx *store.Tx, e store.Endpoint, by string) error,
) (*endpointOutput, error) {
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.onEndpoint(ctx, in.ID, func(tx *store.Tx, r *request, e store.Endpoint) error {
		if err := turn(tx, e, r.stops()); err != nil {
			return err
		}
		return s.auditChange(tx, r, action, "endpoint:"+e.ID, reason, map[string]any{"state": e.State, "why": e.StateReason}, nil)
	})
}

func (s *service) pauseEndpoint(ctx context.Context, in *idBodyInput) (*endpointOutput, error) {
	return s.turn(ctx, in, "endpoint.pause", callbacks.Pause)
}

func (s *service) resumeEndpoint(ctx context.Context, in *idBodyInput) (*endpointOutput, error) {
	return s.turn(ctx, in, "endpoint.resume", callbacks.Resume)
}

func (s *service) disableEndpoint(ctx context.Context, in *idBodyInput) (*endpointOutput, error) {
	return s.turn(ctx, in, "endpoint.disable", callbacks.Disable)
}

func (s *service) enableEndpoint(ctx context.Context, in *idBodyInput) (*enabledOutput, error) {
	body, err := s.calling.enabling.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &enabledOutput{}
	enabled, err := s.onEndpoint(ctx, in.ID, func(tx *store.Tx, r *request, e store.Endpoint) error {
		var err error
		if out.Body.Events, err = callbacks.Enable(tx, e, r.stops(), body.CatchUp); err != nil {
			return err
		}
		return s.auditChange(tx, r, "endpoint.enable", "endpoint:"+e.ID, body.Reason, map[string]any{"state": e.State, "why": e.StateReason},
			map[string]any{"catch_up": body.CatchUp, "events": out.Body.Events})
	})
	if err != nil {
		return nil, err
	}
	out.Body.EndpointDetail = enabled.Body
	return out, nil
}
