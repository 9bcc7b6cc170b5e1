package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/verification"
	"github.com/dengpan/dengpan/workbook"
)

const routeBulkCheck = "POST /v1/bulk-checks"

// bulkCheckBody is a workbook of certificates that somebody wants checked, and why.
type bulkCheckBody struct {
	Purpose string `json:"purpose" enum:"hiring,promotion,subsidy,bidding,supervision" doc:"What the answer is for."`
	Reason  string `json:"reason" minLength:"1" maxLength:"500" doc:"In words; kept, and shown to operators."`
	Content string `json:"content" minLength:"1" maxLength:"1000000" doc:"The workbook, in base64."`
}

// registerBulkChecks adds the check of many certificates at once, for those who have an account.
func (s *service) registerBulkChecks(api huma.API) {
	const tag = "certificates"
	s.bulk = bodyFor[bulkCheckBody](api.OpenAPI().Components.Schemas)
	file(api, "GET /v1/bulk-check-workbook", tag, "A workbook to fill in with certificates to be checked", mediaXLSX, s.bulkWorkbook)
	sent(api, routeBulkCheck, tag, "Check the certificates of a workbook; neither it nor the answer is kept",
		s.bulk.schema, http.StatusOK, s.checkMany)
	read(api, "GET /v1/bulk-checks", tag, "Who had certificates checked, when, why and how many", s.listBulkChecks)
}

// bulkWorkbook gives a workbook to fill in.
func (s *service) bulkWorkbook(ctx context.Context, _ *struct{}) (*fileOutput, error) {
	book := workbook.Book{Kind: workbook.Checks, Lang: requestOf(ctx).lang, Sheets: []workbook.Sheet{{Form: workbook.SheetChecks}}}
	return writeWorkbook(book, "checks", nil)
}

// BulkCheckView is a check of many. (Exported because it is embedded.)
type BulkCheckView struct {
	ID            string    `json:"id"`
	Purpose       string    `json:"purpose" enum:"hiring,promotion,subsidy,bidding,supervision"`
	PurposeName   string    `json:"purpose_name"`
	Reason        string    `json:"reason"`
	AccountID     string    `json:"account_id"`
	InstitutionID string    `json:"institution_id,omitempty" doc:"None: an operator checked."`
	Asked         int       `json:"asked" doc:"Certificates that were asked about."`
	Found         int       `json:"found"`
	CheckedAt     time.Time `json:"checked_at"`
}

func viewBulkCheck(r *request, b store.BulkCheck) BulkCheckView {
	return BulkCheckView{
		ID: b.ID, Purpose: b.Purpose, PurposeName: reader{lang: r.lang}.say("check.purpose", b.Purpose), Reason: b.Reason, AccountID: b.AccountID,
		InstitutionID: deref(b.InstitutionID), Asked: b.Asked, Found: b.Found, CheckedAt: b.CheckedAt,
	}
}

// bulkRowView is what a row's certificate is.
type bulkRowView struct {
	Row         int                  `json:"row" doc:"As the sheet counts."`
	Outcome     string               `json:"outcome" enum:"found,not_found,refused" doc:"Refused: the row is at fault, and was not looked up."`
	OutcomeName string               `json:"outcome_name"`
	Faults      []workbookFaultView  `json:"faults"`
	Certificate *verifiedCertificate `json:"certificate,omitempty"`
}

type bulkCheckOutput struct {
	Body struct {
		BulkCheckView
		Refused int           `json:"refused" doc:"Rows that were at fault."`
		Rows    []bulkRowView `json:"rows"`
		Report  string        `json:"report" doc:"The rows as they were sent, with the answers: a workbook, in base64."`
	}
}

// checkMany answers each row of a workbook as a single question is answered. Who asked why is written down, and of each row
// that it was asked, by a keyed digest.
func (s *service) checkMany(ctx context.Context, in *bodyInput) (*bulkCheckOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bulk.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	content, err := base64.StdEncoding.DecodeString(body.Content)
	if err != nil {
		found.add("content", fieldFormat)
	}
	if strings.TrimSpace(body.Reason) == "" {
		found.add("reason", fieldRequired)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	if err := s.limits.byNumber(ctx, bulkChecksByAccount, r.account.ID); err != nil {
		return nil, err
	}
	filled, err := s.readChecks(content)
	if err != nil {
		return nil, err
	}
	m := many{s: s, r: r, filled: filled, check: store.BulkCheck{
		ID: uuid.NewString(), AccountID: r.account.ID, InstitutionID: r.account.InstitutionID, Purpose: body.Purpose, Reason: body.Reason,
		FileDigest: s.Keys.Fingerprint("bulk-check/file", content), CheckedAt: s.Now().UTC(),
	}}
	if err := m.limit(ctx); err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := m.ask(tx); err != nil || m.check.Asked == 0 {
			return err
		}
		if err := tx.InsertBulkCheck(m.check, m.rows); err != nil {
			return err
		}
		return s.audit(tx, r, "certificate.bulk_check", "bulk_check:"+m.check.ID, body.Reason,
			map[string]any{"purpose": body.Purpose, "asked": m.check.Asked, "found": m.check.Found})
	})
	if err != nil {
		return nil, err
	}
	report, err := m.report()
	if err != nil {
		return nil, err
	}
	out := &bulkCheckOutput{}
	out.Body.BulkCheckView = viewBulkCheck(r, m.check)
	out.Body.Refused = len(m.views) - m.check.Asked
	out.Body.Rows, out.Body.Report = m.views, base64.StdEncoding.EncodeToString(report)
	return out, nil
}

// readChecks reads a workbook of certificates to be checked.
func (s *service) readChecks(content []byte) (workbook.Filled, error) {
	s.reading <- struct{}{} // what is unpacked takes memory
	filled, err := workbook.Read(content)
	<-s.reading
	refusal := (*workbook.RefusedError)(nil)
	switch {
	case errors.As(err, &refusal):
		return filled, problem(validationFailed, FieldError{Field: "content", Code: refusal.Code})
	case err != nil:
		return filled, err
	case filled.Kind != workbook.Checks || len(filled.Sheets) != 1:
		return filled, problem(validationFailed, FieldError{Field: "content", Code: fieldElsewhere})
	case len(filled.Sheets[0].Rows) > workbook.MostChecks:
		return filled, problem(validationFailed, FieldError{Field: "content", Code: fieldTooManyChecks})
	}
	return filled, nil
}

// many is a check of many as it is carried out.
type many struct {
	s      *service
	r      *request
	filled workbook.Filled
	check  store.BulkCheck
	rows   []store.BulkCheckRow
	views  []bulkRowView
	// What was asked about too often, by column and number: who checks many guesses no more than who checks one.
	tooOften map[string]map[string]bool
}

// limitsByColumn are the limits of the numbers that a row is about.
var limitsByColumn = map[string]limit{"certificate_number": checksByCertificate, "id_number": checksByIDNumber}

func (m *many) limit(ctx context.Context) error {
	m.tooOften = map[string]map[string]bool{}
	for column, which := range limitsByColumn {
		var numbers []string
		for _, row := range m.filled.Sheets[0].Rows {
			if row.Values[column] != "" {
				numbers = append(numbers, row.Values[column])
			}
		}
		var err error
		if m.tooOften[column], err = m.s.limits.byNumbers(ctx, which, numbers); err != nil {
			return err
		}
	}
	return nil
}

// Outcomes of a row.
const (
	checkFound    = "found"
	checkNotFound = "not_found"
	checkRefused  = "refused"
)

// ask answers every row.
func (m *many) ask(tx *store.Tx) error {
	m.views, m.rows = []bulkRowView{}, nil
	m.check.Asked, m.check.Found = 0, 0
	desk := m.s.checks(tx)
	for _, row := range m.filled.Sheets[0].Rows {
		view := bulkRowView{Row: row.Number, Outcome: checkRefused, Faults: m.faults(row)}
		if len(view.Faults) == 0 {
			if err := m.askOne(desk, row, &view); err != nil {
				return err
			}
		}
		view.OutcomeName = reader{lang: m.r.lang}.say("check.outcome", view.Outcome)
		m.views = append(m.views, view)
	}
	return nil
}

func (m *many) askOne(desk verification.Desk, row workbook.Row, view *bulkRowView) error {
	q := verification.Question{
		Name: row.Values["name"], IDNumber: row.Values["id_number"], CertificateNumber: row.Values["certificate_number"],
	}
	found, err := desk.Ask(q)
	if err != nil {
		return err
	}
	asked := store.BulkCheckRow{
		BulkCheckID: m.check.ID, SheetRow: row.Number,
		Question: m.s.Keys.Fingerprint("bulk-check/row", []byte(strings.Join([]string{q.Name, q.IDNumber, q.CertificateNumber}, "\x1f"))),
	}
	m.check.Asked++
	view.Outcome = checkNotFound
	if found != nil {
		m.check.Found++
		view.Outcome, asked.CertificateID = checkFound, &found.Certificate.ID
		view.Certificate = viewFinding(m.r.lang, found)
		view.Certificate.SupersededBy = found.Successor
	}
	m.rows = append(m.rows, asked)
	return nil
}

// longDigits is a number that a spreadsheet has shortened: its last digits are gone.
const longDigits = "E+"

// faults are what is wrong with a row, whose three parts are all needed.
func (m *many) faults(row workbook.Row) []workbookFaultView {
	faults := []workbookFaultView{}
	add := func(column, code string) {
		faults = append(faults, workbookFaultView{
			Column: column, ColumnName: columnName(m.r, workbook.SheetChecks, column), Code: code, Message: sayCell(m.r, code),
		})
	}
	for _, fault := range row.Faults {
		add(fault.Column, fault.Code)
	}
	if len(faults) > 0 {
		return faults
	}
	for _, column := range workbook.Columns(workbook.SheetChecks) {
		switch value := row.Values[column]; {
		case value == "":
			add(column, fieldRequired)
		case column == "id_number" && strings.Contains(strings.ToUpper(value), longDigits):
			add(column, fieldShortened)
		case m.tooOften[column][plainNumber(value)]:
			add(column, fieldAskedTooOften)
		}
	}
	return faults
}

// report is the workbook that was sent, with the answers.
func (m *many) report() ([]byte, error) {
	word := func(key string) string { return message.Text(m.r.lang, "verify."+key, nil) }
	var content bytes.Buffer
	err := workbook.WriteReport(&content, m.r.lang, m.filled, func(_, i int) workbook.Said {
		view := m.views[i]
		said := workbook.Said{Outcome: view.OutcomeName}
		for _, fault := range view.Faults {
			said.Wrong = append(said.Wrong, workbook.Wrong{Column: fault.Column, Text: message.Text(m.r.lang, "workbook.report.fault", map[string]any{
				"column": fault.ColumnName, "what": fault.Message,
			})})
		}
		if c := view.Certificate; c != nil {
			listed := message.Text(m.r.lang, "check.listed."+map[bool]string{true: "listed", false: "not_listed"}[c.IssuerListed.Listed], nil)
			status := c.StatusName
			if !c.Intact {
				status = word("changed")
			}
			said.More = []string{
				status, c.Since.String(), c.ReasonName, c.SupersededBy, c.Name, c.Occupation + c.Course, c.Level, c.Issuer, c.IssuedOn.String(), listed,
			}
		}
		return said
	}, message.Text(m.r.lang, "check.column.status", nil), message.Text(m.r.lang, "check.column.since", nil),
		message.Text(m.r.lang, "check.column.reason", nil), message.Text(m.r.lang, "check.column.superseded_by", nil),
		word("kind"), message.Text(m.r.lang, "check.column.subject", nil), word("level"), word("issuer"), word("issued_on"),
		message.Text(m.r.lang, "check.column.listed", nil))
	return content.Bytes(), err
}

type bulkChecksOutput struct {
	Body struct {
		Checks []BulkCheckView `json:"checks"`
	}
}

// listBulkChecks lists checks of many: an institution's own; those of a district for its operators, and all for the city's.
func (s *service) listBulkChecks(ctx context.Context, _ *struct{}) (*bulkChecksOutput, error) {
	const most = 50
	r := requestOf(ctx)
	all, err := s.Store.Read(ctx).BulkChecks(r.within(""), r.account.ID, most)
	out := &bulkChecksOutput{}
	out.Body.Checks = make([]BulkCheckView, len(all))
	for i, b := range all {
		out.Body.Checks[i] = viewBulkCheck(r, b)
	}
	return out, err
}
