package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// claimBodies read what is sent about whose a person is.
type claimBodies struct {
	asking   body[personClaimBody]
	decision body[personClaimDecisionBody]
}

// registerPersonClaims adds the operations by which somebody says that they are the person whom another account is, and two
// operators of the city decide.
func (s *service) registerPersonClaims(api huma.API) {
	const tag = "people"
	schemas := api.OpenAPI().Components.Schemas
	s.claims = claimBodies{asking: bodyFor[personClaimBody](schemas), decision: bodyFor[personClaimDecisionBody](schemas)}
	sent(api, "POST /v1/me/person-claims", tag, "Say that one is the person whom another account is", s.claims.asking.schema,
		http.StatusCreated, s.claimPerson)
	read(api, "GET /v1/me/person-claims", tag, "What one said of whom one is, what became of it, and what others said", s.ownClaims)
	bare(api, "POST /v1/me/person-claims/{id}/withdrawal", tag, "Take it back, while nobody has decided", s.withdrawClaim)
	read(api, "GET /v1/person-claims", tag, "Who says that they are somebody whom another account is", s.listClaims)
	read(api, "GET /v1/person-claims/{id}", tag, "What is to be compared: what was said, the record, and the document", s.getClaim)
	sent(api, "POST /v1/person-claims/{id}/decision", tag, "Propose what to decide; or decide, as the second person, as a colleague proposed, or not",
		s.claims.decision.schema, http.StatusOK, s.decideClaim)
}

type personClaimBody struct {
	Name      string `json:"name" minLength:"1" maxLength:"200" doc:"As on the identity document. Kept sealed."`
	IDType    string `json:"id_type,omitempty" enum:"resident_id,residence_permit,hong_kong_macao_permit,taiwan_permit,passport,permanent_resident_id" doc:"resident_id (居民身份证) unless it says otherwise."`
	IDNumber  string `json:"id_number" minLength:"1" maxLength:"64"`
	IDCountry string `json:"id_country,omitempty" maxLength:"3" doc:"Of a passport, and only of it."`
	Text      string `json:"text" minLength:"1" maxLength:"1000" doc:"How it came to be, as far as one knows. Kept sealed."`
}

type personClaimDecisionBody struct {
	Agrees bool   `json:"agrees" doc:"The person is theirs. The second who says the same decides; who says otherwise has it proposed anew."`
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Who claims reads that of the proposal."`
}

// PersonClaimView is that somebody says whom they are. (Exported because it is embedded.)
type PersonClaimView struct {
	ID        string     `json:"id"`
	State     coded      `json:"state" doc:"asked, proposed, agreed, refused or withdrawn."`
	AskedAt   time.Time  `json:"asked_at"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
	Reason    string     `json:"reason,omitempty" doc:"Of what was decided; for operators, of what is proposed, too."`
}

func (v reader) claim(c store.PersonClaim, all bool) PersonClaimView {
	view := PersonClaimView{ID: c.ID, State: v.coded("claim_state", c.State), AskedAt: c.AskedAt, DecidedAt: c.DecidedAt}
	if all || c.DecidedAt != nil {
		view.Reason = c.Reason
	}
	return view
}

type personClaimOutput struct{ Body PersonClaimView }

// claimPerson takes it that somebody is the person whom another account is. Whether the name is right is not said, nor whose the
// person is.
func (s *service) claimPerson(ctx context.Context, in *bodyInput) (*personClaimOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.claims.asking.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if body.IDType == "" {
		body.IDType = store.IDTypeResident
	}
	text := textIn(found, "text", body.Text)
	who := s.checkPerson(personBody{Name: body.Name, IDType: body.IDType, IDNumber: body.IDNumber, IDCountry: body.IDCountry}, found)
	if err := found.err(); err != nil {
		return nil, err
	}
	if err := s.limits.byNumber(ctx, casesByIDNumber, body.IDNumber); err != nil {
		return nil, err
	}
	c := store.PersonClaim{ID: uuid.NewString(), AccountID: r.account.ID, AskedAt: s.moment(), State: store.ClaimAsked}
	if c.NameSealed, err = s.Keys.Seal([]byte(who.name), store.ClaimNameSeal(c.ID)); err != nil {
		return nil, err
	}
	if c.TextSealed, err = s.Keys.Seal([]byte(text), store.ClaimTextSeal(c.ID)); err != nil {
		return nil, err
	}
	out := &personClaimOutput{Body: reader{lang: r.lang}.claim(c, false)}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if r.account.PersonID != nil {
			return problem(accountBound)
		}
		person, err := tx.PersonByIndex(people.Hashes(people.ByDocument(s.Keys, who.document, who.country))...)
		if errors.Is(err, store.ErrNotFound) {
			return problem(claimNobody)
		}
		if err != nil {
			return err
		}
		c.PersonID = person.Human
		if err := tx.InsertClaim(c); err != nil {
			return err
		}
		if err := s.audit(tx, r, "person.claim", personSubject(c.PersonID), "", map[string]any{"claim": c.ID}); err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	if store.Constraint(err) == "person_claims_one_open" {
		return nil, problem(claimOpen)
	}
	return out, err
}

type ownClaimsOutput struct {
	Body struct {
		Claims []PersonClaimView `json:"claims" doc:"The latest first."`
		Lost   []PersonClaimView `json:"lost" doc:"What others said, by which the account is somebody no more."`
	}
}

// mostClaims is how many claims of one account are shown.
const mostClaims = 50

// ownClaims shows what the account said, and by what it is somebody no more.
func (s *service) ownClaims(ctx context.Context, _ *struct{}) (*ownClaimsOutput, error) {
	r, out := requestOf(ctx), &ownClaimsOutput{}
	tx, v := s.Store.Read(ctx), reader{lang: r.lang}
	for _, list := range []struct {
		filter store.ClaimFilter
		into   *[]PersonClaimView
	}{
		{store.ClaimFilter{AccountID: r.account.ID, Limit: mostClaims}, &out.Body.Claims},
		{store.ClaimFilter{LostBy: r.account.ID, Limit: mostClaims}, &out.Body.Lost},
	} {
		rows, err := tx.Claims(list.filter)
		if err != nil {
			return nil, err
		}
		*list.into = make([]PersonClaimView, len(rows))
		for i, c := range rows {
			(*list.into)[i] = v.claim(c, false)
		}
	}
	return out, nil
}

// withdrawClaim takes a claim back that nobody has said anything of.
func (s *service) withdrawClaim(ctx context.Context, in *idInput) (*personClaimOutput, error) {
	r, out := requestOf(ctx), &personClaimOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockClaim(in.ID)
		if err != nil {
			return err
		}
		if c.State != store.ClaimAsked {
			return problem(requestDecided)
		}
		c.State = store.ClaimWithdrawn
		out.Body = reader{lang: r.lang}.claim(c, false)
		if err := tx.SaveClaim(c); err != nil {
			return err
		}
		return s.audit(tx, r, "person.claim_withdraw", personSubject(c.PersonID), "", map[string]any{"claim": c.ID})
	})
	return out, err
}
