package number_test

import (
	"errors"
	"regexp"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/number"
)

func TestASchemeFormsNumbersByItsTemplate(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"PX-{issuer}-{year}-{seq:6}": "PX-CUG-BEIJING-2026-000042",
		"京数〔{year}〕第{seq:5}号":        "京数〔2026〕第00042号",
		"Y{yy}{seq:10}":              "Y260000000042",
		"{seq:3}/{issuer}":           "042/CUG-BEIJING",
	} {
		s, err := number.Parse(template)
		require.NoError(t, err, template)
		require.Equal(t, want, s.Format("cug-beijing", 2026, 42))
		require.Equal(t, template, s.String())
	}
}

func TestARunningNumberThatOutgrowsItsWidthIsNotCutOff(t *testing.T) {
	t.Parallel()
	s, err := number.Parse("A{seq:3}")
	require.NoError(t, err)
	require.Equal(t, "A1000", s.Format("", 2026, 1000))
}

func TestASchemeBeginsAnewEachYearOnlyWhenItsNumbersTellTheYear(t *testing.T) {
	t.Parallel()
	for template, yearly := range map[string]bool{"{year}{seq:6}": true, "{yy}{seq:6}": true, "{issuer}{seq:6}": false} {
		s, err := number.Parse(template)
		require.NoError(t, err)
		require.Equal(t, yearly, s.Yearly(), template)
	}
}

func TestATemplateThatIsNoneIsRefusedByWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]number.SyntaxError{
		"":                           {Fault: number.Empty, At: 0},
		"PX-{year}":                  {Fault: number.NoSequence, At: 9},
		"PX-{seq}":                   {Fault: number.Width, At: 3},
		"PX-{seq:2}":                 {Fault: number.Width, At: 3},
		"PX-{seq:11}":                {Fault: number.Width, At: 3},
		"PX-{seq:06}":                {Fault: number.Width, At: 3},
		"PX-{year:2}{seq:6}":         {Fault: number.Width, At: 3},
		"京{seq:6}-{seq:6}":           {Fault: number.TwoSequences, At: 9},
		"京京{name}{seq:6}":            {Fault: number.Unknown, At: 2},
		"PX-{seq:6":                  {Fault: number.Unclosed, At: 3},
		"PX}{seq:6}":                 {Fault: number.Unclosed, At: 2},
		"{{seq:6}}":                  {Fault: number.Unclosed, At: 0},
		"PX {seq:6}":                 {Fault: number.Characters, At: 2},
		"-{seq:6}":                   {Fault: number.Characters, At: 0},
		"{seq:6}é":                   {Fault: number.Characters, At: 7},
		"ABCDEFGHIJ{issuer}-{seq:6}": {Fault: number.TooLong, At: 26},
	} {
		_, err := number.Parse(template)
		var refused *number.SyntaxError
		require.ErrorAs(t, err, &refused, template)
		require.Equal(t, want, *refused, template)
	}
}

func TestEveryKindOfCertificateHasADefaultSchemeWhoseNumbersTellItFromTheOthers(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, kind := range []string{"training", "grade", "ce_base"} {
		seen[number.Default(kind).Format("cie", 2026, 1)] = true
	}
	require.Equal(t, map[string]bool{"PX-CIE-2026-000001": true, "DJ-CIE-2026-000001": true, "JX-CIE-2026-000001": true}, seen)
}

// Whatever is typed as a template: it is refused with a place within it, or its numbers are such as institutions may report,
// fit on their line, and differ whenever their running numbers do.
func FuzzTemplates(f *testing.F) {
	for _, template := range []string{"PX-{issuer}-{year}-{seq:6}", "{seq:3}{yy}", "〔{seq:6}", "{", "}{", "\xff{seq:6}", "{seq:6}{seq:6}"} {
		f.Add(template, uint16(7), uint16(8))
	}
	reported := regexp.MustCompile(`^[\p{Han}A-Za-z0-9][\p{Han}A-Za-z0-9()（）〔〕\[\]._/#-]{0,63}$`)
	f.Fuzz(func(t *testing.T, template string, one, other uint16) {
		s, err := number.Parse(template)
		if refused, wrong := errors.AsType[*number.SyntaxError](err); wrong {
			require.GreaterOrEqual(t, refused.At, 0)
			require.LessOrEqual(t, refused.At, utf8.RuneCountInString(template))
			return
		}
		require.NoError(t, err)
		const sequence = 999
		one, other = one%sequence+1, other%sequence+1
		first := s.Format("cug-beijing", 2026, int(one))
		require.Regexp(t, reported, first)
		require.Equal(t, one == other, first == s.Format("cug-beijing", 2026, int(other)))
	})
}
