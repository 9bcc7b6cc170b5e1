package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// registerDuties adds the operations by which who works here says whose cases are none of theirs.
func (s *service) registerDuties(api huma.API) {
	s.duty = bodyFor[dutyBody](api.OpenAPI().Components.Schemas)
	sent(api, "POST /v1/me/duties", "accounts", "Declare a person about whose cases one does nothing: oneself, or somebody close", s.duty.schema,
		http.StatusCreated, s.declareDuty)
	read(api, "GET /v1/me/duties", "accounts", "What one declared", s.listDuties)
}

type dutyBody struct {
	Relation  string `json:"relation" enum:"self,relative,other"`
	IDType    string `json:"id_type" enum:"resident_id,residence_permit,hong_kong_macao_permit,taiwan_permit,passport,permanent_resident_id"`
	IDNumber  string `json:"id_number" maxLength:"64" doc:"Kept sealed."`
	IDCountry string `json:"id_country,omitempty" maxLength:"3" doc:"Of a passport, and only of it."`
}

type dutyView struct {
	ID         string    `json:"id"`
	Relation   coded     `json:"relation"`
	IDType     coded     `json:"id_type"`
	IDNumber   string    `json:"id_number" doc:"Masked."`
	DeclaredAt time.Time `json:"declared_at"`
}

type dutyOutput struct {
	Status int
	Body   dutyView
}

// declareDuty keeps a declaration. Whether the person is registered is not told: they may be later.
func (s *service) declareDuty(ctx context.Context, in *bodyInput) (*dutyOutput, error) {
	r, out := requestOf(ctx), &dutyOutput{Status: http.StatusCreated}
	body, found, err := s.duty.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	document, err := identity.ParseDocumentOn(people.DocumentType(body.IDType), body.IDNumber, calendar.Real().Today(s.Now()))
	if fault, wrong := errors.AsType[identity.Fault](err); wrong && !found.has("id_type") {
		found.add("id_number", string(fault))
	}
	country := checkCountry(body.IDType, body.IDCountry, found)
	if err := found.err(); err != nil {
		return nil, err
	}
	d := store.DutyDeclaration{
		ID: uuid.NewString(), AccountID: r.account.ID, Relation: body.Relation, IDType: body.IDType, DeclaredAt: s.moment(),
	}
	if country != "" {
		d.IDCountry = &country
	}
	if d.DocumentSealed, err = s.Keys.Seal([]byte(document.Number()), store.DutySeal(d.ID)); err != nil {
		return nil, fmt.Errorf("seal a declaration: %w", err)
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.InsertDuty(d); err != nil {
			return err
		}
		if out.Body, err = s.viewDuty(r, d); err != nil {
			return err
		}
		if err := s.audit(tx, r, "duty.declare", "account:"+r.account.ID, "", map[string]any{"declaration": d.ID, "relation": d.Relation}); err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	return out, err
}

func (s *service) viewDuty(r *request, d store.DutyDeclaration) (dutyView, error) {
	number, err := s.Keys.Open(d.DocumentSealed, store.DutySeal(d.ID))
	if err != nil {
		return dutyView{}, fmt.Errorf("open a declaration: %w", err)
	}
	v := reader{lang: r.lang}
	return dutyView{
		ID: d.ID, Relation: v.coded("duty", d.Relation), IDType: v.coded("id_type", d.IDType), IDNumber: maskDocument(d.IDType, string(number)),
		DeclaredAt: d.DeclaredAt,
	}, nil
}

type dutiesOutput struct {
	Body struct {
		Declarations []dutyView `json:"declarations"`
	}
}

func (s *service) listDuties(ctx context.Context, _ *struct{}) (*dutiesOutput, error) {
	r, out := requestOf(ctx), &dutiesOutput{}
	out.Body.Declarations = []dutyView{}
	declared, err := s.Store.Read(ctx).Duties(r.account.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range declared {
		view, err := s.viewDuty(r, d)
		if err != nil {
			return nil, err
		}
		out.Body.Declarations = append(out.Body.Declarations, view)
	}
	return out, nil
}

// abstain refuses what somebody would change of a person whom they declared. Reading is not refused: what is personal in it is
// opened by operations that are.
func (s *service) abstain(ctx context.Context, account store.Account, method string, scope authority.Scope, person string) error {
	if person == "" || method == http.MethodGet || scope == authority.Own {
		return nil
	}
	return s.mayActOn(s.Store.Read(ctx), account, person)
}

// mayMark refuses attendance of a person whom the account declared. The attendee is a case or a place in a course.
func (s *service) mayMark(ctx context.Context, account store.Account, attendee string) error {
	if account.Machine { // what programs report, others have marked
		return nil
	}
	tx := s.Store.Read(ctx)
	known, err := tx.Attendees([]string{attendee})
	if err != nil {
		return err
	}
	return s.mayActOn(tx, account, known[attendee].PersonID)
}

// mayActOn refuses an account that declared any of these people, under any of their numbers.
func (s *service) mayActOn(tx *store.Tx, account store.Account, persons ...string) error {
	declared, err := people.Declared(tx, s.Keys, account.ID)
	if err == nil && slices.ContainsFunc(persons, func(id string) bool { return slices.Contains(declared, id) }) {
		err = problem(ownCase)
	}
	return err
}
