package identity_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
)

// Published samples and unassigned numbers only; none is a living person's.
const sample = "11010519491231002X"

func parse(t require.TestingT, s string) identity.ResidentID {
	id, err := identity.ParseResidentID(s)
	require.NoError(t, err)
	return id
}

func TestPublishedNumbersAreValid(t *testing.T) {
	t.Parallel()
	for number, born := range map[string]string{
		sample:               "1949-12-31",
		"440524188001010014": "1880-01-01",
		"34052419800101001X": "1980-01-01",
		"990000199001010017": "1990-01-01", // an area that is assigned to nobody
		"830000199001010020": "1990-01-01", // residence permit of a Taiwan resident
		"810000198506150039": "1985-06-15", // residence permit of a Hong Kong resident
	} {
		id := parse(t, number)
		require.Equal(t, number, id.Number())
		require.Equal(t, born, id.Born().String())
		require.False(t, id.IsZero())
	}
}

func TestNumbersAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{
		"11010519491231002x", " 11010519491231002X\n", "\t11010519491231002X\u3000", "１１０１０５１９４９１２３１００２Ｘ",
		"１１０１０５１９４９１２３１００２ｘ", "\uFEFF11010519491231002X", "1101051949123１002X",
	} {
		require.Equal(t, sample, parse(t, typed).Number(), "%q", typed)
	}
}

func TestAFaultyNumberIsRefusedForItsFault(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]identity.Fault{
		"":                    identity.IDLength,
		"1101051949123100":    identity.IDLength,
		"1101051949123100221": identity.IDLength,
		"110105 19491231002X": identity.IDLength,
		"110105491231002":     identity.IDLegacy,
		" １１０１０５４９１２３１００２": identity.IDLegacy,
		"11010549123100X":    identity.IDLength,
		"X10105194912310021": identity.IDCharacters,
		"11010519491231002Y": identity.IDCharacters,
		"1101051949123100X2": identity.IDCharacters,
		"-10105194912310021": identity.IDCharacters,
		"١١٠١٠٥١٩٤٩١٢٣١٠٠٢٣": identity.IDCharacters,
		"990000199002290014": identity.IDDate,
		"990000199013010010": identity.IDDate,
		"990000000001010010": identity.IDDate,
		"110105194912310021": identity.IDCheckDigit,
		"110105194912310020": identity.IDCheckDigit,
	} {
		id, err := identity.ParseResidentID(number)
		require.ErrorIs(t, err, want, "%q", number)
		require.NotEmpty(t, err.Error())
		require.NotEqual(t, string(want), err.Error(), "a fault is said in words")
		require.True(t, id.IsZero())
	}
}

func TestNobodyIsBornAfterToday(t *testing.T) {
	t.Parallel()
	born := calendar.MustParseDate("2024-02-29")
	number := identity.Synthetic(7, born).Number()
	_, err := identity.ParseResidentIDOn(number, born.AddDays(-1))
	require.ErrorIs(t, err, identity.IDFuture)
	_, err = identity.ParseResidentIDOn(number, born)
	require.NoError(t, err)
	_, err = identity.ParseResidentID(identity.Synthetic(1, calendar.MustParseDate("9999-12-31")).Number())
	require.ErrorIs(t, err, identity.IDFuture)
}

func TestEverySingleWrongDigitIsNoticed(t *testing.T) {
	t.Parallel()
	for _, number := range []string{sample, "440524188001010014", "990000199001010017"} {
		for at := range number {
			for _, other := range "0123456789X" {
				if byte(other) == number[at] || (other == 'X' && at < len(number)-1) {
					continue
				}
				_, err := identity.ParseResidentID(number[:at] + string(other) + number[at+1:])
				require.Error(t, err, "%s with %c at %d", number, other, at)
			}
		}
	}
}

func TestEverySwapOfNeighbouringDigitsIsNoticed(t *testing.T) {
	t.Parallel()
	for _, number := range []string{sample, "34052419800101001X", "990000199001010017"} {
		for at := range len(number) - 1 {
			if number[at] == number[at+1] {
				continue
			}
			swapped := []byte(number)
			swapped[at], swapped[at+1] = swapped[at+1], swapped[at]
			_, err := identity.ParseResidentID(string(swapped))
			require.Error(t, err, "%s", swapped)
		}
	}
}

func TestSyntheticNumbersAreValidDifferentAndBelongToNobody(t *testing.T) {
	t.Parallel()
	require.Equal(t, "990000199001010017", identity.Synthetic(1, calendar.MustParseDate("1990-01-01")).Number())
	rapid.Check(t, func(t *rapid.T) {
		born := calendar.MustParseDate("1950-01-01").AddDays(rapid.IntRange(0, 20_000).Draw(t, "born"))
		n := rapid.IntRange(0, 9_999_999).Draw(t, "n")
		id := identity.Synthetic(n, born)
		require.Equal(t, id, parse(t, id.Number()))
		require.Equal(t, born, id.Born())
		require.True(t, strings.HasPrefix(id.Number(), "99"))
		other := rapid.IntRange(0, 9_999_999).Draw(t, "other")
		require.Equal(t, n == other, id == identity.Synthetic(other, born))
	})
	require.Panics(t, func() { identity.Synthetic(-1, calendar.MustParseDate("1990-01-01")) })
	require.Panics(t, func() { identity.Synthetic(10_000_000, calendar.MustParseDate("1990-01-01")) })
}

func TestANumberNeverPrintsWhole(t *testing.T) {
	t.Parallel()
	id := parse(t, sample)
	require.Equal(t, "110***********002X", id.Mask())

	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("seen", "id", id)
	slog.New(slog.NewTextHandler(&log, nil)).Info("seen", "id", id, "ids", []identity.ResidentID{id})
	inJSON, err := json.Marshal(map[string]any{"id": id, "ids": []identity.ResidentID{id}})
	require.NoError(t, err)
	for _, text := range []string{
		id.String(), fmt.Sprint(id), fmt.Sprintf("%v %+v %#v %s %q", id, id, id, id, id), string(inJSON), log.String(),
		fmt.Sprintf("%v %+v", struct{ ID identity.ResidentID }{id}, []identity.ResidentID{id}),
	} {
		require.NotContains(t, text, "19491231")
		require.Contains(t, text, "110***")
	}
	require.Empty(t, identity.ResidentID{}.String())
	require.True(t, identity.ResidentID{}.Born().IsZero())
}

func FuzzParseResidentID(f *testing.F) {
	for _, seed := range []string{
		sample, "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "990000199002290014", "110105491231002", "", "\x00", "\xff\xfe",
		"11010519491231002\u0130", "990000199001010017",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := identity.ParseResidentID(s)
		if err != nil {
			var fault identity.Fault
			require.ErrorAs(t, err, &fault)
			require.True(t, id.IsZero())
			return
		}
		require.Len(t, id.Number(), 18)
		require.Equal(t, id, parse(t, id.Number()), "the normal form reads as itself")
		require.False(t, id.Born().IsZero())
		require.Len(t, id.Mask(), 18)
	})
}
