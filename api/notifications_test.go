package api

import (
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// line adds a line to a case's timeline.
func (w *world) line(caseID, kind string, params map[string]any) {
	w.t.Helper()
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		f, err := tx.OpenCase(caseID)
		if err != nil {
			return err
		}
		f.Note(progress.Exam, kind, store.ActorSystem, params)
		return f.Save()
	}))
}

type notificationsView struct {
	Notifications []NotificationView
	Total, Unread int64
}

func (w *world) notifications(query, token string) (view notificationsView) {
	w.t.Helper()
	r := w.get("/v1/me/notifications"+query, token)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	r.into(w.t, &view)
	return view
}

func TestATraineeIsToldOncePerLineInTheirLanguageAndOnlyOfTheirOwnCases(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Empty(t, w.notifications("", w.trainee).Notifications, "who has registered nothing is told nothing")
	caseID, _ := w.known(w.trainee, 1)
	other := w.newCase(2)
	w.line(caseID, "hours_recorded", map[string]any{"hours": 8, "required": 90})
	w.line(caseID, "exam_failed", map[string]any{"attempt": 1, "score": 41})
	w.line(caseID, "hours_insufficient", map[string]any{"have": 70, "need": 90})
	w.line(other, "exam_passed", map[string]any{"attempt": 1, "score": 90})

	told := w.notifications("", w.trainee)
	require.Equal(t, []string{"hours_insufficient", "exam_failed", "case_registered"}, kindsOf(told), "the newest first")
	require.EqualValues(t, 3, told.Unread)
	require.EqualValues(t, 3, told.Total)
	first := told.Notifications[0]
	require.Equal(t, caseID, first.CaseID)
	require.Equal(t, "培训学时或内容不足", first.Title)
	require.Equal(t, "培训学时或内容未达到规定：已记录70学时，规定为90学时。", first.Text)
	require.Equal(t, "make_up_hours", first.Act.Code)
	require.NotEmpty(t, first.Act.Text)
	require.Nil(t, told.Notifications[1].Act)
	english := w.do(call{method: http.MethodGet, path: "/v1/me/notifications?limit=1&page=2", token: w.trainee, header: map[string]string{"Accept-Language": "en"}})
	var page notificationsView
	english.into(t, &page)
	require.Equal(t, []string{"exam_failed"}, kindsOf(page))
	require.Equal(t, "Final exam not passed", page.Notifications[0].Title)
}

func kindsOf(view notificationsView) (kinds []string) {
	for _, n := range view.Notifications {
		kinds = append(kinds, n.Kind)
	}
	return kinds
}

func TestWhatWasReadIsReadAndOthersNotificationsStayUnread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.known(w.trainee, 1)
	w.line(caseID, "exam_failed", nil)
	w.line(caseID, "exam_passed", nil)
	strange := w.token(store.Account{Role: store.RoleTrainee})
	_, _ = w.known(strange, 2)
	theirs := w.notifications("", strange).Notifications[0].ID
	mine := w.notifications("", w.trainee).Notifications

	r := w.post("/v1/me/notifications/reading", w.trainee, object{"ids": []string{mine[0].ID, theirs}})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.JSONEq(t, `{"unread":2}`, string(r.body))
	require.Len(t, w.notifications("?state=unread", w.trainee).Notifications, 2)
	require.EqualValues(t, 1, w.notifications("", strange).Unread)
	require.JSONEq(t, `{"unread":0}`, string(w.post("/v1/me/notifications/reading", w.trainee, object{"all": true}).body))
	require.NotNil(t, w.notifications("", w.trainee).Notifications[0].ReadAt)

	for field, bad := range map[string]object{"ids": {}, "ids[0]": {"ids": []string{"x"}}} {
		found := w.post("/v1/me/notifications/reading", w.trainee, bad).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Contains(t, found, field)
	}
}

func TestHowATraineeWantsToBeToldIsKeptAndWrittenDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, person := w.known(w.trainee, 1)
	usual := object{
		"language": "zh", "first": "email", "email": true, "sms": true, "quiet_from": "21:00", "quiet_until": "08:00", "digest": "daily",
		"digest_at": "18:00", "changed_at": nil, "channels": []any{},
	}
	var shown object
	w.get("/v1/me/notification-preferences", w.trainee).into(t, &shown)
	require.Equal(t, usual, shown)

	wanted := object{
		"language": "en", "first": "sms", "email": false, "sms": true, "quiet_from": "22:30", "quiet_until": "06:05", "digest": "none",
		"digest_at": "07:00",
	}
	w.exec("UPDATE notifications SET address_at = now() + interval '9 hours'")
	r := w.put("/v1/me/notification-preferences", w.trainee, wanted)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	shown = nil
	w.get("/v1/me/notification-preferences", w.trainee).into(t, &shown)
	require.NotNil(t, shown["changed_at"])
	delete(shown, "changed_at")
	delete(shown, "channels")
	require.Equal(t, wanted, shown)
	audit := w.lastAudit("preferences.set")
	require.Equal(t, "person:"+person, audit.Subject)
	require.Zero(t, w.count("SELECT count(*) FROM notifications WHERE address_at > now()"), "what waits is looked at anew")

	for field, bad := range map[string]any{"quiet_from": "25:00", "digest": "weekly", "first": "fax", "language": "fr"} {
		body := maps.Clone(wanted)
		body[field] = bad
		found := w.put("/v1/me/notification-preferences", w.trainee, body).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Contains(t, found, field)
	}
}
