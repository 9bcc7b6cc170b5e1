package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dengpan/dengpan/message"
)

// plainRoutes adds what is not part of the described interface: health, figures, the description itself and pages.
func (s *service) plainRoutes(engine *gin.Engine, description huma.API) {
	engine.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "alive"}) })
	engine.GET("/readyz", s.ready)
	engine.GET("/metrics", gin.WrapH(promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{})))
	engine.GET("/openapi.json", func(c *gin.Context) {
		content, err := json.Marshal(description.OpenAPI())
		if err != nil {
			fail(c, asProblem(requestOf(c.Request.Context()), err))
			return
		}
		c.Data(http.StatusOK, "application/openapi+json", content)
	})
	engine.GET("/docs", s.docs)
	engine.GET("/docs/docs.js", asset("pages/docs.js", "text/javascript; charset=utf-8"))
	engine.GET("/docs/page.css", asset("pages/page.css", "text/css; charset=utf-8"))
	s.checkPages(engine)
	s.sharedPages(engine)
	s.credentialPages(engine)
	s.providerRoutes(engine)
}

// ready says whether requests can be answered: whether the database does.
func (s *service) ready(c *gin.Context) {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(c.Request.Context(), patience)
	defer cancel()
	if err := s.Store.Ping(ctx); err != nil {
		requestOf(ctx).log.Warn("the record is away", slog.Any("error", err))
		fail(c, problem(unavailable))
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready"})
}

var docsPage = template.Must(template.ParseFS(pages, "pages/docs.html"))

// docsPolicy lets the documentation run its own script, which reads the description from here.
const docsPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// explained is a code with its meaning.
type explained struct {
	Code   string
	Status int
	Text   string
}

// docs shows the interface's description and the codes of its problems. It needs nothing from elsewhere.
func (s *service) docs(c *gin.Context) {
	r := requestOf(c.Request.Context())
	data := struct {
		Lang             message.Lang
		Problems, Fields []explained
	}{Lang: r.lang}
	for code, status := range statuses {
		data.Problems = append(data.Problems, explained{
			Code: code, Status: status, Text: message.Text(r.lang, "problem."+code+".detail", nil),
		})
	}
	slices.SortFunc(data.Problems, func(a, b explained) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Code, b.Code))
	})
	for _, key := range message.Keys("field.") {
		code := strings.TrimPrefix(key, "field.")
		data.Fields = append(data.Fields, explained{Code: code, Text: message.Text(r.lang, key, nil)})
	}
	var page bytes.Buffer
	if err := docsPage.Execute(&page, data); err != nil {
		fail(c, asProblem(r, err))
		return
	}
	c.Header("Content-Security-Policy", docsPolicy)
	c.Data(http.StatusOK, "text/html; charset=utf-8", page.Bytes())
}

// asset serves one of the pages' own files.
func asset(path, media string) gin.HandlerFunc {
	content, err := pages.ReadFile(path)
	if err != nil {
		panic("api: " + err.Error()) // a file that is missing is a defect of the build
	}
	return func(c *gin.Context) { c.Data(http.StatusOK, media, content) }
}

func splitRoute(route string) (method, path string) {
	method, path, _ = strings.Cut(route, " ")
	return method, path
}

// operationID names an operation for programs: get-v1-cases-id.
func operationID(method, path string) string {
	name := strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path)
	return strings.ToLower(method) + name
}
