package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// RecordEnrolment takes the training body's acceptance of the trainee.
func (r *Records) RecordEnrolment(ctx context.Context, req contract.RecordRequest) (contract.RecordReply, error) {
	return record(ctx, r, req, progress.Training, func(f *file, tasks []answered) (contract.RecordReply, error) {
		f.Note(progress.Training, "enrolled", store.ActorInstitution(tasks[0].InstitutionID), map[string]any{
			"institution": tasks[0].InstitutionID,
		})
		return contract.RecordReply{Next: contract.GoOn}, nil
	})
}

// RecordTraining books the sessions into the hours ledger and decides whether the standard's hours and its content are
// both complete (notice 三（一）: 对完成规定学时和内容的学员).
func (r *Records) RecordTraining(ctx context.Context, req contract.RecordRequest) (contract.RecordReply, error) {
	return record(ctx, r, req, progress.Training, func(f *file, tasks []answered) (contract.RecordReply, error) {
		var reply contract.RecordReply
		task := tasks[0]
		result, err := contract.Decode[contract.TrainingResult](task.answer.Body)
		if err != nil {
			return reply, fmt.Errorf("read a training result: %w", err)
		}
		if err := f.tx.InsertHours(f.entries(task, result)); err != nil {
			return reply, err
		}
		gate, err := f.trainingGate()
		if err != nil {
			return reply, err
		}
		f.Note(progress.Training, "hours_recorded", store.ActorInstitution(task.InstitutionID), map[string]any{
			"hours": gate.Have.String(), "required": gate.Need.String(),
		})
		if err := f.decide("training_gate", gate.outcome(), result, gate); err != nil {
			return reply, err
		}
		if gate.complete() {
			f.Note(progress.Training, "training_completed", store.ActorSystem,
				map[string]any{"hours": gate.Have.String()})
			return contract.RecordReply{Next: contract.GoOn}, f.Move(progress.Training, progress.Done, nil, nil)
		}
		params := map[string]any{
			"have": gate.Have.String(), "need": gate.Need.String(), "modules": gate.MissingModules,
		}
		f.Note(progress.Training, "hours_insufficient", store.ActorSystem, params)
		incident, err := f.OpenIncident(progress.Training, contract.HoursInsufficient, store.Incident{
			InstitutionID: &task.InstitutionID, TaskID: &task.ID, Params: params,
		})
		return contract.RecordReply{Next: contract.Reissue, Incident: incident}, err
	})
}

// entries turns reported sessions into ledger entries. A session nobody attended books nothing.
func (f *file) entries(task answered, result contract.TrainingResult) []store.HourEntry {
	var entries []store.HourEntry
	rule := hours.Rule(f.rules)
	for _, s := range result.Sessions {
		if s.AttendedHours == 0 {
			continue
		}
		entries = append(entries, store.HourEntry{
			CaseID: &f.ID, PersonID: f.PersonID, InstitutionID: task.InstitutionID, TaskID: &task.ID,
			SessionRef: s.Ref, SessionDate: s.Date, Module: s.Module, Mode: s.Mode,
			Seconds: int(rule.Length(s.AttendedHours) / time.Second),
		})
	}
	return entries
}

// gate is whether a training is complete: both its hours and its content.
type gate struct {
	Have           ledger.Hours `json:"have"`
	Need           ledger.Hours `json:"need"`
	MissingModules []string     `json:"missing_modules"`
}

func (g gate) complete() bool { return g.Have >= g.Need && len(g.MissingModules) == 0 }

func (g gate) outcome() string {
	if g.complete() {
		return "met"
	}
	return "not_met"
}

func (f *file) trainingGate() (gate, error) {
	standard, err := f.rules.TrainingStandard(f.Occupation, f.Level)
	if err != nil {
		return gate{}, err
	}
	entries, err := f.tx.Hours(f.ID)
	if err != nil {
		return gate{}, err
	}
	completed, err := f.completedModules()
	if err != nil {
		return gate{}, err
	}
	return gate{
		Have: hours.Rule(f.rules).Hours(ledger.Total(entries)), Need: standard.Hours, MissingModules: ledger.MissingModules(standard.Modules, completed),
	}, nil
}

// completedModules is the content that training bodies have reported complete, in all their results for the case.
func (f *file) completedModules() ([]string, error) {
	bodies, err := f.tx.ResultsOf(f.ID, contract.TrainingTask)
	if err != nil {
		return nil, err
	}
	var completed []string
	for _, body := range bodies {
		result, err := contract.Decode[contract.TrainingResult](body)
		if err != nil {
			return nil, fmt.Errorf("read a training result: %w", err)
		}
		completed = append(completed, result.CompletedModules...)
	}
	return completed, nil
}
