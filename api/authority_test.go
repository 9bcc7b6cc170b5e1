package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func TestEveryRouteHasItsRowAndEveryRowItsRoute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var routes []string
	for _, route := range w.handler.(*gin.Engine).Routes() {
		segments := strings.Split(route.Path, "/")
		for i, segment := range segments {
			if strings.HasPrefix(segment, ":") {
				segments[i] = "{" + segment[1:] + "}"
			}
		}
		routes = append(routes, route.Method+" "+strings.Join(segments, "/"))
	}
	rows := make([]string, 0, len(authority))
	for row, roles := range authority {
		rows = append(rows, row)
		require.NotEmpty(t, roles, row)
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

func TestEveryOperationIsOpenToItsRolesOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tokens := map[string]string{
		trainee: w.trainee, operator: w.operator, institution: w.institution(trainingBodyID), anybody: "",
	}
	_, err := w.sql.ExecContext(t.Context(), `INSERT INTO access_tokens (id, account_id, token_hash, label, revoked_at)
		SELECT gen_random_uuid(), id, sha256('revoked'), 'x', now() FROM accounts WHERE role = 'operator' LIMIT 1`)
	require.NoError(t, err)
	for route, allowed := range authority {
		method, path := splitRoute(route)
		if route == "GET /metrics" || strings.HasSuffix(path, "/stream") && method == "POST" {
			continue
		}
		path = strings.NewReplacer("{id}", uuid.NewString(), "{token}", "0123456789abcdef", "{year}", "2025").Replace(path)
		ask := func(token string) reply {
			c := call{method: method, path: path, token: token}
			if method == http.MethodPost {
				c.body = object{}
			}
			return w.do(c)
		}
		public := slices.Contains(allowed, anybody)
		for role, token := range tokens {
			r := ask(token)
			switch {
			case public || slices.Contains(allowed, role):
				require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, r.status, "%s as %q", route, role)
			case role == anybody:
				r.refused(t, http.StatusUnauthorized, unauthenticated)
				require.Equal(t, "Bearer", r.header.Get("WWW-Authenticate"))
			default:
				r.refused(t, http.StatusForbidden, forbidden)
			}
		}
		if public {
			continue
		}
		for _, bad := range []string{"nonsense", "revoked", strings.Repeat("x", 300), "a b", "\x01"} {
			ask(bad).refused(t, http.StatusUnauthorized, unauthenticated)
		}
		r := w.do(call{method: method, path: path, header: map[string]string{"Authorization": "Basic " + w.operator}})
		r.refused(t, http.StatusUnauthorized, unauthenticated)
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
