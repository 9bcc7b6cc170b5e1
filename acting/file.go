package acting

import (
	"fmt"
	"slices"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// File is a case opened to be acted on, with the rules and the day it is decided by.
type File struct {
	*store.CaseFile

	Tx    *store.Tx
	Rules *policy.Policy
	Cal   calendar.Calendar
	Today calendar.Date

	// effects are what was done, for who asks before they act.
	effects []Effect
}

// Effect is one thing that an act does, by its code: the catalogue has it in words, under effect.
type Effect struct {
	Code   string
	Params map[string]any
}

func (f *File) tell(code string, params map[string]any) {
	f.effects = append(f.effects, Effect{Code: code, Params: params})
}

// bodyOf is the institution that a stage is the work of, and the role it acts in.
func (f *File) bodyOf(stage progress.Stage) (institution, role string) {
	role = store.RoleIn(stage)
	institution, _ = f.Body(role)
	return institution, role
}

// CancelTasks takes back what institutions still owe the case.
func (f *File) CancelTasks(reason string) error {
	open, err := f.Tx.OpenTasks(f.ID)
	if err != nil {
		return err
	}
	for _, task := range open {
		if err := f.Tx.CloseTask(task, store.TaskCancelled, reason, f.Now()); err != nil {
			return err
		}
		params := map[string]any{"task": task.Kind, "institution": task.InstitutionID}
		f.Note(f.Stage, "task_cancelled", store.ActorSystem, params)
		f.tell("task_cancelled", params)
	}
	return nil
}

// CancelPrepared gives up what the case was being issued: its numbers are not used again. What takes the place of another
// certificate is not the case's to give up.
func (f *File) CancelPrepared(reason string) error {
	all, err := f.Tx.Certificates(f.ID)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Status != store.CertificatePrepared || c.Supersedes != nil {
			continue
		}
		if _, _, err := issuing.Cancel(f.Tx, c.ID, reason, f.Now()); err != nil {
			return fmt.Errorf("give up a certificate: %w", err)
		}
		params := map[string]any{"certificate": c.Kind, "issuer": c.Issuer, "number": c.Number}
		f.Note(stageOf(c.Kind), "certificate_cancelled", store.ActorSystem, params)
		f.tell("certificate_cancelled", params)
	}
	return nil
}

// stageOf is the stage in which a certificate is issued.
func stageOf(kind string) progress.Stage {
	if kind == contract.GradeCertificate {
		return progress.Certificate
	}
	return progress.Exam
}

// inForce lists the case's certificates that hold, or are suspended, and that a stage or a later one issues.
func (f *File) inForce(from progress.Stage) ([]store.Certificate, error) {
	all, err := f.Tx.Certificates(f.ID)
	return slices.DeleteFunc(all, func(c store.Certificate) bool {
		return c.Status != store.CertificateValid && c.Status != store.CertificateSuspended || before(stageOf(c.Kind), from)
	}), err
}

// before reports whether a stage comes before another.
func before(a, b progress.Stage) bool {
	return slices.Index(progress.Stages(), a) < slices.Index(progress.Stages(), b)
}

func institutionParty(id string) *progress.Party {
	return &progress.Party{Kind: progress.ByInstitution, ID: id}
}
