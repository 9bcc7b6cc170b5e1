package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/openid"
	"github.com/dengpan/dengpan/store"
)

// Provider is an identity provider that people log in by.
type Provider struct {
	*openid.Provider

	// Name is what people know it by.
	Name string
	// Trainees says that whoever it knows, and we do not, is a trainee and gets an account.
	Trainees bool
}

// CallbackPath is where a provider sends browsers back to.
const CallbackPath = "/login/oidc/callback"

// flowTime is how long somebody may take at the provider.
const flowTime = 10 * time.Minute

// providerFlow is what a browser keeps for us, sealed, while it is at the provider.
type providerFlow struct {
	openid.Flow

	// Next is the page to go on at.
	Next string `json:"next"`
	// Invitation is the token of an invitation that is being accepted.
	Invitation string `json:"invitation,omitempty"`
	// Account is the account that is being linked; it must be logged in still.
	Account string    `json:"account,omitempty"`
	Until   time.Time `json:"until"`
}

func (s *service) providerRoutes(engine *gin.Engine) {
	engine.GET("/login/oidc", s.goToProvider)
	engine.GET(CallbackPath, s.comeFromProvider)
}

// goToProvider sends a browser to the provider.
func (s *service) goToProvider(c *gin.Context) {
	address, cookie, err := s.beginFlow(c.Request.Context(), providerFlow{Next: ownPage(c.Query("next"))})
	if err != nil {
		s.backToLogin(c, err)
		return
	}
	http.SetCookie(c.Writer, &cookie)
	c.Redirect(http.StatusSeeOther, address)
}

// comeFromProvider logs in who comes back. What the browser kept for it is good for one attempt.
func (s *service) comeFromProvider(c *gin.Context) {
	kept := s.flowCookie("")
	http.SetCookie(c.Writer, &kept)
	flow, cookie, err := s.finishFlow(c)
	if err != nil {
		s.backToLogin(c, err)
		return
	}
	if cookie.Value != "" {
		http.SetCookie(c.Writer, &cookie)
	}
	c.Redirect(http.StatusSeeOther, flow.Next)
}

// backToLogin shows the log-in again. The code is all that is told; the page has words for it.
func (s *service) backToLogin(c *gin.Context, err error) {
	p := asProblem(requestOf(c.Request.Context()), err)
	c.Redirect(http.StatusSeeOther, "/app/login?problem="+p.Code)
}

// ownPage is a page of the application that was asked for, or its first one: nobody is sent anywhere else.
func ownPage(asked string) string {
	const home, most = "/app/", 500
	page, err := url.Parse(asked)
	if err != nil || len(asked) > most || page.IsAbs() || page.Host != "" || page.User != nil || page.Opaque != "" ||
		strings.ContainsAny(asked, "\\\r\n\t") || !strings.HasPrefix(path.Clean(page.Path)+"/", home) {
		return home
	}
	return (&url.URL{Path: path.Clean(page.Path), RawQuery: page.RawQuery}).String()
}

// beginFlow is the address at the provider to go to, and the cookie to come back with.
func (s *service) beginFlow(ctx context.Context, flow providerFlow) (address string, cookie http.Cookie, err error) {
	if s.Provider == nil {
		return "", cookie, problem(providerAway)
	}
	address, flow.Flow, err = s.Provider.Begin(ctx)
	if err != nil {
		return "", cookie, s.ofProvider(ctx, err)
	}
	flow.Until = s.Now().Add(flowTime)
	content, err := json.Marshal(flow)
	if err != nil {
		return "", cookie, fmt.Errorf("keep a log-in: %w", err)
	}
	sealed, err := s.Keys.Seal(content, store.LoginFlowSeal())
	if err != nil {
		return "", cookie, err
	}
	return address, s.flowCookie(base64.RawURLEncoding.EncodeToString(sealed)), nil
}

// flowCookie is the cookie that a browser keeps while it is at the provider; without a value, the one that has it forget.
func (s *service) flowCookie(value string) http.Cookie {
	cookie := s.sessionCookie(value) //nolint:gosec // it is set there: HttpOnly, Lax and, but in a demonstration, Secure
	cookie.Name += "-oidc"
	if value != "" {
		cookie.MaxAge = int(flowTime.Seconds())
	}
	return cookie
}

// keptFlow is what the browser kept, if it is ours and still good.
func (s *service) keptFlow(c *gin.Context) (providerFlow, error) {
	var flow providerFlow
	cookie, err := c.Request.Cookie(s.flowCookie("").Name)
	if err != nil {
		return flow, problem(providerFailed)
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return flow, problem(providerFailed)
	}
	content, err := s.Keys.Open(sealed, store.LoginFlowSeal())
	if err != nil {
		return flow, problem(providerFailed)
	}
	if err := json.Unmarshal(content, &flow); err != nil {
		return flow, fmt.Errorf("read a kept log-in: %w", err)
	}
	if !flow.Until.After(s.Now()) {
		return flow, problem(providerFailed)
	}
	return flow, nil
}

// finishFlow logs in who comes back, or links the account that asked for it.
func (s *service) finishFlow(c *gin.Context) (flow providerFlow, cookie http.Cookie, err error) {
	if s.Provider == nil {
		return flow, cookie, problem(providerAway)
	}
	if flow, err = s.keptFlow(c); err != nil {
		return flow, cookie, err
	}
	ctx := c.Request.Context()
	who, err := s.Provider.Finish(ctx, flow.Flow, c.Request.URL.Query())
	if err != nil {
		return flow, cookie, s.ofProvider(ctx, err)
	}
	if flow.Account != "" {
		return flow, cookie, s.link(c, flow, who)
	}
	enter := func(tx *store.Tx) error {
		account, err := s.accountOf(tx, requestOf(ctx), flow, who)
		if err == nil {
			cookie, err = s.beginSession(ctx, tx, account, store.MethodOIDC)
		}
		return err
	}
	err = s.Store.Tx(ctx, enter)
	if store.Constraint(err) == store.OneAccountPerIdentity {
		err = s.Store.Tx(ctx, enter) // they came twice at once, and the other was first
	}
	return flow, cookie, err
}

// ofProvider is the problem of what went wrong at the provider. The log says more than the browser is told.
func (*service) ofProvider(ctx context.Context, err error) error {
	code := providerFailed
	if errors.Is(err, openid.ErrAway) {
		code = providerAway
	}
	requestOf(ctx).log.Warn("no log-in by the identity provider", slog.Any("error", err))
	return problem(code)
}
