package misconduct

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/store"
)

// State keeps what the trainee says to it, by themselves or as somebody wrote it down for them. There is one statement.
func (d Desk) State(tx *store.Tx, actor, statement string, s Step) (store.Misconduct, error) {
	o, err := d.open(tx, s.ID, s.At, store.MisconductNoticed)
	if err != nil {
		return store.Misconduct{}, err
	}
	if o.StatedAt != nil {
		return o.Misconduct, ErrStated
	}
	if o.StatementSealed, err = d.Keys.Seal([]byte(statement), store.StatementSeal(o.ID)); err != nil {
		return o.Misconduct, fmt.Errorf("seal a statement: %w", err)
	}
	o.StatedBy, o.StatedAt = &s.By, &s.At
	return o.Misconduct, o.become(o.State, "misconduct_stated", actor, o.due(s.At, o.rules.Days.Review), nil)
}

// Review writes what came of looking at it again: once the trainee has made a statement, or their time for it is over. A time
// that is not known is not over.
func (d Desk) Review(tx *store.Tx, s Step) (store.Misconduct, error) {
	o, err := d.open(tx, s.ID, s.At, store.MisconductNoticed)
	switch {
	case err != nil:
		return store.Misconduct{}, err
	case o.RecordedBy == s.By:
		return o.Misconduct, ErrSame
	case o.StatedAt == nil && (o.StatementUntil == nil || s.At.Before(*o.StatementUntil)):
		return o.Misconduct, ErrWindowOpen
	}
	o.ReviewedBy, o.ReviewedAt, o.Review = &s.By, &s.At, s.Reason
	return o.Misconduct, o.become(store.MisconductReviewed, "misconduct_reviewed", store.ActorInstitution(o.InstitutionID),
		o.due(s.At, o.rules.Days.Decision), nil)
}

// Decide decides, by who may. What is founded voids the part or the attempt, bars the person for as long as the rule says, and
// revokes the certificate that came of it; what is not gives all back.
func (d Desk) Decide(tx *store.Tx, judge string, founded bool, s Step) (store.Misconduct, []store.InboxItem, error) {
	o, err := d.open(tx, s.ID, s.At, store.MisconductReviewed)
	if err != nil {
		return store.Misconduct{}, nil, err
	}
	act, known := o.rules.Act(o.Act)
	switch {
	case o.rules.Decides == "" || !known:
		return o.Misconduct, nil, ErrRuleMissing
	case o.rules.Decides != judge:
		return o.Misconduct, nil, ErrNotJudge
	case o.RecordedBy == s.By || *o.ConfirmedBy == s.By:
		return o.Misconduct, nil, ErrSame
	}
	o.DecidedBy, o.DecidedAt, o.Founded, o.DecisionReason = &s.By, &s.At, &founded, s.Reason
	if o.Citation, err = json.Marshal(act.Citation); err != nil {
		return o.Misconduct, nil, fmt.Errorf("encode a citation: %w", err)
	}
	event, params := "misconduct_unfounded", map[string]any{}
	if founded {
		event, params = "misconduct_founded", map[string]any{"act": o.Act}
		o.Voids = act.Voids
		if act.BarDays > 0 {
			last := d.Calendar.Today(d.Calendar.After(s.At, act.BarDays))
			o.BarredUntil = &last
			event, params["until"] = "misconduct_founded_barred", last.String()
		}
	}
	err = o.become(store.MisconductDecided, event, store.ActorInstitution(o.InstitutionID), o.due(s.At, o.rules.Days.Delivery), params)
	if err != nil {
		return o.Misconduct, nil, err
	}
	told, err := o.consequence(s)
	return o.Misconduct, told, err
}

// consequence does to the case's grade certificate what the decision says, and tells the case.
func (o *opened) consequence(s Step) ([]store.InboxItem, error) {
	change := store.CertificateChange{
		Status: store.CertificateRevoked, ReasonClass: "exam_misconduct", Reason: s.Reason, Actor: s.By, At: s.At,
	}
	from := []string{store.CertificateValid, store.CertificateSuspended}
	if !*o.Founded {
		change.Status, change.ReasonClass, from = store.CertificateValid, "cleared", []string{store.CertificateSuspended}
		other, err := o.tx.UndecidedMisconduct(o.CaseID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if !o.Suspended || other.ID != "" { // it was suspended by somebody else, or is held for something else
			from = nil
		}
	}
	grade, err := o.grade(from...)
	if err != nil {
		return nil, err
	}
	return o.tell(grade, change)
}

// Deliver writes how the trainee was handed the decision. It is the last step.
func (d Desk) Deliver(tx *store.Tx, how string, s Step) (store.Misconduct, error) {
	o, err := d.open(tx, s.ID, s.At, store.MisconductDecided)
	if err != nil {
		return store.Misconduct{}, err
	}
	o.DeliveredBy, o.DeliveredAt, o.DeliveredHow = &s.By, &s.At, how
	return o.Misconduct, o.become(store.MisconductDelivered, "misconduct_delivered", store.ActorInstitution(o.InstitutionID), nil,
		map[string]any{"how": how})
}

// Watch tells people of a step that is overdue, once, and says when the next deadline is; nil when none is known. It decides
// nothing.
func (d Desk) Watch(tx *store.Tx, id string, at time.Time) (next *time.Time, over bool, err error) {
	m, err := tx.LockMisconduct(id)
	if err != nil {
		return nil, false, err
	}
	switch {
	case m.State == store.MisconductDropped || m.State == store.MisconductDelivered:
		return nil, true, nil
	case m.DueAt == nil || m.EscalatedAt != nil:
		return nil, false, nil
	case at.Before(*m.DueAt):
		return m.DueAt, false, nil
	}
	for _, audience := range []string{store.AudienceInstitution, store.AudienceOperators} {
		err := tx.InsertNotice(store.Notice{
			Audience: audience, InstitutionID: &m.InstitutionID, Kind: "misconduct_overdue", Occasion: m.ID + "/" + m.State,
			Params: map[string]any{"misconduct": m.ID, "step": m.State, "due": d.Calendar.Today(*m.DueAt).String()},
		})
		if err != nil {
			return nil, false, err
		}
	}
	m.EscalatedAt = &at
	return nil, false, tx.SaveMisconduct(m)
}

// Account opens what was seen.
func (d Desk) Account(m store.Misconduct) (string, error) {
	return d.opened(m.AccountSealed, store.MisconductSeal(m.ID))
}

// Statement opens what the trainee said; empty when they said nothing.
func (d Desk) Statement(m store.Misconduct) (string, error) {
	if m.StatementSealed == nil {
		return "", nil
	}
	return d.opened(m.StatementSealed, store.StatementSeal(m.ID))
}

func (d Desk) opened(sealed []byte, purpose string) (string, error) {
	text, err := d.Keys.Open(sealed, purpose)
	if err != nil {
		return "", fmt.Errorf("open what was said of misconduct: %w", err)
	}
	return string(text), nil
}
