package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/authority"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// A value that somebody may type in the wrong place, and that must then appear nowhere: in no answer and in no log.
const planted = "11010119900307777X"

// plantings are all the ways to put the value into a JSON value.
func plantings(v any, put func(any)) {
	switch v := v.(type) {
	case object:
		for field, inner := range v {
			for _, bad := range []any{planted, object{planted: planted}, []any{planted}} {
				v[field] = bad
				put(bad)
			}
			v[field] = inner
			plantings(inner, put)
		}
		v[planted] = "x"
		put(nil)
		delete(v, planted)
	case []object:
		for _, inner := range v {
			plantings(inner, put)
		}
	}
}

func TestNoValueThatWasSentIsEverRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	at := trainingBodyID
	incident := w.stick(c, progress.Training, contract.TaskOverdue, store.Incident{InstitutionID: &at})
	body := func(path string, v any) call {
		return call{method: http.MethodPost, path: path, body: v}
	}
	tasks := map[string]string{}
	for _, kind := range []string{contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask} {
		tasks[kind] = w.issue(c, kind, trainingBodyID)
	}
	institution := w.institution(trainingBodyID)
	sent := 0
	send := func(c call, token string) {
		c.token = token
		if c.header == nil {
			c.header = map[string]string{}
		}
		if strings.HasSuffix(c.path, "/cases") || strings.HasSuffix(c.path, "/corrections") {
			c.header["Idempotency-Key"] = fmt.Sprint("key-", sent)
		}
		r := w.do(c)
		sent++
		if r.status < 300 {
			return // it was a value that may stand there
		}
		r.problem(t)
		require.NotContains(t, string(r.body), planted, "%s %s", c.path, r.body)
		for name, values := range r.header {
			require.NotContains(t, strings.Join(values, " "), planted, name)
		}
	}
	for _, target := range []struct {
		path, token string
		body        object
	}{
		{"/v1/cases", w.operator, registrationOf(2, nil)},
		{"/v1/cases/" + c + "/withdrawal", w.operator, object{"reason": 1}},
		{"/v1/tasks/" + tasks[contract.EnrolmentTask] + "/result", institution, object{"accepted_on": w.day(1)}},
		{"/v1/tasks/" + tasks[contract.TrainingTask] + "/result", institution, trainingOf(object{"sessions": 9})},
		{"/v1/tasks/" + tasks[contract.ExamTask] + "/result", institution, w.markOf(object{"score": 101, "certificate_number": "x y"})},
		{"/v1/tasks/" + tasks[contract.ExamTask] + "/rejection", institution, object{"reason_code": "tired", "note": "x"}},
		{"/v1/incidents/" + incident + "/resolution", w.operator, object{
			"verb": "correct", "reason": "x", "days": 3, "institution": "x", "evidence": "x", "applicant": registrationOf(1, nil)["applicant"],
		}},
		{"/v1/evidence", institution, filing(tasks[contract.ExamTask], scoreSheet(100), object{"media_type": "x"})},
		{"/v1/evidence/" + c + "/removal", institution, object{"reason": "x"}},
		{"/v1/staff", institution, object{"ref": "T01", "name": "x"}},
		{"/v1/staff/T01/removal", institution, object{"reason": 1}},
		{"/v1/attendance", institution, object{
			"sessions": []object{w.sessionOn(nil, c)}, "sign_ins": []object{w.signIn(c, nil)}, "x": 1,
		}},
		{"/v1/attendance/corrections", institution, w.correctionOf(c, nil)},
		{"/v1/attendance/corrections/" + c + "/decision", w.operator, object{"decision": "x", "reason": "x"}},
		{"/v1/sessions/" + c + "/voiding", institution, object{"reason": "x"}},
		{"/v1/api-keys", institution, object{"label": "\x01", "scopes": []object{}, "expires_at": "2000-01-01T00:00:00Z", "institution_id": "x"}},
		{"/v1/api-keys/" + c + "/rotation", institution, object{"overlap_hours": 1}},
		{"/v1/api-keys/" + c + "/revocation", institution, object{"reason": "x"}},
		{"/v1/accounts/" + c + "/closing", institution, object{"reason": "x"}},
		{"/v1/invitations", institution, object{"role": "operator", "institution_id": "x", "district": "x", "label": "\x01"}},
		{"/v1/invitations/" + c + "/revocation", institution, object{"reason": "x"}},
		{"/v1/invitations/reading", "", object{"token": "x"}},
		{"/v1/invitations/acceptance", "", object{"token": "x", "login": "x", "password": "x"}},
		{"/v1/invitations/oidc", "", object{"token": "x"}},
		{"/v1/me/identity", institution, object{"password": "x"}},
		{"/v1/session", "", object{"login": "x", "password": 1, "code": "1"}},
		{"/v1/me/password", w.trainee, object{"current": 1, "new": "x"}},
		{"/v1/me/second-factor/confirmation", w.trainee, object{"code": 1}},
		{"/v1/verifications", "", object{"name": 1, "id_number": planted, "certificate_number": "x"}},
	} {
		plantings(target.body, func(any) { send(body(target.path, target.body), target.token) })
		send(body(target.path, `{"name":"`+planted), target.token)
		send(body(target.path, planted), target.token)
	}
	for _, row := range authority.Table() {
		route := row.Route
		method, path := splitRoute(route)
		if method != http.MethodGet || !strings.HasPrefix(path, "/v1/") {
			continue
		}
		path = strings.ReplaceAll(path, "{id}", planted)
		send(call{method: method, path: path}, w.operator)
		send(call{method: method, path: path, header: map[string]string{"Last-Event-ID": planted}}, w.operator)
		for _, name := range []string{"status", "state", "stage", "cause", "limit", "after", "case_id", "occupation", "year", planted} {
			query := url.Values{name: {planted}}.Encode()
			for _, token := range []string{w.operator, w.trainee, institution} {
				send(call{method: method, path: path + "?" + query}, token)
				send(call{method: method, path: strings.ReplaceAll(path, planted, c) + "?" + query}, token)
			}
		}
	}
	send(call{method: http.MethodGet, path: "/" + planted, header: map[string]string{
		"Authorization": "Bearer " + planted, "Accept-Language": planted, "X-Request-ID": planted + "!", "Accept": planted,
	}}, "")
	require.Greater(t, sent, 300)
	require.NotContains(t, w.log.String(), planted)
}
