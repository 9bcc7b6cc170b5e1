package identity

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Published samples, a residence permit and an unassigned number; some end in X.
var numbers = []string{
	"11010519491231002X", "440524188001010014", "34052419800101001X", "830000199001010020", "810000198506150039",
	"990000199001010017",
}

var codes = []string{
	"11110000000021135M", "11430000006122244L", "11330105002500287C", "11100000000013338W",
}

func agrees(number string) bool {
	return decimal(number[:idLength-1]) && checkDigit(number) == number[idLength-1]
}

func swapped(s string, i, j int) string {
	b := []byte(s)
	b[i], b[j] = b[j], b[i]
	return string(b)
}

func TestTheCheckDigitNoticesEverySingleWrongCharacter(t *testing.T) {
	t.Parallel()
	for _, number := range numbers {
		require.True(t, agrees(number))
		for at := range number {
			for _, other := range "0123456789X" {
				if byte(other) != number[at] {
					require.False(t, agrees(number[:at]+string(other)+number[at+1:]), "%s with %c at %d", number, other, at)
				}
			}
		}
	}
}

// The weights are powers of 2 modulo 11 and come again after ten places. What the digit cannot notice is therefore a swap
// of two digits exactly ten places apart: of area with date or serial, the first eight with the last eight. It notices
// every other swap, all of neighbours among them.
func TestTheCheckDigitNoticesEverySwapButOfDigitsTenPlacesApart(t *testing.T) {
	t.Parallel()
	const period = 10
	unnoticed := 0
	for _, number := range numbers {
		for i := range number {
			for j := i + 1; j < len(number); j++ {
				if number[i] == number[j] {
					continue
				}
				blind := j-i == period && number[j] != 'X' // an X elsewhere than at the end is no digit
				require.Equal(t, blind, agrees(swapped(number, i, j)), "%s: %d with %d", number, i, j)
				if !blind {
					continue
				}
				unnoticed++
				if _, err := ParseResidentID(swapped(number, i, j)); err != nil {
					require.NotErrorIs(t, err, IDCheckDigit)
					require.Contains(t, []error{IDDate, IDFuture}, err, "the date may notice what the digit does not")
				}
			}
		}
	}
	require.NotZero(t, unnoticed)
}

func TestPublishedCreditCodesAreValid(t *testing.T) {
	t.Parallel()
	for _, code := range codes {
		for _, typed := range []string{code, strings.ToLower(code), " " + code + "\u3000", "\uFEFF" + code + "\n"} {
			parsed, err := ParseUSCC(typed)
			require.NoError(t, err, typed)
			require.Equal(t, code, parsed.String())
			text, err := parsed.MarshalText()
			require.NoError(t, err)
			require.Equal(t, code, string(text))
		}
	}
	wide, err := ParseUSCC("１１１１００００００００２１１３５Ｍ")
	require.NoError(t, err)
	require.Equal(t, codes[0], wide.String())
	require.True(t, USCC{}.IsZero())
}

func TestTheWeightsAreTheStandards(t *testing.T) {
	t.Parallel()
	// A one in a single place is taken from 31 by that place's weight.
	for at, weight := range []int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28} {
		body := strings.Repeat("0", at) + "1" + strings.Repeat("0", usccLength-1-at)
		require.Equal(t, usccAlphabet[31-weight], usccCheck(body), at)
	}
}

func TestACreditCodeNoticesEverySingleWrongCharacter(t *testing.T) {
	t.Parallel()
	for _, code := range codes {
		for at := range code {
			for _, other := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
				if byte(other) == code[at] {
					continue
				}
				_, err := ParseUSCC(code[:at] + string(other) + code[at+1:])
				if strings.ContainsRune("IOSVZ", other) {
					require.ErrorIs(t, err, IDUSCCCharacters)
				}
				require.Error(t, err, "%s with %c at %d", code, other, at)
			}
		}
	}
}

// The weights 1, 3, 9, … are all different, and the check character weighs 1 as the first character does: of all swaps,
// only that of the first character with the last goes unnoticed.
func TestACreditCodeNoticesEverySwapButOfItsEnds(t *testing.T) {
	t.Parallel()
	for _, code := range codes {
		for i := range code {
			for j := i + 1; j < len(code); j++ {
				if code[i] == code[j] {
					continue
				}
				_, err := ParseUSCC(swapped(code, i, j))
				require.Equal(t, i == 0 && j == usccLength-1, err == nil, "%s: %d with %d", code, i, j)
			}
		}
	}
}

func TestAFaultyCreditCodeIsRefusedForItsFault(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]Fault{
		"":                    IDUSCCLength,
		"1111000000002113":    IDUSCCLength,
		"11110000000021135MM": IDUSCCLength,
		"1111000000002113 5M": IDUSCCLength,
		"11110000000021135I":  IDUSCCCharacters,
		"11110000000O21135M":  IDUSCCCharacters,
		"11A10000000021135M":  IDUSCCCharacters,
		"1111000000002113－M":  IDUSCCCharacters,
		"1111000000002113٥M":  IDUSCCCharacters,
		"11110000000021135N":  IDUSCCCheck,
	} {
		parsed, err := ParseUSCC(code)
		require.ErrorIs(t, err, want, code)
		require.NotEqual(t, string(want), err.Error(), "a fault is said in words")
		require.True(t, parsed.IsZero())
	}
}

func FuzzParseUSCC(f *testing.F) {
	for _, code := range codes {
		f.Add(code)
		f.Add(strings.ToLower(code))
	}
	f.Add("\xff\xfe")
	f.Add("１１１１００００００００２１１３５Ｍ")
	f.Fuzz(func(t *testing.T, s string) {
		code, err := ParseUSCC(s)
		if err != nil {
			var fault Fault
			require.ErrorAs(t, err, &fault)
			require.True(t, code.IsZero())
			return
		}
		require.Len(t, code.String(), usccLength)
		again, err := ParseUSCC(code.String())
		require.NoError(t, err)
		require.Equal(t, code, again, "the normal form reads as itself")
	})
}
