package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

type noteBody struct {
	Note     string   `json:"note" minLength:"1" maxLength:"4000" doc:"Numbers of persons in it are masked before it is kept."`
	ShownTo  string   `json:"shown_to,omitempty" maxLength:"64" doc:"One of the case's institutions, which then reads it with its tasks. Left out: operators only."`
	Mentions []string `json:"mentions,omitempty" maxItems:"20" uniqueItems:"true" doc:"Operators whose attention is asked for."`
	File     string   `json:"file,omitempty" format:"uuid" doc:"A file that was filed about the case."`
}

// NoteView is what somebody noted. (Exported because it is embedded: see CaseSummary.)
type NoteView struct {
	ID        string        `json:"id"`
	WrittenAt time.Time     `json:"written_at"`
	Note      string        `json:"note" doc:"Empty for an institution once it is struck out."`
	File      *evidenceView `json:"file,omitempty"`
	Struck    bool          `json:"struck" doc:"Who wrote it takes it back."`
	StruckAt  *time.Time    `json:"struck_at,omitempty"`
	StruckWhy string        `json:"struck_why,omitempty"`
	ShownTo   *bodyView     `json:"shown_to,omitempty" doc:"The institution that may read it."`
	From      string        `json:"from" doc:"Whose word it is, in the reader's language."`
}

// caseNoteView is a note as operators read it.
type caseNoteView struct {
	NoteView
	Author   operatorView   `json:"author"`
	Mentions []operatorView `json:"mentions"`
}

type assignedView struct {
	At       time.Time     `json:"at"`
	By       operatorView  `json:"by"`
	Before   *operatorView `json:"before,omitempty"`
	Assignee *operatorView `json:"assignee,omitempty"`
	Reason   string        `json:"reason,omitempty"`
}

type notesInput struct {
	ID    string `path:"id"`
	After string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type (
	noteOutput  struct{ Body caseNoteView }
	notesOutput struct {
		Body struct {
			Notes       []caseNoteView `json:"notes" doc:"The newest first."`
			Next        *string        `json:"next" doc:"The after of the next page; null when there is none."`
			Assignments []assignedView `json:"assignments" doc:"The latest changes of who sees to the case; with the first page only."`
		}
	}
	taskNotesOutput struct {
		Body struct {
			Notes []NoteView `json:"notes" doc:"The newest first."`
		}
	}
)

// mostAssignments is how many changes of hands are shown of a case.
const mostAssignments = 50

// listNotes shows what was noted about a case and who saw to it, to operators.
func (s *service) listNotes(ctx context.Context, in *notesInput) (*notesOutput, error) {
	r, out, found := requestOf(ctx), &notesOutput{}, &faults{}
	filter := store.NoteFilter{CaseID: in.ID, Before: position(found, in.After), Limit: in.Limit + 1}
	if err := found.err(); err != nil {
		return nil, err
	}
	tx := s.Store.Read(ctx)
	notes, err := tx.Notes(filter)
	if err != nil {
		return nil, err
	}
	notes, out.Body.Next = upTo(in.Limit, notes, func(n store.ReadNote) (time.Time, string) { return n.WrittenAt, n.ID })
	out.Body.Assignments = []assignedView{}
	var handed []store.CaseAssignment
	if filter.Before == nil {
		if handed, err = tx.Assignments(in.ID, mostAssignments); err != nil {
			return nil, err
		}
	}
	if out.Body.Notes, err = s.viewNotes(tx, r, notes...); err != nil {
		return nil, err
	}
	out.Body.Assignments, err = viewAssignments(tx, r, handed)
	return out, err
}

func viewAssignments(tx *store.Tx, r *request, rows []store.CaseAssignment) ([]assignedView, error) {
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.AssignedBy, deref(row.Before), deref(row.Assignee))
	}
	accounts, err := tx.AccountsOf(onlyIDs(ids...))
	if err != nil {
		return nil, err
	}
	one := func(id *string) *operatorView {
		if id == nil {
			return nil
		}
		view := viewOperator(r, accounts[*id])
		return &view
	}
	views := make([]assignedView, len(rows))
	for i, row := range rows {
		views[i] = assignedView{
			At: row.AssignedAt, By: viewOperator(r, accounts[row.AssignedBy]), Before: one(row.Before), Assignee: one(row.Assignee), Reason: row.Reason,
		}
	}
	return views, nil
}

// viewNotes shows notes as operators read them.
func (s *service) viewNotes(tx *store.Tx, r *request, notes ...store.ReadNote) ([]caseNoteView, error) {
	var ids []string
	for _, n := range notes {
		ids = append(ids, n.Author)
		for _, m := range n.Mentions {
			ids = append(ids, m.AccountID)
		}
	}
	accounts, err := tx.AccountsOf(ids)
	if err != nil {
		return nil, err
	}
	shown, err := s.showNotes(tx, r, notes)
	if err != nil {
		return nil, err
	}
	views := make([]caseNoteView, len(notes))
	for i, n := range notes {
		views[i] = caseNoteView{NoteView: shown[i], Author: viewOperator(r, accounts[n.Author]), Mentions: []operatorView{}}
		for _, m := range n.Mentions {
			views[i].Mentions = append(views[i].Mentions, viewOperator(r, accounts[m.AccountID]))
		}
	}
	return views, nil
}

// showNotes shows notes as whoever asks may read them. What was struck out is nothing that an institution is told any more.
func (s *service) showNotes(tx *store.Tx, r *request, notes []store.ReadNote) ([]NoteView, error) {
	var institutions, ids []string
	for _, n := range notes {
		if n.ShownTo != nil {
			institutions = append(institutions, *n.ShownTo)
		}
		if n.EvidenceID != nil {
			ids = append(ids, *n.EvidenceID)
		}
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return nil, err
	}
	files, err := s.filesByID(tx, r, ids)
	if err != nil {
		return nil, err
	}
	views := make([]NoteView, len(notes))
	for i, n := range notes {
		view := NoteView{ID: n.ID, WrittenAt: n.WrittenAt, Note: n.Text, From: v.say("actor", store.ActorOperator)}
		if n.ShownTo != nil {
			at := v.institution(*n.ShownTo)
			view.ShownTo = &at
		}
		if n.EvidenceID != nil {
			view.File = files[*n.EvidenceID]
		}
		if n.Strike != nil {
			view.Struck, view.StruckAt, view.StruckWhy = true, &n.Strike.StruckAt, n.Strike.Reason
			if r.account.Role == institution {
				view.Note, view.File, view.StruckWhy = "", nil, ""
			}
		}
		views[i] = view
	}
	return views, nil
}

func (s *service) filesByID(tx *store.Tx, r *request, ids []string) (map[string]*evidenceView, error) {
	rows, err := tx.EvidenceByID(ids)
	if err != nil {
		return nil, err
	}
	views, err := s.viewEvidence(tx, r, rows...)
	files := make(map[string]*evidenceView, len(views))
	for i := range views {
		files[views[i].ID] = &views[i]
	}
	return files, err
}

// writeNote notes something about a case.
func (s *service) writeNote(ctx context.Context, in *idBodyInput) (*noteOutput, error) {
	r, out := requestOf(ctx), &noteOutput{}
	body, found, err := s.casework.note.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	note := store.CaseNote{
		ID: uuid.NewString(), CaseID: in.ID, Author: r.account.ID, WrittenAt: s.Now().UTC(), Text: strings.TrimSpace(body.Note),
	}
	if note.Text == "" && !found.has("note") {
		found.add("note", fieldRequired)
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.Case(in.ID)
		if err != nil {
			return err
		}
		if body.ShownTo != "" {
			note.ShownTo = &body.ShownTo
			if body.ShownTo != c.TrainingBody && body.ShownTo != c.EvaluationBody {
				found.add("shown_to", fieldNotOfCase)
			}
		}
		mentioned, err := mentionable(tx, c, body.Mentions, found)
		if err != nil {
			return err
		}
		if note.EvidenceID, err = belonging(tx, c, body.File, found); err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		if err := tx.InsertNote(note, body.Mentions); err != nil {
			return err
		}
		if err := tellMentioned(tx, note, mentioned); err != nil {
			return err
		}
		written, err := tx.Note(note.ID)
		if err != nil {
			return err
		}
		views, err := s.viewNotes(tx, r, written)
		if err != nil {
			return err
		}
		out.Body = views[0]
		return s.audit(tx, r, "note.write", "case:"+c.ID, "", map[string]any{
			"note": note.ID, "shown_to": note.ShownTo, "mentions": body.Mentions, "file": note.EvidenceID,
		})
	})
	return out, err
}

// mentionable reads the operators whose attention is asked for: those who reach the case, and nobody else, for a note says
// something of it.
func mentionable(tx *store.Tx, c store.Case, ids []string, found *faults) ([]store.Account, error) {
	if len(ids) == 0 || found.has("mentions") {
		return nil, nil
	}
	accounts, err := tx.AccountsOf(onlyIDs(ids...))
	if err != nil {
		return nil, err
	}
	owners, err := tx.Owners(authority.Case, c.ID)
	if err != nil {
		return nil, err
	}
	var all []store.Account
	for i, id := range ids {
		a, known := accounts[id]
		if !known || !worksOnCases(a) || !authority.Area.Reaches(a.Caller(), owners) {
			found.add(fmt.Sprintf("mentions[%d]", i), fieldUnknownOperator)
		}
		all = append(all, a)
	}
	return all, nil
}

// belonging is the file that is to belong to a note: one that was filed about the case, and belongs to no note yet.
func belonging(tx *store.Tx, c store.Case, id string, found *faults) (*string, error) {
	if id == "" || found.has("file") {
		return nil, nil //nolint:nilnil // none belongs to it
	}
	filed, err := tx.EvidenceByID([]string{id})
	if err != nil {
		return nil, err
	}
	of := func(e store.FiledEvidence) bool {
		return e.SubjectKind == store.AboutCase && e.SubjectID == c.ID && e.State == store.EvidenceComplete
	}
	taken, err := tx.NoteOfFile(id)
	if err != nil {
		return nil, err
	}
	if taken || !slices.ContainsFunc(filed, of) {
		found.add("file", fieldUnknownSubject)
	}
	return &id, nil
}

// strikeNote strikes out what the caller noted. It can still be read that it was, and why.
func (s *service) strikeNote(ctx context.Context, in *idBodyInput) (*noteOutput, error) {
	r, out := requestOf(ctx), &noteOutput{}
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.Note(in.ID)
		if err != nil {
			return err
		}
		if n.Author != r.account.ID {
			return problem(notTheAuthor)
		}
		fresh, err := tx.StrikeNote(store.NoteStrike{NoteID: n.ID, StruckBy: r.account.ID, StruckAt: s.Now().UTC(), Reason: reason})
		if err != nil {
			return err
		}
		if n, err = tx.Note(n.ID); err != nil {
			return err
		}
		views, err := s.viewNotes(tx, r, n)
		if err != nil {
			return err
		}
		out.Body = views[0]
		if !fresh {
			return nil // it was struck out before
		}
		return s.audit(tx, r, "note.strike", "case:"+n.CaseID, reason, map[string]any{"note": n.ID})
	})
	return out, err
}

// noteFile shows the file that belongs to a note.
func (s *service) noteFile(ctx context.Context, in *idInput) (*evidenceFileOutput, error) {
	n, err := s.Store.Read(ctx).Note(in.ID)
	if err != nil {
		return nil, err
	}
	if n.EvidenceID == nil {
		return nil, problem(evidenceMissing)
	}
	return s.evidenceFile(ctx, &idInput{ID: *n.EvidenceID})
}

// mostTaskNotes is how many notes an institution is shown with a task.
const mostTaskNotes = 50

// taskNotes shows an institution what operators noted for it about the case of its task.
func (s *service) taskNotes(ctx context.Context, in *idInput) (*taskNotesOutput, error) {
	r, out := requestOf(ctx), &taskNotesOutput{}
	tx := s.Store.Read(ctx)
	t, err := tx.Task(in.ID)
	if err != nil {
		return nil, err
	}
	notes, err := tx.Notes(store.NoteFilter{CaseID: t.CaseID, ShownTo: t.InstitutionID, Limit: mostTaskNotes})
	if err != nil {
		return nil, err
	}
	out.Body.Notes, err = s.showNotes(tx, r, notes)
	return out, err
}
