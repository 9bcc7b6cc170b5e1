package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

// EndpointView is where an institution is called, and how that goes.
type EndpointView struct {
	ID           string     `json:"id"`
	Institution  bodyView   `json:"institution"`
	URL          string     `json:"url"`
	State        string     `json:"state" enum:"active,paused,disabled"`
	StateReason  string     `json:"state_reason,omitempty" enum:"by_institution,by_operator,gone,failing" doc:"Why it is not active. gone: it answered 410. failing: days of nothing but failure."`
	StateSince   time.Time  `json:"state_since"`
	Schedule     []int      `json:"schedule" doc:"Seconds before each attempt to send an event."`
	Standard     bool       `json:"standard_schedule" doc:"The schedule is the one that Standard Webhooks recommends."`
	Concurrency  int        `json:"concurrency" doc:"How many events are sent at once."`
	Health       healthView `json:"health"`
	Failures     int        `json:"failures" doc:"One after another, since it last took anything."`
	FailingSince *time.Time `json:"failing_since,omitempty"`
	NotBefore    *time.Time `json:"not_before,omitempty" doc:"It is left alone until then."`
	Waiting      int        `json:"waiting" doc:"Events that wait to be sent."`
	Oldest       *time.Time `json:"oldest,omitempty" doc:"Since when the oldest of them waits."`
	CreatedAt    time.Time  `json:"created_at"`
}

// healthView is how much of what was sent to an endpoint in the last day failed.
type healthView struct {
	Level    string `json:"level" enum:"steady,unsteady,failing,badly_failing,down" doc:"From 50, 70, 90 and 100 failures of 100 attempts."`
	Attempts int    `json:"attempts" doc:"In the last day. Few of them say nothing."`
	Failed   int    `json:"failed"`
}

// EndpointDetail is an endpoint with what signs for it.
type EndpointDetail struct {
	EndpointView

	Secrets []SecretView `json:"secrets" doc:"All of them sign, the newest first."`
}

// SecretView is a secret without itself.
type SecretView struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind" enum:"hmac,ed25519" doc:"hmac signs as v1, ed25519 as v1a."`
	PublicKey string     `json:"public_key,omitempty" doc:"What ed25519 is verified with."`
	CreatedAt time.Time  `json:"created_at"`
	RetiresAt *time.Time `json:"retires_at,omitempty" doc:"Until when it signs beside its successor."`
}

type endpointsInput struct {
	NumberedInput
	FilteredInput

	State string `query:"state" enum:"active,paused,disabled"`
	Query string `query:"q" maxLength:"64" doc:"Part of the institution's name or id."`
	Sort  string `query:"sort" enum:"institution_id,-institution_id,state_since,-state_since,failing_since,-failing_since"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type (
	endpointsOutput struct {
		Body struct {
			Endpoints []EndpointView `json:"endpoints"`
			Total     int64          `json:"total"`
		}
	}
	endpointOutput struct{ Body EndpointDetail }
)

// listEndpoints lists endpoints by numbered pages: an institution's own one, an operator's area.
func (s *service) listEndpoints(ctx context.Context, in *endpointsInput) (*endpointsOutput, error) {
	r, found := requestOf(ctx), &faults{}
	filter := store.EndpointFilter{
		Within: r.within(""), State: in.State, Query: in.Query, Limit: in.Limit,
		Where: s.expression(found, r, in.FilteredInput, store.EndpointFields()), Numbered: store.Numbered{Sort: in.Sort, Page: in.Page},
	}
	err := found.err()
	if err != nil {
		return nil, err
	}
	tx, out := s.Store.Read(ctx), &endpointsOutput{}
	if out.Body.Total, err = tx.CountEndpoints(filter); err != nil {
		return nil, err
	}
	all, err := tx.Endpoints(filter)
	if err != nil {
		return nil, err
	}
	out.Body.Endpoints, err = s.viewEndpoints(tx, r, all...)
	return out, err
}

func (s *service) getEndpoint(ctx context.Context, in *idInput) (*endpointOutput, error) {
	tx, out := s.Store.Read(ctx), &endpointOutput{}
	e, err := tx.EndpointByID(in.ID)
	if err != nil {
		return nil, err
	}
	out.Body, err = s.viewEndpoint(tx, requestOf(ctx), e)
	return out, err
}

func (s *service) viewEndpoints(tx *store.Tx, r *request, all ...store.Endpoint) ([]EndpointView, error) {
	ids := make([]string, len(all))
	for i, e := range all {
		ids[i] = e.InstitutionID
	}
	v, err := newReader(tx, r, ids...)
	if err != nil {
		return nil, err
	}
	health, err := tx.EndpointHealth(ids, s.Now().Add(-delivery.HealthWindow))
	if err != nil {
		return nil, err
	}
	waiting, err := tx.Backlogs(ids)
	if err != nil {
		return nil, err
	}
	views := make([]EndpointView, len(all))
	for i, e := range all {
		share, backlog := health[e.InstitutionID], waiting[e.InstitutionID]
		views[i] = EndpointView{
			ID: e.ID, Institution: v.institution(e.InstitutionID), URL: e.URL, State: e.State, StateReason: e.StateReason,
			StateSince: e.StateSince, Schedule: s.schedule(e), Standard: len(e.Schedule) == 0, Concurrency: e.Concurrency,
			Health:   healthView{Level: delivery.HealthOf(share).String(), Attempts: share.Attempts, Failed: share.Failed},
			Failures: e.Failures, FailingSince: e.FailingSince, NotBefore: e.NotBefore, Waiting: backlog.Count, CreatedAt: e.CreatedAt,
		}
		if backlog.Count > 0 {
			views[i].Oldest = &backlog.Oldest
		}
	}
	return views, nil
}

func (s *service) viewEndpoint(tx *store.Tx, r *request, e store.Endpoint) (EndpointDetail, error) {
	views, err := s.viewEndpoints(tx, r, e)
	if err != nil {
		return EndpointDetail{}, err
	}
	secrets, err := tx.EndpointSecrets(e.InstitutionID, s.Now())
	detail := EndpointDetail{EndpointView: views[0], Secrets: make([]SecretView, len(secrets))}
	for i, secret := range secrets {
		detail.Secrets[i] = viewSecret(secret)
	}
	return detail, err
}

func viewSecret(s store.EndpointSecret) SecretView {
	return SecretView{ID: s.ID, Kind: s.Kind, PublicKey: s.PublicKey, CreatedAt: s.CreatedAt, RetiresAt: s.RetiresAt}
}

// schedule is an endpoint's schedule in seconds: its own, or the standard one.
func (s *service) schedule(e store.Endpoint) []int {
	var seconds []int
	for _, wait := range delivery.ScheduleOf(e.Schedule, s.Policy.DeliverySchedule()) {
		seconds = append(seconds, int(wait.Seconds()))
	}
	return seconds
}
