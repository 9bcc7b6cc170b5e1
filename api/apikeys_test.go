package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

// key makes an API key with the token of an institution's staff.
func (w *world) key(staff string, body object) newAPIKeyView {
	w.t.Helper()
	r := w.post("/v1/api-keys", staff, body)
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var made newAPIKeyView
	r.into(w.t, &made)
	return made
}

func (w *world) keyList(token string) map[string]APIKeyView {
	w.t.Helper()
	var answer struct {
		Keys []APIKeyView `json:"api_keys"`
	}
	r := w.get("/v1/api-keys", token)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	r.into(w.t, &answer)
	byID := map[string]APIKeyView{}
	for _, k := range answer.Keys {
		byID[k.ID] = k
	}
	return byID
}

func TestAKeyIsShownOnceAndItsLastUseIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	made := w.key(staff, object{"label": "教务系统", "scopes": []string{"tasks"}})
	require.True(t, strings.HasPrefix(made.Key, "dp_key_"))
	require.Nil(t, w.keyList(staff)[made.ID].LastUsedAt)
	require.Equal(t, http.StatusOK, w.get("/v1/tasks", made.Key).status)
	seen := w.keyList(staff)[made.ID]
	require.NotNil(t, seen.LastUsedAt)
	require.Equal(t, "active", seen.State)
	require.Equal(t, "国家开放大学", seen.Institution.Name)
	require.NotContains(t, string(w.get("/v1/api-keys", staff).body), made.Key)
	require.NotContains(t, w.log.String(), made.Key)
	var audited string
	require.NoError(t, w.sql.QueryRowContext(t.Context(),
		"SELECT actor || after::text FROM audit_entries WHERE action = 'key.make' AND subject = $1", "key:"+made.ID).Scan(&audited))
	require.NotContains(t, audited, made.Key)
	require.Contains(t, audited, "教务系统")
}

func TestAKeysScopesBoundWhatItMayDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	for scope, open := range map[string][]string{
		"tasks": {"/v1/tasks", "/v1/events"}, "attendance": {"/v1/staff", "/v1/sessions"}, "courses": {"/v1/courses"},
		"callbacks": {"/v1/events", "/v1/endpoints", "/v1/deliveries"},
		"read":      {"/v1/tasks", "/v1/staff", "/v1/sessions", "/v1/courses", "/v1/events", "/v1/endpoints", "/v1/deliveries"},
	} {
		key := w.key(staff, object{"label": scope, "scopes": []string{scope}}).Key
		for _, path := range []string{
			"/v1/tasks", "/v1/staff", "/v1/sessions", "/v1/courses", "/v1/api-keys", "/v1/accounts", "/v1/invitations",
			"/v1/events", "/v1/endpoints", "/v1/deliveries",
		} {
			want := http.StatusForbidden
			for _, o := range open {
				if o == path {
					want = http.StatusOK
				}
			}
			require.Equal(t, want, w.get(path, key).status, "%s with %s", path, scope)
		}
	}
}

func TestAKeyNeverChangesWhatItsScopesDoNotName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.key(w.institution(trainingBodyID), object{"label": "r", "scopes": []string{"read"}}).Key
	before := w.counts()
	for _, row := range authority.Table() {
		if method, path := splitRoute(row.Route); method != http.MethodGet && !row.Public {
			path = strings.NewReplacer("{id}", w.newID(), "{ref}", "x", "{year}", "2025").Replace(path)
			w.do(call{method: method, path: path, token: key, body: object{}}).refused(t, http.StatusForbidden, forbidden)
		}
	}
	require.Equal(t, before, w.counts())
}

func TestAKeyIsWrongInEveryWayItCanBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff, admin := w.institution(trainingBodyID), w.token(store.Account{Role: store.RoleAdministrator})
	w.key(staff, object{"label": "taken", "scopes": []string{"read"}})
	w.key(w.institution(otherTrainerID), object{"label": "taken", "scopes": []string{"read"}})
	before := w.counts()
	for _, c := range []struct {
		token  string
		body   object
		fields map[string]string
	}{
		{staff, object{}, map[string]string{"label": "required", "scopes": "required"}},
		{staff, object{"label": "", "scopes": []string{}}, map[string]string{"label": "too_short", "scopes": "too_few"}},
		{staff, object{"label": "a\tb", "scopes": []string{"all"}}, map[string]string{"label": "format", "scopes[0]": "unknown_value"}},
		{staff, object{"label": "x", "scopes": []string{"read", "read"}}, map[string]string{"scopes": "duplicate"}},
		{
			staff,
			object{"label": "x", "scopes": []string{"read"}, "expires_at": w.now().Add(-time.Second)},
			map[string]string{"expires_at": "instant_past"},
		},
		{
			staff,
			object{"label": "x", "scopes": []string{"read"}, "institution_id": otherTrainerID},
			map[string]string{"institution_id": "unknown_institution"},
		},
		{admin, object{"label": "x", "scopes": []string{"read"}}, map[string]string{"institution_id": "required"}},
		{
			admin,
			object{"label": "x", "scopes": []string{"read"}, "institution_id": "nowhere"},
			map[string]string{"institution_id": "unknown_institution"},
		},
	} {
		require.Equal(t, c.fields, w.post("/v1/api-keys", c.token, c.body).refused(t, http.StatusUnprocessableEntity, validationFailed))
	}
	require.Equal(t, map[string]string{"label": "label_taken"},
		w.post("/v1/api-keys", staff, object{"label": "taken", "scopes": []string{"tasks"}}).refused(t, http.StatusConflict, labelTaken))
	require.Equal(t, before, w.counts())
}

func TestARotatedKeyAndItsSuccessorAreBothGoodForAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	ends := w.now().Add(90 * 24 * time.Hour)
	old := w.key(staff, object{"label": "教务系统", "scopes": []string{"tasks"}, "expires_at": ends})
	r := w.post("/v1/api-keys/"+old.ID+"/rotation", staff, object{})
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var next newAPIKeyView
	r.into(t, &next)
	require.NotEqual(t, old.Key, next.Key)
	require.Equal(t, old.AccountID, next.AccountID, "the audit log goes on naming it")
	require.Equal(t, old.Scopes, next.Scopes)
	require.WithinDuration(t, ends, *next.ExpiresAt, time.Minute, "it lasts as long as the first was made to")
	keys := w.keyList(staff)
	require.Equal(t, "replaced", keys[old.ID].State)
	require.Equal(t, next.ID, *keys[old.ID].ReplacedBy)
	require.WithinDuration(t, w.now().Add(24*time.Hour), *keys[old.ID].ExpiresAt, time.Minute)
	for _, key := range []string{old.Key, next.Key} {
		require.Equal(t, http.StatusOK, w.get("/v1/tasks", key).status)
	}
	w.post("/v1/api-keys/"+old.ID+"/rotation", staff, object{}).refused(t, http.StatusConflict, keyReplaced)
	w.exec("UPDATE access_tokens SET expires_at = now() WHERE id = $1", old.ID)
	w.get("/v1/tasks", old.Key).refused(t, http.StatusUnauthorized, unauthenticated)
	require.Equal(t, http.StatusOK, w.get("/v1/tasks", next.Key).status)
	require.Equal(t, map[string]string{"overlap_hours": "out_of_range"},
		w.post("/v1/api-keys/"+next.ID+"/rotation", staff, object{"overlap_hours": -1}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, http.StatusCreated, w.post("/v1/api-keys/"+next.ID+"/rotation", staff, object{"overlap_hours": 0}).status)
	w.get("/v1/tasks", next.Key).refused(t, http.StatusUnauthorized, unauthenticated)
}

func TestARevokedKeyIsGoodForNothingAndItsNameIsFree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	body := object{"label": "教务系统", "scopes": []string{"tasks"}}
	key := w.key(staff, body)
	path := "/v1/api-keys/" + key.ID + "/revocation"
	require.Equal(t, map[string]string{"reason": "required"},
		w.post(path, staff, object{"reason": " "}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, http.StatusOK, w.post(path, staff, object{"reason": "密钥泄露"}).status)
	w.get("/v1/tasks", key.Key).refused(t, http.StatusUnauthorized, unauthenticated)
	require.Equal(t, "revoked", w.keyList(staff)[key.ID].State)
	w.post(path, staff, object{"reason": "x"}).refused(t, http.StatusConflict, keyEnded)
	w.post("/v1/api-keys/"+key.ID+"/rotation", staff, object{}).refused(t, http.StatusConflict, keyEnded)
	w.key(staff, body)
	var reason string
	require.NoError(t, w.sql.QueryRowContext(t.Context(),
		"SELECT reason FROM audit_entries WHERE action = 'key.revoke' AND subject = $1", "key:"+key.ID).Scan(&reason))
	require.Equal(t, "密钥泄露", reason)
}

func TestWhatAKeyDoesIsAuditedUnderItsOwnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	key := w.key(staff, object{"label": "考勤机", "scopes": []string{"attendance"}})
	require.Equal(t, http.StatusCreated, w.post("/v1/staff", key.Key, object{"ref": "T01", "name": "李老师"}).status)
	var label string
	require.NoError(t, w.sql.QueryRowContext(t.Context(), `SELECT a.label FROM audit_entries e JOIN accounts a ON a.id::text = e.actor
		WHERE e.action = 'staff.name'`).Scan(&label))
	require.Equal(t, "考勤机", label)
}

func TestARevokedKeysSuccessorGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	old := w.key(staff, object{"label": "教务系统", "scopes": []string{"tasks"}})
	var next newAPIKeyView
	w.post("/v1/api-keys/"+old.ID+"/rotation", staff, object{}).into(t, &next)
	require.Equal(t, http.StatusOK, w.post("/v1/api-keys/"+old.ID+"/revocation", staff, object{"reason": "密钥泄露"}).status)
	w.get("/v1/tasks", old.Key).refused(t, http.StatusUnauthorized, unauthenticated)
	require.Equal(t, http.StatusOK, w.get("/v1/tasks", next.Key).status)
}
