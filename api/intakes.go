package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/intake"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

const routeIntake = "POST /v1/classes/{id}/intakes"

// registerIntakes adds the operations that register many people for a class.
func (s *service) registerIntakes(api huma.API) {
	const tag = "intakes"
	s.intakes = bodyFor[intakeStartBody](api.OpenAPI().Components.Schemas)
	file(api, "GET /v1/classes/{id}/intake-workbook", tag, "A workbook to fill in with people to be registered for a class", mediaXLSX, s.intakeWorkbook)
	uploaded(api, routeIntake, tag, "Send a workbook of people, and see what is wrong with which row; nobody is registered",
		http.StatusCreated, s.uploadIntake, http.StatusConflict)
	read(api, "GET /v1/intakes", tag, "Intakes, the latest first", s.listIntakes)
	read(api, "GET /v1/intakes/{id}", tag, "An intake: how far it is", s.getIntake)
	read(api, "GET /v1/intakes/{id}/rows", tag, "The rows of an intake, and what became of each", s.listIntakeRows)
	file(api, "GET /v1/intakes/{id}/report", tag, "An intake's rows as they were sent, with what became of each", mediaXLSX, s.intakeReport)
	sent(api, "POST /v1/intakes/{id}/start", tag, "Register the people of an intake", s.intakes.schema, http.StatusOK, s.startIntake)
	bare(api, "POST /v1/intakes/{id}/pause", tag, "Register nobody more for a while", s.turnIntake("intake.pause", store.IntakePaused, store.IntakeRunning))
	bare(api, "POST /v1/intakes/{id}/resumption", tag, "Go on registering", s.turnIntake("intake.resume", store.IntakeRunning, store.IntakePaused))
	bare(api, "POST /v1/intakes/{id}/stop", tag, "Register nobody more: the rest of the rows stays as it is",
		s.turnIntake("intake.stop", store.IntakeStopped, store.IntakeRunning, store.IntakePaused))
}

// IntakeView is an intake: how far it is. (Exported because it is embedded.)
type IntakeView struct {
	ID         string         `json:"id"`
	Class      classBrief     `json:"class"`
	Employer   *employerBrief `json:"employer,omitempty" doc:"Whose list it is, if it is an employer's."`
	Body       *bodyView      `json:"institution,omitempty" doc:"Whose list it is, if it is a training body's."`
	State      string         `json:"state" enum:"checked,running,paused,done,stopped"`
	StateName  string         `json:"state_name"`
	Mode       string         `json:"mode,omitempty" enum:"rows,whole"`
	Totals     intakeTotals   `json:"totals"`
	UploadedAt time.Time      `json:"uploaded_at"`
	StartedAt  *time.Time     `json:"started_at,omitempty"`
	EndedAt    *time.Time     `json:"ended_at,omitempty"`
	Forgotten  bool           `json:"forgotten" doc:"What its rows said was forgotten."`
}

// intakeTotals counts the rows of an intake by what became of them.
type intakeTotals struct {
	Rows       int `json:"rows"`
	Ready      int `json:"ready" doc:"To be registered."`
	Refused    int `json:"refused" doc:"At fault."`
	Registered int `json:"registered"`
	Already    int `json:"already" doc:"The person had that case before: nothing was changed."`
}

func viewIntakes(tx *store.Tx, r *request, all ...store.Intake) ([]IntakeView, error) {
	var ids, classes, employers, bodies []string
	for _, i := range all {
		ids, classes = append(ids, i.ID), append(classes, i.ClassID)
		if i.EmployerID != nil {
			employers = append(employers, *i.EmployerID)
		} else {
			bodies = append(bodies, *i.InstitutionID)
		}
	}
	sums, err := tx.IntakeSums(ids)
	if err != nil {
		return nil, err
	}
	named, err := tx.ClassesByID(classes)
	if err != nil {
		return nil, err
	}
	sponsors, err := tx.EmployersByID(employers)
	if err != nil {
		return nil, err
	}
	v, err := newReader(tx, r, bodies...)
	views := make([]IntakeView, len(all))
	for n, i := range all {
		sum := sums[i.ID]
		views[n] = IntakeView{
			ID: i.ID, Class: *briefOfClass(named[i.ClassID]), State: i.State, StateName: v.say("intake_state", i.State), Mode: deref(i.Mode),
			Totals: intakeTotals{
				Rows: i.Rows, Ready: sum[store.RowReady], Refused: sum[store.RowRefused], Registered: sum[store.RowRegistered], Already: sum[store.RowAlready],
			},
			UploadedAt: i.UploadedAt, StartedAt: i.StartedAt, EndedAt: i.EndedAt, Forgotten: i.ForgottenAt != nil,
		}
		if i.EmployerID != nil {
			views[n].Employer = &employerBrief{ID: *i.EmployerID, Name: sponsors[*i.EmployerID].Name}
		} else {
			body := v.institution(*i.InstitutionID)
			views[n].Body = &body
		}
	}
	return views, err
}

type intakesInput struct {
	NumberedInput
	FilteredInput

	Class string `query:"class" maxLength:"64" doc:"Id of a class."`
	State string `query:"state" enum:"checked,running,paused,done,stopped"`
	Sort  string `query:"sort" enum:"uploaded_at,-uploaded_at" doc:"The order of numbered pages; the newest first unless said otherwise."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type intakesOutput struct {
	Body struct {
		Intakes []IntakeView `json:"intakes"`
		Total   *int64       `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
	}
}

// listIntakes lists the intakes of whoever asks; those of a district for its operators.
func (s *service) listIntakes(ctx context.Context, in *intakesInput) (*intakesOutput, error) {
	r, found := requestOf(ctx), &faults{}
	if in.Class != "" && !isID(in.Class) {
		found.add("class", fieldFormat)
	}
	filter := store.IntakeFilter{
		Within: r.within(""), EmployerID: r.account.Caller().Employer, ClassID: in.Class, State: in.State,
		Where: s.expression(found, r, in.FilteredInput, store.IntakeFields()), Numbered: in.numbered(found, in.Sort, ""), Limit: in.Limit,
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &intakesOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) (err error) {
		if out.Body.Total, err = in.total(&filter.Limit, func() (int64, error) { return tx.CountIntakes(filter) }); err != nil {
			return err
		}
		all, err := tx.Intakes(filter)
		if err != nil {
			return err
		}
		out.Body.Intakes, err = viewIntakes(tx, r, all[:min(in.Limit, len(all))]...)
		return err
	})
	return out, err
}

type intakeOutput struct {
	Status int
	Body   struct {
		IntakeView
		Known           bool   `json:"known" doc:"The same file was sent for the class before."`
		ConsentsVersion string `json:"consents_version" doc:"Of the declaration that is to be made when it is started."`
		Declaration     string `json:"declaration" doc:"Its words."`
	}
}

// showIntake fills in an answer.
func showIntake(tx *store.Tx, r *request, out *intakeOutput, i store.Intake) error {
	views, err := viewIntakes(tx, r, i)
	if err != nil {
		return err
	}
	out.Body.IntakeView = views[0]
	out.Body.ConsentsVersion = intake.Declaration
	out.Body.Declaration = message.Text(r.lang, "intake_declaration."+intake.Declaration, nil)
	return nil
}

// getIntake shows how far an intake is.
func (s *service) getIntake(ctx context.Context, in *idInput) (*intakeOutput, error) {
	tx, out := s.Store.Read(ctx), &intakeOutput{Status: http.StatusOK}
	i, err := tx.Intake(in.ID)
	if err == nil {
		err = showIntake(tx, requestOf(ctx), out, i)
	}
	return out, err
}
