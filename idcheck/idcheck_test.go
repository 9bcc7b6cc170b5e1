package idcheck

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/neighbour"
)

func TestWhatIsAnsweredSaysWhetherTheRegisterIsAwayOrOneQuestionIsNotUnderstood(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status  int
		body    string
		outcome string
		err     error
	}{
		{http.StatusOK, `{"result":"matches"}`, "matches", nil},
		{http.StatusOK, `{"result":"differs"}`, "differs", nil},
		{http.StatusOK, `{"result":"unknown"}`, "unknown", nil},
		{http.StatusOK, `{"result":"verified"}`, "", errUnclear}, // that is for people to say
		{http.StatusOK, `<html>王小明</html>`, "", errUnclear},
		{http.StatusOK, `"` + strings.Repeat("x", longestAnswer) + `"`, "", errUnclear},
		{http.StatusBadRequest, "", "", errUnclear},
		{http.StatusUnprocessableEntity, "", "", errUnclear},
		{http.StatusInternalServerError, "", "", errUnclear},
		{http.StatusUnauthorized, "", "", errAway},
		{http.StatusFound, "", "", errAway},
		{http.StatusNotFound, "", "", errAway},
		{http.StatusTooManyRequests, "", "", errAway},
		{http.StatusBadGateway, "", "", errAway},
		{http.StatusServiceUnavailable, "", "", errAway},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}))
		register, err := New(neighbour.Address{URL: server.URL, Secret: delivery.NewSecret(), Insecure: true})
		require.NoError(t, err)
		q := Question{ID: "q", Name: "王小明", Type: "resident_id", Number: "11010519491231002X"}
		outcome, err := register.Ask(t.Context(), q)
		require.Equal(t, c.outcome, outcome)
		require.Equal(t, c.err, err, "%d %.30s", c.status, c.body)
		server.Close()
		_, err = register.Ask(t.Context(), q)
		require.Equal(t, errAway, err, "nobody is there")
	}
}
