package activities

import (
	"context"
	"errors"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/misconduct"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// WatchMisconduct tells people of a step of misconduct that is overdue.
func (r *Records) WatchMisconduct(ctx context.Context, req contract.WatchMisconductRequest) (contract.Turn, error) {
	return r.watched(ctx, req.MisconductID, misconduct.Desk{Keys: r.Keys, Calendar: r.Calendar}.Watch)
}

// watched looks at something whose deadlines are watched, and says when to look again.
func (r *Records) watched(
	ctx context.Context, id string, look func(*store.Tx, string, time.Time) (*time.Time, bool, error),
) (turn contract.Turn, err error) {
	err = r.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		turn.NextAt, turn.Over, err = look(tx, id, time.Now().UTC())
		return err
	})
	return turn, err
}

// suspected reports whether there is misconduct to be decided before a certificate is issued, or whether it was the trainee who sat;
// or a mark was corrected so that it is not to be: word of each is on its way.
func (f *file) suspected(kind string) (bool, error) {
	if kind != contract.GradeCertificate {
		return false, nil
	}
	_, err := f.tx.UndecidedMisconduct(f.ID)
	if errors.Is(err, store.ErrNotFound) {
		_, err = f.tx.UndecidedDoorCheck(f.ID)
	}
	if errors.Is(err, store.ErrNotFound) {
		passes, corrected, err := f.standsOnMarks()
		return corrected && !passes, err
	}
	return err == nil, err
}

// suspectedUntilNow closes the incident that held the evaluation: all is asked afresh.
func (v *verdict) suspectedUntilNow() error {
	last, err := v.tx.LastIncident(v.ID, contract.MisconductPending, contract.IdentityPending)
	if errors.Is(err, store.ErrNotFound) || err == nil && last.State == store.IncidentClosed {
		return nil
	}
	if err != nil {
		return err
	}
	if err := v.CloseIncident(store.ClosedByArrival); err != nil {
		return err
	}
	return v.Move(last.Stage, progress.Active, nil, nil)
}

// suspect holds the evaluation, and what stands on it, until it is decided whether there was misconduct.
func (v *verdict) suspect(m store.Misconduct) (reply contract.ReviewCertificatesReply, err error) {
	was, err := v.stood()
	if err == nil {
		err = v.tx.HoldForMisconduct(v.ID, was)
	}
	if err != nil {
		return reply, err
	}
	return v.stop(reply, progress.Evaluation, contract.MisconductPending, store.Incident{
		InstitutionID: &m.InstitutionID, Params: map[string]any{"misconduct": m.ID, "part": m.Part},
	})
}

// acquit gives the evaluation back that was held, as it was, once all is decided; what was decided against it voids it, and
// it is sat again. It says where it is, or nothing.
func (v *verdict) acquit() (*contract.Resume, error) {
	held, err := v.tx.ReleaseFromMisconduct(v.ID)
	if err != nil || len(held) == 0 || v.State(progress.Evaluation).Final() {
		return nil, err
	}
	was := held[0].HeldWas
	if !v.grade.holds() && !v.grade.revoked() {
		void := map[int]bool{}
		for _, m := range held {
			if *m.Founded {
				void[m.Attempt] = true
			}
		}
		again, err := v.voided(void, was, "misconduct")
		if err != nil || again != nil {
			return again, err
		}
	}
	if v.grade.revoked() {
		return nil, v.Move(progress.Evaluation, progress.Failed, nil, nil)
	}
	return nil, v.giveBack(was)
}

// giveBack gives the evaluation back that was held, as it was.
func (v *verdict) giveBack(was progress.State) error {
	if was == progress.Done {
		return v.Move(progress.Evaluation, was, nil, nil)
	}
	return v.goOnWaiting(progress.Evaluation)
}

// stood is what the evaluation was before it was held: for this, or for something else already.
func (v *verdict) stood() (progress.State, error) {
	was, err := v.tx.EvaluationHeld(v.ID)
	if err == nil && was == "" {
		was = v.State(progress.Evaluation)
	}
	return was, err
}

// goOnWaiting lets a stage wait for its institution as before, by the deadline of what it owes.
func (v *verdict) goOnWaiting(stage progress.Stage) error {
	open, err := v.tx.OpenTasks(v.ID)
	if err != nil {
		return err
	}
	if len(open) == 0 { // all was answered meanwhile, and is taken in next
		return v.Move(stage, progress.Active, nil, nil)
	}
	body, _ := v.bodyOf(stage)
	return v.Move(stage, progress.Waiting, institutionParty(body), &open[0].DueAt)
}

// voided is the attempt that follows where some count no longer; nil when these had counted for nothing.
func (v *verdict) voided(void map[int]bool, was progress.State, because string) (*contract.Resume, error) {
	last, err := v.tx.LastTask(v.ID, contract.TheoryTask)
	if err != nil {
		return nil, err
	}
	if practical, err := v.tx.LastTask(v.ID, contract.PracticalTask); err != nil {
		return nil, err
	} else if practical.Attempt > last.Attempt {
		last = practical
	}
	if len(void) == 0 {
		return nil, nil //nolint:nilnil // nothing was voided
	}
	rule := v.rules.Evaluation(v.Occupation)
	results, err := v.acting().PartResults()
	if err != nil || was == progress.Done && len(rule.Outstanding(results)) == 0 || was != progress.Done && !void[last.Attempt] {
		return nil, err
	}
	v.Note(progress.Evaluation, "evaluation_voided", store.ActorSystem, map[string]any{"attempt": last.Attempt})
	return v.sitAgain(because, last.Attempt, results)
}

// sitAgain is the attempt that follows another which counts no longer. What was asked or answered for it meanwhile, and a
// certificate that is being issued, are given up.
func (v *verdict) sitAgain(because string, attempt int, results []policy.PartResult) (*contract.Resume, error) {
	if err := v.acting().CancelTasks(because); err != nil {
		return nil, err
	}
	// What was answered meanwhile is not taken up any more.
	if err := v.tx.KeepUntaken(v.ID, store.LetterAskedAgain, v.Now()); err != nil {
		return nil, err
	}
	if err := v.acting().CancelPrepared(because); err != nil {
		return nil, err
	}
	if state := v.State(progress.Certificate); state != progress.Pending && !state.Final() {
		if err := v.Reopen(progress.Certificate, progress.Pending); err != nil {
			return nil, err
		}
	}
	rule := v.rules.Evaluation(v.Occupation)
	again := &contract.Resume{Stage: string(progress.Evaluation), Attempt: attempt + 1, Issue: 1}
	if parts := rule.SitAgain(results, v.today); len(parts) < len(rule.Parts) {
		again.Again = parts
	}
	return again, nil
}

// barred opens an incident while the person may not be evaluated, for misconduct in this case or another of theirs.
func (f *file) barred(stage progress.Stage) (*contract.Incident, error) {
	if stage != progress.Evaluation {
		return nil, nil //nolint:nilnil // it bars from nothing else
	}
	until, err := f.tx.BarredUntil(f.PersonID, f.today)
	if err != nil || until == nil {
		return nil, err
	}
	return f.OpenIncident(stage, contract.EvaluationBarred, store.Incident{Params: map[string]any{"until": until.String()}})
}
