package petition

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// Reviewable is a mark of an evaluation, and until when its trainee may have it reviewed.
type Reviewable struct {
	Mark        store.Assessment
	Institution string
	Published   calendar.Date
	Last        calendar.Date
	Asked       *store.Petition // the review that was asked for
}

// Over reports whether the time to ask is over on a day.
func (r Reviewable) Over(today calendar.Date) bool { return today.After(r.Last) }

// Reviewable lists the marks of a case's evaluation, in the order of their attempts. The time of each runs from the day on which
// it was published, whatever became of it since: what a review comes to is final.
func (d Desk) Reviewable(tx *store.Tx, c store.Case) ([]Reviewable, error) {
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return nil, fmt.Errorf("read a case's rules: %w", err)
	}
	marks, err := tx.Assessments(c.ID)
	if err != nil {
		return nil, err
	}
	asked, err := tx.Petitions(store.PetitionFilter{CaseID: c.ID, Kind: store.PetitionScoreReview, Limit: len(marks) * 10})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(marks))
	for i, mark := range marks {
		ids[i] = mark.TaskID
	}
	tasks, err := tx.TasksByID(ids)
	if err != nil {
		return nil, err
	}
	window := Window(rules, c.Occupation)
	var all []Reviewable
	for _, mark := range marks {
		if mark.Kind == contract.ExamTask {
			continue
		}
		published := d.Calendar.Today(mark.RecordedAt)
		r := Reviewable{Mark: mark, Institution: tasks[mark.TaskID].InstitutionID, Published: published, Last: published.AddDays(window)}
		for i, p := range asked {
			if *p.TaskID == mark.TaskID && p.Follows == nil && p.State != store.PetitionWithdrawn {
				r.Asked = &asked[i]
			}
		}
		all = append(all, r)
	}
	return all, nil
}

// Window is for how many days after its publication a mark may be reviewed: as the plan of the occupation's evaluation has it, or
// else as the rule of reviews does.
func Window(rules *policy.Policy, occupation string) int {
	if days := rules.Evaluation(occupation).ReviewDays; days > 0 {
		return days
	}
	return RuleOf(store.PetitionScoreReview).WindowDays
}

// Final is when the marks that earn a grade certificate are final: what was asked about them is to be answered first, or only time
// is missing.
type Final struct {
	Asked *store.Petition
	From  calendar.Date
}

// Final says for what a case's grade certificate waits; nil when for nothing. Where it is issued at once, it waits for no answer
// either: a mark that is corrected afterwards suspends it.
func (d Desk) Final(tx *store.Tx, c store.Case, rules *policy.Policy, today calendar.Date) (*Final, error) {
	days := certificateAfter(rules, c.Occupation)
	if days == 0 {
		return nil, nil //nolint:nilnil // it waits for nothing
	}
	for _, kind := range []string{store.PetitionScoreReview, store.PetitionAppeal} {
		open, err := tx.Petitions(store.PetitionFilter{CaseID: c.ID, Kind: kind, Open: true, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(open) > 0 {
			return &Final{Asked: &open[0]}, nil
		}
	}
	marks, err := d.Reviewable(tx, c)
	if err != nil {
		return nil, err
	}
	var from calendar.Date
	for _, r := range marks {
		// A review is asked for once, so a mark that was reviewed is final; one that was not passed earns nothing.
		if last := r.Published.AddDays(days); r.Mark.Passed && r.Asked == nil && !last.Before(today) && !last.Before(from) {
			from = last.AddDays(1)
		}
	}
	if from.IsZero() {
		return nil, nil //nolint:nilnil // it waits for nothing
	}
	return &Final{From: from}, nil
}

// certificateAfter is how many days after the publication of its marks a grade certificate is issued: as the plan of the occupation's
// evaluation has it, or else once they can be reviewed no more.
func certificateAfter(rules *policy.Policy, occupation string) int {
	if days := rules.Evaluation(occupation).CertificateAfterDays; days != nil {
		return *days
	}
	if days := RuleOf(store.PetitionScoreReview).Demonstration.CertificateAfterDays; days != nil && rules.Demonstration() {
		return *days
	}
	return Window(rules, occupation)
}

// AskReview asks the evaluation body to look at a mark again: once, while there is time.
func (d Desk) AskReview(tx *store.Tx, a Asking) (store.Petition, error) {
	f, err := tx.OpenCase(a.CaseID)
	if err != nil {
		return store.Petition{}, err
	}
	all, err := d.Reviewable(tx, f.Case)
	if err != nil {
		return store.Petition{}, err
	}
	i := slices.IndexFunc(all, func(r Reviewable) bool { return r.Mark.Kind == a.Part && r.Mark.Attempt == a.Attempt })
	if i < 0 {
		return store.Petition{}, ErrNoMark
	}
	r, today := all[i], d.Calendar.Today(a.At)
	switch {
	case r.Asked != nil:
		return *r.Asked, ErrAsked
	case r.Over(today):
		return store.Petition{}, &LateError{From: r.Published, Last: r.Last, Today: today}
	}
	a.PersonID = f.PersonID
	p := d.begun(store.PetitionScoreReview, r.Institution, a)
	p.TaskID, p.PublishedOn, p.LastDay, p.ScoreWas = &r.Mark.TaskID, &r.Published, &r.Last, r.Mark.Score
	if p, err = d.put(tx, p, a.Text); err != nil {
		return p, err
	}
	f.Note(progress.Evaluation, "score_review_asked", store.ActorTrainee, map[string]any{"part": r.Mark.Kind, "attempt": r.Mark.Attempt})
	return p, f.Save()
}

// AppealWindow is from which day to which the answer to a review can be appealed against.
func (d Desk) AppealWindow(p store.Petition) (from, last calendar.Date) {
	from = d.Calendar.Today(*p.AnsweredAt)
	return from, from.AddDays(RuleOf(store.PetitionAppeal).WindowDays)
}

// Appealable reports whether the answer to a petition can be appealed against at all: that to a review, once. What was done again
// by an appeal's answer is final.
func Appealable(p store.Petition) bool {
	return p.Kind == store.PetitionScoreReview && p.State == store.PetitionAnswered && p.Follows == nil
}

// Appeal asks the city's bureau to look at the answer to a review.
func (d Desk) Appeal(tx *store.Tx, id, text, by string, at time.Time) (store.Petition, error) {
	o, err := d.open(tx, id, at, store.PetitionAnswered)
	if errors.Is(err, ErrState) {
		return store.Petition{}, ErrNotAnswer
	}
	if err != nil {
		return store.Petition{}, err
	}
	if !Appealable(o.Petition) {
		return store.Petition{}, ErrNotAnswer
	}
	from, last := d.AppealWindow(o.Petition)
	if today := d.Calendar.Today(at); today.After(last) {
		return store.Petition{}, &LateError{From: from, Last: last, Today: today}
	}
	p := d.begun(store.PetitionAppeal, o.InstitutionID, Asking{PersonID: o.PersonID, CaseID: *o.CaseID, By: by, At: at})
	if err := d.follow(o, &p); err != nil {
		return p, err
	}
	p.PublishedOn, p.LastDay = &from, &last
	if p, err = d.put(tx, p, text); err != nil {
		return p, err
	}
	o.note("score_appeal_asked", store.ActorTrainee)
	return p, o.file.Save()
}

// again has a review done once more, by the answer to an appeal.
func (o *opened) again() error {
	p := o.desk.begun(store.PetitionScoreReview, o.InstitutionID, Asking{PersonID: o.PersonID, CaseID: *o.CaseID, By: o.AskedBy, At: o.at})
	if err := o.desk.follow(o, &p); err != nil {
		return err
	}
	p.PublishedOn, p.LastDay = o.PublishedOn, o.LastDay
	_, err := o.desk.put(o.tx, p, "")
	return err
}

// follow has a petition follow another about the same mark, as it stands now.
func (d Desk) follow(o *opened, p *store.Petition) error {
	mark, err := o.mark()
	if err == nil {
		p.Follows, p.TaskID, p.ScoreWas = &o.ID, o.TaskID, mark.Score
	}
	return err
}

// mark is the mark that the petition is about, as it stands.
func (o *opened) mark() (store.Assessment, error) {
	marks, err := o.tx.Assessments(*o.CaseID)
	if err != nil {
		return store.Assessment{}, err
	}
	i := slices.IndexFunc(marks, func(m store.Assessment) bool { return m.TaskID == *o.TaskID })
	if i < 0 {
		return store.Assessment{}, ErrNoMark
	}
	return marks[i], nil
}
