// Package supervision is the supervision of institutions (日常检查): inspections that are planned and made, what they find, how
// it is put right, and what is proposed and decided when it is not. Districts and the city bureau supervise training bodies,
// the city bureau alone evaluation bodies.
//
// A deadline that passes settles nothing: it is told to those who can act, and stays to be seen until somebody does.
package supervision

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/directory"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Why something is refused.
var (
	ErrEnded     = errors.New("the inspection is no longer at that point")
	ErrSettled   = errors.New("the finding is no longer at that point")
	ErrDecided   = errors.New("the proposal is decided already")
	ErrOwn       = errors.New("who proposed it has no say in it")
	ErrProposed  = errors.New("a suspension of the institution is proposed already")
	ErrNotInRole = errors.New("the institution is not listed in that role")
	ErrElsewhere = errors.New("the institution is not supervised from here")
	ErrEarly     = errors.New("the visit lies in the future")
)

// Desk is where inspections are worked on: in a transaction, by somebody, at some time.
type Desk struct {
	Tx       *store.Tx
	Actor    string // an account
	District string // of an operator of one district; empty: of the city bureau
	At       time.Time
	Today    calendar.Date
}

// Plan writes an inspection that is to be made. A district plans those of the training bodies that lie in it.
func (d Desk) Plan(i store.Inspection) (store.Inspection, error) {
	body, err := d.Tx.Institution(i.InstitutionID)
	if err != nil {
		return i, err
	}
	if d.District != "" && (i.Role != policy.RoleTraining || body.District == nil || *body.District != d.District) {
		return i, ErrElsewhere
	}
	listed, err := d.Tx.HasRole(i.InstitutionID, i.Role, d.Today)
	if err != nil {
		return i, err
	}
	if !listed {
		return i, ErrNotInRole
	}
	i.ID, i.PlannedBy, i.PlannedAt, i.State = uuid.NewString(), d.Actor, d.At, store.InspectionPlanned
	if d.District != "" {
		i.District = &d.District
	}
	if err := d.Tx.InsertInspection(i); err != nil {
		return i, err
	}
	return i, errors.Join(
		d.note(store.InspectionEntry{InspectionID: i.ID, Kind: "planned", Words: i.Scope}),
		d.audit("inspection.plan", "inspection:"+i.ID, i.Scope, map[string]any{
			"institution": i.InstitutionID, "role": i.Role, "planned_on": i.PlannedOn,
		}))
}

// Visit writes what an inspection found. One that found nothing is closed with it.
func (d Desk) Visit(id string, on calendar.Date, report string, findings []store.Finding) (store.Inspection, error) {
	i, err := d.at(id, store.InspectionPlanned)
	if err != nil {
		return i, err
	}
	if on.After(d.Today) {
		return i, ErrEarly
	}
	i.State, i.VisitedOn, i.Report = store.InspectionVisited, &on, report
	if len(findings) == 0 {
		i.State = store.InspectionClosed
	}
	for n := range findings {
		f := &findings[n]
		f.ID, f.InspectionID, f.Number, f.State = uuid.NewString(), id, n+1, store.FindingOpen
	}
	err = errors.Join(
		d.Tx.SaveInspection(i),
		d.Tx.InsertFindings(findings),
		d.note(store.InspectionEntry{InspectionID: id, Kind: "visited", Words: report}),
		d.audit("inspection.visit", "inspection:"+id, report, map[string]any{"visited_on": on, "findings": findings}))
	if err != nil || len(findings) == 0 {
		return i, err
	}
	return i, d.tell(store.AudienceInstitution, i.InstitutionID, "inspection_found", id, map[string]any{"n": len(findings)})
}

// Cancel gives up an inspection that was not made.
func (d Desk) Cancel(id, reason string) (store.Inspection, error) {
	i, err := d.at(id, store.InspectionPlanned)
	if err != nil {
		return i, err
	}
	i.State = store.InspectionCancelled
	return i, errors.Join(
		d.Tx.SaveInspection(i),
		d.note(store.InspectionEntry{InspectionID: id, Kind: "cancelled", Words: reason}),
		d.audit("inspection.cancel", "inspection:"+id, reason, nil))
}

// Publish makes a notice of an inspection public; empty words take it back.
func (d Desk) Publish(id, words, reason string) (store.Inspection, error) {
	i, err := d.at(id, store.InspectionVisited, store.InspectionClosed)
	if err != nil {
		return i, err
	}
	kind, action := "published", "inspection.publish"
	i.Notice, i.PublishedAt = words, &d.At
	if words == "" {
		kind, action, i.PublishedAt = "unpublished", "inspection.unpublish", nil
	}
	return i, errors.Join(
		d.Tx.SaveInspection(i),
		d.note(store.InspectionEntry{InspectionID: id, Kind: kind, Words: words}),
		d.audit(action, "inspection:"+id, reason, map[string]any{"notice": words}))
}

// at locks an inspection that stands at one of some points.
func (d Desk) at(id string, states ...string) (store.Inspection, error) {
	i, err := d.Tx.LockInspection(id)
	if err == nil && !slices.Contains(states, i.State) {
		err = ErrEnded
	}
	return i, err
}

// finding locks the inspection that found something, which must stand at one of some points itself.
func (d Desk) finding(id string, states ...string) (store.Inspection, store.Finding, error) {
	f, err := d.Tx.Finding(id)
	if err != nil {
		return store.Inspection{}, f, err
	}
	i, err := d.at(f.InspectionID, store.InspectionVisited)
	if err != nil {
		return i, f, err
	}
	if f, err = d.Tx.Finding(id); err == nil && !slices.Contains(states, f.State) { // as it is under the lock
		err = ErrSettled
	}
	return i, f, err
}

func (d Desk) note(e store.InspectionEntry) error {
	e.At, e.AccountID = d.At, &d.Actor
	if e.Actor == "" {
		e.Actor = store.ActorOperator
	}
	return d.Tx.NoteInspection(e)
}

func (d Desk) audit(action, subject, reason string, after any) error {
	content, err := json.Marshal(after)
	if err != nil {
		return fmt.Errorf("encode an audit entry: %w", err)
	}
	return d.Tx.Audit(store.AuditEntry{Actor: d.Actor, Action: action, Subject: subject, Reason: reason, After: content, At: d.At})
}

func (d Desk) tell(audience, institution, kind, occasion string, params map[string]any) error {
	return d.Tx.InsertNotice(store.Notice{Audience: audience, InstitutionID: &institution, Kind: kind, Occasion: occasion, Params: params})
}

// directory is the desk at which institutions are suspended.
func (d Desk) directory() directory.Desk { return directory.Desk{Tx: d.Tx, Actor: d.Actor, At: d.At} }
