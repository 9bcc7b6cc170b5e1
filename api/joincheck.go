package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/explain"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// joinCheckBody asks whether somebody could take part. It names nobody.
type joinCheckBody struct {
	Occupation string        `json:"occupation" maxLength:"64"`
	Direction  string        `json:"direction,omitempty" maxLength:"64"`
	Level      string        `json:"level" maxLength:"64" doc:"junior, intermediate or senior."`
	Applicant  applicantBody `json:"applicant"`
}

// joinDecisionView is one of the rules, decided on what was told.
type joinDecisionView struct {
	Outcome      string         `json:"outcome" enum:"met,not_met,insufficient_rule"`
	Name         string         `json:"name"`
	Text         string         `json:"text" doc:"The outcome in a sentence."`
	Lines        []string       `json:"lines" doc:"What it rests on, or what each alternative still lacks."`
	Citation     citationView   `json:"citation"`
	EarliestDate *calendar.Date `json:"earliest_date,omitempty" doc:"From when time alone will have met it."`
}

// JoinCheckView is what somebody is told who asks.
type JoinCheckView struct {
	AsOf       calendar.Date     `json:"as_of"`
	Join       joinDecisionView  `json:"join" doc:"Whether they may join."`
	Evaluation joinDecisionView  `json:"evaluation" doc:"Whether they may enter the evaluation once trained."`
	Title      joinDecisionView  `json:"title" doc:"What the grade certificate would lead to, if it were issued today."`
	Hours      *ledger.Hours     `json:"hours" doc:"Of the standard; null: not entered yet, and no class can open."`
	Training   []institutionView `json:"training_bodies" doc:"Listed today to train it."`
	Assessing  []institutionView `json:"evaluation_bodies" doc:"Listed today to evaluate it. None: nobody can finish it for now (X-11)."`
}

type joinCheckOutput struct{ Body JoinCheckView }

func (s *service) registerJoinChecks(api huma.API) {
	s.coming.check = bodyFor[joinCheckBody](api.OpenAPI().Components.Schemas)
	sent(api, "POST /v1/join-checks", "public", "Whether somebody could take part, what is missing, and from when it will not be", s.coming.check.schema,
		http.StatusOK, s.checkJoining)
}

// checkJoining decides the three rules on what somebody tells of themselves, as a case would today. Nothing of it is kept.
func (s *service) checkJoining(ctx context.Context, in *bodyInput) (*joinCheckOutput, error) {
	body, found, err := s.coming.check.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	today := s.today()
	s.checkTarget(body.Occupation, body.Direction, body.Level, found)
	applicant := body.Applicant.facts(found, later(today, calendar.Real().Today(s.Now())))
	if err := found.err(); err != nil {
		return nil, err
	}
	r := requestOf(ctx)
	out := &joinCheckOutput{Body: JoinCheckView{
		AsOf:       today,
		Join:       viewJoining(r, explain.Decision(r.lang, s.Policy.MayJoin(applicant, body.Occupation, body.Level, today))),
		Evaluation: viewJoining(r, explain.Decision(r.lang, s.Policy.MayEnterEvaluation(applicant, body.Occupation, body.Level, today))),
		Title:      viewJoining(r, explain.Title(r.lang, s.Policy.MapTitle(applicant, body.Occupation, body.Level, today, today))),
	}}
	out.Body.Hours, _ = standardOf(s.Policy, body.Occupation, body.Level)
	tx := s.Store.Read(ctx)
	for role, into := range map[string]*[]institutionView{
		policy.RoleTraining: &out.Body.Training, policy.RoleEvaluation: &out.Body.Assessing,
	} {
		bodies, err := tx.ListedInstitutions(body.Occupation, role, today)
		if err != nil {
			return nil, err
		}
		*into = s.viewListed(r, slices.DeleteFunc(bodies, func(one store.ListedInstitution) bool {
			return one.Level != "" && one.Level != body.Level
		}))
	}
	return out, nil
}

func viewJoining(r *request, e explain.Explanation) joinDecisionView {
	return joinDecisionView{
		Outcome: string(e.Outcome), Name: e.Name, Text: e.Text, Lines: e.Lines, EarliestDate: e.EarliestDate,
		Citation: citationView{
			Document: e.Citation.Document, Clause: e.Citation.Clause, Basis: string(e.Citation.Basis), Note: e.Citation.Note.In(string(r.lang)),
		},
	}
}
