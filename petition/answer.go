package petition

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
)

// Answer is how somebody answers a petition.
type Answer struct {
	ID      string
	Outcome string
	Score   *float64 // of a mark that is corrected
	Text    string   // the trainee reads it
	By      string   // the account
	At      time.Time
}

// Handles reports whether an account answers a petition: the institution's, or an operator's of the bureau.
func Handles(p store.Petition, a store.Account) bool {
	switch p.HandledBy {
	case store.HandledByInstitution:
		return a.Role == store.RoleInstitution && a.InstitutionID != nil && *a.InstitutionID == p.InstitutionID
	case store.HandledByDistrict: // the city's stand in for a district's
		return a.Role == store.RoleOperator && (a.District == nil || *a.District == *p.District)
	default:
		return a.Role == store.RoleOperator && a.District == nil
	}
}

// Answer answers a petition, or proposes the answer where a second person confirms it. Nothing follows of what is proposed.
func (d Desk) Answer(tx *store.Tx, account store.Account, a Answer) (store.Petition, error) {
	o, err := d.open(tx, a.ID, a.At, store.PetitionAsked)
	if err != nil {
		return store.Petition{}, err
	}
	if err := o.answerable(account, a); err != nil {
		return o.Petition, err
	}
	o.Outcome, o.Score, o.Answer = a.Outcome, a.Score, a.Text
	if o.Second {
		o.State, o.ProposedBy, o.ProposedAt = store.PetitionProposed, &a.By, &a.At
		return o.Petition, o.save()
	}
	o.State, o.AnsweredBy, o.AnsweredAt = store.PetitionAnswered, &a.By, &a.At
	if err := o.tell("petition_answered"); err != nil {
		return o.Petition, err
	}
	return o.Petition, o.save()
}

// answerable refuses an answer that is none, or is not the account's to give.
func (o *opened) answerable(account store.Account, a Answer) error {
	if !Handles(o.Petition, account) {
		return ErrNotHandler
	}
	if !slices.Contains(RuleOf(o.Kind).Outcomes, a.Outcome) || (a.Score != nil) != (o.TaskID != nil && a.Outcome == "corrected") {
		return ErrOutcome
	}
	if err := o.documented(a.Outcome); err != nil {
		return err
	}
	if err := o.marker(a.By); err != nil || a.Score == nil {
		return err
	}
	mark, err := o.mark()
	if err == nil && mark.Score != nil && *mark.Score == *a.Score {
		err = ErrNoChange
	}
	return err
}

// marker refuses whoever gave the mark that a review is about.
func (o *opened) marker(by string) error {
	if o.Kind != store.PetitionScoreReview {
		return nil
	}
	marked, err := o.tx.MarkedBy(*o.TaskID)
	if err == nil && marked[*o.TaskID] == by {
		err = ErrMarker
	}
	return err
}

// Confirm is the second person's word on an answer that was proposed. If they do not agree, it is to be proposed anew. What is
// confirmed takes effect: a mark is corrected, in either direction, or a review is done once more.
func (d Desk) Confirm(tx *store.Tx, account store.Account, id string, agrees bool, reason string, at time.Time) (
	store.Petition, []store.InboxItem, error,
) {
	o, err := d.open(tx, id, at, store.PetitionProposed)
	if err != nil {
		return store.Petition{}, nil, err
	}
	switch {
	case !Handles(o.Petition, account):
		return o.Petition, nil, ErrNotHandler
	case *o.ProposedBy == account.ID:
		return o.Petition, nil, ErrSame
	}
	if err := o.marker(account.ID); err != nil {
		return o.Petition, nil, err
	}
	if !agrees {
		o.State, o.Outcome, o.Score, o.Answer, o.ProposedBy, o.ProposedAt = store.PetitionAsked, "", nil, "", nil, nil
		return o.Petition, nil, o.save()
	}
	o.State, o.AnsweredBy, o.AnsweredAt = store.PetitionAnswered, &account.ID, &at
	if err := o.tx.SavePetition(o.Petition); err != nil { // before what rests on it
		return o.Petition, nil, err
	}
	var told []store.InboxItem
	switch o.Outcome {
	case "upheld":
		o.note("score_review_upheld", store.ActorInstitution(o.InstitutionID))
		told, err = o.settled()
	case "corrected":
		told, err = o.correct(reason)
	case "dismissed":
		o.note("score_appeal_dismissed", store.ActorOperator)
		told, err = o.settled()
	case "again":
		o.note("score_appeal_again", store.ActorOperator)
		err = o.again()
	}
	if err != nil {
		return o.Petition, nil, err
	}
	return o.Petition, told, o.save()
}

// settled tells a case whose certificate waits for the answer that there is one, or that none is wanted any more.
func (o *opened) settled() ([]store.InboxItem, error) {
	if o.file == nil || o.TaskID == nil || o.file.State(progress.Certificate) != progress.Waiting {
		return nil, nil
	}
	item, err := o.tx.InsertInbox(*o.CaseID, store.InboxMark, o.ID)
	return []store.InboxItem{item}, err
}

func (o *opened) note(event, actor string) {
	mark, err := o.mark()
	params := map[string]any{}
	if err == nil {
		params["part"], params["attempt"] = mark.Kind, mark.Attempt
	}
	o.file.Note(progress.Evaluation, event, actor, params)
}

// correct puts the mark right and tells the case. A grade certificate that would not have been issued with it is suspended at once,
// and its revocation asked for, on which another decides.
func (o *opened) correct(reason string) ([]store.InboxItem, error) {
	mark, err := o.mark()
	if err != nil {
		return nil, err
	}
	if err := o.tx.CorrectMark(o.ID, mark, *o.Score, o.at); err != nil {
		return nil, err
	}
	params := map[string]any{"part": mark.Kind, "attempt": mark.Attempt, "score": *o.Score}
	event := "score_review_corrected_absent"
	if mark.Score != nil {
		event, params["was"] = "score_review_corrected", *mark.Score
	}
	o.file.Note(progress.Evaluation, event, store.ActorInstitution(o.InstitutionID), params)
	told := []store.InboxItem{}
	if mark.Passed && *o.Score < mark.PassMark {
		if told, err = o.withhold(reason); err != nil {
			return nil, err
		}
	}
	item, err := o.tx.InsertInbox(*o.CaseID, store.InboxMark, o.ID)
	return append(told, item), err
}

// withhold suspends the case's grade certificate, if there is one, and asks for its revocation.
func (o *opened) withhold(reason string) ([]store.InboxItem, error) {
	all, err := o.tx.Certificates(*o.CaseID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(c store.Certificate) bool {
		return c.Kind == contract.GradeCertificate && (c.Status == store.CertificateValid || c.Status == store.CertificateSuspended)
	})
	if i < 0 {
		return nil, nil
	}
	grade, err := o.tx.LockCertificate(all[i].ID)
	if err != nil {
		return nil, err
	}
	var told []store.InboxItem
	if grade.Status == store.CertificateValid {
		told, err = o.desk.Remedies.Change(o.tx, grade, store.CertificateChange{
			Status: store.CertificateSuspended, ReasonClass: "result_disputed", Reason: reason, Actor: *o.AnsweredBy, At: o.at,
		})
		if err == nil {
			err = o.tx.Audit(store.AuditEntry{
				Actor: *o.AnsweredBy, Action: "certificate.suspended", Subject: "certificate:" + grade.ID, Reason: reason, At: o.at,
			})
		}
		if err != nil {
			return nil, err
		}
	}
	_, err = o.desk.Remedies.Ask(o.tx, remedy.Asking{
		CertificateID: grade.ID, Measure: certificate.Revocation, ReasonClass: "mark_corrected", Reason: o.Answer, By: *o.ProposedBy, At: o.at,
	})
	if err != nil && !errors.Is(err, remedy.ErrOpen) {
		return nil, fmt.Errorf("ask for a revocation: %w", err)
	}
	return told, nil
}

// tell has the trainee told of what became of a petition: by a line of its case's timeline, or by itself if it is of none.
func (o *opened) tell(kind string) error {
	params := map[string]any{"petition": o.Kind, "institution": o.InstitutionID, "outcome": o.Outcome}
	if o.file != nil {
		actor := store.ActorOperator
		if o.HandledBy == store.HandledByInstitution {
			actor = store.ActorInstitution(o.InstitutionID)
		}
		o.file.Note(o.file.Stage, kind, actor, params)
		return nil
	}
	return o.tx.TellPerson(o.PersonID, kind, o.ID, params, o.at)
}

// Hear asks the institution that a petition is about for its statement.
func (d Desk) Hear(tx *store.Tx, account store.Account, id string, at time.Time) (store.Petition, error) {
	o, err := d.open(tx, id, at, store.PetitionAsked)
	if err != nil {
		return store.Petition{}, err
	}
	days := RuleOf(o.Kind).StatementDays
	switch {
	case !Handles(o.Petition, account):
		return o.Petition, ErrNotHandler
	case days == 0 || o.StatementDueAt != nil:
		return o.Petition, ErrHeard
	}
	due := o.desk.after(at, days)
	o.StatementDueAt, o.HeardBy = &due, &account.ID
	if err := o.save(); err != nil {
		return o.Petition, err
	}
	asked := o.Petition
	asked.DueAt = due
	if err := tx.QueuePetition(asked, at); err != nil {
		return o.Petition, err
	}
	return o.Petition, d.notice(tx, o.Petition, store.AudienceInstitution, "petition_heard", due)
}

// State keeps what the institution states. There is one statement.
func (d Desk) State(tx *store.Tx, id, statement, by string, at time.Time) (store.Petition, error) {
	o, err := d.open(tx, id, at, store.PetitionAsked)
	if err != nil {
		return store.Petition{}, err
	}
	if o.StatementDueAt == nil || o.StatedAt != nil {
		return o.Petition, ErrHeard
	}
	if o.StatementSealed, err = d.Keys.Seal([]byte(statement), store.PetitionStatementSeal(o.ID)); err != nil {
		return o.Petition, fmt.Errorf("seal a statement: %w", err)
	}
	o.StatedBy, o.StatedAt = &by, &at
	return o.Petition, o.save()
}
