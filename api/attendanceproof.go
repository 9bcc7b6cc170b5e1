package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/attended"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// longestProof is the longest period that one proof of attendance is of.
const longestProof = 366 // days

type proofInput struct {
	ID     string `path:"id"`
	Case   string `query:"case" maxLength:"64" doc:"Of one of the employer's people in the class."`
	From   string `query:"from" maxLength:"10" doc:"The first day, as 2026-03-01."`
	To     string `query:"to" maxLength:"10" doc:"The last day, a year after the first at most."`
	Format string `query:"format" enum:"pdf,xlsx,csv" default:"pdf"`
}

// read reads the period, and lists what is wrong with it.
func (in *proofInput) read() (from, to calendar.Date, err error) {
	found := &faults{}
	day := func(field, text string) calendar.Date {
		d, err := calendar.ParseDate(text)
		if err != nil {
			found.add(field, fieldDate)
		}
		return d
	}
	from, to = day("from", in.From), day("to", in.To)
	switch {
	case found.has("from") || found.has("to"):
	case to.Before(from):
		found.add("to", fieldDateOrder)
	case to.Sub(from) > longestProof:
		found.add("to", fieldOutOfRange)
	}
	if !isID(in.Case) {
		found.add("case", fieldFormat)
	}
	return from, to, found.err()
}

// registerProofs adds proofs of attendance.
func (s *service) registerProofs(api huma.API) {
	op := operation("GET /v1/sponsored-classes/{id}/attendance-proof", "employers",
		"Proof of the sessions that one of an employer's people attended in a period, for released time; no certificate")
	content := map[string]*huma.MediaType{}
	for _, media := range []string{mediaPDF, mediaXLSX, mediaCSV} {
		content[media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	op.Responses = map[string]*huma.Response{strconv.Itoa(http.StatusOK): {Description: op.Summary, Content: content}}
	op.Errors = append(op.Errors, http.StatusUnprocessableEntity)
	huma.Register(api, op, s.attendanceProof)
}

// attendanceProof proves what one of an employer's people attended. That it was made is written down.
func (s *service) attendanceProof(ctx context.Context, in *proofInput) (*fileOutput, error) {
	from, to, err := in.read()
	if err != nil {
		return nil, err
	}
	r := requestOf(ctx)
	var proof attended.Proof
	var digest string
	page := attended.Page{PrintedOn: s.today()}
	err = s.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		proof, page.Hours, page.Demonstration, err = s.attended(tx, r, in.ID, in.Case, from, to)
		if err != nil {
			return err
		}
		if digest, err = proof.Digest(); err != nil {
			return err
		}
		return s.audit(tx, r, "attendance_proof.make", "case:"+in.Case, "class:"+in.ID, map[string]any{
			"number": proof.Number, "digest": digest, "from": from, "to": to, "format": in.Format,
		})
	})
	if err != nil {
		return nil, err
	}
	out := &fileOutput{Disposition: `attachment; filename="attendance-` + proof.Number + "." + in.Format + `"`}
	var file bytes.Buffer
	if in.Format == "pdf" {
		out.ContentType = mediaPDF
		err = proof.Print(&file, s.fonts, digest, page)
	} else {
		out.ContentType = formats[in.Format].media
		err = writeProof(&file, formats[in.Format].begin, r.lang, proof, digest, page.Hours)
	}
	if errors.Is(err, font.ErrNone) {
		r.log.Warn("a proof of attendance cannot be printed", slog.Any("error", err))
		return nil, problem(fontMissing)
	}
	out.Body = file.Bytes()
	return out, err
}

// attended reads what one of an employer's people attended. Who is in another class, or consents no more, is not there.
func (s *service) attended(
	tx *store.Tx, r *request, classID, caseID string, from, to calendar.Date,
) (proof attended.Proof, sum ledger.Hours, demonstration bool, err error) {
	place, err := tx.SponsoredPlace(caseID)
	if err == nil && (place.ClassID != classID || place.WithdrawnAt != nil) {
		err = store.ErrNotFound
	}
	if err != nil {
		return proof, 0, false, err
	}
	cases, err := tx.CasesByID([]string{caseID})
	if err != nil {
		return proof, 0, false, err
	}
	names, err := s.readNames(tx, r, cases, "class:"+classID)
	if err != nil {
		return proof, 0, false, err
	}
	class, err := tx.Class(classID)
	if err != nil {
		return proof, 0, false, err
	}
	v, err := newReader(tx, r, class.InstitutionID)
	if err != nil {
		return proof, 0, false, err
	}
	sessions, err := tx.AttendedOf(caseID, class.InstitutionID, from, to)
	if err != nil {
		return proof, 0, false, err
	}
	c := cases[caseID]
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return proof, 0, false, err
	}
	proof = attended.Proof{
		Number: attended.Number(caseID, from, to), Holder: names[c.PersonID], Class: class.Name,
		Institution: v.institution(class.InstitutionID).Name, From: from, To: to, Lines: make([]attended.Line, len(sessions)),
	}
	for i, a := range sessions {
		proof.Lines[i] = attended.Line{Ref: a.SessionRef, Date: a.SessionDate, Module: a.Module, Mode: a.Mode, Seconds: a.Seconds}
		if a.FromAt != nil && a.ToAt != nil {
			proof.Lines[i].From, proof.Lines[i].To = a.FromAt.UTC(), a.ToAt.UTC()
		}
	}
	return proof, hours.Rule(rules).Hours(proof.Total()), rules.Demonstration(), nil
}

// proofColumns are those of a proof as a table.
var proofColumns = []string{"trainee", "class", "training_body", "session", "day", "from", "to", "module", "session_mode", "minutes"}

// writeProof writes a proof as a table, with its number and digest below.
func writeProof(
	file *bytes.Buffer, begin func(io.Writer) (sheet, error), lang message.Lang, p attended.Proof, digest string, sum ledger.Hours,
) error {
	rows := make([]map[string]any, len(p.Lines))
	clock := func(at time.Time) any {
		if at.IsZero() {
			return nil
		}
		return at
	}
	for i, l := range p.Lines {
		rows[i] = map[string]any{
			"trainee": p.Holder, "class": p.Class, "training_body": p.Institution, "session": l.Ref, "day": l.Date.String(),
			"from": clock(l.From), "to": clock(l.To), "module": l.Module, "minutes": l.Minutes(),
			"session_mode": message.Text(lang, "session_mode."+l.Mode, nil),
		}
	}
	all := exportRows{total: len(rows), next: func() ([]map[string]any, error) {
		batch := rows
		rows = nil
		return batch, nil
	}, note: message.Text(lang, "attended.below", map[string]any{
		"number": p.Number, "digest": digest, "sum": p.Sum(sum), "note": message.Text(lang, "attended.note", nil),
	})}
	return writeExport(file, begin, lang, proofColumns, all)
}
