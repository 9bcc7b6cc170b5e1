package identity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/identity"
)

func TestANameHasOneForm(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"张三":                          "张三",
		"  张三\u3000":                  "张三",
		"\uFEFF张三\n":                  "张三",
		"买买提·艾力":                      "买买提·艾力",
		"买买提•艾力":                      "买买提·艾力",
		"买买提・艾力":                      "买买提·艾力",
		"买买提･艾力":                      "买买提·艾力",
		"买买提‧艾力":                      "买买提·艾力",
		"买买提 · 艾力":                    "买买提·艾力",
		"买买提\u3000・\u00a0艾力":          "买买提·艾力",
		"Mary  Jane O'Neil-Smith Jr.": "Mary Jane O'Neil-Smith Jr.",
		"José Álvarez":                "José Álvarez",
		"何〇":                          "何〇",
		"𠮷田":                          "𠮷田", // beyond the basic plane
		"豈凡":                          "豈凡", // a compatibility character stays what it is
	} {
		name, err := identity.ParseName(typed)
		require.NoError(t, err, "%q", typed)
		require.Equal(t, want, name)
	}
}

func TestWhatIsNoNameIsRefused(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]identity.Fault{
		"":                               identity.NameEmpty,
		" \u3000\t":                      identity.NameEmpty,
		"张三1":                            identity.NameChars,
		"张三１":                            identity.NameChars,
		"张\x00三":                         identity.NameChars,
		"张\n三":                           identity.NameChars,
		"张\u200b三":                       identity.NameChars, // zero width
		"\u202e张三":                       identity.NameChars, // turns the writing direction
		"张三<script>":                     identity.NameChars,
		"张三@":                            identity.NameChars,
		"张三😀":                            identity.NameChars,
		"\xff\xfe":                       identity.NameChars,
		"·":                              identity.NameChars,
		"···---":                         identity.NameChars,
		strings.Repeat("张", 65):          identity.NameLength,
		strings.Repeat("ab ", 21) + "cd": identity.NameLength,
	} {
		_, err := identity.ParseName(typed)
		require.ErrorIs(t, err, want, "%q", typed)
		require.NotEqual(t, string(want), err.Error(), "a fault is said in words")
	}
	name, err := identity.ParseName(strings.Repeat("张", 64))
	require.NoError(t, err)
	require.Len(t, []rune(name), 64)
}

func TestTheFormOfANameIsFinal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.OneOf(
			rapid.String(),
			rapid.StringOfN(rapid.SampledFrom([]rune("张三·•・ 　a-'.")), 0, 80, -1),
		).Draw(t, "typed")
		name, err := identity.ParseName(typed)
		if err != nil {
			return
		}
		again, err := identity.ParseName(name)
		require.NoError(t, err)
		require.Equal(t, name, again)
		require.LessOrEqual(t, len([]rune(name)), 64)
	})
}

func TestAnUnknownFaultStillSaysItsCode(t *testing.T) {
	t.Parallel()
	require.Equal(t, "unheard_of", identity.Fault("unheard_of").Error())
}
