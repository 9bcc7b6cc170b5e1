package redact_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/redact"
)

func TestWhatMustNotBeReadIsTakenOutOfText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"身份证11010519491231002X核对":                    "身份证110***********002X核对",
		"110105 19491231 002x":                       "110***********002x",
		"打13812345678或138-1234-5678":                 "打138****5678或138****5678",
		"mail a.b+c@example.com.cn now":              "mail [redacted] now",
		"postgres://u:p%40ss@127.0.0.1:5432/d":       "postgres://[redacted]@127.0.0.1:5432/d",
		"Authorization: Bearer abcdefghijkl":         "Authorization: Bearer [redacted]",
		"dp_operator_0123456789abcdefABCDEF":         "[redacted]",
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw":     "[redacted]",
		"eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2lnbmF0dXJl": "[redacted]",
		"password=hunter2, next":                     "password=[redacted], next",
		"invalid password: hunter2":                  "invalid password: [redacted]",
	} {
		require.Equal(t, want, redact.Text(text))
	}
}

func TestWhatIsNobodysSecretStays(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "a step failed for good", "2026-11-26T11:39:01.123456789Z", "0193a1b2-7c3d-7e4f-8a5b-123456789012", "127.0.0.1:8080",
		"SQLSTATE 42601", "1732621141123", "certificate JY-2026-000123", "case:5f0c", "91110000000021135M", strings.Repeat("ab12", 16),
		"https://example.org/path?x=1",
	} {
		require.Equal(t, text, redact.Text(text))
	}
}

func TestNoIDNumberSurvivesWhereverItStandsInAText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		born := calendar.MustParseDate("1930-01-01").AddDays(rapid.IntRange(0, 30_000).Draw(t, "born"))
		number := identity.Synthetic(rapid.IntRange(0, 9_999_999).Draw(t, "n"), born).Number()
		around := rapid.SampledFrom([]string{"", " ", "号", ",", "\n", "\"", "：", "(", "/"})
		text := rapid.SampledFrom([]string{"", "证件", "x: ", "13"}).Draw(t, "head")
		if text == "13" {
			text += " "
		}
		text += around.Draw(t, "before") + number + around.Draw(t, "after") + rapid.SampledFrom([]string{"", "核对", " y"}).Draw(t, "tail")
		if strings.HasSuffix(text, number+"y") {
			return
		}
		require.NotContains(t, redact.Text(text), number[3:14])
	})
}

type spoken struct{}

func (spoken) String() string { return "13812345678" }

func TestALogHoldsNothingThatMustNotBeReadWhateverItIsTold(t *testing.T) {
	t.Parallel()
	const number, phone = "11010519491231002X", "13812345678"
	var out bytes.Buffer
	log := slog.New(redact.Handler(slog.NewJSONHandler(&out, nil))).With("by", phone).WithGroup("in")
	log.Info("of "+number, "id_number", 1, "login_password", "x", "note", number, "err", fmt.Errorf("wrap: %w", errors.New(phone)),
		"speaks", spoken{}, "bytes", []byte(phone), "deep", map[string]any{"a": []string{number}, "token": "hunter2"},
		"struct", struct{ Phone string }{phone}, slog.Group("g", "mail", "a@example.com", "cookie", "c=1"), "nothing", nil,
		"valuer", valuer{}, "count", 13900000001)
	for _, readable := range []string{number, "19491231", phone, "hunter2", "example.com", "c=1", "[49"} {
		require.NotContains(t, out.String(), readable)
	}
	var line struct {
		In map[string]any `json:"in"`
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &line), out.String())
	require.Equal(t, "11 bytes", line.In["bytes"])
	require.Equal(t, "[redacted]", line.In["id_number"])
	require.InDelta(t, 13900000001, line.In["count"], 0, "a number that was counted is no telephone")
	require.Contains(t, line.In, "nothing")
}

type valuer struct{}

func (valuer) LogValue() slog.Value { return slog.StringValue("13812345678") }

func TestADocumentKeepsItsShape(t *testing.T) {
	t.Parallel()
	got, err := redact.JSON(json.RawMessage(`{"a":[1,2.50,null,"13812345678"],"phone":"x","hours":{"token":7}}`))
	require.NoError(t, err)
	require.JSONEq(t, `{"a":[1,2.50,null,"138****5678"],"phone":"[redacted]","hours":{"token":7}}`, string(got))
	_, err = redact.JSON(json.RawMessage(`{`))
	require.Error(t, err)
	empty, err := redact.JSON(nil)
	require.NoError(t, err)
	require.Empty(t, empty)
}
