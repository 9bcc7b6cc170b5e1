package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/number"
	"github.com/dengpan/dengpan/store"
)

// issuerBodies read what is sent of what issuers set.
type issuerBodies struct{ profile body[issuerProfileBody] }

// registerIssuers adds the operations of what issuers set for their certificates.
func (s *service) registerIssuers(api huma.API) {
	const tag = "issuers"
	s.issuers = issuerBodies{profile: bodyFor[issuerProfileBody](api.OpenAPI().Components.Schemas)}
	sent(api, "POST /v1/issuer-profiles", tag, "Propose what your certificates are to carry", s.issuers.profile.schema, http.StatusCreated, s.proposeProfile)
	read(api, "GET /v1/issuer-profiles", tag, "What issuers set for their certificates, and want to set", s.listProfiles)
	read(api, "GET /v1/issuer-profiles/{id}", tag, "A version of what an issuer sets", s.getProfile)
	file(api, "GET /v1/issuer-profiles/{id}/seal", tag, "Its seal", mediaPNG, s.profileSeal)
	file(api, "GET /v1/issuer-profiles/{id}/specimen", tag, "A specimen of a certificate by it", mediaPDF, s.previewProfile)
	sent(api, "POST /v1/issuer-profiles/{id}/decision", tag, "Approve or refuse what an issuer wants to set", s.bodies.decision.schema,
		http.StatusOK, s.decideProfile)
}

// issuerProfileView is a version of what an issuer sets for certificates of one kind.
type issuerProfileView struct {
	ID             string     `json:"id"`
	Institution    bodyView   `json:"institution"`
	Kind           coded      `json:"kind"`
	Version        int        `json:"version"`
	NumberScheme   string     `json:"number_scheme" doc:"Empty: the kind's default."`
	Example        string     `json:"example" doc:"The first number of this year by the scheme."`
	HasSeal        bool       `json:"has_seal"`
	SealName       string     `json:"seal_name"`
	StandIn        bool       `json:"stand_in" doc:"代章: another body's seal of the institution."`
	Extra          []string   `json:"extra"`
	State          coded      `json:"state" doc:"proposed, approved, refused, overtaken."`
	InForce        bool       `json:"in_force" doc:"Certificates that are issued now carry it."`
	Reason         string     `json:"reason"`
	ProposedAt     time.Time  `json:"proposed_at"`
	DecidedAt      *time.Time `json:"decided_at,omitempty"`
	DecisionReason string     `json:"decision_reason,omitempty"`
}

// issuerKindView is a kind of certificate that an institution issues, and what holds where it sets nothing.
type issuerKindView struct {
	Kind         coded  `json:"kind"`
	NumberScheme string `json:"number_scheme"`
	Example      string `json:"example"`
}

func (s *service) viewProfile(v reader, p store.ProposedProfile) (issuerProfileView, error) {
	scheme, err := p.Scheme()
	if err != nil {
		return issuerProfileView{}, err
	}
	view := issuerProfileView{
		ID: p.ID, Institution: v.institution(p.InstitutionID), Kind: v.coded("certificate", p.Kind), Version: p.Version,
		NumberScheme: p.NumberScheme, Example: s.exampleOf(scheme, p.InstitutionID), HasSeal: p.SealName != "", SealName: p.SealName,
		StandIn: p.StandIn, Extra: p.Extra, State: v.coded("issuer_profile", p.State()), InForce: p.InForce, Reason: p.Reason, ProposedAt: p.ProposedAt,
	}
	if p.Decision != nil {
		view.DecidedAt, view.DecisionReason = &p.Decision.DecidedAt, p.Decision.Reason
	}
	return view, nil
}

func (s *service) exampleOf(scheme number.Scheme, institutionID string) string {
	return scheme.Format(institutionID, s.today().Year(), 1)
}

// readProfile shows a version.
func (s *service) readProfile(tx *store.Tx, r *request, id string) (issuerProfileView, error) {
	profiles, err := tx.IssuerProfiles(store.ProfileFilter{ID: id, Limit: 1})
	if err != nil {
		return issuerProfileView{}, err
	}
	if len(profiles) == 0 {
		return issuerProfileView{}, store.ErrNotFound
	}
	v, err := newReader(tx, r, profiles[0].InstitutionID)
	if err != nil {
		return issuerProfileView{}, err
	}
	return s.viewProfile(v, profiles[0])
}

type issuerProfilesInput struct {
	Institution string `query:"institution" maxLength:"64" doc:"For operators; an institution sees its own."`
	Kind        string `query:"kind" enum:"training,grade,ce_base"`
	Open        bool   `query:"open" doc:"Only what waits for a decision."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type issuerProfilesOutput struct {
	Body struct {
		Profiles []issuerProfileView `json:"issuer_profiles"`
		Kinds    []issuerKindView    `json:"kinds" doc:"What one institution issues today; empty when several are asked for."`
		Next     *string             `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// listProfiles lists the versions of the institution that asks, the newest first; an operator sees everybody's.
func (s *service) listProfiles(ctx context.Context, in *issuerProfilesInput) (*issuerProfilesOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	filter := store.ProfileFilter{
		Within: r.within(in.Institution), Kind: in.Kind, Open: in.Open, After: position(found, in.After), Limit: in.Limit + 1,
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &issuerProfilesOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		profiles, err := tx.IssuerProfiles(filter)
		if err != nil {
			return err
		}
		profiles, out.Body.Next = upTo(in.Limit, profiles, func(p store.ProposedProfile) (time.Time, string) { return p.ProposedAt, p.ID })
		ids := make([]string, len(profiles))
		for i, p := range profiles {
			ids[i] = p.InstitutionID
		}
		v, err := newReader(tx, r, ids...)
		if err != nil {
			return err
		}
		out.Body.Profiles = make([]issuerProfileView, len(profiles))
		for i, p := range profiles {
			if out.Body.Profiles[i], err = s.viewProfile(v, p); err != nil {
				return err
			}
		}
		out.Body.Kinds, err = s.kindsOf(tx, v, filter.InstitutionID)
		return err
	})
	return out, err
}

// kindsOf are the kinds of certificates that an institution issues today.
func (s *service) kindsOf(tx *store.Tx, v reader, institutionID string) ([]issuerKindView, error) {
	kinds := []issuerKindView{}
	for _, kind := range []string{contract.TrainingCertificate, contract.GradeCertificate, certificate.KindCEBase} {
		if institutionID == "" {
			break
		}
		may, err := s.issues(tx, institutionID, kind)
		if err != nil {
			return nil, err
		}
		if !may {
			continue
		}
		scheme := number.Default(kind)
		kinds = append(kinds, issuerKindView{
			Kind: v.coded("certificate", kind), NumberScheme: scheme.String(), Example: s.exampleOf(scheme, institutionID),
		})
	}
	return kinds, nil
}

// getProfile shows a version.
func (s *service) getProfile(ctx context.Context, in *idInput) (*issuerProfileOutput, error) {
	out := &issuerProfileOutput{Status: http.StatusOK}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) (err error) {
		out.Body, err = s.readProfile(tx, requestOf(ctx), in.ID)
		return err
	})
	return out, err
}

// profileSeal shows the seal of a version.
func (s *service) profileSeal(ctx context.Context, in *idInput) (*fileOutput, error) {
	p, err := s.Store.Read(ctx).IssuerProfileByID(in.ID)
	if err != nil {
		return nil, err
	}
	if p.SealImage == nil {
		return nil, problem(sealNone)
	}
	return &fileOutput{ContentType: mediaPNG, Disposition: `inline; filename="seal.png"`, Body: p.SealImage}, nil
}

// decideProfile approves or refuses what an issuer wants to set. Whoever proposed it has no say in it.
func (s *service) decideProfile(ctx context.Context, in *idBodyInput) (*issuerProfileOutput, error) {
	r := requestOf(ctx)
	body, err := s.readDecision(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &issuerProfileOutput{Status: http.StatusOK}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		err := tx.DecideProfile(store.ProfileDecision{
			ProfileID: in.ID, Approved: body.approves(), DecidedBy: r.account.ID, Reason: body.Reason, DecidedAt: s.Now().UTC(),
		})
		if err != nil {
			return err
		}
		p, err := tx.IssuerProfileByID(in.ID)
		if err != nil {
			return err
		}
		if err := s.audit(tx, r, "issuer_profile."+body.Decision, "issuer_profile:"+in.ID, body.Reason, auditedProfile(p)); err != nil {
			return err
		}
		out.Body, err = s.readProfile(tx, r, in.ID)
		return err
	})
	switch store.Constraint(err) {
	case store.ProfileTwoPersons:
		return nil, problem(profileOwn)
	case store.ProfileOvertaken:
		return nil, problem(profileOvertaken)
	case store.ProfileDecided:
		return nil, problem(profileDecided)
	}
	return out, err
}
