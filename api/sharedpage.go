package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/verification"
)

// The page that a holder's link opens: the certificate by its holder's name, and its document if the holder wants that.
const (
	routeShared         = "GET /shared/{token}"
	routeSharedDocument = "GET /shared/{token}/document"
)

// sharedData is what a link says of itself.
type sharedData struct {
	Purpose, Until string
	Document       string // where the document is; empty when it is not shown
}

func (s *service) sharedPages(engine *gin.Engine) {
	engine.GET("/shared/:token", s.sharedPage)
	engine.GET("/shared/:token/document", s.sharedDocument)
}

// sharedPage shows the certificate that a link opens. The number of its holder's document of identity stays masked: who has a
// name and a certificate before them needs no more of it.
func (s *service) sharedPage(c *gin.Context) {
	ctx, data := c.Request.Context(), newPage(c)
	share, err := s.opened(ctx, c.Param("token"))
	if errors.Is(err, store.ErrNotFound) {
		data.Problem = problem(linkOver).said(&request{lang: data.Lang})
		s.showPage(c, http.StatusNotFound, data)
		return
	}
	var found *verification.Finding
	if err == nil {
		found, err = s.sharedFinding(ctx, share)
	}
	if err != nil {
		s.refusePage(c, err)
		return
	}
	data.Found = foundBy(data.Lang, found, found.Holder.Name)
	data.Shared = &sharedData{
		Purpose: message.Text(data.Lang, "verify.shared_for", map[string]any{
			"purpose": message.Text(data.Lang, "share_purpose."+share.Purpose, nil),
		}),
		Until: message.Text(data.Lang, "verify.shared_until", map[string]any{"date": calendar.Real().Today(share.ExpiresAt).String()}),
	}
	if share.Document {
		data.Shared.Document = c.Request.URL.Path + "/document"
	}
	s.showPage(c, http.StatusOK, data)
}

// opened reads the link of a secret, and notes that it was opened; store.ErrNotFound: there is none, or it is over.
func (s *service) opened(ctx context.Context, token string) (store.Share, error) {
	if !tokenForm.MatchString(token) {
		return store.Share{}, store.ErrNotFound
	}
	now := s.Now().UTC()
	var share store.Share
	err := s.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		if share, err = tx.ShareByToken(token, now); err != nil {
			return err
		}
		return tx.ShareOpened(share.ID, now)
	})
	return share, err
}

// sharedFinding is what has become of the certificate that a link opens.
func (s *service) sharedFinding(ctx context.Context, share store.Share) (*verification.Finding, error) {
	tx := s.Store.Read(ctx)
	c, err := tx.Certificate(share.CertificateID)
	if err != nil {
		return nil, err
	}
	found, err := s.checks(tx).ByToken(c.VerifyToken)
	if err != nil {
		return nil, err
	}
	return found, s.count(ctx, found, store.CheckedByShare)
}

// sharedDocument gives the signed document to whoever has a link that shows it.
func (s *service) sharedDocument(c *gin.Context) {
	ctx := c.Request.Context()
	var d store.CertificateDocument
	share, err := s.opened(ctx, c.Param("token"))
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && !share.Document:
		err = problem(linkOver)
	case err == nil:
		if d, err = s.Store.Read(ctx).Document(share.CertificateID); errors.Is(err, store.ErrNotFound) || d.State != store.DocumentSigned {
			err = problem(documentNotReady)
		}
	}
	if err != nil {
		s.refusePage(c, err)
		return
	}
	out, err := s.openDocument(d)
	if err != nil {
		s.refusePage(c, err)
		return
	}
	c.Header("Content-Disposition", out.Disposition)
	c.Header("Repr-Digest", out.Digest)
	c.Header("X-Robots-Tag", "noindex")
	c.Data(http.StatusOK, out.ContentType, out.Body)
}
