package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

// atDoor is a hall whose trainee has come to the sitting that they booked.
func atDoor(t *testing.T) (h hall, of SittingView, booked string) {
	t.Helper()
	h = newHall(t)
	of = h.plans(3, nil)
	h.says("/sitting", booking(of))
	require.NoError(t, h.sql.QueryRowContext(t.Context(), "SELECT id FROM sitting_bookings WHERE case_id = $1", h.caseID).Scan(&booked))
	return h, of, booked
}

// comes has the day of a sitting come.
func (h hall) comes(of SittingView) {
	h.exec("UPDATE sittings SET book_until = now() - interval '2 minutes', starts_at = now() - interval '1 minute' WHERE id = $1", of.ID)
}

func checkOf(outcome string) object {
	return object{"outcome": outcome, "ground": "photo_differs", "note": "与证件照片不一致，证号110101199005170011"}
}

func TestX31WhoSitsProvisionallyIsDecidedOnBySomebodyElseAndReadsWhatWasDecided(t *testing.T) {
	t.Parallel()
	h, of, booked := atDoor(t)
	path := "/v1/sitting-bookings/" + booked + "/door-checks"
	h.post(path, h.staff, checkOf("provisional")).refused(t, http.StatusConflict, sittingNotBegun)
	h.comes(of)
	h.post(path, h.institution(trainingBodyID), checkOf("provisional")).refused(t, http.StatusNotFound, notFound)
	r := h.post(path, h.staff, checkOf("provisional"))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var check doorCheckView
	r.into(t, &check)
	require.NotContains(t, check.Note, "199005", "numbers of documents are masked")
	require.True(t, check.Undecided)
	require.Equal(t, otherPersonNeeded, check.WhyNot.Code)
	last := h.relay.items[len(h.relay.items)-1]
	require.Equal(t, []string{h.caseID, store.InboxDoor, check.ID}, []string{last.CaseID, last.Kind, last.SubjectID}, "its case is told")
	h.post(path, h.staff, checkOf("provisional")).refused(t, http.StatusConflict, doorCheckOpen)

	decide := "/v1/door-checks/" + check.ID + "/decision"
	accepted := object{"accepted": true, "reason": "当日补交了户籍证明"}
	h.post(decide, h.staff, accepted).refused(t, http.StatusConflict, otherPersonNeeded)
	h.post(decide, h.trainee, accepted).refused(t, http.StatusForbidden, forbidden)
	colleague := h.institution(evaluationBodyID)
	require.Equal(t, http.StatusOK, h.post(decide, colleague, accepted).status)
	h.post(decide, colleague, object{"accepted": false, "reason": "r"}).refused(t, http.StatusConflict, doorCheckDecided)
	own := h.own()
	require.Equal(t, []any{true, "当日补交了户籍证明"}, []any{*own.Checks[0].Accepted, own.Checks[0].Reason})
	require.Equal(t, []int{1, 1}, []int{h.events("sitting_provisional"), h.events("identity_accepted")})
	require.Equal(t, 2, h.count("SELECT count(*) FROM audit_entries WHERE action IN ('door_check.record', 'door_check.decide') AND actor <> ''"))
	require.Contains(t, string(h.post("/v1/me/export", h.trainee, nil).body), "当日补交了户籍证明")
}

func TestX31WhoIsTurnedAwayHasSatNothingAndChoosesAnotherSitting(t *testing.T) {
	t.Parallel()
	h, of, booked := atDoor(t)
	other := h.plans(8, nil)
	h.comes(of)
	r := h.post("/v1/sitting-bookings/"+booked+"/door-checks", h.staff, checkOf("turned_away"))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	own := h.own()
	require.Nil(t, own.Booked)
	require.Equal(t, []any{"turned_away", false}, []any{own.Taken.How.Code, own.Taken.Chooses}, "the body took no fee from them that is to be chosen about")
	require.Equal(t, 1, h.count("SELECT count(*) FROM notifications WHERE kind = 'sitting_turned_away'"))
	h.post("/v1/cases/"+h.caseID+"/sitting/fee", h.trainee, object{"fee": "kept"}).refused(t, http.StatusConflict, sittingNone)
	require.Equal(t, other.ID, h.says("/sitting", booking(other)).Booked.Sitting.ID)
	h.post("/v1/sitting-bookings/"+booked+"/door-checks", h.staff, checkOf("provisional")).refused(t, http.StatusConflict, sittingNotForCase)
}

func TestTheRecordRefusesOnePersonInTwoPlacesAndAProgramAtADoor(t *testing.T) {
	t.Parallel()
	h, of, booked := atDoor(t)
	h.comes(of)
	var check doorCheckView
	h.post("/v1/sitting-bookings/"+booked+"/door-checks", h.staff, checkOf("provisional")).into(t, &check)
	_, err := h.sql.ExecContext(t.Context(),
		"UPDATE door_checks SET decided_by = recorded_by, decided_at = now(), accepted = true, reason = 'r' WHERE id = $1", check.ID)
	require.ErrorContains(t, err, "door_checks_two_persons")
	h.exec("UPDATE accounts SET machine = true WHERE id = $1", h.accountOf(h.staff))
	_, err = h.sql.ExecContext(t.Context(), "UPDATE door_checks SET changed_at = now() WHERE id = $1", check.ID)
	require.ErrorContains(t, err, "people are checked by people")
}
