package integration_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

// sendWrongly sends what must be refused, with somebody in every place where a value may stand.
func (g *garden) sendWrongly(t *testing.T, cases []trainee) {
	t.Helper()
	values := []string{g.stranger.name, g.stranger.number, g.stranger.phone, g.stranger.email, g.stranger.address}
	asked := cases[5]
	task := g.task(t, asked, contract.TheoryTask)
	evaluator, trainer := g.apiKeys["miit-education-exam"], g.apiKeys["ouc"]
	bodies := []struct {
		path, token string
		right       document
	}{
		{"/v1/cases", g.operator, registrationOf(g.stranger)},
		{"/v1/tasks/" + task + "/result", evaluator, document{"score": 80, "absent": false, "held_on": "2026-03-09"}},
		{"/v1/tasks/" + task + "/rejection", evaluator, document{"reason_code": "other"}},
		{"/v1/cases/" + asked.caseID + "/facts", g.operator, document{"applicant": registrationOf(g.stranger)["applicant"]}},
		{"/v1/attendance", trainer, document{
			"sessions": []document{{"ref": "S", "module": "M", "mode": "offline", "opens_at": "", "closes_at": "", "roster": []string{""}}},
			"sign_ins": []document{{"session": "S", "attendee": "A", "reporter": "R", "signed_in_at": ""}},
		}},
		{"/v1/heartbeats", trainer, document{"heartbeats": []document{{"session": "S", "attendee": "A"}}}},
		{"/v1/staff", trainer, document{"ref": "T9", "name": g.stranger.name}},
		{"/v1/courses", trainer, document{"ref": "C9", "title": "T", "hours": 8, "starts_on": "2026-03-09", "ends_on": "2026-03-09"}},
		{"/v1/verifications", "", document{"name": g.stranger.name, "id_number": g.stranger.number, "certificate_number": "X"}},
		{"/v1/person-search", g.operator, document{"id_number": "x", "phone": "x"}},
		{"/v1/cases/" + asked.caseID + "/unmasking", g.operator, document{"fields": []string{"name"}}},
		{"/v1/session", "", document{"login": "somebody", "password": "not this one"}},
		{"/v1/codec/decode", g.operator, document{"payloads": []document{{"metadata": document{}, "data": ""}}}},
	}
	for _, body := range bodies {
		for _, value := range values {
			for field := range body.right {
				wrong := clone(t, body.right)
				wrong[field] = spoilt(wrong[field], value)
				g.send(t, http.MethodPost, body.path, body.token, wrong, nil)
			}
			wrong := clone(t, body.right)
			wrong[value] = value // a field of that name
			g.send(t, http.MethodPost, body.path, body.token, wrong, nil)
			g.send(t, http.MethodPost, body.path, body.token, []string{value}, nil)
			g.send(t, http.MethodPost, body.path, body.token, json.RawMessage(`{"name": "`+value+`", `), nil)
			g.send(t, http.MethodPost, body.path, value, body.right, nil)
		}
	}
	for _, value := range values {
		escaped := url.PathEscape(value)
		for _, path := range []string{
			"/" + escaped, "/v1/" + escaped, "/v1/cases/" + escaped, "/v1/tasks/" + escaped, "/v1/incidents/" + escaped, "/verify/" + escaped,
			"/v1/cases?" + escaped + "=" + escaped, "/v1/cases?after=" + escaped, "/v1/cases?status=" + escaped, "/v1/tasks?state=" + escaped,
			"/v1/institutions?occupation=" + escaped, "/v1/ce-report?year=" + escaped, "/v1/incidents?cause=" + escaped, "/app/" + escaped,
		} {
			g.send(t, http.MethodGet, path, g.operator, nil, nil)
		}
		for _, header := range []string{"X-Request-ID", "Idempotency-Key", "Accept-Language", "User-Agent", "Origin", "Referer", "Content-Type", "Cookie"} {
			g.send(t, http.MethodPost, "/v1/cases", g.operator, document{}, http.Header{header: {escaped, value}})
		}
	}
	for _, value := range values {
		for _, field := range []string{"phone", "email", "address"} {
			g.send(t, http.MethodPut, "/v1/me/contacts", asked.token, document{field: value + "\x00"}, nil)
			g.send(t, http.MethodPut, "/v1/me/contacts", asked.token, document{field: []string{value}}, nil)
		}
	}
	status, answer := g.call(t, http.MethodGet, "/v1/tasks/"+task, g.operator, nil)
	require.Equal(t, http.StatusOK, status, answer)
	require.Equal(t, "open", answer["state"], "nothing of it was taken")
}

// spoilt puts a value in the place of another, or in every place within it.
func spoilt(right any, value string) any {
	switch right := right.(type) {
	case map[string]any:
		for field := range right {
			right[field] = spoilt(right[field], value)
		}
		return right
	case []any:
		for i := range right {
			right[i] = spoilt(right[i], value)
		}
		return append(right, value)
	}
	return value + " " // no name, no number and no word of any list
}

func clone(t *testing.T, d document) document {
	t.Helper()
	text, err := json.Marshal(d)
	require.NoError(t, err)
	var copied document
	require.NoError(t, json.Unmarshal(text, &copied))
	return copied
}

// send sends a request and keeps the answer if it is a refusal.
func (g *garden) send(t *testing.T, method, path, token string, body any, header http.Header) {
	t.Helper()
	var content io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if raw, broken := body.(json.RawMessage); broken {
			text, err = raw, nil
		}
		require.NoError(t, err)
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, g.url+path, content)
	require.NoError(t, err)
	request.Header.Set("Idempotency-Key", uuid.NewString())
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for name, values := range header {
		request.Header[name] = values[:1]
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	if response.StatusCode < http.StatusBadRequest {
		return
	}
	require.NotEqual(t, http.StatusInternalServerError, response.StatusCode, "%s %s: %s", method, path, answer)
	var head bytes.Buffer
	_ = response.Header.Write(&head)
	g.answers.add(head.Bytes(), answer)
}

// read has everybody read and look up what they may: what passes through must not stay.
func (g *garden) read(t *testing.T, who trainee) {
	t.Helper()
	p := g.people[0]
	for _, question := range []struct {
		method, path, token string
		body                any
	}{
		{http.MethodGet, "/v1/me/cases", who.token, nil},
		{http.MethodGet, "/v1/me/certificates", who.token, nil},
		{http.MethodGet, "/v1/me/contacts", who.token, nil},
		{http.MethodGet, "/v1/me/ce-statements/2026", who.token, nil},
		{http.MethodPost, "/v1/me/export", who.token, nil},
		{http.MethodGet, "/v1/cases", g.operator, nil},
		{http.MethodGet, "/v1/cases/" + who.caseID + "/ce-statements/2026", g.operator, nil},
		{http.MethodPost, "/v1/person-search", g.operator, document{"id_number": p.number}},
		{http.MethodPost, "/v1/person-search", g.operator, document{"phone": p.phone}},
		{http.MethodPost, "/v1/cases/" + who.caseID + "/unmasking", g.operator, document{
			"fields": []string{"name", "id_number", "phone", "email", "address"}, "reason": "核对",
		}},
		{http.MethodGet, "/v1/tasks?state=answered", g.apiKeys["ouc"], nil},
	} {
		status, answer := g.call(t, question.method, question.path, question.token, question.body)
		require.Less(t, status, http.StatusMultipleChoices, "%s: %v", question.path, answer)
	}
}
