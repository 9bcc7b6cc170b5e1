package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/filter"
)

// Endpoint is where an institution receives callbacks. An institution has one.
type Endpoint struct {
	ID            string
	InstitutionID string
	URL           string
	State         string
	StateReason   string // who or what stopped it; empty while it is active
	StateSince    time.Time
	Schedule      []int `gorm:"serializer:json"` // seconds before each attempt; nil: the standard schedule
	Concurrency   int   // how many callbacks it is sent at once
	Failures      int   // one after another, since it last took anything
	FailingSince  *time.Time
	FailedAt      *time.Time
	NotBefore     *time.Time // it is left alone until then; nil while it is well
	Told          string     // the worst health that somebody was told of since it was last well
	CreatedAt     time.Time
	WakeWantedAt  *time.Time
}

// States of an endpoint. One that is paused or disabled keeps collecting; the first is to go on soon, the second was given up.
const (
	EndpointActive   = "active"
	EndpointPaused   = "paused"
	EndpointDisabled = "disabled"
)

// Why an endpoint is not active.
const (
	StoppedByInstitution = "by_institution"
	StoppedByOperator    = "by_operator"
	StoppedGone          = "gone"    // it answered that it wants no more, ever
	StoppedFailing       = "failing" // days of nothing but failure
)

const usualConcurrency = 4

// Endpoint reads an institution's endpoint; ErrNotFound when it has none and polls.
func (tx *Tx) Endpoint(institutionID string) (Endpoint, error) {
	var e Endpoint
	err := tx.db.Take(&e, "institution_id = ?", institutionID).Error
	return e, found(err, "read an endpoint")
}

// EndpointByID reads an endpoint.
func (tx *Tx) EndpointByID(id string) (Endpoint, error) {
	return byID[Endpoint](tx.db, id, "read an endpoint")
}

// EndpointsOf reads the endpoints of those of these institutions that have one.
func (tx *Tx) EndpointsOf(institutionIDs []string) (map[string]Endpoint, error) {
	var rows []Endpoint
	err := tx.db.Find(&rows, "institution_id IN ?", institutionIDs).Error
	return keyed(rows, func(r Endpoint) string { return r.InstitutionID }), found(err, "read endpoints")
}

// LockEndpoint reads an institution's endpoint and keeps it from being changed until the transaction is over.
func (tx *Tx) LockEndpoint(institutionID string) (Endpoint, error) {
	var e Endpoint
	err := tx.held().Take(&e, "institution_id = ?", institutionID).Error
	return e, found(err, "lock an endpoint")
}

// SaveEndpoint sets where an institution is called, on which schedule and how many at once, in place of what was set before.
// A new endpoint is active; one that is there keeps its state, and is judged anew.
func (tx *Tx) SaveEndpoint(e Endpoint) error {
	now := time.Now().UTC()
	e.State, e.StateReason, e.StateSince, e.WakeWantedAt = EndpointActive, "", now, &now
	if e.Concurrency == 0 {
		e.Concurrency = usualConcurrency
	}
	e.Failures, e.FailingSince, e.FailedAt, e.NotBefore, e.Told = 0, nil, nil, nil, ""
	err := tx.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "institution_id"}},
		DoUpdates: clause.AssignmentColumns([]string{
			"url", "schedule", "concurrency", "failures", "failing_since", "failed_at", "not_before", "told", "wake_wanted_at",
		}),
	}).Create(&e).Error
	return found(err, "write an endpoint")
}

// SetEndpointState activates, pauses or disables an institution's endpoint, and has its workflow told. Whatever is active
// again is judged anew, and what waited for it is due at once. The reason is empty for an active one.
func (tx *Tx) SetEndpointState(institutionID, state, reason string) error {
	now := time.Now().UTC()
	set := map[string]any{"state": state, "state_reason": reason, "state_since": now, "wake_wanted_at": now}
	if state == EndpointActive {
		for _, column := range []string{"failing_since", "failed_at", "not_before"} {
			set[column] = nil
		}
		set["failures"], set["told"] = 0, ""
	}
	res := tx.db.Model(&Endpoint{}).Where("institution_id = ?", institutionID).Updates(set)
	switch {
	case res.Error != nil:
		return fmt.Errorf("set an endpoint's state: %w", res.Error)
	case res.RowsAffected == 0:
		return fmt.Errorf("set an endpoint's state: %w", ErrNotFound)
	case state != EndpointActive:
		return nil
	}
	return tx.HastenEvents(institutionID, now)
}

// CatchUp queues once more what was given up while an endpoint failed or since it was stopped, and says how many events wait
// for it then. The endpoint is as it was before it is made active again.
func (tx *Tx) CatchUp(e Endpoint) (int64, error) {
	since := e.StateSince
	if e.FailingSince != nil && e.FailingSince.Before(since) {
		since = *e.FailingSince
	}
	err := tx.db.Model(&OutboxEvent{}).
		Where("institution_id = ? AND NOT test AND state = ?", e.InstitutionID, OutboxFailed).
		Where("id IN (SELECT event_id FROM delivery_attempts WHERE at >= ?)", since).
		Updates(requeued(time.Now().UTC())).Error
	if err != nil {
		return 0, fmt.Errorf("queue what was given up: %w", err)
	}
	var n int64
	err = tx.db.Model(&OutboxEvent{}).Where("institution_id = ? AND state = ?", e.InstitutionID, OutboxPending).Count(&n).Error
	return n, found(err, "count what waits for an endpoint")
}

// PassOver gives up what waits for an institution's endpoint, and says how many events that were. They stay in the poll
// feed, and can be delivered once more.
func (tx *Tx) PassOver(institutionID string) (int64, error) {
	res := tx.db.Model(&OutboxEvent{}).Where("institution_id = ? AND state = ?", institutionID, OutboxPending).
		Update("state", OutboxFailed)
	if res.Error != nil {
		return 0, fmt.Errorf("pass over what waits for an endpoint: %w", res.Error)
	}
	return res.RowsAffected, tx.markPolled(institutionID)
}

// SaveStanding writes how an endpoint is doing after an attempt, and whether that stopped it.
func (tx *Tx) SaveStanding(e Endpoint) error {
	err := tx.db.Model(&Endpoint{}).Where("institution_id = ?", e.InstitutionID).Updates(map[string]any{
		"state": e.State, "state_reason": e.StateReason, "state_since": e.StateSince, "failures": e.Failures,
		"failing_since": e.FailingSince, "failed_at": e.FailedAt, "not_before": e.NotBefore, "told": e.Told,
	}).Error
	return found(err, "write how an endpoint is doing")
}

// EndpointFilter picks endpoints; an empty field picks all. Limit is the most that are read.
type EndpointFilter struct {
	Within

	State    string
	Query    string      // part of the institution's id or name
	Where    filter.Expr // bound, by [EndpointFields]
	Numbered Numbered
	Limit    int
}

var endpointOrders = map[string]string{
	"": "institution_id", "institution_id": "institution_id", "-institution_id": "institution_id DESC",
	"state_since": "state_since, id", "-state_since": "state_since DESC, id",
	"failing_since": "failing_since NULLS LAST, id", "-failing_since": "failing_since DESC NULLS LAST, id",
}

func (f EndpointFilter) pick(q *gorm.DB) *gorm.DB {
	q = endpointSearch.pick(f.ofInstitutions(q), f.Where)
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.Query != "" {
		q = q.Where("institution_id IN (SELECT id FROM institutions WHERE strpos(lower(id || ' ' || name), lower(?)) > 0)", f.Query)
	}
	return q
}

func (f EndpointFilter) picked(q *gorm.DB) *gorm.DB {
	return f.Numbered.of(f.pick(q.Model(&Endpoint{})), endpointOrders, f.Limit)
}

// Endpoints reads endpoints, by institution unless another order is asked for.
func (tx *Tx) Endpoints(f EndpointFilter) ([]Endpoint, error) {
	var all []Endpoint
	err := f.picked(tx.db).Find(&all).Error
	return all, found(err, "list endpoints")
}

// CountEndpoints counts the endpoints that a filter picks.
func (tx *Tx) CountEndpoints(f EndpointFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Endpoint{})).Count(&n).Error
	return n, found(err, "count endpoints")
}
