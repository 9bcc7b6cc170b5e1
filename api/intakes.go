package api

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/intake"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workbook"
)

const routeIntake = "POST /v1/classes/{id}/intakes"

// intakeStartBody starts an intake.
type intakeStartBody struct {
	Mode     string `json:"mode" enum:"rows,whole" doc:"rows: each good row is registered; whole: all rows, or none."`
	Consents string `json:"consents" maxLength:"16" doc:"The version of the declaration that everybody in the list consented, as the intake gives its words."`
	Abreast  int    `json:"abreast,omitempty" minimum:"1" maximum:"12000" doc:"How many cases may be at their registration at once; 200 unless it says otherwise."`
}

// registerIntakes adds the operations that register many people for a class.
func (s *service) registerIntakes(api huma.API) {
	const tag = "intakes"
	s.intakes = bodyFor[intakeStartBody](api.OpenAPI().Components.Schemas)
	file(api, "GET /v1/classes/{id}/intake-workbook", tag, "A workbook to fill in with people to be registered for a class", mediaXLSX, s.intakeWorkbook)
	op := operation(routeIntake, tag, "Send a workbook of people, and see what is wrong with which row; nobody is registered")
	op.DefaultStatus = http.StatusCreated
	op.Errors = append(op.Errors, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	tidy := documented(&op, &huma.Schema{Type: huma.TypeString, Format: "binary"}, mediaXLSX)
	op.MaxBodyBytes = mostWorkbook
	huma.Register(api, op, s.uploadIntake)
	tidy()
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

	Class string `query:"class" maxLength:"64" doc:"Id of a class."`
	State string `query:"state" enum:"checked,running,paused,done,stopped"`
	Sort  string `query:"sort" enum:"uploaded_at" doc:"The order of numbered pages."`
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
		Numbered: in.numbered(found, in.Sort, ""), Limit: in.Limit,
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

// startIntake has the people of an intake registered. Started again, it is as it was.
func (s *service) startIntake(ctx context.Context, in *idBodyInput) (*intakeOutput, error) {
	r, out := requestOf(ctx), &intakeOutput{Status: http.StatusOK}
	body, found, err := s.intakes.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if body.Consents != intake.Declaration && !found.has("consents") {
		found.add("consents", fieldUnknownValue)
	}
	if body.Abreast == 0 {
		body.Abreast = intake.Abreast
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		i, err := tx.LockIntake(in.ID)
		if err != nil {
			return err
		}
		views, err := viewIntakes(tx, r, i)
		if err != nil {
			return err
		}
		if body.Mode == store.ModeWhole && views[0].Totals.Ready > intake.MostWhole {
			found.add("mode", "too_many_whole")
		}
		if err := found.err(); err != nil {
			return err
		}
		switch {
		case i.ForgottenAt != nil:
			return problem(intakeForgotten)
		case i.State != store.IntakeChecked:
			return showIntake(tx, r, out, i)
		case views[0].Totals.Ready == 0:
			return problem(intakeEmpty)
		case body.Mode == store.ModeWhole && views[0].Totals.Refused > 0:
			return problem(workbookFaulty)
		}
		now := s.Now().UTC()
		i.State, i.Mode, i.Abreast, i.ConsentsVersion, i.StartedBy = store.IntakeRunning, &body.Mode, &body.Abreast, &body.Consents, &r.account.ID
		i.StartedAt, i.WakeWantedAt = &now, &now
		if err := tx.SaveIntake(i); err != nil {
			return err
		}
		if err := s.audit(tx, r, "intake.start", "intake:"+i.ID, "", body); err != nil {
			return err
		}
		return showIntake(tx, r, out, i)
	})
	return out, err
}

// turnIntake brings an intake from one of some states into another. Where it is there already, it stays.
func (s *service) turnIntake(action, to string, from ...string) func(context.Context, *idInput) (*intakeOutput, error) {
	return func(ctx context.Context, in *idInput) (*intakeOutput, error) {
		r, out := requestOf(ctx), &intakeOutput{Status: http.StatusOK}
		err := s.Store.Tx(ctx, func(tx *store.Tx) error {
			i, err := tx.LockIntake(in.ID)
			switch {
			case err != nil:
				return err
			case i.State == to:
				return showIntake(tx, r, out, i)
			case !slices.Contains(from, i.State):
				return problem(intakeEnded)
			}
			now := s.Now().UTC()
			i.State, i.WakeWantedAt = to, &now
			if to == store.IntakeStopped {
				i.EndedAt = &now
			}
			if err := tx.SaveIntake(i); err != nil {
				return err
			}
			if err := s.audit(tx, r, action, "intake:"+i.ID, "", nil); err != nil {
				return err
			}
			return showIntake(tx, r, out, i)
		})
		return out, err
	}
}

type intakeRowsInput struct {
	ID    string `path:"id"`
	State string `query:"state" enum:"ready,refused,registered,already"`
	Page  int    `query:"page" minimum:"1" maximum:"1000" default:"1"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// intakeRowView is a row of an intake.
type intakeRowView struct {
	Row       int                 `json:"row" doc:"As the sheet counts."`
	Name      string              `json:"name,omitempty" doc:"As it stands there."`
	State     string              `json:"state" enum:"ready,refused,registered,already"`
	StateName string              `json:"state_name"`
	Faults    []workbookFaultView `json:"faults"`
}

type intakeRowsOutput struct {
	Body struct {
		Rows  []intakeRowView `json:"rows"`
		Total int64           `json:"total" doc:"How many rows there are of what was asked for."`
	}
}

// listIntakeRows lists rows of an intake, which name people: it is written down that they were read.
func (s *service) listIntakeRows(ctx context.Context, in *intakeRowsInput) (*intakeRowsOutput, error) {
	r, out := requestOf(ctx), &intakeRowsOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		rows, total, err := tx.IntakeRows(in.ID, in.State, (in.Page-1)*in.Limit, in.Limit)
		if err != nil {
			return err
		}
		out.Body.Total, out.Body.Rows = total, make([]intakeRowView, len(rows))
		for n, row := range rows {
			content, err := intake.Open(s.Keys, row)
			if err != nil {
				return err
			}
			out.Body.Rows[n] = viewIntakeRow(r, row, content)
		}
		return s.audit(tx, r, "intake.read", "intake:"+in.ID, "", nil)
	})
	return out, err
}

func viewIntakeRow(r *request, row store.IntakeRow, content intake.Content) intakeRowView {
	view := intakeRowView{
		Row: row.Number, Name: content.Values["name"], State: row.State, StateName: reader{lang: r.lang}.say("intake_row", row.State),
		Faults: []workbookFaultView{},
	}
	for _, fault := range row.Faults {
		view.Faults = append(view.Faults, workbookFaultView{
			Column: fault.Column, ColumnName: columnName(r, workbook.SheetIntake, fault.Column), Value: content.Values[fault.Column],
			Code: fault.Code, Message: sayCell(r, fault.Code),
		})
	}
	return view
}

// intakeReport gives an intake's rows as they were sent, each with its number and what became of it.
func (s *service) intakeReport(ctx context.Context, in *idInput) (*fileOutput, error) {
	r, out := requestOf(ctx), &fileOutput{ContentType: mediaXLSX, Disposition: `attachment; filename="intake.xlsx"`}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		i, err := tx.Intake(in.ID)
		if err != nil {
			return err
		}
		if i.ForgottenAt != nil {
			return problem(intakeForgotten)
		}
		rows, _, err := tx.IntakeRows(i.ID, "", 0, i.Rows)
		if err != nil {
			return err
		}
		sheet := workbook.FilledSheet{Form: workbook.SheetIntake, Rows: make([]workbook.Row, len(rows))}
		said := make([]workbook.Said, len(rows))
		for n, row := range rows {
			content, err := intake.Open(s.Keys, row)
			if err != nil {
				return err
			}
			view := viewIntakeRow(r, row, content)
			sheet.Rows[n] = workbook.Row{Number: row.Number, Values: content.Values}
			said[n].Outcome = view.StateName
			for _, f := range view.Faults {
				said[n].Wrong = append(said[n].Wrong, workbook.Wrong{Column: f.Column, Text: message.Text(r.lang, "workbook.report.fault", map[string]any{
					"column": f.ColumnName, "what": f.Message,
				})})
			}
		}
		var content bytes.Buffer
		filled := workbook.Filled{Kind: workbook.Intake, Lang: r.lang, Sheets: []workbook.FilledSheet{sheet}}
		if err := workbook.WriteReport(&content, r.lang, filled, func(_, row int) workbook.Said { return said[row] }); err != nil {
			return err
		}
		out.Body = content.Bytes()
		return s.audit(tx, r, "intake.read", "intake:"+i.ID, "", nil)
	})
	return out, err
}

// intakeWorkbook gives a workbook to fill in for a class.
func (s *service) intakeWorkbook(ctx context.Context, in *idInput) (*fileOutput, error) {
	tx := s.Store.Read(ctx)
	c, err := tx.Class(in.ID)
	if err != nil {
		return nil, err
	}
	bodies, err := s.evaluationBodies(tx, c)
	if err != nil {
		return nil, err
	}
	sheet := workbook.Sheet{Form: workbook.SheetIntake, Choices: map[string][]string{
		"title": {"技术员", "助理工程师", "工程师"}, "skill_grade": {"高级工", "技师", "高级技师"},
	}}
	for _, b := range bodies {
		sheet.Choices["evaluation_body"] = append(sheet.Choices["evaluation_body"], b.Name)
	}
	book := workbook.Book{Kind: workbook.Intake, Lang: requestOf(ctx).lang, Sheets: []workbook.Sheet{sheet}}
	return writeWorkbook(book, "intake", nil)
}

// evaluationBodies are the institutions that are listed today to evaluate what a class is for.
func (s *service) evaluationBodies(tx *store.Tx, c store.Class) ([]store.Institution, error) {
	return tx.InstitutionsListed(c.Occupation, c.Level, policy.RoleEvaluation, s.today())
}

// readIntake reads a workbook of people.
func (s *service) readIntake(content []byte) (workbook.Filled, error) {
	s.reading <- struct{}{} // what is unpacked takes memory
	filled, err := workbook.Read(content)
	<-s.reading
	if refusal := (*workbook.RefusedError)(nil); errors.As(err, &refusal) {
		place := whole
		if refusal.Place != "" {
			place = refusal.Place
		}
		return filled, problem(validationFailed, FieldError{Field: place, Code: refusal.Code})
	}
	if err == nil && (filled.Kind != workbook.Intake || len(filled.Sheets) != 1) {
		err = problem(validationFailed, FieldError{Field: whole, Code: fieldElsewhere})
	}
	return filled, err
}
