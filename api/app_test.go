package api

import (
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
)

func TestTheFrontDoorLeadsToTheApplication(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/", "/app"} {
		got := w.get(path, "")
		require.Equal(t, http.StatusFound, got.status)
		require.Equal(t, "/app/", got.header.Get("Location"))
	}
}

func TestABinaryWithoutTheApplicationSaysSoInWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	engine := gin.New()
	engine.GET("/app/*page", notBuilt)
	w.handler = engine
	got := w.do(call{method: http.MethodGet, path: "/app/", header: map[string]string{"Accept-Language": "en"}})
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Contains(t, got.header.Get("Content-Type"), "text/html")
	require.Contains(t, string(got.body), "make build")
	require.Contains(t, string(got.body), `<html lang="zh">`, "nobody asked the request for its language here")
}
