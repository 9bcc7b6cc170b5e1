package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/dengpan/dengpan/consent"
	"github.com/dengpan/dengpan/devstack/portrait"
	"github.com/dengpan/dengpan/playing"
)

// listedBody is an institution as the API lists it.
type listedBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// offers are the published lists: who trains and who evaluates which occupation.
type offers struct {
	institutions []listedBody
	bodies       map[string][]string // "occupation/role" → ids
}

func (o offers) of(occupation, role string) []string { return o.bodies[occupation+"/"+role] }

// named is the name of an institution.
func (o offers) named(id string) string {
	i := slices.IndexFunc(o.institutions, func(body listedBody) bool { return body.ID == id })
	return o.institutions[i].Name
}

// askOffers reads the published lists of the occupations in the demonstration.
func (d *Demo) askOffers(ctx context.Context) (offers, error) {
	o := offers{bodies: make(map[string][]string)}
	for _, occupation := range []string{manufacturing, bigData, blockchain} {
		for _, role := range []string{"training", "evaluation"} {
			var answer struct {
				Institutions []listedBody `json:"institutions"`
			}
			query := url.Values{"occupation": {occupation}, "role": {role}}
			if err := d.api.get(ctx, "/v1/institutions?"+query.Encode(), "", &answer); err != nil {
				return o, fmt.Errorf("read the published list: %w", err)
			}
			for _, body := range answer.Institutions {
				o.bodies[occupation+"/"+role] = append(o.bodies[occupation+"/"+role], body.ID)
				if !slices.Contains(o.institutions, body) {
					o.institutions = append(o.institutions, body)
				}
			}
			if len(answer.Institutions) == 0 {
				return o, fmt.Errorf("the published list has no %s body for %s", role, occupation)
			}
		}
	}
	return o, nil
}

// registration is the body of POST /v1/cases.
type registration struct {
	Name           string    `json:"name"`
	IDNumber       string    `json:"id_number"`
	Occupation     string    `json:"occupation"`
	Level          string    `json:"level"`
	TrainingBody   string    `json:"training_body"`
	EvaluationBody string    `json:"evaluation_body"`
	District       string    `json:"district"`
	Applicant      applicant `json:"applicant"`

	Consents []consent.Given `json:"consents"`
}

// register is the n-th trainee's registration; the same however often it is asked for.
func (d *Demo) register(n int) registration {
	s := scenarioOf(n)
	training, evaluation := d.offers.of(s.occupation, "training"), d.offers.of(s.occupation, "evaluation")
	return registration{
		Name: name(n), IDNumber: idNumber(n), Occupation: s.occupation, Level: s.level,
		TrainingBody: training[n%len(training)], EvaluationBody: evaluation[n%len(evaluation)],
		District: districtOf(n), Applicant: s.applicant(d.notes.steps.BeganOn),
		Consents: consent.ToAll(consent.Registration),
	}
}

// takeIn registers, one by one, the trainees that have no case yet.
func (d *Demo) takeIn(ctx context.Context) {
	rest := intakeLasts / time.Duration(max(d.notes.trainees(), 1))
	for n := range d.notes.trainees() {
		trainee, done := d.notes.trainee(n)
		if trainee.CaseID != "" && done.Scripted {
			continue
		}
		for !d.takeInOne(ctx, n) {
			if !playing.Wait(ctx, time.Second) {
				return
			}
		}
		if !playing.Wait(ctx, rest) {
			return
		}
	}
}

// takeInOne registers a trainee and says whether to go on to the next.
func (d *Demo) takeInOne(ctx context.Context, n int) bool {
	err := d.tryTakeIn(ctx, n)
	if ctx.Err() != nil {
		return false
	}
	d.note(err)
	if err == nil {
		return true
	}
	d.tell("%s: %v", name(n), err)
	return !passing(err)
}

func (d *Demo) tryTakeIn(ctx context.Context, n int) error {
	trainee, done := d.notes.trainee(n)
	if trainee.Token == "" {
		token, err := d.options.Administrator.Token(ctx, "trainee", "", "demo trainee "+strconv.Itoa(n+1))
		if err != nil {
			return fmt.Errorf("make the trainee's account: %w", err)
		}
		trainee.Token = token
		if err := d.notes.change(func(r *Record, _ *steps) { r.Trainees[n].Token = token }); err != nil {
			return err
		}
	}
	if n == visited {
		if err := d.ensureTraineeLogin(ctx, trainee); err != nil {
			return err
		}
	}
	if trainee.CaseID == "" {
		var answer struct {
			ID string `json:"id"`
		}
		if err := d.api.post(ctx, "/v1/cases", trainee.Token, "demo-registration", d.register(n), &answer); err != nil {
			return err
		}
		trainee.CaseID = answer.ID
		if err := d.notes.change(func(r *Record, _ *steps) { r.Trainees[n].CaseID = answer.ID }); err != nil {
			return err
		}
	}
	if done.Scripted {
		return nil
	}
	// Institutions take a second to look at a task; the script is there before, if nothing else is done first.
	for _, s := range scenarioOf(n).scripts {
		request := struct {
			CaseID string `json:"case_id"`
			script
		}{trainee.CaseID, s}
		if err := d.control.post(ctx, "/control/scripts", "", "", request, nil); err != nil {
			return fmt.Errorf("script the institutions: %w", err)
		}
	}
	// Their grade certificates bear it.
	if err := d.api.call(ctx, http.MethodPut, "/v1/me/photo", trainee.Token, "", picture(portrait.PNG(n)), nil); err != nil {
		return err
	}
	return d.notes.change(func(_ *Record, s *steps) { s.Trainees[n].Scripted = true })
}

// note remembers what keeps the demonstration from going on, or that nothing does.
func (d *Demo) note(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failed = err
}
