package activities

import (
	"context"
	"errors"
	"slices"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/petition"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// WatchPetition tells people that the answer to a petition is due, or overdue.
func (r *Records) WatchPetition(ctx context.Context, req contract.WatchPetitionRequest) (contract.Turn, error) {
	return r.watched(ctx, req.PetitionID, petition.Desk{Keys: r.Keys, Calendar: r.Calendar}.Watch)
}

// standsOnMarks reports whether the marks pass the evaluation, and whether one of them was corrected by the answer to a review. Of
// somebody who sat again meanwhile, an earlier attempt may pass.
func (f *file) standsOnMarks() (passes, corrected bool, err error) {
	corrected, err = f.tx.Corrected(f.ID)
	if err != nil || !corrected {
		return false, false, err
	}
	results, err := f.acting().PartResults()
	rule := f.rules.Evaluation(f.Occupation)
	for _, last := range results {
		until := slices.DeleteFunc(slices.Clone(results), func(r policy.PartResult) bool { return r.Attempt > last.Attempt })
		passes = passes || len(rule.Outstanding(until)) == 0
	}
	return passes, true, err
}

// rescored takes the case where its corrected marks put it, if that is elsewhere. Who does not pass any more sits again, unless a
// certificate was issued: that is suspended, and decided on by people. Who passes goes on to the certificate, also when the case
// had ended for want of it.
func (v *verdict) rescored(reply *contract.ReviewCertificatesReply, change string) error {
	passes, corrected, err := v.standsOnMarks()
	if err != nil || !corrected || v.grade.holds() || v.grade.revoked() {
		return err
	}
	evaluated := v.State(progress.Evaluation)
	switch {
	case v.had == "" && evaluated == progress.Done && !passes:
		reply.Again, err = v.failsNow()
	case v.had == "" && evaluated != progress.Pending && !evaluated.Final() && passes:
		reply.Again, err = v.passesNow()
	case v.had == progress.Trained && evaluated == progress.Failed && passes:
		v.reopen(reply)
		reply.Again, err = v.passesAfterAll()
	}
	if reply.Again != nil {
		reply.Again.Change = change // what is asked from here on was not asked before
	}
	return err
}

func (v *verdict) failsNow() (*contract.Resume, error) {
	results, err := v.acting().PartResults()
	if err != nil {
		return nil, err
	}
	attempt := 0
	for _, r := range results {
		attempt = max(attempt, r.Attempt)
	}
	v.Note(progress.Evaluation, "evaluation_failed", store.ActorSystem, map[string]any{"attempt": attempt})
	if err := v.Reopen(progress.Evaluation, progress.Active); err != nil {
		return nil, err
	}
	return v.sitAgain("mark_corrected", attempt, results)
}

func (v *verdict) passesNow() (*contract.Resume, error) {
	if err := v.CloseIncident(store.ClosedBySuperseded); err != nil {
		return nil, err
	}
	if err := v.tx.KeepUntaken(v.ID, store.LetterAskedAgain, v.Now()); err != nil {
		return nil, err
	}
	if err := v.acting().CancelTasks("mark_corrected"); err != nil {
		return nil, err
	}
	return v.certify()
}

// passesAfterAll is for a case that had ended without its certificate.
func (v *verdict) passesAfterAll() (*contract.Resume, error) {
	for _, stage := range []progress.Stage{progress.Certificate, progress.Title} {
		if v.State(stage) == progress.Skipped {
			if err := v.Reopen(stage, progress.Pending); err != nil {
				return nil, err
			}
		}
	}
	if err := v.Reopen(progress.Evaluation, progress.Active); err != nil {
		return nil, err
	}
	return v.certify()
}

// certify ends the evaluation as passed; its certificate is next.
func (v *verdict) certify() (*contract.Resume, error) {
	attempt, err := v.tx.LastTask(v.ID, contract.TheoryTask)
	if err != nil {
		return nil, err
	}
	v.Note(progress.Evaluation, "evaluation_passed", store.ActorSystem, map[string]any{"attempt": attempt.Attempt})
	return &contract.Resume{Stage: string(progress.Certificate)}, v.Move(progress.Evaluation, progress.Done, nil, nil)
}

// stuckOtherwise reports whether the case is stuck on what its certificates have nothing to do with: all else waits.
func (v *verdict) stuckOtherwise() (bool, error) {
	_, err := v.tx.OpenIncidentOf(v.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
