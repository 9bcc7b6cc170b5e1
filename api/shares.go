package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/store"
)

// shareBody says what a link is for, and for how long.
type shareBody struct {
	Purpose  string `json:"purpose" enum:"employment,title_review,subsidy,other" doc:"It is said on the page that the link opens."`
	Days     int    `json:"days" minimum:"1" maximum:"90"`
	Document bool   `json:"document,omitempty" doc:"The signed document may be taken from there as well. It has the photo and the number of the document of identity on it."`
}

// shareView is a link by which a holder shows a certificate.
type shareView struct {
	ID        string     `json:"id"`
	Purpose   coded      `json:"purpose"`
	Document  bool       `json:"document"`
	State     string     `json:"state" enum:"open,expired,ended"`
	SharedAt  time.Time  `json:"shared_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	Opened    int        `json:"opened" doc:"How often, by nobody in particular: programs that show a preview of a link count too."`
	OpenedAt  *time.Time `json:"opened_at,omitempty" doc:"The last time."`
}

type madeShareOutput struct {
	Body struct {
		shareView

		Link string `json:"link" doc:"The path of the page. It is shown this once."`
	}
}

type sharesOutput struct {
	Body struct {
		Links []shareView `json:"links" doc:"The latest first."`
	}
}

type shareInput struct {
	ID  string `path:"id"`
	Ref string `path:"ref" format:"uuid"`
}

// Links of a certificate: how many open it at once at most, and how many are listed.
const (
	mostOpenShares = 20
	listedShares   = 100
)

// registerShares adds the links by which holders show their certificates.
func (s *service) registerShares(api huma.API) {
	const mine = "me"
	s.bodies.share = bodyFor[shareBody](api.OpenAPI().Components.Schemas)
	sent(api, "POST /v1/me/certificates/{id}/links", mine, "Make a link that shows my certificate, for a while", s.bodies.share.schema,
		http.StatusCreated, s.makeShare)
	read(api, "GET /v1/me/certificates/{id}/links", mine, "The links that show my certificate, or did", s.listShares)
	bare(api, "DELETE /v1/me/certificates/{id}/links/{ref}", mine, "End a link", s.endShare)
}

// makeShare makes a link to a certificate of the trainee who asks. What was never issued is shown to nobody.
func (s *service) makeShare(ctx context.Context, in *idBodyInput) (*madeShareOutput, error) {
	r := requestOf(ctx)
	body, err := s.bodies.share.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &madeShareOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockCertificate(in.ID)
		if err != nil {
			return err
		}
		if c.Status == store.CertificatePrepared || c.Status == store.CertificateCancelled {
			return problem(notFound)
		}
		now := s.Now().UTC()
		open, err := tx.CountShares(c.ID, now)
		if err != nil {
			return err
		}
		if open >= mostOpenShares {
			return problem(tooManyLinks)
		}
		made, token, err := tx.MakeShare(store.Share{
			CertificateID: c.ID, Purpose: body.Purpose, Document: body.Document, SharedBy: r.account.ID, SharedAt: now,
			ExpiresAt: now.AddDate(0, 0, body.Days),
		})
		if err != nil {
			return err
		}
		out.Body.shareView, out.Body.Link = viewShare(r, made, now), "/shared/"+token
		return s.audit(tx, r, "certificate.share", "certificate:"+c.ID, body.Purpose, map[string]any{
			"link": made.ID, "until": made.ExpiresAt, "document": made.Document,
		})
	})
	return out, err
}

func (s *service) listShares(ctx context.Context, in *idInput) (*sharesOutput, error) {
	r, now := requestOf(ctx), s.Now().UTC()
	all, err := s.Store.Read(ctx).SharesOf(in.ID, listedShares)
	out := &sharesOutput{}
	out.Body.Links = make([]shareView, len(all))
	for i, share := range all {
		out.Body.Links[i] = viewShare(r, share, now)
	}
	return out, err
}

func (s *service) endShare(ctx context.Context, in *shareInput) (*struct{}, error) {
	return nil, s.Store.Tx(ctx, func(tx *store.Tx) error {
		ended, err := tx.EndShare(in.ID, in.Ref, s.Now().UTC())
		if err != nil {
			return err
		}
		return s.audit(tx, requestOf(ctx), "certificate.share_ended", "certificate:"+in.ID, "", map[string]any{"link": ended.ID})
	})
}

func viewShare(r *request, share store.Share, now time.Time) shareView {
	state := "open"
	switch {
	case share.EndedAt != nil:
		state = "ended"
	case !share.ExpiresAt.After(now):
		state = "expired"
	}
	return shareView{
		ID: share.ID, Purpose: reader{lang: r.lang}.coded("share_purpose", share.Purpose), Document: share.Document, State: state,
		SharedAt: share.SharedAt, ExpiresAt: share.ExpiresAt, EndedAt: share.EndedAt, Opened: share.Opened, OpenedAt: share.OpenedAt,
	}
}
