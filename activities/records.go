// Package activities is what workflows do to the world: the steps of a case, each one transaction of the record, and the
// deliveries to institutions, the one thing that goes over the network.
//
// Steps run as local activities and are idempotent: see store.Once. An error that trying again may mend (the database is
// away) is returned as it is and retried without limit; any other becomes the incident step_failed.
package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/store"
)

// Records are the steps of a case.
type Records struct {
	Store    *store.Store
	Calendar calendar.Calendar
	Keys     *identity.Keyring
	Printing issuing.Printing
	Printer  *document.Printer
	// Rules finds the rules a case keeps the name of; nil is policy.ByID.
	Rules func(version string) (*policy.Policy, error)
}

// Registry is the part of a worker that activities are registered with.
type Registry interface {
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// Register registers every step under its contract's name.
func (r *Records) Register(reg Registry) {
	implement(reg, contract.Admit, r.Admit)
	implement(reg, contract.IssueTasks, r.IssueTasks)
	implement(reg, contract.MarkOverdue, r.MarkOverdue)
	implement(reg, contract.RecordEnrolment, r.RecordEnrolment)
	implement(reg, contract.RecordTraining, r.RecordTraining)
	implement(reg, contract.RecordExam, r.RecordExam)
	implement(reg, contract.RecordEvaluation, r.RecordEvaluation)
	implement(reg, contract.EnterEvaluation, r.EnterEvaluation)
	implement(reg, contract.IssueCertificate, r.IssueCertificate)
	implement(reg, contract.PrintCertificate, r.PrintCertificate)
	implement(reg, contract.HoldCertificate, r.HoldCertificate)
	implement(reg, contract.PublishCertificate, r.PublishCertificate)
	implement(reg, contract.DecideTitle, r.DecideTitle)
	implement(reg, contract.CreditHours, r.CreditHours)
	implement(reg, contract.ReviewHours, r.ReviewHours)
	implement(reg, contract.ReviewCertificates, r.ReviewCertificates)
	implement(reg, contract.RevokeSome, r.RevokeSome)
	implement(reg, contract.WatchMisconduct, r.WatchMisconduct)
	implement(reg, contract.WatchPetition, r.WatchPetition)
	implement(reg, contract.WatchDoorCheck, r.WatchDoorCheck)
	implement(reg, contract.TakeFacts, r.TakeFacts)
	implement(reg, contract.ApplyResolution, r.ApplyResolution)
	implement(reg, contract.ApplyAct, r.ApplyAct)
	implement(reg, contract.ResumeCase, r.ResumeCase)
	implement(reg, contract.OpenStepFailed, r.OpenStepFailed)
	implement(reg, contract.CloseCase, r.CloseCase)
}

// implement registers a function as a step; the compiler checks that their types agree.
func implement[Req, Res any](
	reg Registry, step contract.Step[Req, Res], do func(context.Context, Req) (Res, error),
) {
	reg.RegisterActivityWithOptions(func(ctx context.Context, req Req) (Res, error) {
		res, err := do(ctx, req)
		if err != nil && !store.Away(err) && !errors.Is(err, signing.ErrKeyAway) {
			activity.GetLogger(ctx).Error("step failed for good", "step", step.Name, "error", err)
			// The reason stays in the log: a history is read by more people than a log is, and keeps it longer.
			err = temporal.NewNonRetryableApplicationError(step.Name+" failed", contract.StepFailedType, nil)
		}
		return res, err
	}, activity.RegisterOptions{Name: step.Name})
}

// file is a case opened for one step, with the rules and the day it is decided by.
type file struct {
	*store.CaseFile

	tx    *store.Tx
	rules *policy.Policy
	today calendar.Date
	cal   calendar.Calendar
}

// once runs a step of a case at most once: see store.Once.
func once[Res any](
	ctx context.Context, r *Records, caseID, key string, run func(*file) (Res, error),
) (Res, error) {
	return store.Once(ctx, r.Store, caseID, key, func(tx *store.Tx, f *store.CaseFile) (Res, error) {
		find := r.Rules
		if find == nil {
			find = policy.ByID
		}
		rules, err := find(f.PolicyVersion)
		if err != nil {
			var none Res
			return none, fmt.Errorf("read the case's rules: %w", err)
		}
		return run(&file{CaseFile: f, tx: tx, rules: rules, today: r.Calendar.Today(f.Now()), cal: r.Calendar})
	})
}

// stuck opens an incident as a step's reply.
func (f *file) stuck(stage progress.Stage, cause contract.Cause, about store.Incident) (contract.StepReply, error) {
	incident, err := f.OpenIncident(stage, cause, about)
	return contract.StepReply{Incident: incident}, err
}

// mayFinish reports whether an institution that is not listed may finish the case's training.
func (f *file) mayFinish(institution string) (bool, error) {
	began, err := f.tx.TrainingBegan(f.ID, institution)
	if err != nil || !began {
		return false, err
	}
	body, err := f.tx.Institution(institution)
	return body.Status == store.InstitutionActive, err
}

// decide keeps a decision as it was made, with what it was made on.
func (f *file) decide(kind, outcome string, inputs, body any) error {
	in, err := json.Marshal(inputs)
	if err != nil {
		return fmt.Errorf("encode a decision's inputs: %w", err)
	}
	out, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode a decision: %w", err)
	}
	return f.tx.InsertDecision(store.Decision{
		ID: uuid.NewString(), CaseID: f.ID, Kind: kind, PolicyVersion: f.PolicyVersion, AsOf: f.today,
		Inputs: in, Outcome: outcome, Body: out, DecidedAt: f.Now(),
	})
}

// bodyOf is the institution that a stage is the work of, and the role it acts in.
func (f *file) bodyOf(stage progress.Stage) (institution, role string) {
	role = store.RoleIn(stage)
	institution, _ = f.Body(role)
	return institution, role
}

// unlisted opens an incident when an institution is not on the published list in its role today, and replies nothing
// when it is. A training that it began while it was listed it may finish, unless it is suspended.
func (f *file) unlisted(stage progress.Stage, institution, role string) (*contract.Incident, error) {
	listed, err := f.tx.Listed(institution, f.Occupation, f.Level, role, f.today)
	if err == nil && !listed && role == policy.RoleTraining {
		listed, err = f.mayFinish(institution)
	}
	if err != nil || listed {
		return nil, err
	}
	return f.OpenIncident(stage, contract.InstitutionNotListed, store.Incident{
		InstitutionID: &institution, Params: map[string]any{"role": role},
	})
}
