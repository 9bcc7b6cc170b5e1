package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func (w *world) invite(token string, body object) newInvitationView {
	w.t.Helper()
	r := w.post("/v1/invitations", token, body)
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var made newInvitationView
	r.into(w.t, &made)
	return made
}

func TestAnInvitationIsShownOnceWithItsTokenInTheFragment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.token(store.Account{Role: store.RoleAdministrator})
	made := w.invite(admin, object{"role": "operator", "district": "haidian", "label": "海淀窗口一"})
	before, after, found := strings.Cut(made.Link, "#")
	require.True(t, found)
	require.Equal(t, made.Token, after)
	require.NotContains(t, before, made.Token)
	require.WithinDuration(t, w.now().Add(72*time.Hour), made.ExpiresAt, time.Minute)
	list := string(w.get("/v1/invitations", admin).body)
	require.Contains(t, list, made.ID)
	require.Contains(t, list, `"state":"open"`)
	require.NotContains(t, list, made.Token)
	require.NotContains(t, w.log.String(), made.Token)
	var audited string
	require.NoError(t, w.sql.QueryRowContext(t.Context(), "SELECT after::text FROM audit_entries WHERE action = 'invitation.make'").Scan(&audited))
	require.NotContains(t, audited, made.Token)
}

func TestStaffInviteStaffOfTheirOwnInstitutionOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff, admin := w.institution(trainingBodyID), w.token(store.Account{Role: store.RoleAdministrator})
	require.Equal(t, trainingBodyID, w.invite(staff, object{"role": "institution", "label": "窗口"}).Institution.ID)
	require.Equal(t, otherTrainerID, w.invite(admin, object{"role": "institution", "label": "窗口", "institution_id": otherTrainerID}).Institution.ID)
	before := w.counts()
	for _, c := range []struct {
		token  string
		body   object
		fields map[string]string
	}{
		{staff, object{"role": "operator", "label": "x"}, map[string]string{"role": "unknown_value"}},
		{staff, object{"role": "administrator", "label": "x"}, map[string]string{"role": "unknown_value"}},
		{
			staff,
			object{"role": "institution", "label": "x", "institution_id": otherTrainerID},
			map[string]string{"institution_id": "unknown_institution"},
		},
		{admin, object{"role": "trainee", "label": "x"}, map[string]string{"role": "unknown_value"}},
		{admin, object{"role": "institution", "label": "x"}, map[string]string{"institution_id": "required"}},
		{admin, object{"role": "institution", "label": "x", "institution_id": "nowhere"}, map[string]string{"institution_id": "unknown_institution"}},
		{admin, object{"role": "operator", "label": "x", "institution_id": otherTrainerID}, map[string]string{"institution_id": "conflict"}},
		{admin, object{"role": "operator", "label": " x", "district": "atlantis"}, map[string]string{"label": "format", "district": "unknown_value"}},
		{admin, object{"role": "administrator", "label": "x", "district": "haidian"}, map[string]string{"district": "conflict"}},
		{admin, object{}, map[string]string{"role": "required", "label": "required"}},
	} {
		require.Equal(t, c.fields, w.post("/v1/invitations", c.token, c.body).refused(t, http.StatusUnprocessableEntity, validationFailed))
	}
	require.Equal(t, before, w.counts())
}

func TestAnInvitationIsTakenBackOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	made := w.invite(staff, object{"role": "institution", "label": "窗口"})
	path := "/v1/invitations/" + made.ID + "/revocation"
	r := w.post(path, staff, object{"reason": "发错了人"})
	require.Equal(t, http.StatusOK, r.status)
	require.Contains(t, string(r.body), `"state":"revoked"`)
	w.post(path, staff, object{"reason": "x"}).refused(t, http.StatusConflict, invitationEnded)
}
