package api

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/directory"
	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/store"
)

type listFileBody struct {
	Format  string `json:"format" enum:"yaml,csv,xlsx"`
	Content string `json:"content" minLength:"1" doc:"The file, in base64."`
}

type listNamesBody struct {
	Decisions []nameDecision `json:"decisions" minItems:"1" maxItems:"500"`
}

// nameDecision is a person's verdict on a name of a list.
type nameDecision struct {
	Name          string `json:"name" minLength:"1" maxLength:"100" doc:"To the letter, as the list has it."`
	As            string `json:"as" enum:"new,renamed,alias"`
	InstitutionID string `json:"institution_id,omitempty" maxLength:"48" doc:"Whose name it is. Of a new institution the id that it is to have; one is made of the name otherwise."`
}

type listApplicationBody struct {
	Seen   string `json:"seen" minLength:"1" maxLength:"64" doc:"The seen of the snapshot as it was shown."`
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

// listBodies read what is sent about published lists.
type listBodies struct {
	file        body[listFileBody]
	names       body[listNamesBody]
	application body[listApplicationBody]
}

// registerLists adds the operations of published lists, and of institutions that stand on them.
func (s *service) registerLists(api huma.API) {
	const lists, public = "lists", "public"
	schemas := api.OpenAPI().Components.Schemas
	s.lists = listBodies{
		file: bodyFor[listFileBody](schemas), names: bodyFor[listNamesBody](schemas), application: bodyFor[listApplicationBody](schemas),
	}
	sent(api, "POST /v1/list-snapshots", lists, "Import a published list, to be looked at", s.lists.file.schema, http.StatusCreated, s.importList)
	read(api, "GET /v1/list-snapshots", lists, "Published lists, the newest first", s.listLists)
	read(api, "GET /v1/list-snapshots/{id}", lists, "What a published list changes, and what becomes of running cases", s.getList)
	sent(api, "POST /v1/list-snapshots/{id}/names", lists, "Decide whose names those are that are not known to the letter",
		s.lists.names.schema, http.StatusOK, s.decideNames)
	sent(api, "POST /v1/list-snapshots/{id}/application", lists, "Put a published list in force, as it was seen", s.lists.application.schema,
		http.StatusOK, s.applyList)
	sent(api, "POST /v1/list-snapshots/{id}/discarding", lists, "Put a published list aside", s.bodies.reason.schema, http.StatusOK, s.discardList)

	read(api, "GET /v1/institutions/{ref}", public, "An institution: its names, roles and suspensions over time", s.getInstitution)
	read(api, "GET /v1/institutions/{ref}/suspension", lists, "What would become of running cases if an institution were suspended", s.suspending)
	sent(api, "POST /v1/institutions/{ref}/suspension", lists, "Suspend an institution", bodyFor[suspensionBody](schemas).schema,
		http.StatusOK, s.suspendInstitution)
	sent(api, "POST /v1/institutions/{ref}/reinstatement", lists, "Let a suspended institution act again", s.bodies.reason.schema,
		http.StatusOK, s.reinstateInstitution)
}

type listOutput struct {
	Status int
	Body   listView
}

// importList keeps a list as a draft, and shows what it would change. What says the same as one before is that one.
func (s *service) importList(ctx context.Context, in *bodyInput) (*listOutput, error) {
	body, found, err := s.lists.file.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	content, err := base64.StdEncoding.DecodeString(body.Content)
	if err != nil {
		found.add("content", fieldFormat)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	list, err := listing.Read(listing.Format(body.Format), content, listing.TermsOf(s.Policy))
	if err != nil {
		return nil, refusedList(err)
	}
	return s.onList(ctx, func(desk directory.Desk) (store.ListSnapshot, int, error) {
		snapshot, fresh, err := desk.Import(list)
		if fresh {
			return snapshot, http.StatusCreated, err
		}
		return snapshot, http.StatusOK, err
	})
}

// onList does something to a list in one transaction, and shows the list as it stands then.
func (s *service) onList(ctx context.Context, do func(directory.Desk) (store.ListSnapshot, int, error)) (*listOutput, error) {
	r := requestOf(ctx)
	out := &listOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		snapshot, status, err := do(s.desk(tx, r))
		if err != nil {
			return err
		}
		out.Status = status
		out.Body, err = s.viewList(tx, r, snapshot)
		return err
	})
	if err != nil {
		return nil, refusedList(err)
	}
	return out, nil
}

func (s *service) desk(tx *store.Tx, r *request) directory.Desk {
	return directory.Desk{Tx: tx, Actor: r.account.ID, At: s.Now().UTC()}
}

// listRefusals are the problems of what is refused.
var listRefusals = map[error]string{
	directory.ErrSettled: listSettled, directory.ErrUndecided: listUndecided, directory.ErrChanged: listChanged, directory.ErrLate: listLate,
	directory.ErrSuspended: alreadySuspended, directory.ErrNotSuspended: notSuspended,
}

// refusedList is the problem that a refusal makes: what is wrong with a list is said by row and column.
func refusedList(err error) error {
	if faults, wrong := errors.AsType[listing.RowErrors](err); wrong {
		found := &faultsByRow{}
		for _, fault := range faults {
			found.add(fault)
		}
		return found.err()
	}
	for refusal, code := range listRefusals {
		if errors.Is(err, refusal) {
			return problem(code)
		}
	}
	return err
}

// faultsByRow are the faults of a list in the order of its rows.
type faultsByRow struct{ list []FieldError }

func (f *faultsByRow) add(fault listing.Fault) {
	field := string(fault.Column)
	switch {
	case fault.Row > 0 && field != "":
		field = fmt.Sprintf("rows[%d].%s", fault.Row, field)
	case fault.Row > 0:
		field = fmt.Sprintf("rows[%d]", fault.Row)
	case field == "":
		field = "content"
	}
	if len(f.list) < mostFaults {
		f.list = append(f.list, FieldError{Field: field, Code: fault.Code})
	}
}

func (f *faultsByRow) err() error { return problem(validationFailed, f.list...) }

type listsOutput struct {
	Body struct {
		Lists []ListSummary `json:"list_snapshots"`
	}
}

// listLists lists the published lists that were imported.
func (s *service) listLists(ctx context.Context, _ *struct{}) (*listsOutput, error) {
	out := &listsOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		all, err := tx.ListSnapshots()
		if err != nil {
			return err
		}
		out.Body.Lists, err = summariseLists(tx, all)
		return err
	})
	return out, err
}

// getList shows what a list changes, or changed.
func (s *service) getList(ctx context.Context, in *idInput) (*listOutput, error) {
	out := &listOutput{Status: http.StatusOK}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		snapshot, err := tx.ListSnapshot(in.ID)
		if err != nil {
			return err
		}
		out.Body, err = s.viewList(tx, requestOf(ctx), snapshot)
		return err
	})
	return out, refusedList(err)
}

// decideNames keeps verdicts on names that are not known to the letter.
func (s *service) decideNames(ctx context.Context, in *idBodyInput) (*listOutput, error) {
	body, err := s.lists.names.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	decisions := make([]listing.Decision, len(body.Decisions))
	for i, d := range body.Decisions {
		decisions[i] = listing.Decision{Name: d.Name, As: listing.Verdict(d.As), InstitutionID: d.InstitutionID}
	}
	return s.onList(ctx, func(desk directory.Desk) (store.ListSnapshot, int, error) {
		snapshot, err := desk.Decide(in.ID, decisions)
		return snapshot, http.StatusOK, err
	})
}

// applyList puts a list in force.
func (s *service) applyList(ctx context.Context, in *idBodyInput) (*listOutput, error) {
	body, found, err := s.lists.application.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.onList(ctx, func(desk directory.Desk) (store.ListSnapshot, int, error) {
		snapshot, err := desk.Apply(in.ID, body.Seen, reason)
		return snapshot, http.StatusOK, err
	})
}

// discardList puts a list aside.
func (s *service) discardList(ctx context.Context, in *idBodyInput) (*listOutput, error) {
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.onList(ctx, func(desk directory.Desk) (store.ListSnapshot, int, error) {
		snapshot, err := desk.Discard(in.ID, reason)
		return snapshot, http.StatusOK, err
	})
}
