package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/store"
)

// AccountRow is an account as those who keep accounts see it: what it may do and how it gets in, and nothing of a person.
type AccountRow struct {
	ID          string     `json:"id"`
	Role        string     `json:"role" enum:"trainee,institution,operator,administrator,employer"`
	Label       string     `json:"label"`
	Institution *bodyView  `json:"institution,omitempty"`
	District    *string    `json:"district,omitempty" doc:"Of an operator of one district."`
	Machine     bool       `json:"machine" doc:"It has API keys, and no other way in."`
	Login       *string    `json:"login,omitempty" doc:"The name that it logs in by."`
	Linked      bool       `json:"linked" doc:"It logs in by the identity provider."`
	State       string     `json:"state" enum:"active,closed"`
	CreatedAt   time.Time  `json:"created_at"`
	LastSeenAt  *time.Time `json:"last_seen_at,omitempty"`
	ClosedAt    *time.Time `json:"closed_at,omitempty"`
}

type accountsInput struct {
	NumberedInput

	Role        string `query:"role" enum:"trainee,institution,operator,administrator,employer"`
	Institution string `query:"institution" maxLength:"64"`
	State       string `query:"state" enum:"active,closed"`
	Sort        string `query:"sort" enum:"created_at,-created_at,last_seen_at,-last_seen_at" doc:"The order of numbered pages."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type accountsOutput struct {
	Body struct {
		Accounts []AccountRow `json:"accounts"`
		Next     *string      `json:"next" doc:"The after of the next page; null when there is none."`
		Total    *int64       `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
	}
}

type accountOutput struct {
	Body struct {
		AccountRow

		Repeated bool `json:"repeated" doc:"It was closed before; nothing was changed."`
	}
}

// accountBodies read what is sent about accounts, and about the ways in that they have.
type accountBodies struct {
	apiKey     body[apiKeyBody]
	rotation   body[rotationBody]
	invitation body[invitationBody]
	acceptance body[acceptanceBody]
	token      body[tokenBody]
	link       body[linkBody]
}

// registerAccounts adds the operations on accounts, and on the ways in that they have.
func (s *service) registerAccounts(api huma.API) {
	const accounts = "accounts"
	schemas := api.OpenAPI().Components.Schemas
	s.keeping = accountBodies{
		apiKey: bodyFor[apiKeyBody](schemas), rotation: bodyFor[rotationBody](schemas), invitation: bodyFor[invitationBody](schemas),
		acceptance: bodyFor[acceptanceBody](schemas), token: bodyFor[tokenBody](schemas),
		link: bodyFor[linkBody](schemas),
	}
	s.registerAPIKeys(api)
	s.registerInvitations(api)
	s.registerAcceptance(api)
	s.registerIdentity(api)
	read(api, "GET /v1/accounts", accounts, "Accounts, and how they get in", s.listAccounts)
	sent(api, "POST /v1/accounts/{id}/closing", accounts, "Close an account for good: its sessions end, its keys too",
		s.bodies.reason.schema, http.StatusOK, s.closeAccount)
}

// listAccounts lists the accounts of the institution that asks; all, for an administrator.
func (s *service) listAccounts(ctx context.Context, in *accountsInput) (*accountsOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	filter := store.AccountFilter{
		InstitutionID: r.within(in.Institution).InstitutionID, Role: in.Role, State: in.State, After: position(found, in.After),
		Numbered: in.numbered(found, in.Sort, in.After), Limit: in.Limit,
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	tx := s.Store.Read(ctx)
	out := &accountsOutput{}
	total, err := in.total(&filter.Limit, func() (int64, error) { return tx.CountAccounts(filter) })
	if err != nil {
		return nil, err
	}
	out.Body.Total = total
	all, err := tx.Accounts(filter)
	if err != nil {
		return nil, err
	}
	all, out.Body.Next = upTo(in.Limit, all, func(a store.ListedAccount) (time.Time, string) { return a.CreatedAt, a.ID })
	out.Body.Accounts, err = accountRows(tx, r, all...)
	return out, err
}

func accountRows(tx *store.Tx, r *request, all ...store.ListedAccount) ([]AccountRow, error) {
	var ids []string
	for _, a := range all {
		if a.InstitutionID != nil {
			ids = append(ids, *a.InstitutionID)
		}
	}
	v, err := newReader(tx, r, ids...)
	views := make([]AccountRow, len(all))
	for i, a := range all {
		views[i] = AccountRow{
			ID: a.ID, Role: a.Role, Label: a.Label, District: a.District, Machine: a.Machine, Login: a.Login, Linked: a.Linked,
			State: a.State, CreatedAt: a.CreatedAt, LastSeenAt: a.LastSeenAt, ClosedAt: a.ClosedAt,
		}
		if a.InstitutionID != nil {
			body := v.institution(*a.InstitutionID)
			views[i].Institution = &body
		}
	}
	return views, err
}

// closeAccount closes an account. Nobody closes their own, so that the last administrator stays: both rows are held, and
// whoever was closed meanwhile closes nobody.
func (s *service) closeAccount(ctx context.Context, in *idBodyInput) (*accountOutput, error) {
	r := requestOf(ctx)
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	if in.ID == r.account.ID {
		return nil, problem(ownAccount)
	}
	out := &accountOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		held, err := tx.LockAccounts(in.ID, r.account.ID)
		if err != nil {
			return err
		}
		if held[r.account.ID].State != store.AccountActive {
			return problem(unauthenticated)
		}
		if out.Body.Repeated = held[in.ID].State != store.AccountActive; !out.Body.Repeated {
			if err := tx.CloseAccount(in.ID, s.Now().UTC()); err != nil {
				return err
			}
			if err := s.audit(tx, r, "account.close", "account:"+in.ID, reason, nil); err != nil {
				return err
			}
		}
		closed, err := tx.ListedAccount(in.ID)
		if err != nil {
			return err
		}
		views, err := accountRows(tx, r, closed)
		out.Body.AccountRow = views[0]
		return err
	})
	return out, err
}

// institutionFor is the institution that a request is about: an institution's own, or the one that is named.
func (r *request) institutionFor(named string, found *faults) string {
	own := r.account.Caller().Institution
	switch {
	case own == "" && named == "":
		found.add("institution_id", fieldRequired)
	case own != "" && named != "" && named != own:
		found.add("institution_id", fieldNoInstitution)
	case own != "":
		return own
	}
	return named
}

// institutionThere checks that an institution that was named exists.
func institutionThere(tx *store.Tx, id string) error {
	_, err := tx.Institution(id)
	if errors.Is(err, store.ErrNotFound) {
		return problem(validationFailed, FieldError{Field: "institution_id", Code: fieldNoInstitution})
	}
	return err
}
