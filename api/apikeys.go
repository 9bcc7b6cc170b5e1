package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

// defaultOverlap is how long a key that is rotated stays good beside its successor.
const defaultOverlap = 24

type apiKeyBody struct {
	Label       string     `json:"label" minLength:"1" maxLength:"64" doc:"What uses the key, once an institution; not a person's name."`
	Scopes      []string   `json:"scopes" minItems:"1" maxItems:"6" uniqueItems:"true" enum:"tasks,attendance,courses,callbacks,verify,read"`
	ExpiresAt   *time.Time `json:"expires_at,omitempty" doc:"When it ends by itself; never when it is not given."`
	Institution string     `json:"institution_id,omitempty" maxLength:"64" doc:"Given by administrators; an institution's own staff need not."`
}

type rotationBody struct {
	OverlapHours *int `json:"overlap_hours,omitempty" minimum:"0" maximum:"720" doc:"How long the old key stays good; 24 when it is not given."`
}

// APIKeyView is an API key, without its secret.
type APIKeyView struct {
	ID          string     `json:"id"`
	Institution bodyView   `json:"institution"`
	AccountID   string     `json:"account_id" doc:"The account that it stands for, and that the audit log names."`
	Label       string     `json:"label"`
	Scopes      []string   `json:"scopes" enum:"tasks,attendance,courses,callbacks,verify,read"`
	State       string     `json:"state" enum:"active,replaced,expired,revoked" doc:"replaced: still good beside its successor."`
	CreatedAt   time.Time  `json:"created_at"`
	CreatedBy   *string    `json:"created_by" doc:"The account that made it; null: made by command line."`
	LastUsedAt  *time.Time `json:"last_used_at" doc:"To the minute; null: never."`
	ExpiresAt   *time.Time `json:"expires_at"`
	RevokedAt   *time.Time `json:"revoked_at"`
	ReplacedBy  *string    `json:"replaced_by" doc:"The key that takes its place."`
}

// newAPIKeyView is a key that was made just now.
type newAPIKeyView struct {
	APIKeyView

	Key string `json:"key" doc:"The key itself. It is shown this once."`
}

type (
	apiKeyOutput    struct{ Body APIKeyView }
	newAPIKeyOutput struct{ Body newAPIKeyView }
	apiKeysOutput   struct {
		Body struct {
			Keys []APIKeyView `json:"api_keys"`
		}
	}
)

func (s *service) viewAPIKey(v reader, k store.APIKey) APIKeyView {
	view := APIKeyView{
		ID: k.ID, Institution: v.institution(k.InstitutionID), AccountID: k.AccountID, Label: k.Label, State: "active",
		CreatedAt: k.CreatedAt, CreatedBy: k.CreatedBy, LastUsedAt: k.LastUsedAt, ExpiresAt: k.ExpiresAt, RevokedAt: k.RevokedAt,
		ReplacedBy: k.ReplacedBy,
	}
	for _, scope := range k.Scopes {
		view.Scopes = append(view.Scopes, string(scope))
	}
	switch {
	case k.RevokedAt != nil:
		view.State = "revoked"
	case !k.Live(s.Now()):
		view.State = "expired"
	case k.ReplacedBy != nil:
		view.State = "replaced"
	}
	return view
}

// registerAPIKeys adds the operations on keys.
func (s *service) registerAPIKeys(api huma.API) {
	const keys = "api-keys"
	read(api, "GET /v1/api-keys", keys, "API keys of institutions, and when each was last used", s.listAPIKeys)
	sent(api, "POST /v1/api-keys", keys, "Make an API key, which is shown once", s.keeping.apiKey.schema, http.StatusCreated, s.makeAPIKey)
	sent(api, "POST /v1/api-keys/{id}/rotation", keys, "Make a key's successor; both are good for a while",
		s.keeping.rotation.schema, http.StatusCreated, s.rotateAPIKey)
	sent(api, "POST /v1/api-keys/{id}/revocation", keys, "End a key at once", s.bodies.reason.schema, http.StatusOK, s.revokeAPIKey)
}

// listAPIKeys lists the newest keys of the institution that asks; of all, for an administrator.
func (s *service) listAPIKeys(ctx context.Context, _ *struct{}) (*apiKeysOutput, error) {
	r := requestOf(ctx)
	tx := s.Store.Read(ctx)
	all, err := tx.APIKeys(r.within("").InstitutionID)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i, k := range all {
		ids[i] = k.InstitutionID
	}
	v, err := newReader(tx, r, ids...)
	out := &apiKeysOutput{}
	out.Body.Keys = make([]APIKeyView, len(all))
	for i, k := range all {
		out.Body.Keys[i] = s.viewAPIKey(v, k)
	}
	return out, err
}

// makeAPIKey makes a machine's account and its first key. The key is shown in the answer and kept
// nowhere else; the answer is, sealed and for a day, if the request has a key.
func (s *service) makeAPIKey(ctx context.Context, in *bodyInput) (*newAPIKeyOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.keeping.apiKey.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if !printable(body.Label) {
		found.add("label", fieldFormat)
	}
	if body.ExpiresAt != nil && !body.ExpiresAt.After(s.Now()) {
		found.add("expires_at", fieldInstantPast)
	}
	at := r.institutionFor(body.Institution, found)
	if err := found.err(); err != nil {
		return nil, err
	}
	scopes := make(store.KeyScopes, len(body.Scopes))
	for i, scope := range body.Scopes {
		scopes[i] = authority.KeyScope(scope)
	}
	slices.Sort(scopes)
	out := &newAPIKeyOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := institutionThere(tx, at); err != nil {
			return err
		}
		account, err := tx.CreateAccount(store.Account{Role: institution, InstitutionID: &at, Label: body.Label, Machine: true})
		if store.Constraint(err) == store.OneMachinePerLabel {
			return problem(labelTaken, FieldError{Field: "label", Code: fieldLabelTaken})
		}
		if err != nil {
			return err
		}
		out.Body, err = s.issueAPIKey(tx, r, at, store.AccessToken{
			AccountID: account.ID, Label: body.Label, Scopes: scopes, ExpiresAt: body.ExpiresAt,
		})
		if err != nil {
			return err
		}
		if err := s.audit(tx, r, "key.make", "key:"+out.Body.ID, "", out.Body.APIKeyView); err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	return out, err
}

// issueAPIKey writes a key.
func (s *service) issueAPIKey(tx *store.Tx, r *request, at string, t store.AccessToken) (newAPIKeyView, error) {
	t.CreatedBy, t.CreatedAt = &r.account.ID, s.Now().UTC()
	key, secret, err := tx.CreateAPIKey(t)
	if err != nil {
		return newAPIKeyView{}, err
	}
	v, err := newReader(tx, r, at)
	return newAPIKeyView{APIKeyView: s.viewAPIKey(v, store.APIKey{AccessToken: key, InstitutionID: at}), Key: secret}, err
}

// rotateAPIKey makes a key's successor for the same account. It lasts as long as the key was made to last.
func (s *service) rotateAPIKey(ctx context.Context, in *idBodyInput) (*newAPIKeyOutput, error) {
	r := requestOf(ctx)
	body, err := s.keeping.rotation.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	overlap := defaultOverlap
	if body.OverlapHours != nil {
		overlap = *body.OverlapHours
	}
	out := &newAPIKeyOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		old, err := tx.LockAPIKey(in.ID)
		if err != nil {
			return err
		}
		now := s.Now().UTC()
		switch {
		case old.ReplacedBy != nil:
			return problem(keyReplaced)
		case !old.Live(now):
			return problem(keyEnded)
		}
		next := store.AccessToken{AccountID: old.AccountID, Label: old.Label, Scopes: old.Scopes}
		until := now.Add(time.Duration(overlap) * time.Hour)
		if old.ExpiresAt != nil {
			ends := now.Add(old.ExpiresAt.Sub(old.CreatedAt))
			next.ExpiresAt = &ends
			if old.ExpiresAt.Before(until) {
				until = *old.ExpiresAt
			}
		}
		if out.Body, err = s.issueAPIKey(tx, r, old.InstitutionID, next); err != nil {
			return err
		}
		if err := tx.ReplaceAPIKey(old.ID, out.Body.ID, until); err != nil {
			return err
		}
		err = s.audit(tx, r, "key.rotate", "key:"+old.ID, "", map[string]any{"successor": out.Body.ID, "good_until": until})
		if err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	return out, err
}

// revokeAPIKey ends a key at once. Its successor, or the key before it, goes on.
func (s *service) revokeAPIKey(ctx context.Context, in *idBodyInput) (*apiKeyOutput, error) {
	r := requestOf(ctx)
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &apiKeyOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		k, err := tx.LockAPIKey(in.ID)
		if err != nil {
			return err
		}
		if k.RevokedAt != nil {
			return problem(keyEnded)
		}
		now := s.Now().UTC()
		if err := tx.RevokeAPIKey(k, now); err != nil {
			return err
		}
		k.RevokedAt = &now
		v, err := newReader(tx, r, k.InstitutionID)
		if err != nil {
			return err
		}
		out.Body = s.viewAPIKey(v, k)
		return s.audit(tx, r, "key.revoke", "key:"+k.ID, reason, nil)
	})
	return out, err
}
