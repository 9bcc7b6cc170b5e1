package activities

import (
	"context"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// DecideTitle decides what professional title the grade certificate leads to (三（三）). 初级 and 中级 correspond to a title;
// 高级 gives the right to apply for review. No Beijing title certificate is issued in any case.
func (r *Records) DecideTitle(
	ctx context.Context, req contract.DecideTitleRequest,
) (contract.DecideTitleReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.DecideTitleReply, error) {
		var reply contract.DecideTitleReply
		if err := f.Move(progress.Title, progress.Active, nil, nil); err != nil {
			return reply, err
		}
		grade, err := f.standing(contract.GradeCertificate)
		if err != nil {
			return reply, err
		}
		if grade.Certificate != nil && !grade.is(store.CertificateValid) {
			reply.Undermined = true
			return reply, nil
		}
		issued, err := f.firstIssued(grade)
		if err != nil {
			return reply, err
		}
		d := f.rules.MapTitle(f.Applicant, f.Occupation, f.Level, issued, f.today)
		inputs := map[string]any{"applicant": f.Applicant, "certificate_date": issued}
		if err := f.decide(policy.DecisionTitle, string(d.Outcome), inputs, d); err != nil {
			return reply, err
		}
		return f.titleReply(d)
	})
}

// firstIssued is the day on which somebody was first certified: one that was issued in the place of another, because of a
// misprint, says what the other said.
func (f *file) firstIssued(s standing) (calendar.Date, error) {
	if s.Certificate == nil {
		return f.today, nil
	}
	c := *s.Certificate
	for c.Supersedes != nil {
		var err error
		if c, err = f.tx.Certificate(*c.Supersedes); err != nil {
			return c.IssuedOn, err
		}
	}
	return c.IssuedOn, nil
}

func (f *file) titleReply(d policy.TitleDecision) (contract.DecideTitleReply, error) {
	title := map[string]any{"title": d.Title}
	switch {
	case d.Outcome == policy.Met:
		kind := "title_mapped"
		if d.Kind == policy.EligibleToApply {
			kind = "title_eligible"
		}
		f.Note(progress.Title, kind, store.ActorSystem, title)
		return contract.DecideTitleReply{Mapped: true}, f.Move(progress.Title, progress.Done, nil, nil)
	case d.Outcome == policy.NotMet && d.EarliestDate != nil:
		// Only time is missing: the case sleeps until the day.
		until := f.cal.Wall(*d.EarliestDate)
		f.Note(progress.Title, "title_waiting", store.ActorSystem, map[string]any{"until": d.EarliestDate.String()})
		return contract.DecideTitleReply{Until: &until},
			f.Move(progress.Title, progress.Waiting, &progress.Party{Kind: progress.ByCalendar}, &until)
	case d.Outcome == policy.InsufficientRule:
		// Nobody has failed: there is nothing to decide by, and nothing is guessed.
		f.Note(progress.Title, "title_rule_missing", store.ActorSystem, title)
		return contract.DecideTitleReply{}, f.Move(progress.Title, progress.Skipped, nil, nil)
	default:
		f.Note(progress.Title, "title_not_met", store.ActorSystem, nil)
	}
	return contract.DecideTitleReply{}, f.Move(progress.Title, progress.Failed, nil, nil)
}
