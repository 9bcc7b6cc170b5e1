package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestACaseIsRegisteredAndShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.register(w.trainee, "k1", registrationOf(1, nil))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	t.Log(string(r.body))
	var c caseView
	r.into(t, &c)
	require.Equal(t, "/v1/cases/"+c.ID, r.header.Get("Location"))
	shown := w.get("/v1/cases/"+c.ID, w.trainee)
	require.Equal(t, http.StatusOK, shown.status, "%s", shown.body)
	require.JSONEq(t, string(r.body), string(shown.body))
}
