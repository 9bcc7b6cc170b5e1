package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workbook"
)

const (
	mediaXLSX     = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	routeWorkbook = "POST /v1/workbooks"
	// mostWorkbook is the largest workbook that is read.
	mostWorkbook = 10 << 20
	// workbooksKept is how long a workbook and its report are kept.
	workbooksKept = 24 * time.Hour
)

// workbookBodies read what is sent about workbooks.
type workbookBodies struct {
	application body[applicationBody]
}

// registerWorkbooks adds the operations of institutions that work with Excel.
func (s *service) registerWorkbooks(api huma.API) {
	const tag = "workbooks"
	s.workbooks = workbookBodies{application: bodyFor[applicationBody](api.OpenAPI().Components.Schemas)}
	file(api, "GET /v1/task-workbook", tag, "The open tasks as a workbook to be filled in", mediaXLSX, s.taskWorkbook)
	file(api, "GET /v1/session-workbook", tag, "A workbook to announce sessions with, and who is to attend", mediaXLSX, s.sessionWorkbook)
	file(api, "GET /v1/attendance-workbook", tag, "A workbook for the attendance of sessions", mediaXLSX, s.attendanceWorkbook)
	uploaded(api, routeWorkbook, tag, "Send a workbook that was filled in, and see what each row would do; nothing is applied",
		http.StatusCreated, s.uploadWorkbook, http.StatusConflict)
	read(api, "GET /v1/workbooks", tag, "The workbooks that were sent in the last day", s.listWorkbooks)
	read(api, "GET /v1/workbooks/{id}", tag, "A workbook: how far it is, and its rows", s.getWorkbook)
	file(api, "GET /v1/workbooks/{id}/report", tag, "A workbook's rows as they were sent, with what is wrong", mediaXLSX, s.workbookReport)
	sent(api, "POST /v1/workbooks/{id}/application", tag, "Apply a workbook: each good row, or all rows or none",
		s.workbooks.application.schema, http.StatusOK, s.applyWorkbook)
}

// WorkbookView is a workbook that was sent. (Exported because it is embedded.)
type WorkbookView struct {
	ID          string         `json:"id"`
	Kind        string         `json:"kind" enum:"results,sessions,attendance"`
	KindName    string         `json:"kind_name"`
	State       string         `json:"state" enum:"checked,applying,applied"`
	StateName   string         `json:"state_name"`
	Mode        string         `json:"mode,omitempty" enum:"rows,whole"`
	Interrupted bool           `json:"interrupted" doc:"It was being applied, and whoever did so is gone: what was applied stays applied, and going on continues."`
	Done        int            `json:"done" doc:"Rows that were gone through."`
	Totals      workbookTotals `json:"totals"`
	UploadedAt  time.Time      `json:"uploaded_at"`
	FinishedAt  *time.Time     `json:"finished_at,omitempty"`
	ExpiresAt   time.Time      `json:"expires_at" doc:"When it is forgotten."`
}

// workbookTotals counts rows by what becomes of them.
type workbookTotals struct {
	Rows     int `json:"rows"`
	Empty    int `json:"empty" doc:"Nothing was filled in."`
	Ready    int `json:"ready" doc:"Can be applied."`
	Refused  int `json:"refused" doc:"At fault."`
	Repeated int `json:"repeated" doc:"Say what was said before: nothing is changed."`
	Applied  int `json:"applied"`
}

type workbookRowView struct {
	Sheet      string              `json:"sheet"`
	SheetName  string              `json:"sheet_name"`
	Row        int                 `json:"row" doc:"As the sheet counts."`
	Name       string              `json:"name,omitempty" doc:"Whom or what the row is about, as it stands there."`
	Status     string              `json:"status" enum:"empty,ready,refused,repeated,applied"`
	StatusName string              `json:"status_name"`
	Faults     []workbookFaultView `json:"faults"`
}

type workbookFaultView struct {
	Column     string `json:"column"`
	ColumnName string `json:"column_name"`
	Value      string `json:"value,omitempty" doc:"What stands there."`
	Code       string `json:"code"`
	Message    string `json:"message"`
}

type workbookOutput struct {
	Status int
	Body   struct {
		WorkbookView
		Known bool              `json:"known" doc:"The same file was sent before."`
		Rows  []workbookRowView `json:"rows"`
		Total int               `json:"total" doc:"How many rows there are of what was asked for."`
	}
}

func viewWorkbook(r *request, w store.Workbook, now time.Time) WorkbookView {
	v := reader{lang: r.lang}
	view := WorkbookView{
		ID: w.ID, Kind: w.Kind, KindName: v.say("workbook.kind", w.Kind), State: w.State, StateName: v.say("workbook.state", w.State),
		Mode: deref(w.Mode), Done: w.Done, UploadedAt: w.UploadedAt, FinishedAt: w.FinishedAt, ExpiresAt: w.ExpiresAt,
		Interrupted: w.State == store.WorkbookApplying && (w.BusyUntil == nil || w.BusyUntil.Before(now)),
	}
	count := map[string]*int{
		store.RowEmpty: &view.Totals.Empty, store.RowReady: &view.Totals.Ready, store.RowRefused: &view.Totals.Refused,
		store.RowRepeated: &view.Totals.Repeated, store.RowApplied: &view.Totals.Applied,
	}
	for _, sheet := range w.Outcomes {
		view.Totals.Rows += len(sheet)
		for _, row := range sheet {
			*count[row.Status]++
		}
	}
	return view
}

// rowsOf views one page of a workbook's rows, and says how many there are in all.
func rowsOf(r *request, filled workbook.Filled, outcomes [][]store.RowOutcome, in workbookRowsInput) ([]workbookRowView, int) {
	v := reader{lang: r.lang}
	views, total := []workbookRowView{}, 0
	for i, sheet := range filled.Sheets {
		for j, row := range sheet.Rows {
			outcome := outcomes[i][j]
			if in.Status != "" && outcome.Status != in.Status {
				continue
			}
			total++
			if total <= (in.Page-1)*in.Limit || len(views) == in.Limit {
				continue
			}
			view := workbookRowView{
				Sheet: sheet.Form, SheetName: workbook.SheetTitle(r.lang, sheet.Form), Row: row.Number, Name: subjectOf(row.Values),
				Status: outcome.Status, StatusName: v.say("workbook.outcome", outcome.Status), Faults: []workbookFaultView{},
			}
			for _, fault := range outcome.Faults {
				view.Faults = append(view.Faults, workbookFaultView{
					Column: fault.Column, ColumnName: columnName(r, sheet.Form, fault.Column), Value: row.Values[fault.Column],
					Code: fault.Code, Message: sayCell(r, fault.Code),
				})
			}
			views = append(views, view)
		}
	}
	return views, total
}

// subjectOf is whom or what a row is about.
func subjectOf(values map[string]string) string {
	if values["name"] != "" {
		return values["name"]
	}
	return values["ref"]
}

// columnName is what a column is called; one that has no heading, by where it stands.
func columnName(r *request, form, column string) string {
	if slices.Contains(workbook.Columns(form), column) {
		return workbook.Title(r.lang, column)
	}
	return column
}

// sayCell is what is wrong with a cell, or with what the row asks for.
func sayCell(r *request, code string) string {
	for _, key := range []string{"field." + code, "attendance." + code} {
		if message.Has(key) {
			return message.Text(r.lang, key, nil)
		}
	}
	return message.Text(r.lang, "problem."+code+".detail", nil)
}

// uploadWorkbook reads a workbook that was filled in and goes through it without effect: each row as the interface would
// take it, and then back. A file that was sent before is gone through anew, unless it is being applied.
func (s *service) uploadWorkbook(ctx context.Context, in *bodyInput) (*workbookOutput, error) {
	r := requestOf(ctx)
	filled, err := s.readWorkbook(in.RawBody)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(in.RawBody)
	now := s.Now().UTC()
	w := store.Workbook{
		ID: workbookID(*r.account.InstitutionID, digest[:]), InstitutionID: *r.account.InstitutionID, Kind: string(filled.Kind), Digest: digest[:],
		State: store.WorkbookChecked, UploadedBy: r.account.ID, UploadedAt: now, ExpiresAt: now.Add(workbooksKept),
	}
	out := &workbookOutput{Status: http.StatusCreated}
	before, err := s.Store.Read(ctx).WorkbookOfFile(w.InstitutionID, w.Digest)
	switch {
	case err == nil:
		out.Status, out.Body.Known = http.StatusOK, true
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	if before.State == store.WorkbookApplying {
		return s.showWorkbook(r, out, before, workbookRowsInput{Page: 1, Limit: 200})
	}
	work, err := s.workOf(r, filled)
	if err != nil {
		return nil, err
	}
	if err := work.rehearse(ctx); err != nil {
		return nil, err
	}
	w.Outcomes = work.outcomes
	content, err := json.Marshal(filled)
	if err != nil {
		return nil, fmt.Errorf("encode a workbook: %w", err)
	}
	if w.ContentSealed, err = s.Keys.Seal(content, store.WorkbookSeal(w.ID)); err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if w, err = tx.SaveWorkbook(w); err != nil {
			return err
		}
		return s.audit(tx, r, "workbook.upload", "workbook:"+w.ID, "", map[string]any{"kind": w.Kind, "rows": work.rows()})
	})
	if err != nil {
		return nil, err
	}
	return s.showWorkbook(r, out, w, workbookRowsInput{Page: 1, Limit: 200})
}

// readWorkbook reads a workbook that was filled in, or says what keeps it from being read.
func (s *service) readWorkbook(content []byte) (workbook.Filled, error) {
	s.reading <- struct{}{} // what is unpacked takes memory
	filled, err := workbook.Read(content)
	<-s.reading
	if refusal, refused := errors.AsType[*workbook.RefusedError](err); refused {
		return filled, problem(validationFailed, FieldError{Field: cmp.Or(refusal.Place, whole), Code: refusal.Code})
	}
	return filled, err
}

// workbookID is the id of a file: the same for the same, so that it is kept once however it is sent.
func workbookID(institutionID string, digest []byte) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, append([]byte(institutionID+"\n"), digest...)).String()
}

// showWorkbook fills in an answer.
func (s *service) showWorkbook(r *request, out *workbookOutput, w store.Workbook, in workbookRowsInput) (*workbookOutput, error) {
	out.Body.WorkbookView = viewWorkbook(r, w, s.Now())
	out.Body.Rows = []workbookRowView{}
	if in.Limit == 0 {
		return out, nil
	}
	filled, err := s.openWorkbook(w)
	if err != nil {
		return nil, err
	}
	out.Body.Rows, out.Body.Total = rowsOf(r, filled, w.Outcomes, in)
	return out, nil
}

// openWorkbook opens what a workbook says.
func (s *service) openWorkbook(w store.Workbook) (workbook.Filled, error) {
	var filled workbook.Filled
	content, err := s.Keys.Open(w.ContentSealed, store.WorkbookSeal(w.ID))
	if err == nil {
		err = json.Unmarshal(content, &filled)
	}
	if err != nil {
		return filled, fmt.Errorf("open a workbook: %w", err)
	}
	return filled, nil
}

type workbookRowsInput struct {
	ID     string `path:"id"`
	Status string `query:"status" enum:"empty,ready,refused,repeated,applied"`
	Page   int    `query:"page" minimum:"1" maximum:"1000" default:"1"`
	Limit  int    `query:"limit" minimum:"0" maximum:"200" default:"50" doc:"0: only how far it is."`
}

// getWorkbook shows how far a workbook is, and its rows. That somebody looked at rows, which name people, is written down.
func (s *service) getWorkbook(ctx context.Context, in *workbookRowsInput) (*workbookOutput, error) {
	r := requestOf(ctx)
	out := &workbookOutput{Status: http.StatusOK}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		w, err := tx.Workbook(in.ID, s.Now())
		if err != nil {
			return err
		}
		if out, err = s.showWorkbook(r, out, w, *in); err != nil || in.Limit == 0 {
			return err
		}
		return s.audit(tx, r, "workbook.read", "workbook:"+w.ID, "", nil)
	})
	return out, err
}

type workbooksOutput struct {
	Body struct {
		Workbooks []WorkbookView `json:"workbooks"`
	}
}

// listWorkbooks lists the workbooks of the institution that asks, the latest first.
func (s *service) listWorkbooks(ctx context.Context, _ *struct{}) (*workbooksOutput, error) {
	const most = 50
	r := requestOf(ctx)
	all, err := s.Store.Read(ctx).WorkbooksOf(*r.account.InstitutionID, s.Now(), most)
	out := &workbooksOutput{}
	out.Body.Workbooks = make([]WorkbookView, len(all))
	for i, w := range all {
		out.Body.Workbooks[i] = viewWorkbook(r, w, s.Now())
	}
	return out, err
}

// workbookReport gives a workbook's rows as they were sent, each with its number and what is wrong with it.
func (s *service) workbookReport(ctx context.Context, in *idInput) (*fileOutput, error) {
	r := requestOf(ctx)
	out := &fileOutput{ContentType: mediaXLSX, Disposition: `attachment; filename="report.xlsx"`}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		w, err := tx.Workbook(in.ID, s.Now())
		if err != nil {
			return err
		}
		filled, err := s.openWorkbook(w)
		if err != nil {
			return err
		}
		var content bytes.Buffer
		err = workbook.WriteReport(&content, r.lang, filled, func(sheet, row int) workbook.Said {
			outcome := w.Outcomes[sheet][row]
			said := workbook.Said{Outcome: reader{lang: r.lang}.say("workbook.outcome", outcome.Status)}
			for _, fault := range outcome.Faults {
				said.Wrong = append(said.Wrong, workbook.Wrong{Column: fault.Column, Text: message.Text(r.lang, "workbook.report.fault", map[string]any{
					"column": columnName(r, filled.Sheets[sheet].Form, fault.Column), "what": sayCell(r, fault.Code),
				})})
			}
			return said
		})
		if err != nil {
			return err
		}
		out.Body = content.Bytes()
		return s.audit(tx, r, "workbook.read", "workbook:"+w.ID, "", nil)
	})
	return out, err
}
