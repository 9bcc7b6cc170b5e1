package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/credential"
	"github.com/dengpan/dengpan/store"
)

const (
	routeStatusList  = "GET /credentials/status/{n}"
	routeDID         = "GET /.well-known/did.json"
	routeBadge       = "GET /v1/me/certificates/{id}/credential"
	mediaJWT         = "application/vc+jwt"
	mediaDIDDocument = "application/did+json"
)

// registerCredentials adds a certificate as software reads it, for its holder.
func (s *service) registerCredentials(api huma.API) {
	file(api, routeBadge, "me", "My certificate as a credential (Open Badges 3.0, as a JWT), to be kept in a wallet or sent on",
		mediaJWT, s.myCredential)
}

// credentialPages adds what whoever verifies a credential asks for. It is for programs of others, in browsers too.
func (s *service) credentialPages(engine *gin.Engine) {
	engine.GET("/credentials/status/:n", s.statusList)
	engine.GET("/.well-known/did.json", s.didDocument)
}

type credentialInput struct {
	ID string `path:"id" format:"uuid"`
}

// myCredential is the holder's own copy: nobody else is given it.
func (s *service) myCredential(ctx context.Context, in *credentialInput) (*fileOutput, error) {
	tx := s.Store.Read(ctx)
	c, err := tx.Certificate(in.ID)
	if err != nil {
		return nil, err
	}
	if c.Status == store.CertificatePrepared || c.Status == store.CertificateCancelled {
		return nil, problem(notFound)
	}
	badge, err := tx.CertificateBadge(c.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem(badgePending)
	} else if err != nil {
		return nil, err
	}
	jwt, err := s.Keys.Open(badge.JWTSealed, store.BadgeSeal(c.ID))
	if err != nil {
		return nil, fmt.Errorf("open a credential: %w", err)
	}
	return &fileOutput{
		ContentType: mediaJWT, Disposition: `attachment; filename="certificate-` + c.ID + `.jwt"`, Body: jwt,
	}, nil
}

// statusList is a list of which certificates hold. It may be kept for as long as a change may take to be public.
func (s *service) statusList(c *gin.Context) {
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil || n < 1 || n > 1<<20 {
		fail(c, problem(notFound))
		return
	}
	list, err := s.Store.Read(c.Request.Context()).StatusList(n)
	if err != nil {
		fail(c, asProblem(requestOf(c.Request.Context()), err))
		return
	}
	forEverybody(c, "public, max-age=5")
	c.Data(http.StatusOK, mediaJWT, []byte(list.JWT))
}

// didDocument says by which keys the platform's credentials are verified.
func (s *service) didDocument(c *gin.Context) {
	did, err := credential.DID(s.PublicURL)
	if err != nil {
		fail(c, problem(notFound)) // without an address there are no credentials
		return
	}
	known, err := s.Store.Read(c.Request.Context()).CredentialKeys()
	keys := make([]credential.PublicKey, 0, len(known))
	for _, key := range known {
		keys = append(keys, credential.PublicKey{ID: key.ID, JWK: []byte(key.JWK)})
	}
	var content []byte
	if err == nil {
		content, err = json.Marshal(credential.Document(did, keys))
	}
	if err != nil {
		fail(c, asProblem(requestOf(c.Request.Context()), err))
		return
	}
	forEverybody(c, "public, max-age=60")
	c.Data(http.StatusOK, mediaDIDDocument, content)
}

// forEverybody lets pages of others read an answer, which says nothing of who asks.
func forEverybody(c *gin.Context, cache string) {
	c.Header("Access-Control-Allow-Origin", "*")
	c.Header("Cache-Control", cache)
}
