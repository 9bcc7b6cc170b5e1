package ledger_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/ledger"
)

func TestHoursAreWrittenAsAPersonWould(t *testing.T) {
	t.Parallel()
	for want, hours := range map[string]ledger.Hours{
		"80": ledger.Whole(80), "7.5": ledger.Tenths(75), "0": 0, "0.5": ledger.Tenths(5), "-0.5": ledger.Tenths(-5),
		"-12": ledger.Whole(-12), "9999.9": ledger.Tenths(99_999),
	} {
		require.Equal(t, want, hours.String())
		written, err := json.Marshal(hours)
		require.NoError(t, err)
		require.Equal(t, want, string(written))
		value, err := hours.Value()
		require.NoError(t, err)
		require.Equal(t, want, value)
	}
}

func TestHoursAreReadFromJSONNumbersOnly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]ledger.Hours{
		"80": ledger.Whole(80), "80.0": ledger.Whole(80), "7.5": ledger.Tenths(75), "0.1": 1, "0.3": 3, "8e1": ledger.Whole(80),
		"-4": ledger.Whole(-4), "-0": 0, "9999.9": ledger.Tenths(99_999),
	} {
		var got ledger.Hours
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		`"80"`, "7.55", "0.05", "10000", "1e9", "1e999", "-10000", "true", "{}", "7.500000001", "0.30000000000000004",
	} {
		var got ledger.Hours
		require.Error(t, json.Unmarshal([]byte(text), &got), text)
	}
	got := ledger.Whole(3)
	require.NoError(t, json.Unmarshal([]byte("null"), &got))
	require.Equal(t, ledger.Whole(3), got)
}

func TestHoursAreReadFromSQLAndPolicyFiles(t *testing.T) {
	t.Parallel()
	for _, src := range []any{"7.5", []byte("7.5"), "7.50", 7.5} {
		var got ledger.Hours
		require.NoError(t, got.Scan(src))
		require.Equal(t, ledger.Tenths(75), got)
	}
	var got ledger.Hours
	require.NoError(t, got.Scan(int64(80)))
	require.Equal(t, ledger.Whole(80), got)
	for _, src := range []any{nil, true, "7.55", 7.55, "NaN", "", "-", ".5", "5.", "+5", "1e2", " 5", "5.5x", "99999999999999999999"} {
		require.Error(t, got.Scan(src), src)
	}
	require.Equal(t, "numeric", got.GormDataType())

	var file struct{ Hours ledger.Hours }
	require.NoError(t, yaml.Unmarshal([]byte("hours: 64"), &file))
	require.Equal(t, ledger.Whole(64), file.Hours)
	require.NoError(t, yaml.Unmarshal([]byte("hours: 7.5"), &file))
	require.Equal(t, ledger.Tenths(75), file.Hours)
	require.Error(t, yaml.Unmarshal([]byte("hours: 7.55"), &file))
}

func TestEveryAmountReadsBackAsItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		hours := ledger.Tenths(rapid.IntRange(-99_999, 99_999).Draw(t, "tenths"))
		parsed, err := ledger.ParseHours(hours.String())
		require.NoError(t, err)
		require.Equal(t, hours, parsed)
		fromFloat, err := ledger.FromFloat(hours.Float())
		require.NoError(t, err)
		require.Equal(t, hours, fromFloat)
		var fromJSON ledger.Hours
		require.NoError(t, json.Unmarshal([]byte(hours.String()), &fromJSON))
		require.Equal(t, hours, fromJSON)
		require.Equal(t, hours.Tenths(), int(hours))
	})
}
