package demo

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/playing"
	"github.com/dengpan/dengpan/progress"

	"github.com/dengpan/dengpan/devstack/board"
)

// view is a case as GET /v1/cases/{id} answers, as far as it is shown.
type view struct {
	ID         string           `json:"id"`
	Occupation named            `json:"occupation"`
	Level      named            `json:"level"`
	Status     progress.Status  `json:"status"`
	Stage      progress.Stage   `json:"stage"`
	Outcome    progress.Outcome `json:"outcome"`
	Since      time.Time        `json:"since"`
	DueAt      *time.Time       `json:"due_at"`
	Owes       *struct {
		Kind progress.PartyKind `json:"kind"`
		Name string             `json:"name"`
	} `json:"owes"`
	Stages []struct {
		Stage progress.Stage `json:"stage"`
		State progress.State `json:"state"`
	} `json:"stages"`
	Incident *struct {
		Cause string `json:"cause"`
	} `json:"incident"`
}

type named struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

func (v view) ended() bool { return v.Outcome != progress.Open }

// watch reads every case that has not ended, again and again, has the trainees withdraw who do, the operator void the
// sessions that are voided, and who is not known show their document.
func (d *Demo) watch(ctx context.Context) {
	for playing.Wait(ctx, 700*time.Millisecond) {
		for n := range d.notes.trainees() {
			trainee, done := d.notes.trainee(n)
			if trainee.CaseID == "" || d.viewOf(n).ended() {
				continue
			}
			var v view
			if err := d.api.get(ctx, "/v1/cases/"+url.PathEscape(trainee.CaseID), d.notes.operator(), &v); err != nil {
				break // the API is away: the next round asks again
			}
			d.mu.Lock()
			d.views[n] = v
			d.mu.Unlock()
			if stage := scenarioOf(n).withdrawsIn; stage == string(v.Stage) && v.Status == progress.CaseWaiting && !done.Withdrawn {
				d.withdraw(ctx, n, trainee)
			}
			if scenarioOf(n).voided && v.Stage == progress.Exam && v.Status == progress.CaseWaiting && !done.Voided {
				d.void(ctx, n, trainee)
			}
			if scenarioOf(n).unknown && !done.Seen {
				d.beSeen(ctx, n, trainee, v)
			}
		}
	}
}

func (d *Demo) withdraw(ctx context.Context, n int, trainee Trainee) {
	body := map[string]string{"reason": "个人工作调动，不再参加"}
	path := "/v1/cases/" + url.PathEscape(trainee.CaseID) + "/withdrawal"
	err := d.api.post(ctx, path, trainee.Token, "demo-withdrawal", body, nil)
	if err != nil && passing(err) {
		return // the next round asks again
	}
	if err != nil {
		d.tell("%s: %v", trainee.Name, err)
	} else {
		d.tell("%s 申请退出", trainee.Name)
	}
	if err := d.notes.change(func(_ *Record, s *steps) { s.Trainees[n].Withdrawn = true }); err != nil {
		d.tell("%v", err)
	}
}

func (d *Demo) viewOf(n int) view {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.views[n]
}

// AllEnded says whether every trainee's case has ended.
func (d *Demo) AllEnded() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, v := range d.views {
		if !v.ended() {
			return false
		}
	}
	return true
}

// Surprises lists the cases that ended otherwise than they were meant to.
func (d *Demo) Surprises() []string {
	names := d.Record().Trainees
	d.mu.Lock()
	defer d.mu.Unlock()
	var surprises []string
	for n, v := range d.views {
		if meant := scenarioOf(n).ends; v.ended() && v.Outcome != meant {
			surprises = append(surprises, fmt.Sprintf("%s (%s): %s, not %s", names[n].Name, v.ID, v.Outcome, meant))
		}
		_, done := d.notes.trainee(n)
		if v.ended() && scenarioOf(n).voided && !done.Voided {
			surprises = append(surprises, fmt.Sprintf("%s (%s): no session was voided", names[n].Name, v.ID))
		}
		if v.ended() && scenarioOf(n).unknown && !done.Seen {
			surprises = append(surprises, fmt.Sprintf("%s (%s): nobody saw the document", names[n].Name, v.ID))
		}
	}
	return surprises
}

// Board fills in the part of the board that shows the cases.
func (d *Demo) Board(s *board.Snapshot) {
	names := d.Record().Trainees
	d.mu.Lock()
	defer d.mu.Unlock()
	s.Intended = len(d.views)
	s.News = append([]string(nil), d.news...)
	if d.failed != nil {
		s.News = append([]string{d.failed.Error()}, s.News...)
	}
	for n, v := range d.views {
		if v.ID == "" {
			continue
		}
		c := board.Case{
			Name: names[n].Name, Occupation: d.shortly(v.Occupation), Level: v.Level.Name,
			Status: v.Status, Stage: v.Stage, Outcome: v.Outcome,
			Stages: make(map[progress.Stage]progress.State, len(v.Stages)),
		}
		for _, stage := range v.Stages {
			c.Stages[stage.Stage] = stage.State
		}
		if v.Owes != nil {
			c.Party = v.Owes.Kind
			if c.Party == progress.ByInstitution {
				c.PartyName = v.Owes.Name
			}
		}
		if v.Incident != nil {
			c.Cause = v.Incident.Cause
		}
		if v.DueAt != nil {
			c.DueAt = *v.DueAt
		}
		_, done := d.notes.trainee(n)
		c.Again = v.hoursVoided(done)
		s.Cases = append(s.Cases, c)
	}
}

// fields are what the notice calls the occupations' fields; the occupations' own titles are too long
// for a column.
var fields = map[message.Lang]map[string]string{
	message.Chinese: {manufacturing: "智能制造", bigData: "大数据", blockchain: "区块链"},
	message.English: {manufacturing: "manufacturing", bigData: "big data", blockchain: "blockchain"},
}

func (d *Demo) shortly(occupation named) string {
	if field, known := fields[d.options.Lang][occupation.Code]; known {
		return field
	}
	return occupation.Name
}
