package demo

import (
	"context"
	"net/url"

	"github.com/dengpan/dengpan/progress"
)

// hoursVoided says that the case went back to its training because hours it stood on were voided, and is there still.
func (v view) hoursVoided(done traineeSteps) bool {
	for _, stage := range v.Stages {
		if stage.Stage == progress.Training {
			return done.Voided && !stage.State.Final()
		}
	}
	return false
}

// void has the operator void the last session of a training that was complete: an inspection found that its sign-ins were
// written afterwards. The case goes back, and the training body makes up for the hours.
func (d *Demo) void(ctx context.Context, n int, trainee Trainee) {
	var attended struct {
		Sessions []struct {
			ID       string `json:"id"`
			Module   string `json:"module"`
			VoidedAt any    `json:"voided_at"`
		} `json:"sessions"`
	}
	query := url.Values{"attendee": {trainee.CaseID}, "limit": {"1"}}
	if err := d.api.get(ctx, "/v1/sessions?"+query.Encode(), d.notes.operator(), &attended); err != nil {
		return // the next round asks again
	}
	if len(attended.Sessions) == 0 {
		return
	}
	last := attended.Sessions[0]
	const reason = "抽查发现该次签到为事后补签，学时作废，须补课"
	if last.VoidedAt == nil { // it is not when the answer to an earlier round was lost
		path := "/v1/sessions/" + url.PathEscape(last.ID) + "/voiding"
		err := d.api.post(ctx, path, d.notes.operator(), "demo-voiding-"+last.ID, map[string]string{"reason": reason}, nil)
		if err != nil && passing(err) {
			return
		}
		if err != nil {
			d.tell("%s: %v", trainee.Name, err)
		} else {
			d.tell("%s：课次《%s》作废（%s）", trainee.Name, last.Module, reason)
		}
	}
	if err := d.notes.change(func(_ *Record, s *steps) { s.Trainees[n].Voided = true }); err != nil {
		d.tell("%v", err)
	}
}
