package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/refund"
	"github.com/dengpan/dengpan/store"
)

// offerOf is what the class of most tests offers.
func offerOf(changes object) object {
	return merge(object{
		"offered": true, "fee_fen": 480_000, "refund": []object{{"until": "start", "percent": 100}, {"until": "1/3", "percent": 50}},
		"refund_terms": "教材费不退", "venue": "学院路三十号", "schedule": "每周六、周日上午", "study": "spare_time", "delivery": "mixed", "reason": "招生",
	}, changes)
}

func (c classroom) offer(class string, changes object) reply {
	return c.post("/v1/classes/"+class+"/offer", c.token, offerOf(changes))
}

type shownOffered struct {
	Total   int
	Classes []OfferedView
}

func (w *world) offered(query string) shownOffered {
	w.t.Helper()
	r := w.get("/v1/offered-classes"+query, "")
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	var shown shownOffered
	r.into(w.t, &shown)
	return shown
}

func TestWhatAClassOffersIsKeptRevisionByRevisionAndShownToEverybody(t *testing.T) {
	t.Parallel()
	c := newWorld(t).classroom(trainingBodyID)
	id := c.makeClass(nil)
	require.Zero(t, c.offered("").Total, "a class of which nothing was said is not offered")
	var first, again offerView
	answer := c.offer(id, object{"schedule": "每周六，电话13812345678"})
	require.Equal(t, http.StatusOK, answer.status, "%s", answer.body)
	answer.into(t, &first)
	require.Equal(t, []any{1, "业余", "线上线下结合", 480_000}, []any{first.Revision, first.StudyName, first.DeliveryName, *first.FeeFen})
	require.NotContains(t, string(answer.body), "13812345678")
	c.offer(id, object{"schedule": "每周六，电话13812345678"}).into(t, &again)
	require.Equal(t, 1, again.Revision, "what is said twice is one revision")
	require.Equal(t, 1, c.audited("class.offer"))
	c.offer(id, object{"fee_fen": 500_000}).into(t, &again)
	require.Equal(t, 2, again.Revision)
	require.NoError(t, c.store.Tx(t.Context(), func(tx *store.Tx) error {
		agreed, err := tx.OfferAt(id, 1)
		require.Equal(t, 480_000, *agreed.FeeFen, "what was agreed to can be read for good")
		require.Equal(t, refund.Rule{{Until: "start", Percent: 100}, {Until: "1/3", Percent: 50}}, agreed.Refund)
		return err
	}))

	shown := c.offered("?occupation=" + occupation + "&level=junior&places=free&sort=fee")
	require.Equal(t, 1, shown.Total)
	one := shown.Classes[0]
	require.Equal(t, []any{id, 30, "open", 500_000, 2}, []any{one.ID, one.PlacesLeft, one.Enrolment, *one.Offer.FeeFen, one.Offer.Revision})
	c.join(id, c.admitted(1, nil))
	c.report([]object{c.sessionOn(object{"roster": nil, "class": "2026-A"})}, nil)
	detail := c.get("/v1/offered-classes/"+id, "")
	require.Equal(t, http.StatusOK, detail.status)
	var whole struct {
		PlacesLeft  int `json:"places_left"`
		Sessions    []offeredSession
		Supervision []noticeOfView
	}
	detail.into(t, &whole)
	require.Equal(t, 29, whole.PlacesLeft)
	require.Len(t, whole.Sessions, 1)
	for _, inside := range []string{"2026-A", `"T1`, "opened_by", "said_by", "case_id"} {
		require.NotContains(t, string(detail.body), inside, "the public is shown nobody, and nothing for the body itself")
	}
	var mine struct{ Offer *offerView }
	c.get("/v1/classes/"+id, c.token).into(t, &mine)
	require.Equal(t, 2, mine.Offer.Revision)
}

func TestOnlyClassesThatCanBeJoinedAreOffered(t *testing.T) {
	t.Parallel()
	c := newWorld(t).classroom(trainingBodyID)
	id := c.makeClass(object{"capacity": 1})
	c.offer(id, object{"enrol_until": c.day(5)})
	c.join(id, c.admitted(1, nil))
	full := c.offered("")
	require.Equal(t, []any{1, "full", 0}, []any{full.Total, full.Classes[0].Enrolment, full.Classes[0].PlacesLeft})
	require.Zero(t, c.offered("?places=free").Total)
	for _, elsewhere := range []string{"?occupation=big-data", "?level=senior", "?delivery=online", "?institution=" + otherTrainerID, "?from=" + c.day(-9), "?to=" + c.day(-11)} {
		require.Zero(t, c.offered(elsewhere).Total, elsewhere)
	}
	require.Equal(t, 1, c.offered("?from="+c.day(-10)+"&to="+c.day(-10)).Total)
	c.get("/v1/offered-classes?from=yesterday", "").refused(t, http.StatusUnprocessableEntity, validationFailed)

	hidden := func(why string) {
		require.Zero(t, c.offered("").Total, why)
		c.get("/v1/offered-classes/"+id, "").refused(t, http.StatusNotFound, notFound)
	}
	c.exec("UPDATE institutions SET status = 'suspended' WHERE id = $1", trainingBodyID)
	hidden("its body is suspended")
	c.exec("UPDATE institutions SET status = 'active' WHERE id = $1", trainingBodyID)
	require.Equal(t, 1, c.offered("").Total)
	c.exec("UPDATE institution_roles SET valid_to = current_date - 3000 WHERE institution_id = $1 AND valid_from < current_date - 3000", trainingBodyID)
	c.exec("UPDATE institution_roles SET valid_to = valid_from + 1 WHERE institution_id = $1 AND valid_to IS NULL", trainingBodyID)
	hidden("its body is on no list any more")
	c.exec("UPDATE institution_roles SET valid_to = NULL WHERE institution_id = $1", trainingBodyID)
	require.Equal(t, 1, c.offered("").Total)
	c.offer(id, object{"offered": false})
	hidden("it is offered no longer")
	c.get("/v1/offered-classes/nonsense", "").refused(t, http.StatusNotFound, notFound)
}

func TestAnOfferThatCannotBeMeantIsRefusedByField(t *testing.T) {
	t.Parallel()
	c := newWorld(t).classroom(trainingBodyID)
	id := c.makeClass(nil)
	for field, wrong := range map[string]struct {
		sent object
		code string
	}{
		"fee_fen":           {object{"fee_fen": -1}, fieldOutOfRange},
		"refund":            {object{"refund": []object{}}, fieldRequired},
		"refund[0].until":   {object{"refund": []object{{"until": "4/3", "percent": 100}}}, fieldFormat},
		"refund[0].percent": {object{"refund": []object{{"until": "start", "percent": 101}}}, fieldOutOfRange},
		"refund[1].until":   {object{"refund": []object{{"until": "1/3", "percent": 50}, {"until": "start", "percent": 20}}}, fieldRefundOrder},
		"study":             {object{"study": "sometimes"}, fieldUnknownValue},
		"enrol_until":       {object{"enrol_until": c.day(61)}, fieldDateOrder},
		"schedule":          {object{"schedule": "包过"}, fieldWording + "promise"},
		"reason":            {object{"reason": " "}, fieldRequired},
	} {
		fields := c.offer(id, wrong.sent).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{field: wrong.code}, fields)
	}
	require.Equal(t, http.StatusOK, c.offer(id, object{"fee_fen": 0, "refund": nil}).status, "who pays nothing needs no refund")
	c.exec("UPDATE classes SET closed_at = $2, closed_by = opened_by, close_reason = 'x' WHERE id = $1", id, time.Now())
	c.offer(id, nil).refused(t, http.StatusConflict, classClosed)
}

func TestAnOrderClassMaySayItsTermsAndIsNotOfferedToOthers(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 10)
	path := "/v1/classes/" + s.class.ID + "/offer"
	fields := s.post(path, s.body, offerOf(nil)).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"offered": fieldConflict}, fields)
	require.Equal(t, http.StatusOK, s.post(path, s.body, offerOf(object{"offered": false})).status)
	s.exec(`INSERT INTO class_offers (class_id, revision, offered, reason, said_by, said_at) SELECT class_id, 2, true, 'x', said_by, now()
		FROM class_offers WHERE class_id = $1`, s.class.ID)
	require.Zero(t, s.offered("").Total, "whatever was said of it before it had a sponsor")
}
