package api

import (
	"bytes"
	"context"

	"github.com/dengpan/dengpan/intake"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workbook"
)

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
