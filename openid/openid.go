// Package openid logs people in by an identity provider, as OpenID Connect prescribes: a code that is good once, bound to
// the browser that asked for it by state, nonce and PKCE, and exchanged for a token that the provider signed. It asks the
// provider who somebody is, and for nothing else: no name, no address of mail.
package openid

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

var (
	// ErrAway says that the provider cannot be reached, or does not answer as a provider does.
	ErrAway = errors.New("the identity provider is away")
	// ErrRefused says that what a browser brought back logs nobody in.
	ErrRefused = errors.New("the identity provider's answer is not taken")
)

// Provider is an identity provider, as far as it is configured. What it publishes about itself is read when it is first
// needed, and again until that succeeds; its keys are fetched anew whenever it signs with one that is not known.
type Provider struct {
	Issuer, ClientID, Secret string
	// Redirect is our address that the provider sends browsers back to.
	Redirect string
	// Client asks the provider; nil is one that waits ten seconds.
	Client *http.Client
	// Now is the clock that tokens expire by; nil is time.Now.
	Now func() time.Time

	reading singleflight.Group
	mu      sync.Mutex
	known   *published
}

// published is what a provider says about itself.
type published struct {
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
	// namesItself: each of its answers says whose it is (RFC 9207).
	namesItself bool
}

// Flow is what a browser must come back with. It is kept where nobody but that browser brings it from, and where the
// browser cannot read or change it.
type Flow struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// Identity is somebody, as a provider knows them: a name that means nothing elsewhere.
type Identity struct{ Issuer, Subject string }

// Begin is the address to send a browser to, and what it must come back with.
func (p *Provider) Begin(ctx context.Context) (string, Flow, error) {
	known, err := p.published(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	flow := Flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return known.oauth.AuthCodeURL(flow.State, oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier)), flow, nil
}

// Finish says who came back, by the query that the provider sent the browser with.
func (p *Provider) Finish(ctx context.Context, flow Flow, query url.Values) (Identity, error) {
	if flow.State == "" || subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(flow.State)) != 1 {
		return Identity{}, refused("it belongs to another browser or another attempt", nil)
	}
	known, err := p.published(ctx)
	if err != nil {
		return Identity{}, err
	}
	if issuer := query.Get("iss"); issuer != p.Issuer && (issuer != "" || known.namesItself) {
		return Identity{}, refused("it comes from another provider", nil)
	}
	if query.Get("code") == "" {
		return Identity{}, refused("it brings no code", nil)
	}
	ctx = oidc.ClientContext(ctx, p.client())
	tokens, err := known.oauth.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(flow.Verifier))
	if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok && answer.Response.StatusCode < http.StatusInternalServerError {
		return Identity{}, refused("the code is not taken", errors.New(answer.Response.Status+" "+answer.ErrorCode))
	} else if err != nil {
		return Identity{}, away("exchange a code", err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := known.verifier.Verify(ctx, raw)
	if err != nil {
		return Identity{}, refused("its token does not hold", err)
	}
	var claims struct {
		Party string `json:"azp"`
	}
	if err := token.Claims(&claims); err != nil || claims.Party != "" && claims.Party != p.ClientID {
		return Identity{}, refused("its token was made for another", err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(flow.Nonce)) != 1 {
		return Identity{}, refused("its token was made for another attempt", nil)
	}
	if token.Subject == "" {
		return Identity{}, refused("its token names nobody", nil)
	}
	return Identity{Issuer: p.Issuer, Subject: token.Subject}, nil
}

// published reads what the provider says about itself, once. Whoever needs it at the same time waits for one answer.
func (p *Provider) published(ctx context.Context) (*published, error) {
	p.mu.Lock()
	known := p.known
	p.mu.Unlock()
	if known != nil {
		return known, nil
	}
	found, err, _ := p.reading.Do("", func() (any, error) {
		// Whoever asked first may leave; the others still wait.
		provider, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client()), p.Issuer)
		if err != nil {
			return nil, away("read what it publishes", err)
		}
		var also struct {
			NamesItself bool `json:"authorization_response_iss_parameter_supported"`
		}
		if err := provider.Claims(&also); err != nil {
			return nil, away("read what it publishes", err)
		}
		known := &published{
			oauth: oauth2.Config{
				ClientID: p.ClientID, ClientSecret: p.Secret, RedirectURL: p.Redirect, Endpoint: provider.Endpoint(),
				Scopes: []string{oidc.ScopeOpenID},
			},
			verifier:    provider.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.Now}),
			namesItself: also.NamesItself,
		}
		p.mu.Lock()
		p.known = known
		p.mu.Unlock()
		return known, nil
	})
	if err != nil {
		return nil, err
	}
	return found.(*published), nil //nolint:forcetypeassert // made above
}

func (p *Provider) client() *http.Client {
	if p.Client != nil {
		return p.Client
	}
	const patience = 10 * time.Second
	return &http.Client{Timeout: patience}
}

func refused(why string, err error) error {
	if err == nil {
		return fmt.Errorf("%w: %s", ErrRefused, why)
	}
	return fmt.Errorf("%w: %s: %w", ErrRefused, why, brief{err})
}

func away(operation string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrAway, operation, brief{err})
}

// brief is an error that repeats no more than the beginning of what a provider answered.
type brief struct{ error }

func (b brief) Error() string {
	const enough = 200
	text := b.error.Error()
	return text[:min(len(text), enough)]
}

func (b brief) Unwrap() error { return b.error }
