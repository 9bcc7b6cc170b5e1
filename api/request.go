package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"mime"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

// request is what is known of a request beside its own contents.
type request struct {
	id      string
	route   string // as the table of authority names it; none when there is no operation
	lang    message.Lang
	account store.Account    // of no role when the operation is public
	cookie  string           // the token of a browser's session, as it was sent
	web     store.WebSession // the session it belongs to; of no id when it belongs to none
	agent   string           // what the browser says it is
	log     *slog.Logger
}

type requestKey struct{}

// requestOf is the request that a context belongs to.
func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{lang: message.Chinese, log: slog.Default()}
}

// saneID is a request id that may be taken over from the sender: it shows in logs.
var saneID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$`)

func newRequestID() string {
	b := make([]byte, 12)
	rand.Read(b) // never fails: it crashes the program instead
	return hex.EncodeToString(b)
}

// answerTime is how long an ordinary answer may take to be written. Streams set their own, message by message.
const answerTime = 30 * time.Second

// observe gives a request its id and language, and afterwards writes the access log and counts it. Neither ever has the
// query, the body or a name in it: the route says which operation it was.
func (s *service) observe(c *gin.Context) {
	began := time.Now()
	r := &request{id: c.GetHeader("X-Request-ID")}
	if !saneID.MatchString(r.id) || identity.Reveals(r.id) {
		r.id = newRequestID()
	}
	r.lang = message.ParseAcceptLanguage(c.GetHeader("Accept-Language"))
	r.log = s.Logger.With(slog.String("request_id", r.id))
	c.Request = c.Request.WithContext(context.WithValue(store.WithRequestID(c.Request.Context(), r.id), requestKey{}, r))
	c.Header("X-Request-ID", r.id)
	// Not every writer can (a test's recorder cannot); the server's own can.
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(began.Add(answerTime))
	r.route = "none"
	if c.FullPath() != "" {
		r.route = routeOf(c)
	}
	c.Next()
	took := time.Since(began)
	s.metrics.count(r.route, c.Writer.Status(), took)
	level := slog.LevelInfo
	if quiet[r.route] {
		level = slog.LevelDebug
	}
	r.log.LogAttrs(c.Request.Context(), level, "request",
		slog.String("route", r.route), slog.Int("status", c.Writer.Status()), slog.Int64("duration_ms", took.Milliseconds()),
		slog.String("role", r.account.Role), slog.String("account_id", r.account.ID))
}

// quiet routes are asked by machines all the time.
var quiet = map[string]bool{"GET /healthz": true, "GET /readyz": true, "GET /metrics": true}

// recover turns a panic into a problem that tells nothing, and logs where it was.
func (s *service) recover(c *gin.Context) {
	defer func() {
		caught := recover()
		if caught == nil {
			return
		}
		if caught == http.ErrAbortHandler { //nolint:errorlint // compared as net/http does
			panic(caught)
		}
		requestOf(c.Request.Context()).log.Error("a handler panicked",
			slog.Any("panic", caught), slog.String("stack", string(debug.Stack())))
		if !c.Writer.Written() {
			fail(c, problem(internal))
		}
		c.Abort()
	}()
	c.Next()
}

// secure sets the headers that keep browsers from doing more with an answer than show it.
func (s *service) secure(c *gin.Context) {
	if !s.PlainCookies { // nor is there TLS in a demonstration
		c.Header("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
	for name, value := range map[string]string{
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Permissions-Policy":           "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
		"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
		"Cache-Control":                "no-store",
		"Vary":                         "Accept-Language, Authorization, Cookie",
	} {
		c.Header(name, value)
	}
	c.Next()
}

// limitBody refuses what is too large or not JSON before anything of it is read.
func (s *service) limitBody(c *gin.Context) {
	if c.FullPath() == "" || c.Request.ContentLength == 0 {
		c.Next()
		return
	}
	route := requestOf(c.Request.Context()).route
	if c.Request.ContentLength > max(mostBytes, larger[route]) {
		fail(c, problem(payloadTooLarge))
		return
	}
	if sent := c.GetHeader("Content-Type"); sent != "" {
		media, _, err := mime.ParseMediaType(sent)
		_, takesFiles := uploads[route] // what a file is, its own first bytes say
		if err != nil || media != mediaJSON && !takesFiles {
			fail(c, problem(unsupportedMediaType))
			return
		}
	}
	c.Next()
}

// fail answers with a problem, outside huma: in words on a page, where a browser asked for one.
func fail(c *gin.Context, p *Problem) {
	words := p.said(requestOf(c.Request.Context()))
	if p.Code == unauthenticated {
		c.Header("WWW-Authenticate", "Bearer")
	}
	for name, values := range p.GetHeaders() {
		c.Header(name, values[0])
	}
	if problemPage(c, p) {
		return
	}
	c.Header("Content-Type", words.ContentType(mediaJSON))
	c.AbortWithStatusJSON(p.Status, words)
}
