package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

// invitationTime is how long an invitation can be accepted.
const invitationTime = 72 * time.Hour

type invitationBody struct {
	Role        string `json:"role" enum:"institution,operator,administrator"`
	Institution string `json:"institution_id,omitempty" maxLength:"64" doc:"With the role institution; an institution's own staff need not."`
	District    string `json:"district,omitempty" maxLength:"64" doc:"Of an operator who sees that district only."`
	Label       string `json:"label" minLength:"1" maxLength:"64" doc:"What the audit log calls the account; not a person's name."`
}

// InvitationView is an invitation, without its token.
type InvitationView struct {
	ID          string         `json:"id"`
	Role        string         `json:"role" enum:"institution,operator,administrator,employer"`
	Institution *bodyView      `json:"institution,omitempty"`
	Employer    *employerBrief `json:"employer,omitempty"`
	District    *string        `json:"district,omitempty"`
	Label       string         `json:"label"`
	State       string         `json:"state" enum:"open,accepted,revoked,expired"`
	InvitedBy   string         `json:"invited_by" doc:"An account."`
	InvitedAt   time.Time      `json:"invited_at"`
	ExpiresAt   time.Time      `json:"expires_at"`
	AcceptedAt  *time.Time     `json:"accepted_at,omitempty"`
	AcceptedBy  *string        `json:"accepted_by,omitempty" doc:"The account that it made."`
	RevokedAt   *time.Time     `json:"revoked_at,omitempty"`
}

// newInvitationView is an invitation that was made just now.
type newInvitationView struct {
	InvitationView

	Token string `json:"token" doc:"It is shown this once."`
	Link  string `json:"link" doc:"The page to accept it at. The token stands in the fragment, which browsers send to nobody."`
}

type (
	invitationOutput    struct{ Body InvitationView }
	newInvitationOutput struct{ Body newInvitationView }
	invitationsOutput   struct {
		Body struct {
			Invitations []InvitationView `json:"invitations"`
		}
	}
)

// registerInvitations adds the operations on invitations.
func (s *service) registerInvitations(api huma.API) {
	const invitations = "invitations"
	read(api, "GET /v1/invitations", invitations, "Invitations, and what became of them", s.listInvitations)
	sent(api, "POST /v1/invitations", invitations, "Invite somebody to make an account", s.keeping.invitation.schema, http.StatusCreated, s.invite)
	sent(api, "POST /v1/invitations/{id}/revocation", invitations, "Take an invitation back", s.bodies.reason.schema, http.StatusOK,
		s.revokeInvitation)
}

func (s *service) viewInvitations(tx *store.Tx, r *request, all ...store.Invitation) ([]InvitationView, error) {
	var ids, employers []string
	for _, i := range all {
		if i.InstitutionID != nil {
			ids = append(ids, *i.InstitutionID)
		}
		if i.EmployerID != nil {
			employers = append(employers, *i.EmployerID)
		}
	}
	named, err := tx.EmployersByID(employers)
	if err != nil {
		return nil, err
	}
	v, err := newReader(tx, r, ids...)
	views := make([]InvitationView, len(all))
	for n, i := range all {
		views[n] = InvitationView{
			ID: i.ID, Role: i.Role, District: i.District, Label: i.Label, State: "open", InvitedBy: i.InvitedBy, InvitedAt: i.InvitedAt,
			ExpiresAt: i.ExpiresAt, AcceptedAt: i.AcceptedAt, AcceptedBy: i.AcceptedBy, RevokedAt: i.RevokedAt,
		}
		if i.InstitutionID != nil {
			body := v.institution(*i.InstitutionID)
			views[n].Institution = &body
		}
		if i.EmployerID != nil {
			views[n].Employer = &employerBrief{ID: *i.EmployerID, Name: named[*i.EmployerID].Name}
		}
		switch {
		case i.AcceptedAt != nil:
			views[n].State = "accepted"
		case i.RevokedAt != nil:
			views[n].State = "revoked"
		case !i.ExpiresAt.After(s.Now()):
			views[n].State = "expired"
		}
	}
	return views, err
}

// listInvitations lists the newest invitations of the institution that asks; of all, for an administrator.
func (s *service) listInvitations(ctx context.Context, _ *struct{}) (*invitationsOutput, error) {
	r := requestOf(ctx)
	tx := s.Store.Read(ctx)
	all, err := tx.Invitations(r.within("").InstitutionID)
	if err != nil {
		return nil, err
	}
	out := &invitationsOutput{}
	out.Body.Invitations, err = s.viewInvitations(tx, r, all...)
	return out, err
}

// invite makes an invitation. Its token is shown in the answer and kept nowhere else; the answer is, sealed and
// for a day, if the request has a key.
func (s *service) invite(ctx context.Context, in *bodyInput) (*newInvitationOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.keeping.invitation.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	now := s.Now().UTC()
	i := store.Invitation{
		Role: body.Role, District: ref(body.District), Label: body.Label, InvitedBy: r.account.ID, InvitedAt: now,
		ExpiresAt: now.Add(invitationTime),
	}
	r.checkInvitation(body, &i, found)
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &newInvitationOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if i.InstitutionID != nil {
			if err := institutionThere(tx, *i.InstitutionID); err != nil {
				return err
			}
		}
		if out.Body, err = s.writeInvitation(tx, r, i); err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	return out, err
}

// writeInvitation writes an invitation, and shows it with its token.
func (s *service) writeInvitation(tx *store.Tx, r *request, i store.Invitation) (newInvitationView, error) {
	i, token, err := tx.Invite(i)
	if err != nil {
		return newInvitationView{}, err
	}
	views, err := s.viewInvitations(tx, r, i)
	if err != nil {
		return newInvitationView{}, err
	}
	view := newInvitationView{InvitationView: views[0], Token: token, Link: s.PublicURL + "/app/invitation#" + token}
	return view, s.audit(tx, r, "invitation.make", "invitation:"+i.ID, "", view.InvitationView)
}

// checkInvitation lists what is wrong with an invitation. Staff of an institution invite staff of theirs.
func (r *request) checkInvitation(body invitationBody, i *store.Invitation, found *faults) {
	if !printable(body.Label) {
		found.add("label", fieldFormat)
	}
	switch {
	case body.District != "" && body.Role != operator:
		found.add("district", fieldConflict)
	case body.District != "" && !authority.IsDistrict(body.District):
		found.add("district", fieldUnknownValue)
	}
	if r.account.Role == institution && body.Role != institution {
		found.add("role", fieldUnknownValue)
		return
	}
	switch {
	case body.Role == institution:
		at := r.institutionFor(body.Institution, found)
		i.InstitutionID = &at
	case body.Institution != "":
		found.add("institution_id", fieldConflict)
	}
}

// revokeInvitation takes an invitation back, unless it was accepted: then there is an account to close.
func (s *service) revokeInvitation(ctx context.Context, in *idBodyInput) (*invitationOutput, error) {
	r := requestOf(ctx)
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &invitationOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		i, err := tx.LockInvitation(in.ID)
		if err != nil {
			return err
		}
		if i.AcceptedAt != nil || i.RevokedAt != nil {
			return problem(invitationEnded)
		}
		now := s.Now().UTC()
		if err := tx.RevokeInvitation(i.ID, now); err != nil {
			return err
		}
		i.RevokedAt = &now
		views, err := s.viewInvitations(tx, r, i)
		if err != nil {
			return err
		}
		out.Body = views[0]
		return s.audit(tx, r, "invitation.revoke", "invitation:"+i.ID, reason, nil)
	})
	return out, err
}
