// Package api is the product's HTTP interface: trainees register and follow their cases, institutions take tasks and
// report results, operators resolve incidents, and the public checks certificates.
//
// What is read comes from the record alone ([store]), never from Temporal, so no page goes blank while a worker is away.
// What is sent is committed before it is acknowledged and then handed to a [Forwarder], which tells the case; when that
// cannot be done at once the answer is 202 and the relay does it later.
//
// Errors are problem documents (RFC 9457) with a stable code and words in the reader's language. They never repeat a
// value that was sent. Who may do what stands in one table, that of package authority; what is not in it is refused.
//
// Machines show a token with each request. Browsers log in and keep a session's cookie, which they send along whoever
// has them ask: so what another site has them send is refused.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/medama-io/go-useragent"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/evidence"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/password"
	"github.com/dengpan/dengpan/payload"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Forwarder tells a case what was committed for it. No error means that the case has taken it or will never take it; an
// error leaves it to the relay.
type Forwarder interface {
	Forward(ctx context.Context, item store.InboxItem) error
}

// Config is what the interface works with.
type Config struct {
	Store    *store.Store
	Policy   *policy.Policy // new cases register under it
	Calendar calendar.Calendar
	Keys     *identity.Keyring
	// Forwarder tells cases what was committed for them.
	Forwarder Forwarder
	// Executions shows what Temporal does for workflows, and repairs it; nil: nobody can be asked.
	Executions Executions
	Logger     *slog.Logger
	// Sessions are how long log-ins of browsers last; 0 is 30 minutes without a request, and 12 hours altogether.
	Sessions store.SessionLimits
	// RequireSecondFactor has operators and administrators who log in by a password enrol a second factor before anything
	// else.
	RequireSecondFactor bool
	// PlainCookies has browsers send the sessions' cookies over connections without TLS, too: for demonstrations only.
	PlainCookies bool
	// SignUp lets trainees make accounts of their own.
	SignUp bool
	// PublicURL is where browsers reach the product, without a slash at its end; empty makes links without a host.
	PublicURL string
	// Provider is an identity provider that people log in by; nil: there is none.
	Provider *Provider
	// Font is a TrueType file with Chinese characters, for pages that are printed; empty looks where packages put one.
	Font string
	// Channels are those by which trainees can be told beside these pages.
	Channels []notification.Channel
	// Callbacks says where institutions may be called.
	Callbacks delivery.Guard
	// Metrics is where the interface's figures are kept and what /metrics shows; nil makes one.
	Metrics *prometheus.Registry
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Heartbeat is how often a silent event stream shows that it is alive; 0 is 15 s.
	Heartbeat time.Duration
	// Poll is how often an event stream looks into the record; 0 is 1 s.
	Poll time.Duration
	// TemporalUI is the origin of Temporal's interface, which may ask for payloads from the browsers of those who are allowed to
	// see them; empty: there is none.
	TemporalUI string
	// LimitFactor multiplies every limit of requests; 0 is 1, and less is no limits at all.
	LimitFactor float64
	// TrustedProxies are the networks of proxies whose X-Forwarded-For is believed.
	TrustedProxies []string
	// Bucket is where files of evidence are kept; nil keeps them in the record.
	Bucket *evidence.Bucket
	// Printing is what certificates are printed with; those of courses are prepared here.
	Printing issuing.Printing
	// Version is the program's version, shown in the interface's description.
	Version string
}

func (c *Config) complete() error {
	if c.Store == nil || c.Policy == nil || c.Keys == nil || c.Forwarder == nil || c.Calendar.Day <= 0 {
		return errors.New("api: a store, a policy, a calendar, a keyring and a forwarder are needed")
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
		c.Metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Heartbeat <= 0 {
		c.Heartbeat = 15 * time.Second
	}
	if c.Poll <= 0 {
		c.Poll = time.Second
	}
	if c.Sessions.Idle <= 0 {
		c.Sessions.Idle = 30 * time.Minute
	}
	if c.Sessions.Lifetime <= 0 {
		c.Sessions.Lifetime = 12 * time.Hour
	}
	if c.Version == "" {
		c.Version = "dev"
	}
	return nil
}

// service is the interface at work.
type service struct {
	Config

	bodies  bodies
	fonts   *font.Fonts
	metrics *metrics

	evidence *evidence.Keeper
	proofs   evidenceBodies

	privacy       privacyBodies
	lists         listBodies
	issuers       issuerBodies
	supervising   supervisionBodies
	mailboxes     body[mailboxBody]
	notifications notificationBodies
	letter        body[letterBody] // what is decided about a letter
	logins        loginBodies
	coming        comingBodies
	keeping       accountBodies
	workbooks     workbookBodies
	employers     employerBodies
	intakes       body[intakeStartBody]
	prints        printBodies
	bulk          body[bulkCheckBody]
	reading       chan struct{} // a place for each workbook that is unpacked at the same time
	judging       chan struct{} // a place for each file that is looked into at the same time
	calling       endpointBodies
	batching      batchBodies
	remedies      remedyBodies
	casework      caseworkBodies
	misconduct    misconductBodies
	sittings      sittingBodies
	petitions     petitionBodies
	merges        mergeBodies
	claims        claimBodies
	duty          body[dutyBody]
	repairing     executionBodies
	acts          actBodies
	own           ownBodies
	passwords     *password.Hasher
	sessions      *scs.SessionManager
	crossOrigin   *http.CrossOriginProtection
	limits        *limiter
	// Temporal's interface and what it may ask for.
	fromInterface *http.CrossOriginProtection
	payloads      *payload.Keys
	sealed        body[codecBody]
	agents        *useragent.Parser
}

// New makes the handler of the whole interface.
func New(c Config) (http.Handler, error) {
	engine, _, err := build(c)
	if err != nil {
		return nil, err
	}
	return engine, nil
}

func build(c Config) (*gin.Engine, huma.API, error) {
	s, err := newService(c)
	if err != nil {
		return nil, nil, err
	}
	return s.engine(s.authorise)
}

func newService(c Config) (*service, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s := &service{Config: c, fonts: &font.Fonts{Path: c.Font}}
	var err error
	if s.metrics, err = newMetrics(c.Metrics); err != nil {
		return nil, err
	}
	if s.passwords, err = password.NewHasher(); err != nil {
		return nil, err
	}
	const booksAtOnce = 2
	s.reading = make(chan struct{}, booksAtOnce)
	s.judging = make(chan struct{}, documentsAtOnce)
	s.evidence = &evidence.Keeper{Store: s.Store, Keys: s.Keys, Bucket: s.Bucket, Logger: s.Logger, Now: s.Now}
	s.limits = newLimiter(s)
	s.sessions, s.crossOrigin, s.agents = s.newSessions(), http.NewCrossOriginProtection(), useragent.NewParser()
	return s, s.trustInterface()
}

// engine routes requests to operations, past what lets them through.
func (s *service) engine(authorise gin.HandlerFunc) (*gin.Engine, huma.API, error) {
	replaceErrors()
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	if err := engine.SetTrustedProxies(s.TrustedProxies); err != nil {
		return nil, nil, fmt.Errorf("trust proxies: %w", err)
	}
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
	engine.Use(s.observe, s.recover, s.secure, s.share, s.limitBody, authorise, s.once)
	engine.NoRoute(func(c *gin.Context) { fail(c, problem(notFound)) })
	engine.NoMethod(func(c *gin.Context) { fail(c, problem(methodNotAllowed)) })
	description := s.describe(engine)
	s.register(description)
	s.registerLogin(description)
	describeKeys(description.OpenAPI())
	s.plainRoutes(engine, description)
	return engine, description, s.webRoutes(engine)
}

// Describe is the interface's description (OpenAPI), which needs nothing to be running.
func Describe(version string) ([]byte, error) {
	replaceErrors()
	gin.SetMode(gin.ReleaseMode)
	s := &service{Config: Config{Version: version}}
	s.sessions = s.newSessions()
	description := s.describe(gin.New())
	s.register(description)
	s.registerLogin(description)
	describeKeys(description.OpenAPI())
	return json.Marshal(description.OpenAPI())
}

// describe starts the interface's description, to which every operation adds itself.
func (s *service) describe(engine *gin.Engine) huma.API {
	config := huma.DefaultConfig("登攀 Dengpan", s.Version)
	config.Info.Description = "北京市数字技术工程师培育项目的培养个案。" +
		"Cases of Beijing's digital-technology engineer cultivation programme."
	config.Tags = tags
	config.CreateHooks = nil // no $schema in bodies
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.RejectUnknownQueryParameters = true
	config.Transformers = []huma.Transformer{say}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer":  {Type: "http", Scheme: "bearer", Description: "A token, or an institution's API key."},
		"session": {Type: "apiKey", In: "cookie", Name: s.sessions.Cookie.Name, Description: "The session of a browser that logged in."},
	}
	return humagin.New(engine, config)
}

// today is the date in the programme's calendar.
func (s *service) today() calendar.Date { return s.Calendar.Today(s.Now()) }

// forward tells a case what was committed for it, and reports whether it was told. The sender may have gone: what is
// committed is forwarded all the same.
func (s *service) forward(ctx context.Context, item store.InboxItem) bool {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := s.Forwarder.Forward(ctx, item); err != nil {
		requestOf(ctx).log.Warn("left to the relay", slog.String("inbox_id", item.ID), slog.Any("error", err))
		return false
	}
	return true
}
