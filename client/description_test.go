package client

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/api"
)

// schema is a shape of the interface's description.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"`
	Properties map[string]*schema `json:"properties"`
	Items      *schema            `json:"items"`
	Required   []string           `json:"required"`
}

type description struct {
	Components struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`
}

func (d description) of(s *schema) *schema {
	if name, found := strings.CutPrefix(s.Ref, "#/components/schemas/"); found {
		return d.Components.Schemas[name]
	}
	return s
}

func (s *schema) is(kind string) bool {
	switch of := s.Type.(type) {
	case string:
		return of == kind
	case []any:
		return slices.Contains(of, any(kind))
	}
	return false
}

// kinds are how types of Go are described.
var kinds = map[reflect.Kind]string{
	reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Int64: "integer", reflect.Float64: "number",
	reflect.Slice: "array", reflect.Struct: "object", reflect.Map: "object",
}

// compare checks that every field of a type is a property of a schema, of the same type.
func (d description) compare(t *testing.T, of reflect.Type, s *schema, path string) {
	t.Helper()
	s = d.of(s)
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.String() == "time.Time" {
		require.True(t, s.is("string"), path)
		return
	}
	require.True(t, s.is(kinds[of.Kind()]), "%s is %v in the description, and a %s here", path, s.Type, of.Kind())
	switch of.Kind() {
	case reflect.Slice:
		d.compare(t, of.Elem(), s.Items, path+"[]")
	case reflect.Struct:
		for _, field := range reflect.VisibleFields(of) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if field.Anonymous {
				continue
			}
			property := s.Properties[name]
			require.NotNil(t, property, "%s.%s is not in the description", path, name)
			d.compare(t, field.Type, property, path+"."+name)
		}
	default:
	}
}

func TestTheClientsTypesAreThoseOfTheDescription(t *testing.T) {
	t.Parallel()
	printed, err := api.Describe("dev")
	require.NoError(t, err)
	var d description
	require.NoError(t, json.Unmarshal(printed, &d))
	for name, of := range map[string]any{
		"TaskView": Task{}, "TaskOutputBody": TaskFor{}, "EnrolmentBody": Enrolment{}, "TrainingBody": Training{}, "CertifyingBody": Mark{},
		"RejectionBody": Rejection{}, "AnswerView": Receipt{}, "Event": Event{}, "StaffBody": Staff{}, "SessionRow": Session{},
		"SignInRow": SignIn{}, "AttendanceOutputBody": AttendanceReport{}, "SessionResult": SessionResult{}, "SignInResult": SignInResult{},
		"EvidenceView": Evidence{}, "EvidenceBody": asking{}, "AskedEvidenceOutputBody": asked{}, "ReasonBody": reason{}, "Problem": Error{},
		"NewEndpointView": Endpoint{}, "EndpointBody": endpointAsked{}, "NewSecretView": Secret{}, "SecretBody": secretAsked{},
	} {
		described := d.Components.Schemas[name]
		require.NotNil(t, described, name)
		d.compare(t, reflect.TypeOf(of), described, name)
	}
	// What has to be sent is sent.
	for name, of := range map[string]any{
		"EnrolmentBody": Enrolment{}, "TrainingBody": Training{}, "CertifyingBody": Mark{}, "RejectionBody": Rejection{}, "StaffBody": Staff{},
		"SessionRow": Session{}, "SignInRow": SignIn{}, "EvidenceBody": asking{}, "ReasonBody": reason{}, "EndpointBody": endpointAsked{},
		"SecretBody": secretAsked{},
	} {
		sent, err := json.Marshal(of)
		require.NoError(t, err)
		var fields map[string]any
		require.NoError(t, json.Unmarshal(sent, &fields))
		for _, required := range d.Components.Schemas[name].Required {
			require.Contains(t, fields, required, name)
		}
	}
}
