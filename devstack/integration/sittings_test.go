package integration_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

const evaluator = "miit-education-exam"

// hearing is an evaluation body that listens, and answers no task.
type hearing struct {
	mu   sync.Mutex
	told []delivery.Event
}

// listen has the callbacks of the evaluation body arrive here, signed.
func (s *system) listen(t *testing.T) *hearing {
	t.Helper()
	h, secret := &hearing{}, delivery.NewSecret()
	verifier, err := webhooks.NewWebhook(secret)
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var event delivery.Event
		if err != nil || verifier.Verify(body, r.Header) != nil || json.Unmarshal(body, &event) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.told = append(h.told, event)
	}))
	t.Cleanup(server.Close)
	sealed, err := s.keys.Seal([]byte(secret), store.SecretSeal(evaluator))
	require.NoError(t, err)
	tx := s.store.Read(t.Context())
	endpoint, err := tx.Endpoint(evaluator)
	require.NoError(t, err)
	endpoint.URL = server.URL
	require.NoError(t, tx.SaveEndpoint(endpoint))
	require.NoError(t, tx.AddEndpointSecret(store.EndpointSecret{
		ID: uuid.NewString(), InstitutionID: evaluator, Kind: store.SecretHMAC, SecretSealed: sealed,
	}))
	return h
}

// heard is the event of a type that was told with a valid signature; nil until it was.
func (h *hearing) heard(kind string) *delivery.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.told {
		if e.Type == kind {
			return &e
		}
	}
	return nil
}

func TestABookingIsToldToItsBodySignedAndACaseThatWasOverdueGoesOnWaiting(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{day: 500 * time.Millisecond})
	body := s.listen(t)
	var who trainee
	s.still(t, func() {
		who = s.register(t, 1)
		s.script(t, who, contract.TheoryTask, 1, "silent") // it reads the feed as well
		s.script(t, who, contract.PracticalTask, 1, "silent")
	})
	stuck := s.await(t, who, "overdue at its evaluation", func(c document) bool {
		incident, is := c["incident"].(map[string]any)
		return is && incident["cause"] == string(contract.TaskOverdue) && c["stage"] == "evaluation"
	})
	theory := s.task(t, who, contract.TheoryTask)

	cal, err := calendar.Parse(s.product.Day.String(), s.product.CalendarAnchor)
	require.NoError(t, err)
	now := cal.Moment(time.Now())
	status, sitting := s.call(t, http.MethodPost, "/v1/sittings", s.apiKeys[evaluator], document{
		"ref": "A", "occupations": []string{"big-data"}, "levels": []string{"junior"}, "venue": "海淀考点", "capacity": 1,
		"starts_at": now.AddDate(0, 0, 240), "ends_at": now.AddDate(0, 0, 240).Add(2 * time.Hour), "book_until": now.AddDate(0, 0, 200),
	})
	require.Equal(t, http.StatusCreated, status, sitting)
	status, answer := s.call(t, http.MethodPost, "/v1/cases/"+who.caseID+"/sitting", who.token, document{"sitting": sitting["id"]})
	require.Equal(t, http.StatusOK, status, answer)
	c := s.await(t, who, "waiting", func(c document) bool { return c["status"] == "waiting" })
	require.Nil(t, c["incident"])

	eventually(t, time.Minute, func() bool {
		for round := 2; round <= 20; round++ { // it was asked as often as the machine stood still before
			done, err := s.store.Read(t.Context()).StepDone(who.caseID, fmt.Sprintf("overdue/%s/%d", theory, round))
			if err == nil && done {
				return true
			}
		}
		return false
	}, func() string { return "the case does not ask until when there is time" })
	closed, err := s.store.Read(t.Context()).Incident(stuck["incident"].(map[string]any)["id"].(string))
	require.NoError(t, err)
	require.Equal(t, store.ClosedByMoreTime, closed.ClosedBy)
	c = s.await(t, who, "waiting", func(c document) bool { return c["status"] == "waiting" })
	require.Nil(t, c["incident"], "the time that it was given holds")

	eventually(t, time.Minute, func() bool { return body.heard(store.OutboxSittingBooked) != nil },
		func() string { return "the body is not told of the booking" })
	require.Equal(t, []any{sitting["id"], who.caseID}, []any{
		body.heard(store.OutboxSittingBooked).Data.SittingID, body.heard(store.OutboxSittingBooked).Data.CaseID,
	})
	status, answer = s.call(t, http.MethodPost, "/v1/cases/"+who.caseID+"/sitting/giving-up", who.token, nil)
	require.Equal(t, http.StatusOK, status, answer)
	eventually(t, time.Minute, func() bool { return body.heard(store.OutboxSittingGivenUp) != nil },
		func() string { return "the body is not told that it was given up" })
	require.Equal(t, body.heard(store.OutboxSittingBooked).Data.BookingID, body.heard(store.OutboxSittingGivenUp).Data.BookingID)
}
