package api

import (
	"errors"
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/web"
)

// webRoutes adds the web application. Its files are open to everybody: what it shows, it asks the interface for.
func (s *service) webRoutes(engine *gin.Engine) error {
	application, err := web.Built()
	if application != nil && s.Bucket != nil {
		application.SendsTo = s.Bucket.Origin()
	}
	serve := gin.WrapH(application)
	if errors.Is(err, web.ErrNotBuilt) {
		serve = notBuilt
	} else if err != nil {
		return err
	}
	home := func(c *gin.Context) { c.Redirect(http.StatusFound, web.Path) }
	engine.GET("/", home)
	engine.GET("/app", home)
	engine.GET(web.Path+"*page", serve)
	return nil
}

var notBuiltPage = template.Must(template.ParseFS(pages, "pages/notbuilt.html"))

// notBuilt says in words that this binary has no web application in it.
func notBuilt(c *gin.Context) {
	r := requestOf(c.Request.Context())
	c.Header("Content-Security-Policy", docsPolicy)
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Status(http.StatusServiceUnavailable)
	words := func(key string) string { return message.Text(r.lang, "web.not_built."+key, nil) }
	_ = notBuiltPage.Execute(c.Writer, map[string]string{ // a reader who left is no fault
		"Lang": string(r.lang), "Title": words("title"), "Detail": words("detail"),
	})
}
