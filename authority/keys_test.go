package authority_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/authority"
)

func TestEveryVerbOfInstitutionsIsAScopesOrForStaffOnly(t *testing.T) {
	t.Parallel()
	verbs := map[string]bool{}
	for _, row := range authority.Table() {
		if row.Scopes[authority.Institution] != authority.None {
			verbs[row.Verb] = true
		}
	}
	stands := authority.KeyVerbs()
	for verb := range verbs {
		require.Contains(t, stands, verb, "say in keys.go which API keys may do it, or that none may")
	}
	for _, verb := range stands {
		require.Contains(t, verbs, verb, "no institution can do that")
	}
}

// keyOf is an institution that uses a key.
func keyOf(scopes ...authority.KeyScope) authority.Caller {
	return authority.Caller{Role: authority.Institution, Account: "a", Institution: "i", Key: append([]authority.KeyScope{}, scopes...)}
}

func TestAKeyDoesWhatItsScopesSay(t *testing.T) {
	t.Parallel()
	open := func(route string) []authority.KeyScope {
		row, listed := authority.Of(route)
		require.True(t, listed, route)
		var scopes []authority.KeyScope
		for _, scope := range authority.KeyScopes() {
			if row.Scope(keyOf(scope)) != authority.None {
				scopes = append(scopes, scope)
			}
		}
		return scopes
	}
	for route, scopes := range map[string][]authority.KeyScope{
		"GET /v1/tasks":                    {authority.KeyTasks, authority.KeyRead},
		"POST /v1/tasks/{id}/result":       {authority.KeyTasks},
		"POST /v1/attendance":              {authority.KeyAttendance},
		"POST /v1/heartbeats":              {authority.KeyAttendance},
		"GET /v1/sessions":                 {authority.KeyAttendance, authority.KeyRead},
		"POST /v1/courses":                 {authority.KeyCourses},
		"GET /v1/courses/{id}/places":      {authority.KeyCourses, authority.KeyRead},
		"GET /v1/events":                   {authority.KeyTasks, authority.KeyCallbacks, authority.KeyRead},
		"POST /v1/endpoints/{id}/rotation": {authority.KeyCallbacks},
		"GET /v1/deliveries":               {authority.KeyCallbacks, authority.KeyRead},
		"POST /v1/allowed-hosts":           nil,
		"POST /v1/api-keys":                nil,
		"GET /v1/api-keys":                 nil,
		"POST /v1/invitations":             nil,
		"POST /v1/accounts/{id}/closing":   nil,
		"GET /v1/cases":                    nil,
		"POST /v1/ce-years/{year}/closing": nil,
	} {
		require.ElementsMatch(t, scopes, open(route), route)
	}
}

func TestTheScopeReadChangesNothing(t *testing.T) {
	t.Parallel()
	for _, row := range authority.Table() {
		if !row.Public && row.Scope(keyOf(authority.KeyRead)) != authority.None {
			require.True(t, strings.HasPrefix(row.Route, "GET "), row.Route)
		}
	}
}

// Whatever its scopes, a key may do nothing that its account may not, and one without scopes may do nothing at all.
func TestAKeyNeverWidens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		row := rapid.SampledFrom(authority.Table()).Draw(t, "row")
		scopes := rapid.SliceOf(rapid.SampledFrom(append(authority.KeyScopes(), "unknown"))).Draw(t, "scopes")
		caller := keyOf(scopes...)
		caller.Role = rapid.SampledFrom(authority.Roles()).Draw(t, "role")
		without := caller
		without.Key = nil
		if got := row.Scope(caller); got != authority.None {
			require.Equal(t, row.Scope(without), got)
			require.NotEmpty(t, scopes)
		}
	})
}
