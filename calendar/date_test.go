package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
)

func date(s string) calendar.Date { return calendar.MustParseDate(s) }

func TestOnlyDatesThatExistAreParsed(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"2023-06-30", "2024-02-29", "1900-12-31", "0001-01-01", "9999-12-31"} {
		d, err := calendar.ParseDate(good)
		require.NoError(t, err, good)
		require.Equal(t, good, d.String())
	}
	for _, bad := range []string{
		"", " ", "2023-6-30", "2023-02-29", "1990-02-29", "2023-13-01", "2023-00-10", "2023-01-00", "2023-01-32",
		"20230630", "2023/06/30", "2023-06-30T00:00:00Z", " 2023-06-30", "0000-01-01", "-001-01-01", "10000-01-01", "２０２３-06-30",
	} {
		_, err := calendar.ParseDate(bad)
		require.ErrorIs(t, err, calendar.ErrDate, bad)
	}
}

func TestAnUnreadableDateIsNotRepeatedInTheError(t *testing.T) {
	t.Parallel()
	_, err := calendar.ParseDate("1949-13-31")
	require.NotContains(t, err.Error(), "1949")
}

func TestAnniversariesOfALeapDayFallOnTheFirstOfMarch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from  string
		years int
		want  string
	}{
		{"2020-02-29", 1, "2021-03-01"},
		{"2020-02-29", 4, "2024-02-29"},
		{"2020-02-28", 1, "2021-02-28"},
		{"2020-03-01", 1, "2021-03-01"},
		{"1896-02-29", 4, "1900-03-01"},
		{"2019-07-01", 5, "2024-07-01"},
		{"2019-12-31", 1, "2020-12-31"},
		{"2019-07-01", 0, "2019-07-01"},
	} {
		require.Equal(t, c.want, date(c.from).AddYears(c.years).String(), c)
	}
}

func TestDaysAreAddedAndCountedAcrossMonthsAndLeapYears(t *testing.T) {
	t.Parallel()
	require.Equal(t, "2024-02-29", date("2024-02-28").AddDays(1).String())
	require.Equal(t, "2023-03-01", date("2023-02-28").AddDays(1).String())
	require.Equal(t, "2023-12-31", date("2024-01-01").AddDays(-1).String())
	require.Equal(t, 366, date("2025-01-01").Sub(date("2024-01-01")))
	require.Equal(t, -1, date("2023-12-31").Sub(date("2024-01-01")))
	require.Equal(t, 3652058, date("9999-12-31").Sub(date("0001-01-01")))
}

func TestDateArithmeticAgreesWithItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Custom(func(t *rapid.T) calendar.Date {
			return date("1900-01-01").AddDays(rapid.IntRange(0, 110_000).Draw(t, "days"))
		})
		a, b := day.Draw(t, "a"), day.Draw(t, "b")
		require.Equal(t, b, a.AddDays(b.Sub(a)))
		require.Equal(t, a.Sub(b) < 0, a.Before(b))
		require.Equal(t, a.Sub(b) > 0, a.After(b))
		require.Equal(t, a.Sub(b) == 0, a == b)
		require.Equal(t, a.Compare(b), -b.Compare(a))

		parsed, err := calendar.ParseDate(a.String())
		require.NoError(t, err)
		require.Equal(t, a, parsed)

		years := rapid.IntRange(0, 60).Draw(t, "years")
		require.Equal(t, a.Year()+years, a.AddYears(years).Year())
		if !a.After(b) {
			require.False(t, a.AddYears(years).After(b.AddYears(years)), "anniversaries come in the order of their dates")
		}
		// From a common year to a leap year, 29 February comes between the anniversaries of 28 February and 1 March.
		require.Contains(t, []int{0, 1, 2}, a.AddYears(years).Sub(a.AddDays(-1).AddYears(years)))
	})
}

func TestADateIsItselfInJSONAndYAML(t *testing.T) {
	t.Parallel()
	type record struct {
		On    calendar.Date  `json:"on"              yaml:"on"`
		Until *calendar.Date `json:"until"           yaml:"until"`
		Maybe calendar.Date  `json:"maybe,omitzero"  yaml:"maybe"`
	}
	written, err := json.Marshal(record{On: date("2024-02-29")})
	require.NoError(t, err)
	require.JSONEq(t, `{"on":"2024-02-29","until":null}`, string(written))

	var read record
	require.NoError(t, json.Unmarshal([]byte(`{"on":"2024-02-29","until":"2025-01-01"}`), &read))
	require.Equal(t, date("2024-02-29"), read.On)
	require.Equal(t, date("2025-01-01"), *read.Until)
	require.True(t, read.Maybe.IsZero())
	require.Error(t, json.Unmarshal([]byte(`{"on":"2023-02-29"}`), &read))
	require.Error(t, json.Unmarshal([]byte(`{"on":20230228}`), &read))

	for _, text := range []string{"on: 2024-02-29\nuntil: 2025-01-01\n", "on: '2024-02-29'\nuntil: \"2025-01-01\"\n"} {
		read = record{}
		require.NoError(t, yaml.Unmarshal([]byte(text), &read), text)
		require.Equal(t, date("2024-02-29"), read.On)
		require.Equal(t, date("2025-01-01"), *read.Until)
	}
	require.Error(t, yaml.Unmarshal([]byte("on: 2023-02-29\n"), &read))
}

func TestADateIsItselfInSQL(t *testing.T) {
	t.Parallel()
	value, err := date("2024-02-29").Value()
	require.NoError(t, err)
	require.Equal(t, "2024-02-29", value)
	value, err = calendar.Date{}.Value()
	require.NoError(t, err)
	require.Nil(t, value)

	for _, src := range []any{
		time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), "2024-02-29", []byte("2024-02-29"),
	} {
		var d calendar.Date
		require.NoError(t, d.Scan(src))
		require.Equal(t, date("2024-02-29"), d)
	}
	d := date("2024-02-29")
	require.NoError(t, d.Scan(nil))
	require.True(t, d.IsZero())
	require.Error(t, d.Scan(42))
	require.Error(t, d.Scan("yesterday"))
	require.Equal(t, "date", d.GormDataType())
}

func TestADateBelongsToTheZoneOfItsInstant(t *testing.T) {
	t.Parallel()
	instant := time.Date(2023, 12, 31, 16, 0, 0, 0, time.UTC)
	require.Equal(t, "2023-12-31", calendar.DateOf(instant).String())
	require.Equal(t, "2024-01-01", calendar.DateOf(instant.In(calendar.Beijing)).String())
	d := calendar.NewDate(2024, time.February, 30)
	require.Equal(t, "2024-03-01", d.String())
	require.Equal(t, []int{2024, 3, 1}, []int{d.Year(), int(d.Month()), d.Day()})
	require.Panics(t, func() { calendar.MustParseDate("tomorrow") })
	require.Empty(t, calendar.Date{}.String())
}
