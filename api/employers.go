package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

const employer = store.RoleEmployer

// employerBody registers an employer.
type employerBody struct {
	Name     string `json:"name" minLength:"1" maxLength:"100" doc:"As registered (单位名称)."`
	USCC     string `json:"uscc" maxLength:"64" doc:"The unified social credit code (统一社会信用代码, GB 32100)."`
	District string `json:"district" maxLength:"64"`
}

// employerInviteBody invites one of an employer's people.
type employerInviteBody struct {
	Label string `json:"label" minLength:"1" maxLength:"64" doc:"What the audit log calls the account; not a person's name."`
}

// employerBodies read what is sent of employers and of the classes that they sponsor.
type employerBodies struct {
	employer body[employerBody]
	invite   body[employerInviteBody]
	code     body[orderCodeBody]
}

// EmployerView is an employer. (Exported because it is embedded.)
type EmployerView struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	USCC         string    `json:"uscc"`
	District     coded     `json:"district"`
	RegisteredAt time.Time `json:"registered_at"`
	Classes      int       `json:"classes" doc:"That it sponsors."`
	Accounts     int       `json:"accounts" doc:"Of its people."`
}

// employerBrief is an employer as others name it.
type employerBrief struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type employerOutput struct{ Body EmployerView }

// registerEmployers adds the operations on employers, and those of employers on the classes that they sponsor.
func (s *service) registerEmployers(api huma.API) {
	const tag = "employers"
	schemas := api.OpenAPI().Components.Schemas
	s.employers = employerBodies{
		employer: bodyFor[employerBody](schemas), invite: bodyFor[employerInviteBody](schemas), code: bodyFor[orderCodeBody](schemas),
	}
	sent(api, "POST /v1/employers", tag, "Register an employer", s.employers.employer.schema, http.StatusCreated, s.registerEmployer)
	read(api, "GET /v1/employers", tag, "Employers that sponsor classes", s.listEmployers)
	sent(api, "POST /v1/employers/{id}/invitations", tag, "Invite one of an employer's people to make an account",
		s.employers.invite.schema, http.StatusCreated, s.inviteEmployer)
	s.registerSponsored(api)
	s.registerIntakes(api)
}

func viewEmployers(tx *store.Tx, r *request, all ...store.Employer) ([]EmployerView, error) {
	ids := make([]string, len(all))
	for i, e := range all {
		ids[i] = e.ID
	}
	standings, err := tx.EmployerStandings(ids)
	v, views := reader{lang: r.lang}, make([]EmployerView, len(all))
	for i, e := range all {
		views[i] = EmployerView{
			ID: e.ID, Name: e.Name, USCC: e.USCC, District: v.coded("district", e.District), RegisteredAt: e.RegisteredAt,
			Classes: standings[e.ID].Classes, Accounts: standings[e.ID].Accounts,
		}
	}
	return views, err
}

// registerEmployer writes an employer, once a code.
func (s *service) registerEmployer(ctx context.Context, in *bodyInput) (*employerOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.employers.employer.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	e := store.Employer{
		ID: uuid.NewString(), Name: strings.TrimSpace(body.Name), District: body.District, RegisteredBy: r.account.ID, RegisteredAt: s.Now().UTC(),
	}
	if e.Name == "" || !printable(e.Name) {
		found.add("name", fieldFormat)
	}
	if !authority.IsDistrict(e.District) {
		found.add("district", fieldUnknownValue)
	}
	code, err := identity.ParseUSCC(body.USCC)
	if fault := identity.Fault(""); errors.As(err, &fault) {
		found.add("uscc", string(fault))
	}
	e.USCC = code.String()
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &employerOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		err := tx.InsertEmployer(e)
		if store.Constraint(err) == "employers_uscc_key" {
			return problem(employerKnown, FieldError{Field: "uscc", Code: employerKnown})
		}
		if err != nil {
			return err
		}
		if err := s.audit(tx, r, "employer.register", "employer:"+e.ID, "", body); err != nil {
			return err
		}
		views, err := viewEmployers(tx, r, e)
		if err != nil {
			return err
		}
		out.Body = views[0]
		return s.created(ctx, nil, out.Body)
	})
	return out, err
}

type employersInput struct {
	NumberedInput
	FilteredInput

	Text  string `query:"q" maxLength:"64" doc:"Within the name, or the code."`
	Sort  string `query:"sort" enum:"name,-name" doc:"The order of numbered pages."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type employersOutput struct {
	Body struct {
		Employers []EmployerView `json:"employers"`
		Total     *int64         `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
	}
}

// listEmployers lists employers: of a district for its operators.
func (s *service) listEmployers(ctx context.Context, in *employersInput) (*employersOutput, error) {
	r, found := requestOf(ctx), &faults{}
	filter := store.EmployerFilter{
		District: r.account.Caller().District, Text: in.Text, Where: s.expression(found, r, in.FilteredInput, store.EmployerFields()),
		Numbered: in.numbered(found, in.Sort, ""), Limit: in.Limit,
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &employersOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) (err error) {
		if out.Body.Total, err = in.total(&filter.Limit, func() (int64, error) { return tx.CountEmployers(filter) }); err != nil {
			return err
		}
		all, err := tx.Employers(filter)
		if err != nil {
			return err
		}
		out.Body.Employers, err = viewEmployers(tx, r, all[:min(in.Limit, len(all))]...)
		return err
	})
	return out, err
}

// inviteEmployer invites one of an employer's people to make an account: the token is shown this once.
func (s *service) inviteEmployer(ctx context.Context, in *idBodyInput) (*newInvitationOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.employers.invite.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if !printable(body.Label) {
		found.add("label", fieldFormat)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	now, out := s.Now().UTC(), &newInvitationOutput{}
	i := store.Invitation{
		Role: employer, EmployerID: &in.ID, Label: body.Label, InvitedBy: r.account.ID, InvitedAt: now, ExpiresAt: now.Add(invitationTime),
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		out.Body, err = s.writeInvitation(tx, r, i)
		if err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	return out, err
}
