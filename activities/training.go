package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// RecordEnrolment takes the training body's acceptance of the trainee, who is then in the class that they chose.
func (r *Records) RecordEnrolment(ctx context.Context, req contract.RecordRequest) (contract.RecordReply, error) {
	return record(ctx, r, req, progress.Training, func(f *file, tasks []answered) (contract.RecordReply, error) {
		f.Note(progress.Training, "enrolled", store.ActorInstitution(tasks[0].InstitutionID), map[string]any{
			"institution": tasks[0].InstitutionID,
		})
		_, err := hours.TakePlace(f.tx, f.Case, hours.At(f.cal, f.Now()))
		return contract.RecordReply{Next: contract.GoOn}, err
	})
}

// RecordTraining takes which content is complete, and decides whether it and the standard's hours, which attendance has
// brought into the ledger, are both complete (notice 三（一）: 对完成规定学时和内容的学员).
func (r *Records) RecordTraining(ctx context.Context, req contract.RecordRequest) (contract.RecordReply, error) {
	return record(ctx, r, req, progress.Training, func(f *file, tasks []answered) (contract.RecordReply, error) {
		var reply contract.RecordReply
		task := tasks[0]
		done, gate, err := f.trainingGate()
		if err != nil {
			return reply, err
		}
		f.Note(progress.Training, "hours_recorded", store.ActorInstitution(task.InstitutionID), map[string]any{
			"hours": gate.Have.String(), "required": gate.Need.String(),
		})
		if err := f.decide(policy.DecisionTraining, string(gate.Outcome), done, gate); err != nil {
			return reply, err
		}
		if gate.Outcome == policy.Met {
			f.Note(progress.Training, "training_completed", store.ActorSystem,
				map[string]any{"hours": gate.Have.String()})
			return contract.RecordReply{Next: contract.GoOn}, f.Move(progress.Training, progress.Done, nil, nil)
		}
		if gate.Outcome == policy.InsufficientRule { // the case was moved to rules that do not know its standard
			incident, err := f.OpenIncident(progress.Training, contract.RuleMissing, store.Incident{
				Params: map[string]any{"rule": policy.RuleTrainingStandard},
			})
			return contract.RecordReply{Next: contract.Reissue, Incident: incident}, err
		}
		params := shortfall(gate)
		f.Note(progress.Training, "hours_insufficient", store.ActorSystem, params)
		incident, err := f.OpenIncident(progress.Training, contract.HoursInsufficient, store.Incident{
			InstitutionID: &task.InstitutionID, TaskID: &task.ID, Params: params,
		})
		return contract.RecordReply{Next: contract.Reissue, Incident: incident}, err
	})
}

// trainingGate decides whether the training is complete, both its hours and its content, on what stands in the ledger now.
// What was watched is booked first. The person stays locked: attendance that is reported meanwhile is taken after this
// step, and the case is told of it.
func (f *file) trainingGate() (policy.TrainingRecord, policy.TrainingDecision, error) {
	var done policy.TrainingRecord
	if _, err := hours.SettlePerson(f.tx, f.PersonID, hours.At(f.cal, f.Now())); err != nil {
		return done, policy.TrainingDecision{}, err
	}
	entries, err := f.tx.Hours(f.ID)
	if err != nil {
		return done, policy.TrainingDecision{}, err
	}
	var offline time.Duration
	for _, mode := range ledger.ByMode(entries) {
		if mode.Mode == ledger.Offline {
			offline = mode.Credited
		}
	}
	// Rounded down once, of the sum: two parts, each rounded, may come to less.
	rule := hours.Rule(f.rules)
	done.Offline = rule.Hours(offline)
	done.Online = rule.Hours(ledger.Total(entries)) - done.Offline
	if done.Modules, err = f.taughtModules(entries); err != nil {
		return done, policy.TrainingDecision{}, err
	}
	return done, f.rules.CompletesTraining(done, f.Occupation, f.Level, f.today), nil
}

// shortfall is what a training that is not complete has and needs, for the timeline and an incident.
func shortfall(d policy.TrainingDecision) map[string]any {
	return map[string]any{
		"have": d.Have.String(), "need": d.Need.String(), "modules": append([]string{}, d.MissingModules...),
	}
}

// taughtModules is the content that was reported complete, and of which some attendance stands.
func (f *file) taughtModules(entries []ledger.Entry) ([]string, error) {
	completed, err := f.completedModules()
	return slices.DeleteFunc(completed, func(module string) bool {
		return !slices.ContainsFunc(entries, func(e ledger.Entry) bool { return e.Module == module })
	}), err
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
