package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

func TestEveryRouteHasItsRowAndEveryRowItsRoute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var routes []string
	for _, route := range w.handler.(*gin.Engine).Routes() {
		segments := strings.Split(route.Path, "/")
		for i, segment := range segments {
			if strings.HasPrefix(segment, ":") || strings.HasPrefix(segment, "*") {
				segments[i] = "{" + segment[1:] + "}"
			}
		}
		routes = append(routes, route.Method+" "+strings.Join(segments, "/"))
	}
	var rows []string
	for _, row := range authority.Table() {
		rows = append(rows, row.Route)
		require.NotEmpty(t, row.Verb, row.Route)
		require.NotEqual(t, row.Public, len(row.Scopes) > 0, row.Route)
	}
	require.ElementsMatch(t, rows, routes)
}

func TestAnOperationWithoutARowIsRefusedToEverybody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.handler.(*gin.Engine).GET("/v1/forgotten/:id", func(c *gin.Context) { c.Status(http.StatusOK) })
	for _, token := range []string{"", w.operator, w.trainee, w.institution(trainingBodyID)} {
		w.get("/v1/forgotten/1", token).refused(t, http.StatusForbidden, forbidden)
	}
}

func TestATraineeReachesNobodyElsesCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.newCase(7)
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "k", registrationOf(1, nil)).status)
	stranger := w.token(store.Account{Role: store.RoleTrainee})
	for _, token := range []string{w.trainee, stranger} {
		for _, path := range []string{"", "/events", "/stream"} {
			known := w.get("/v1/cases/"+other+path, token)
			unknown := w.get("/v1/cases/"+uuid.NewString()+path, token)
			known.refused(t, http.StatusNotFound, notFound)
			require.Equal(t, withoutInstance(t, unknown), withoutInstance(t, known))
		}
		w.post("/v1/cases/"+other+"/withdrawal", token, object{"reason": "x"}).refused(t, http.StatusNotFound, notFound)
	}
}
