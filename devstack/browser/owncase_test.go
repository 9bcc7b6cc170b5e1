package browser_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/devstack/demo"
	"github.com/dengpan/dengpan/devstack/stack"
	"github.com/dengpan/dengpan/devstack/up"
)

// ownCase has the owner of a trainee's account register: they see the case.
func (w *world) ownCase(t *testing.T, own demo.WebLogin, registration map[string]any) (caseID string) {
	t.Helper()
	cookies, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := http.Client{Jar: cookies}
	sends := func(path string, body, into any) {
		content, err := json.Marshal(body)
		require.NoError(t, err)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL+path, bytes.NewReader(content))
		require.NoError(t, err)
		for name, value := range map[string]string{"Content-Type": "application/json", "Origin": w.URL, "Idempotency-Key": rand.Text()} {
			request.Header.Set(name, value)
		}
		answer, err := browser.Do(request)
		require.NoError(t, err)
		defer answer.Body.Close()
		require.Less(t, answer.StatusCode, http.StatusBadRequest, path)
		require.NoError(t, json.NewDecoder(answer.Body).Decode(into))
	}
	sends("/v1/session", map[string]any{"login": own.Login, "password": own.Password}, &struct{}{})
	var texts struct {
		Texts []struct{ Kind, When, Version string }
	}
	w.ask(t, http.MethodGet, "/v1/consent-texts", nil, &texts)
	given := []map[string]string{}
	for _, text := range texts.Texts {
		if text.When == "registration" {
			given = append(given, map[string]string{"kind": text.Kind, "version": text.Version})
		}
	}
	registration["consents"] = given
	var registered struct{ ID string }
	sends("/v1/cases", registration, &registered)
	return registered.ID
}

// trainer is the institution whose staff log in.
func (w *world) trainer(t *testing.T) string {
	t.Helper()
	staff := slices.IndexFunc(w.Logins, func(l demo.WebLogin) bool { return l.Institution != "" })
	require.GreaterOrEqual(t, staff, 0)
	return w.Logins[staff].Institution
}

// unknown registers a trainee whom the register of persons does not know.
func (w *world) unknown(t *testing.T, options up.Options, product stack.Product) {
	t.Helper()
	registration := registrationOf(940_000, "例示辛", w.trainer(t), "junior", inPost)
	register := world{URL: "http://" + options.BureauAddress}
	register.ask(t, http.MethodPut, "/control/people", map[string]any{"id_number": registration["id_number"], "name": ""}, &struct{}{})
	w.Unknown = account(t, product, "trainee", "", "unknown")
	w.UnknownCase = w.ownCase(t, w.Unknown, registration)
}
