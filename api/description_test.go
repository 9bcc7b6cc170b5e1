package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/authority"
)

func TestTheDescriptionNamesEveryOperationAndField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.get("/openapi.json", "")
	require.Equal(t, http.StatusOK, r.status)
	var d struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			Security    []map[string][]string `json:"security"`
			RequestBody *struct {
				Content map[string]json.RawMessage `json:"content"`
			} `json:"requestBody"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]struct {
				Properties           map[string]json.RawMessage `json:"properties"`
				AdditionalProperties any                        `json:"additionalProperties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	r.into(t, &d)
	require.Equal(t, "3.1.0", d.OpenAPI)
	for _, row := range authority.Table() {
		route := row.Route
		method, path := splitRoute(route)
		op, described := d.Paths[path][strings.ToLower(method)]
		if !strings.HasPrefix(path, "/v1/") {
			require.False(t, described, route)
			continue
		}
		require.True(t, described, route)
		require.Equal(t, row.Public, len(op.Security) == 0, route)
		if op.RequestBody != nil {
			media, takesFiles := uploads[route]
			if !takesFiles {
				media = []string{"application/json"}
			}
			require.ElementsMatch(t, media, slices.Collect(maps.Keys(op.RequestBody.Content)), route)
		}
	}
	for _, name := range []string{"score", "absent", "held_on", "certificate_number"} {
		require.Contains(t, d.Components.Schemas["CertifyingBody"].Properties, name)
	}
	require.Contains(t, d.Components.Schemas["CaseView"].Properties, "status")
	require.Contains(t, d.Components.Schemas["CaseView"].Properties, "stages")
	for schema, embedded := range map[string]string{"NewInvitationView": "expires_at", "NewAPIKeyView": "scopes", "AccountOutputBody": "state"} {
		require.Contains(t, d.Components.Schemas[schema].Properties, embedded, schema)
	}
	require.JSONEq(t, `{"type":"string","format":"date"}`, string(d.Components.Schemas["CaseSummary"].Properties["registered_on"]))
	for name, schema := range d.Components.Schemas {
		if schema.Properties != nil {
			require.Equal(t, false, schema.AdditionalProperties, name)
		}
	}
}

func TestTheDescriptionCanBePrintedWithoutAnythingRunning(t *testing.T) {
	t.Parallel()
	printed, err := Describe("dev")
	require.NoError(t, err)
	type description struct {
		Paths      json.RawMessage
		Components struct{ Schemas json.RawMessage }
	}
	var alone, served description
	require.NoError(t, json.Unmarshal(printed, &alone))
	newWorld(t).get("/openapi.json", "").into(t, &served)
	require.JSONEq(t, string(served.Paths), string(alone.Paths))
	require.JSONEq(t, string(served.Components.Schemas), string(alone.Components.Schemas))
}
