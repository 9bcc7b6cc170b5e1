package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/xapi"
)

const (
	verbPlayed     = "https://w3id.org/xapi/video/verbs/played"
	verbProgressed = "http://adlnet.gov/expapi/verbs/progressed"
)

func statementObject(id, verb, session, attendee string, position time.Duration) object {
	return object{
		"id": id, "actor": object{"account": object{"homePage": "https://lms.example", "name": attendee}}, "verb": object{"id": verb},
		"object":    object{"id": "https://lms.example/sessions/" + session},
		"result":    object{"extensions": object{xapi.Time: position.Seconds()}},
		"timestamp": "2020-01-01T00:00:00Z",
	}
}

func (c *cinema) state(query string, statements any) (view statementsView) {
	c.t.Helper()
	r := c.post("/v1/xapi/statements"+query, c.token, statements)
	require.Equal(c.t, http.StatusOK, r.status, "%s", r.body)
	require.NotEmpty(c.t, r.header.Get("X-Experience-Api-Version"))
	if query == "" {
		require.NoError(c.t, json.Unmarshal(r.body, &view.IDs), "%s", r.body)
		return view
	}
	require.NoError(c.t, json.Unmarshal(r.body, &view), "%s", r.body)
	return view
}

func TestStatementsOfTheExperienceAPICountAsHeartbeats(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	c.screen("s1", who)
	var last object
	for i := range 21 {
		at := time.Duration(i) * 30 * time.Second
		c.at(at)
		last = statementObject(uuid.NewString(), verbProgressed, "s1", who, at)
		require.Equal(t, []string{last["id"].(string)}, c.state("", last).IDs)
		c.askNobody()
	}
	for i := range 10 { // sent again, tomorrow or at once
		c.at(10*time.Minute + time.Duration(i)*30*time.Second)
		view := c.state("?answer=full", []object{last})
		require.Equal(t, 1, view.Repeated, "a statement counts once, as first received")
	}
	c.at(16 * time.Minute)
	fresh := statementObject(uuid.NewString(), verbPlayed, "s1", who, 11*time.Minute)
	view := c.state("?answer=full", []object{fresh, last})
	require.Equal(t, []int{1, 1}, []int{view.Recorded, view.Repeated}, "and is not in the way of another")
	c.settle()
	require.Equal(t, 10*time.Minute, c.credited(who), "what the client says of the time counts for nothing")
}

func TestStatementsThatDoNotCountAreSaidSoAndHarmNothing(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	c.screen("s1", who)
	batch := []object{
		statementObject(uuid.NewString(), verbPlayed, "s1", who, 0),
		statementObject(uuid.NewString(), "urn:example:liked", "s1", who, 0),
		statementObject(uuid.NewString(), verbPlayed, "s2", who, 0),
	}
	delete(batch[1], "id")
	r := c.post("/v1/xapi/statements", c.token, batch)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, "1", r.header.Get("Dengpan-Refused"))
	var ids []string
	require.NoError(t, json.Unmarshal(r.body, &ids))
	require.Len(t, ids, 3)
	require.NoError(t, uuid.Validate(ids[1]), "one without an id is given one")
	c.exec(`UPDATE watches SET challenge_due = last_beat`)
	c.at(time.Minute)
	batch[0] = statementObject(uuid.NewString(), verbPlayed, "s1", who, time.Minute)
	view := c.state("?answer=full", batch)
	require.Equal(t, []int{1, 1}, []int{view.Recorded, view.Refused})
	require.Equal(t, []any{2, "session_unknown"}, []any{view.Rows[0].Index, view.Rows[0].Code})
	require.Len(t, view.Challenges, 1)
	answer := statementObject(uuid.NewString(), verbProgressed, "s1", who, 61*time.Second)
	answer["context"] = object{"extensions": object{xapi.Challenge: view.Challenges[0].ID}}
	c.at(61 * time.Second)
	require.Empty(t, c.state("?answer=full", answer).Challenges, "it is answered")
}

func TestABatchWithAFaultyStatementIsRefusedWholeByPointer(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	c.screen("s1", who)
	good, bad := statementObject(uuid.NewString(), verbPlayed, "s1", who, 0), statementObject(uuid.NewString(), verbPlayed, "s1", planted, 0)
	r := c.post("/v1/xapi/statements", c.token, []object{good, bad})
	require.Equal(t, map[string]string{"/1/actor/account/name": fieldFormat}, r.refused(t, http.StatusBadRequest, validationFailed))
	require.NotContains(t, string(r.body), planted)
	require.Empty(t, c.kept(who))
	c.post("/v1/xapi/statements", c.token, []byte("{")).refused(t, http.StatusBadRequest, malformedJSON)
}

func TestTheVersionOfTheConventionIsChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	for version, status := range map[string]int{
		"": http.StatusOK, "1.0.3": http.StatusOK, "1.0": http.StatusOK, "2.0.0": http.StatusOK,
		"0.95": http.StatusUnprocessableEntity, "3.0": http.StatusUnprocessableEntity, "1.00": http.StatusUnprocessableEntity,
	} {
		r := w.do(call{
			method: http.MethodPost, path: "/v1/xapi/statements", token: token, header: map[string]string{"X-Experience-API-Version": version},
			body: statementObject(uuid.NewString(), "urn:example:liked", "s1", uuid.NewString(), 0),
		})
		require.Equal(t, status, r.status, "%q %s", version, r.body)
	}
	require.JSONEq(t, `{"version":["1.0.3","2.0.0"]}`, string(w.get("/v1/xapi/about", "").body))
}
