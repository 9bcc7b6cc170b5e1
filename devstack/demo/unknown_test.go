package demo

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// counter stands for the product as somebody sees it whose identity is in doubt, and for the register of persons.
type counter struct {
	product

	identity, files string   // as a case and its request show them
	done            []string // by whom, in their order
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	by := r.Header.Get("Authorization") + " " + r.Method + " " + r.URL.Path
	switch r.Method + " " + r.URL.Path {
	case "PUT /control/people":
		body, _ := io.ReadAll(r.Body)
		by += string(body)
	case "GET /v1/cases/case-1":
		fmt.Fprintf(w, `{"training_body":{"id":"training-of-big-data","name":"某机构"}%s}`, c.identity)
		return
	case "GET /v1/petitions/r1":
		fmt.Fprintf(w, `{"id":"r1","files":[%s]}`, c.files)
		return
	case "POST /v1/evidence":
		fmt.Fprint(w, `{"upload":{"method":"PUT","url":"/v1/evidence/f1/file"}}`)
	case "POST /v1/cases/case-1/requests", "PUT /v1/evidence/f1/file", "GET /v1/evidence/f1/file", "POST /v1/petitions/r1/answer":
	default:
		c.product.ServeHTTP(w, r)
		return
	}
	c.done = append(c.done, by)
}

// took is what was done since it was last asked.
func (c *counter) took() []string {
	done := c.done
	c.done = nil
	return done
}

func TestWhoTheRegisterOfPersonsDoesNotKnowShowsTheirDocumentAndItIsSeenOnceACertificateWaits(t *testing.T) {
	t.Parallel()
	n := slices.IndexFunc(scenarios, func(s scenario) bool { return s.unknown })
	c := &counter{}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	o := options(t, &c.product, t.TempDir(), today)
	o.APIURL, o.BureauURL, o.Trainees = server.URL, server.URL, n+1
	d, err := Open(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, []string{` PUT /control/people{"id_number":"` + idNumber(n) + `","name":""}`}, c.took())

	trainee, waits := Trainee{Token: "t", CaseID: "case-1"}, view{Since: time.Now()}
	step := func() []string {
		require.NoError(t, d.tryBeSeen(t.Context(), n, trainee, waits))
		return c.took()
	}
	require.Empty(t, step(), "the register was not asked yet")
	c.identity = `,"identity":{}`
	require.Equal(t, []string{"Bearer t POST /v1/cases/case-1/requests"}, step())
	c.identity = `,"identity":{"request":"r1"}`
	require.Equal(t, []string{"Bearer t POST /v1/evidence", " PUT /v1/evidence/f1/file"}, step())
	c.files = `{"id":"f1"}`
	require.Empty(t, step(), "nothing waits for it")
	waits.Incident = &struct {
		Cause string `json:"cause"`
	}{unverified}
	require.Empty(t, step(), "it can be seen what waits")
	waits.Since = waits.Since.Add(-operatorThinks)
	const staff = "Bearer institutiontraining-of-big-data "
	require.Equal(t, []string{staff + "GET /v1/evidence/f1/file", staff + "POST /v1/petitions/r1/answer"}, step())
	_, done := d.notes.trainee(n)
	require.True(t, done.Seen)
}
