package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/handbook"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// StatementInput is which statement is asked for. (Exported because it is embedded: see CaseSummary.)
type StatementInput struct {
	Year    int `path:"year" minimum:"2000" maximum:"2200"`
	Version int `query:"version" minimum:"1" doc:"An older version; the latest when it is not given."`
}

type caseStatementInput struct {
	ID string `path:"id"`
	StatementInput
}

// statementView is a person's CE hours of a calendar year: what stands, against what a year asks.
type statementView struct {
	Number        string              `json:"number"`
	Year          int                 `json:"year"`
	Version       int                 `json:"version" doc:"From 1; a correction makes the next. 0 while nothing was ever credited."`
	Latest        int                 `json:"latest_version"`
	Superseded    bool                `json:"superseded"`
	Since         *time.Time          `json:"since,omitempty" doc:"When this version came about."`
	Digest        string              `json:"digest" doc:"SHA-256 over number, year, version, holder and lines."`
	Holder        string              `json:"holder" doc:"The person's name; masked for operators."`
	Closed        bool                `json:"closed" doc:"The year takes no more hours."`
	Demonstration bool                `json:"demonstration" doc:"The statement rests on 演示数据."`
	Lines         []statementLineView `json:"lines"`
	BySession     handbook.Totals     `json:"by_session" doc:"What counts: hours belong to the year in which they were taken."`
	ByCompletion  handbook.Totals     `json:"by_completion" doc:"The other reading: hours belong to the year in which the last of them was taken."`
	CrossYear     bool                `json:"cross_year" doc:"The readings differ for some line, which wants confirmation."`
	Requirement   citationView        `json:"requirement" doc:"Where it is written what a year asks."`
	Text          []string            `json:"text" doc:"What the year comes to, in sentences."`
}

type statementLineView struct {
	CaseID       string        `json:"case_id,omitempty"`
	PlaceID      string        `json:"place_id,omitempty"`
	Title        string        `json:"title"`
	Institutions []bodyView    `json:"institutions"`
	From         calendar.Date `json:"from,omitzero"`
	To           calendar.Date `json:"to,omitzero"`
	Subject      coded         `json:"subject"`
	Hours        ledger.Hours  `json:"hours"`
	TakenYear    int           `json:"taken_year" doc:"Another year than the statement's only by an operator's decision."`
	CrossYear    bool          `json:"cross_year" doc:"Hours were taken in another year too."`
	ByCompletion ledger.Hours  `json:"by_completion" doc:"What this year would have of it by the other reading."`

	demonstration bool
}

type statementOutput struct{ Body statementView }

type fileOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// ownStatement shows the annual statement of the trainee who asks.
func (s *service) ownStatement(ctx context.Context, in *StatementInput) (*statementOutput, error) {
	view, err := s.readStatement(ctx, requestOf(ctx).lang, *in, s.self)
	return &statementOutput{Body: view}, err
}

// statementOfCase shows an operator the annual statement of a case's person.
func (s *service) statementOfCase(ctx context.Context, in *caseStatementInput) (*statementOutput, error) {
	view, err := s.readStatement(ctx, requestOf(ctx).lang, in.StatementInput, s.caseHolder(in.ID))
	view.Holder = maskName(view.Holder)
	return &statementOutput{Body: view}, err
}

// ownPage is the annual statement of the trainee who asks, to be printed.
func (s *service) ownPage(ctx context.Context, in *StatementInput) (*fileOutput, error) {
	return s.page(ctx, *in, s.self)
}

// pageOfCase is the annual statement of a case's person, to be printed.
func (s *service) pageOfCase(ctx context.Context, in *caseStatementInput) (*fileOutput, error) {
	return s.page(ctx, in.StatementInput, s.caseHolder(in.ID))
}

// whose says whose statement is asked for, and by what right for the audit log.
type whose func(tx *store.Tx, r *request) (personID, reason string, err error)

func (s *service) self(_ *store.Tx, r *request) (personID, reason string, err error) {
	if r.account.PersonID == nil {
		return "", "", problem(notFound) // has registered nothing yet
	}
	return *r.account.Human, "own", nil
}

func (s *service) caseHolder(caseID string) whose {
	return func(tx *store.Tx, _ *request) (personID, reason string, err error) {
		c, err := tx.Case(caseID)
		if err != nil {
			return "", "", err
		}
		person, err := tx.Person(c.PersonID)
		return person.Human, "case:" + caseID, err
	}
}

// readStatement reads a statement and writes down, in the transaction that reads the name, who did.
func (s *service) readStatement(ctx context.Context, lang message.Lang, in StatementInput, of whose) (statementView, error) {
	var view statementView
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		r := requestOf(ctx)
		personID, reason, err := of(tx, r)
		if err != nil {
			return err
		}
		if view, err = s.statement(tx, lang, personID, in); err != nil {
			return err
		}
		return s.audit(tx, r, "ce_statement.read", "person:"+personID, reason, map[string]any{
			"statement": view.Number, "version": view.Version,
		})
	})
	return view, err
}

func (s *service) statement(tx *store.Tx, lang message.Lang, personID string, in StatementInput) (statementView, error) {
	entries, err := tx.CELedger(personID)
	if err != nil {
		return statementView{}, err
	}
	names, err := s.names(tx, []string{personID})
	if err != nil {
		return statementView{}, err
	}
	st, err := handbook.Of(personID, names[personID], handbookEntries(entries), in.Year, in.Version)
	if errors.Is(err, handbook.ErrNoVersion) {
		return statementView{}, problem(notFound)
	} else if err != nil {
		return statementView{}, err
	}
	digest, err := st.Digest()
	if err != nil {
		return statementView{}, err
	}
	lock, err := tx.CEYearOf(in.Year)
	if err != nil {
		return statementView{}, err
	}
	rule := s.Policy.Hours()
	c := rule.AnnualCitation
	view := statementView{
		Number: st.Number, Year: st.Year, Version: st.Version, Latest: st.Latest, Superseded: st.Version < st.Latest,
		Digest: digest, Holder: st.Holder, Closed: lock.ClosedAt != nil, Demonstration: s.Policy.Demonstration(),
		Requirement: citationView{Document: c.Document, Clause: c.Clause, Basis: string(c.Basis), Note: c.Note.In(string(lang))},
	}
	if st.Version > 0 {
		view.Since = &st.Since
	}
	view.BySession, view.ByCompletion = st.Totals(rule)
	if view.Lines, err = statementLines(tx, lang, st.Lines, entries); err != nil {
		return statementView{}, err
	}
	for _, line := range view.Lines {
		view.Demonstration = view.Demonstration || line.demonstration
		view.CrossYear = view.CrossYear || line.CrossYear
	}
	view.Text = []string{
		sumText(lang, "total", view.BySession.Total), sumText(lang, "professional", view.BySession.Professional),
		requirementText(lang, c),
	}
	return view, nil
}

func sumText(lang message.Lang, what string, of handbook.Asked) string {
	key := "handbook." + what + "_missing"
	if of.Met {
		key = "handbook." + what + "_met"
	}
	return message.Text(lang, key, map[string]any{
		"have": of.Have.String(), "need": of.Need.String(), "missing": of.Missing.String(),
	})
}

func requirementText(lang message.Lang, c policy.Citation) string {
	return message.Text(lang, "handbook.rule", map[string]any{
		"document": c.Document, "clause": c.Clause, "basis": string(c.Basis),
	})
}

func handbookEntries(entries []store.CEEntry) []handbook.Entry {
	all := make([]handbook.Entry, len(entries))
	for i, e := range entries {
		all[i] = handbook.Entry{
			ID: e.ID, EarnedIn: deref(e.CaseID) + deref(e.PlaceID), Year: e.Year, TakenYear: e.Year, Subject: e.Subject,
			Hours: e.Hours, From: e.Taken.From, To: e.Taken.To, Institutions: e.Taken.Institutions, Recorded: e.RecordedAt,
		}
		if e.TakenYear != nil {
			all[i].TakenYear = *e.TakenYear
		}
		if e.Reverses != nil {
			all[i].Reverses = *e.Reverses
		}
	}
	return all
}

// statementLines puts a statement's lines into words.
func statementLines(
	tx *store.Tx, lang message.Lang, lines []handbook.Line, entries []store.CEEntry,
) ([]statementLineView, error) {
	var caseIDs, placeIDs, institutions []string
	for _, e := range entries {
		if e.CaseID != nil {
			caseIDs = append(caseIDs, *e.CaseID)
		} else {
			placeIDs = append(placeIDs, *e.PlaceID)
		}
		institutions = append(institutions, e.Taken.Institutions...)
	}
	cases, err := tx.CasesByID(caseIDs)
	if err != nil {
		return nil, err
	}
	courses, err := tx.CoursesOfPlaces(placeIDs)
	if err != nil {
		return nil, err
	}
	v, err := newReader(tx, &request{lang: lang}, institutions...)
	if err != nil {
		return nil, err
	}
	views := make([]statementLineView, len(lines))
	for i, line := range lines {
		view := statementLineView{
			From: line.From, To: line.To, Subject: v.coded("subject", line.Subject), Hours: line.Hours,
			TakenYear: line.TakenYear, CrossYear: line.CrossYear, ByCompletion: line.ByCompletion, Institutions: []bodyView{},
		}
		var version string
		if c, found := cases[line.EarnedIn]; found {
			view.CaseID, version = c.ID, c.PolicyVersion
			if view.Title, err = v.training(c); err != nil {
				return nil, err
			}
		} else {
			course := courses[line.EarnedIn]
			view.PlaceID, version, view.Title = line.EarnedIn, course.PolicyVersion, course.Title
		}
		rules, err := policy.ByID(version)
		if err != nil {
			return nil, fmt.Errorf("read the rules of a credit: %w", err)
		}
		view.demonstration = rules.Demonstration()
		for _, id := range line.Institutions {
			view.Institutions = append(view.Institutions, v.institution(id))
		}
		views[i] = view
	}
	return views, nil
}

// training names a case as what somebody learnt.
func (v reader) training(c store.Case) (string, error) {
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return "", fmt.Errorf("read the case's rules: %w", err)
	}
	params := map[string]any{"occupation": v.occupation(rules, c.Occupation).Name, "level": v.say("level", c.Level)}
	occupation, _ := rules.Occupation(c.Occupation)
	direction, has := occupation.Direction(c.Direction)
	if !has {
		return message.Text(v.lang, "handbook.training", params), nil
	}
	params["direction"] = direction.Name
	return message.Text(v.lang, "handbook.training_direction", params), nil
}

// page prints a statement. The register is a Chinese form, whatever language its reader has.
func (s *service) page(ctx context.Context, in StatementInput, of whose) (*fileOutput, error) {
	if _, err := s.fonts.Find(); err != nil {
		return nil, problem(fontMissing)
	}
	view, err := s.readStatement(ctx, message.Chinese, in, of)
	if err != nil {
		return nil, err
	}
	document, number, err := s.document(ctx, of)
	if err != nil {
		return nil, err
	}
	page := handbook.Page{
		Statement: handbook.Statement{
			Number: view.Number, Year: view.Year, Version: view.Version, Latest: view.Latest, Holder: view.Holder,
		},
		Digest: view.Digest, Document: document, IDNumber: number, PrintedOn: s.today(), Demonstration: view.Demonstration,
		CrossYear: view.CrossYear, BySession: view.BySession, ByCompletion: view.ByCompletion,
		Rule: view.Text[len(view.Text)-1],
	}
	for _, line := range view.Lines {
		page.Rows = append(page.Rows, row(view.Year, line))
	}
	var file bytes.Buffer
	if err := handbook.Print(&file, s.fonts, page); errors.Is(err, font.ErrNone) {
		requestOf(ctx).log.Warn("a page cannot be printed", slog.Any("error", err))
		return nil, problem(fontMissing)
	} else if err != nil {
		return nil, err
	}
	name := "ce-statement-" + strconv.Itoa(view.Year) + ".pdf"
	return &fileOutput{ContentType: "application/pdf", Disposition: `attachment; filename="` + name + `"`, Body: file.Bytes()}, nil
}

func row(year int, line statementLineView) handbook.Row {
	say := func(key string, params map[string]any) string {
		return message.Text(message.Chinese, "handbook."+key, params)
	}
	row := handbook.Row{
		Title: line.Title, From: line.From, To: line.To, Subject: line.Subject.Name, Hours: line.Hours.String(),
	}
	var names, notes []string
	for _, i := range line.Institutions {
		names = append(names, i.Name)
	}
	if line.CrossYear {
		notes = append(notes, say("note_cross_year", nil))
	}
	if line.TakenYear != year {
		notes = append(notes, say("taken_year", map[string]any{"year": strconv.Itoa(line.TakenYear)}))
	}
	row.Institution, row.Note = strings.Join(names, "、"), strings.Join(notes, "；")
	return row
}

// document is what the holder's document is called, and its number masked.
func (s *service) document(ctx context.Context, of whose) (name, number string, err error) {
	err = s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		personID, _, err := of(tx, requestOf(ctx))
		if err != nil {
			return err
		}
		person, err := tx.Person(personID)
		if err != nil {
			return err
		}
		plain, err := people.Number(s.Keys, person)
		if err != nil {
			return err
		}
		name = message.Text(message.Chinese, "id_type."+person.IDType, nil)
		number = maskDocument(person.IDType, plain)
		return nil
	})
	return name, number, err
}
