package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// BenchmarkRequest is one request each, through the whole interface: a read of a case, by a token, by a browser's session,
// and as it would be if nobody were asked who they are and what they may do; and a read of a task, which opens a sealed
// name and number and writes down who read them, beside a read of one that was found without either.
func BenchmarkRequest(b *testing.B) {
	o := newOffice(b, func(c *Config) { c.LimitFactor = 1000 }) // requests are counted, and none is refused
	caseID := o.newCase(1)
	task := o.issue(caseID, contract.EnrolmentTask, trainingBodyID)
	desk := trainingBodyID
	o.hire("operator.1", store.Account{Role: store.RoleOperator})
	account := o.hire("desk.1", store.Account{Role: store.RoleInstitution, InstitutionID: &desk})
	session := o.browser()
	session.enter("operator.1")
	cookie := session.cookies()[0]
	open := o.unguarded(b, account)

	measure := func(name, path string, handler http.Handler, prepare func(*http.Request)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				req := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, http.NoBody)
				prepare(req)
				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, req)
				require.Equal(b, http.StatusOK, answer.Code, "%s", answer.Body)
			}
		})
	}
	bearer := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	measure("case/unguarded", "/v1/cases/"+caseID, open, func(*http.Request) {})
	measure("case/token", "/v1/cases/"+caseID, o.handler, bearer(o.operator))
	measure("case/session", "/v1/cases/"+caseID, o.handler, func(r *http.Request) {
		r.AddCookie(cookie)
		r.Header.Set("User-Agent", firefox)
	})
	measure("task/unguarded", "/v1/tasks/"+task, open, func(*http.Request) {})
	measure("task/token", "/v1/tasks/"+task, o.handler, bearer(o.institution(trainingBodyID)))
}

// unguarded is the interface as it would be if everything that an account asks were let through.
func (o *office) unguarded(b *testing.B, account store.Account) http.Handler {
	b.Helper()
	s, err := newService(o.config)
	require.NoError(b, err)
	engine, _, err := s.engine(func(c *gin.Context) {
		requestOf(c.Request.Context()).account = account
		c.Next()
	})
	require.NoError(b, err)
	return engine
}

// BenchmarkSealing is what it takes to seal and to open a name, and to find the index of a number.
func BenchmarkSealing(b *testing.B) {
	w := newWorld(b)
	const purpose = "person/x/name"
	sealed, err := w.keys.Seal([]byte("王小明"), purpose)
	require.NoError(b, err)
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			_, err := w.keys.Seal([]byte("王小明"), purpose)
			require.NoError(b, err)
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			_, err := w.keys.Open(sealed, purpose)
			require.NoError(b, err)
		}
	})
	b.Run("fingerprint", func(b *testing.B) {
		for b.Loop() {
			w.keys.Fingerprint(purpose, []byte("11010519491231002X"))
		}
	})
}
