package xapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/xapi"
)

const (
	statementID = "7f7a9e0c-0d0a-4c43-8a5e-0f6f2f5b7a01"
	attendee    = "0b9f7a4e-93ce-4b1b-9d8e-1d0a8a4e6f10"
	challenge   = "3b1f3b0e-6a55-4b6e-8a0c-58a1c7d8b702"
)

type object = map[string]any

// statement is a statement of somebody who has played a recording for 90.25 seconds.
func statement(verb string) object {
	return object{
		"id":    strings.ToUpper(statementID),
		"actor": object{"objectType": "Agent", "name": "王小明", "account": object{"homePage": "https://lms.example", "name": attendee}},
		"verb":  object{"id": verb, "display": object{"zh-CN": "播放"}},
		"object": object{
			"objectType": "Activity", "id": "https://lms.example/courses/7/sessions/2026-A-01",
			"definition": object{"type": "https://w3id.org/xapi/video/activity-type/video"},
		},
		"result":    object{"extensions": object{xapi.Time: 90.25}},
		"context":   object{"extensions": object{"https://w3id.org/xapi/video/extensions/session-id": "x"}},
		"timestamp": "2020-01-01T00:00:00Z",
	}
}

// with is a statement with something else in one place; nil takes it out.
func with(s object, value any, path ...string) object {
	inner := s
	for _, name := range path[:len(path)-1] {
		inner = inner[name].(object)
	}
	if value == nil {
		delete(inner, path[len(path)-1])
	} else {
		inner[path[len(path)-1]] = value
	}
	return s
}

func parse(t *testing.T, v any) ([]xapi.Statement, error) {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return xapi.Parse(raw, 10)
}

func TestVerbsOfPlayersBecomeHeartbeats(t *testing.T) {
	t.Parallel()
	for verb, playing := range map[string]bool{
		"http://adlnet.gov/expapi/verbs/initialized": false,
		"http://adlnet.gov/expapi/verbs/launched":    false,
		"https://w3id.org/xapi/video/verbs/played":   true,
		"http://adlnet.gov/expapi/verbs/resumed":     true,
		"http://adlnet.gov/expapi/verbs/progressed":  true,
		"https://w3id.org/xapi/video/verbs/paused":   false,
		"http://adlnet.gov/expapi/verbs/suspended":   false,
		"http://adlnet.gov/expapi/verbs/terminated":  false,
		"http://adlnet.gov/expapi/verbs/completed":   false,
	} {
		got, err := parse(t, statement(verb))
		require.NoError(t, err, verb)
		require.Equal(t, []xapi.Statement{{
			ID: statementID, Counts: true, Attendee: attendee, Session: "2026-A-01", Position: 90250 * time.Millisecond, Playing: playing,
		}}, got, verb)
	}
}

func TestWhatSaysNothingOfThePlayerIsTakenAndHasNoEffect(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]object{
		"another verb":        statement("https://w3id.org/xapi/video/verbs/seeked"),
		"a verb of nobody's":  statement("urn:example:liked"),
		"an end without time": with(statement("http://adlnet.gov/expapi/verbs/terminated"), nil, "result"),
		"a start without":     with(statement("http://adlnet.gov/expapi/verbs/initialized"), nil, "result", "extensions"),
		"another agent":       with(statement("urn:example:liked"), object{"mbox": "mailto:a@example.org"}, "actor"),
	} {
		got, err := parse(t, s)
		require.NoError(t, err, name)
		require.Equal(t, []xapi.Statement{{ID: statementID}}, got, name)
	}
}

func TestASessionIsTheLastSegmentOfTheObjectsAddress(t *testing.T) {
	t.Parallel()
	for id, session := range map[string]string{
		"https://lms.example/sessions/s1":               "s1",
		"https://lms.example/sessions/s1/":              "s1",
		"https://lms.example/sessions/s1?course=7#t=12": "s1",
		"https://lms.example/s/%E7%AC%AC1%E8%AF%BE":     "第1课",
		"https://lms.example/s/第1课":                     "第1课",
		"urn:example:sessions:2026-A-01":                "2026-A-01",
		"tag:lms.example,2026:sessions/2026-A-01":       "2026-A-01",
	} {
		got, err := parse(t, with(statement("https://w3id.org/xapi/video/verbs/played"), id, "object", "id"))
		require.NoError(t, err, id)
		require.Equal(t, session, got[0].Session, id)
	}
}

func TestAStatementMayAnswerAChallenge(t *testing.T) {
	t.Parallel()
	got, err := parse(t, []object{
		with(statement("https://w3id.org/xapi/video/verbs/played"), strings.ToUpper(challenge), "context", "extensions", xapi.Challenge),
		with(statement("https://w3id.org/xapi/video/verbs/paused"), nil, "id"),
	})
	require.NoError(t, err)
	require.Equal(t, challenge, got[0].Answers)
	require.Empty(t, got[1].ID)
}

func TestWhatAClientSaysOfTheTimeIsNotRead(t *testing.T) {
	t.Parallel()
	want, err := parse(t, statement("https://w3id.org/xapi/video/verbs/played"))
	require.NoError(t, err)
	for _, timestamp := range []any{"1900-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "yesterday", 7, nil} {
		got, err := parse(t, with(statement("https://w3id.org/xapi/video/verbs/played"), timestamp, "timestamp"))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestFaultsNameTheirPlaceAndNoValue(t *testing.T) {
	t.Parallel()
	const played, secret = "https://w3id.org/xapi/video/verbs/played", "11010119900307777X"
	position := "/result/extensions/" + strings.ReplaceAll(xapi.Time, "/", "~1")
	for _, c := range []struct {
		s       object
		pointer string
		code    xapi.Code
	}{
		{with(statement(played), secret, "id"), "/id", xapi.Format},
		{with(statement(played), 7, "id"), "/id", xapi.WrongType},
		{with(statement(played), nil, "actor"), "/actor", xapi.Required},
		{with(statement(played), secret, "actor"), "/actor", xapi.WrongType},
		{with(statement(played), nil, "actor", "account"), "/actor/account", xapi.Required},
		{with(statement(played), "Group", "actor", "objectType"), "/actor/objectType", xapi.Unsupported},
		{with(statement(played), nil, "actor", "account", "name"), "/actor/account/name", xapi.Required},
		{with(statement(played), secret, "actor", "account", "name"), "/actor/account/name", xapi.Format},
		{with(statement(played), 7, "actor", "account", "name"), "/actor/account/name", xapi.WrongType},
		{with(statement(played), nil, "verb"), "/verb", xapi.Required},
		{with(statement(played), nil, "verb", "id"), "/verb/id", xapi.Required},
		{with(statement(played), "played", "verb", "id"), "/verb/id", xapi.Format},
		{statement("http://adlnet.gov/expapi/verbs/voided"), "/verb/id", xapi.Unsupported},
		{with(statement(played), nil, "object"), "/object", xapi.Required},
		{with(statement(played), "StatementRef", "object", "objectType"), "/object/objectType", xapi.Unsupported},
		{with(statement(played), "https://lms.example/", "object", "id"), "/object/id", xapi.Format},
		{with(statement(played), "urn:%zz", "object", "id"), "/object/id", xapi.Format},
		{with(statement(played), "https://lms.example/"+strings.Repeat("x", 101), "object", "id"), "/object/id", xapi.Format},
		{with(statement(played), "https://lms.example/a%00b", "object", "id"), "/object/id", xapi.Format},
		{with(statement(played), nil, "result"), position, xapi.Required},
		{with(statement(played), secret, "result"), "/result", xapi.WrongType},
		{with(statement(played), secret, "result", "extensions", xapi.Time), position, xapi.WrongType},
		{with(statement(played), -0.1, "result", "extensions", xapi.Time), position, xapi.OutOfRange},
		{with(statement(played), 3e6, "result", "extensions", xapi.Time), position, xapi.OutOfRange},
		{with(statement(played), secret, "context", "extensions", xapi.Challenge), "/context/extensions/urn:dengpan:xapi:challenge", xapi.Format},
		{with(statement(played), 7, "context", "extensions", xapi.Challenge), "/context/extensions/urn:dengpan:xapi:challenge", xapi.WrongType},
		{with(statement(played), "x", secret), "", xapi.Unknown},
	} {
		for place, sent := range map[string]any{"": c.s, "/1": []any{statement("urn:example:liked"), c.s}} {
			got, err := parse(t, sent)
			require.Nil(t, got, "of a batch that is wrong nothing is taken")
			var faults xapi.FaultsError
			require.ErrorAs(t, err, &faults, "%v", c.s)
			require.Contains(t, faults, xapi.Fault{Pointer: place + c.pointer, Code: c.code}, "%v", faults)
			require.NotContains(t, err.Error(), secret)
		}
	}
}

func TestABatchThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for raw, code := range map[string]xapi.Code{
		"": xapi.Malformed, "{": xapi.Malformed, "{} {}": xapi.Malformed, "\"\xff\"": xapi.Malformed,
		"null": xapi.WrongType, `"x"`: xapi.WrongType, "[]": xapi.TooFew, "[7]": xapi.WrongType,
		"[{},{},{},{},{},{},{},{},{},{},{}]": xapi.TooMany,
	} {
		_, err := xapi.Parse([]byte(raw), 10)
		var faults xapi.FaultsError
		require.ErrorAs(t, err, &faults, raw)
		require.Equal(t, code, faults[0].Code, raw)
	}
	_, err := parse(t, []object{statement("urn:example:liked"), statement("urn:example:liked")})
	require.ErrorContains(t, err, `"/1/id" duplicate`)
}

// FuzzParse looks for what makes the parser panic, take what it must not, or point to nowhere.
func FuzzParse(f *testing.F) {
	for _, s := range []any{
		statement("https://w3id.org/xapi/video/verbs/played"),
		[]object{statement("http://adlnet.gov/expapi/verbs/voided")},
		with(statement("https://w3id.org/xapi/video/verbs/paused"), challenge, "context", "extensions", xapi.Challenge),
		[]any{},
		nil,
		object{"verb": object{"id": ":"}},
	} {
		raw, err := json.Marshal(s)
		require.NoError(f, err)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		statements, err := xapi.Parse(raw, 10)
		var faults xapi.FaultsError
		switch {
		case errors.As(err, &faults):
			require.NotEmpty(t, faults)
			require.Nil(t, statements)
			var value any
			if json.Unmarshal(raw, &value) != nil {
				return
			}
			for _, fault := range faults {
				require.True(t, leads(value, fault), "%v", fault)
			}
		case err != nil:
			t.Fatalf("another error: %v", err)
		default:
			require.NotEmpty(t, statements)
			for _, s := range statements {
				if s.Counts {
					require.NotEmpty(t, s.Session)
					require.Len(t, s.Attendee, 36)
					require.GreaterOrEqual(t, s.Position, time.Duration(0))
					require.LessOrEqual(t, s.Position.Milliseconds(), int64(1<<31-1))
				}
			}
		}
	})
}

// leads reports whether a fault's pointer leads to a place in a value, or to where something is missing.
func leads(value any, fault xapi.Fault) bool {
	parts := strings.Split(fault.Pointer, "/")[1:]
	if fault.Pointer == "" {
		parts = nil
	}
	for i, part := range parts {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		switch v := value.(type) {
		case object:
			inner, there := v[part]
			if !there {
				return fault.Code == xapi.Required && i >= len(parts)-3
			}
			value = inner
		case []any:
			var n int
			if _, err := fmt.Sscanf(part, "%d", &n); err != nil || n >= len(v) {
				return false
			}
			value = v[n]
		default:
			return false
		}
	}
	return true
}
