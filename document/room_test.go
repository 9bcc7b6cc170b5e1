package document_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/document"
)

// words draws a text as names and titles are: characters, letters, brackets, points between names, all in a row; half of
// them as long as they may be.
func words(longest int) *rapid.Generator[string] {
	some := rapid.SampledFrom([]rune("数字技术工程师培训与评价人才发展研究院国家重点买买提·（）()，、WiM-10 8"))
	return rapid.OneOf(rapid.StringOfN(some, 1, longest, -1), rapid.StringOfN(some, longest, longest, -1))
}

// anyone is a certificate with fields as long as the record takes them.
func anyone(kind string, facts certificate.Facts) *rapid.Generator[certificate.Facts] {
	return rapid.Custom(func(t *rapid.T) certificate.Facts {
		facts := facts
		facts.IssuerName = words(60).Draw(t, "issuer")
		facts.Number = rapid.StringOfN(rapid.SampledFrom([]rune("DJPX-0123456789")), 32, 64, -1).Draw(t, "number")
		facts.Extra = rapid.SliceOfN(words(60), 0, 2).Draw(t, "extra")
		if kind == "ce_base" {
			facts.Course = words(100).Draw(t, "course")
		} else {
			facts.Occupation, facts.Direction = words(30).Draw(t, "occupation"), words(30).Draw(t, "direction")
		}
		return facts
	})
}

// However long names, titles and numbers are, every word stands inside the frame: the sheets of many certificates are
// printed in one file, and poppler says where each word is.
func TestHoweverLongItsFieldsAreNothingRunsOutOfTheFrame(t *testing.T) {
	t.Parallel()
	const each, mm, edge = 25, 72 / 25.4, 17.0
	booklet := printer(t).Booklet()
	for _, kind := range kinds {
		facts, holder, art := sample(t, kind)
		art.Seal = seal(t)
		facts.Demonstration, facts.SealDigest = false, digest(art.Seal) // the words of a drawn seal are to stand over others
		for i := range each {
			holder.Name = words(64).Example(i)
			booklet.Add(anyone(kind, facts).Example(i), holder, art)
		}
	}
	file, err := booklet.Print("许多证书")
	require.NoError(t, err)
	pages := strings.Split(run(t, "pdftotext", "-bbox", kept(t, file), "-"), "<page ")[1:]
	require.Len(t, pages, len(kinds)*each)
	for _, page := range pages {
		words := boxes(t, page)
		require.Greater(t, len(words), 10)
		for i, one := range words {
			require.True(t, edge*mm <= one.left && edge*mm <= one.top, one.word)
			require.True(t, one.right <= (297-edge)*mm && one.bottom <= (210-edge)*mm, one.word)
			for _, other := range words[:i] {
				require.False(t, one.touches(other), "%s and %s stand over each other", one.word, other.word)
			}
		}
	}
}

// boxed is where a word stands, from the line it stands on to its top.
type boxed struct {
	left, top, right, bottom float64
	word                     string
}

func boxes(t *testing.T, page string) []boxed {
	t.Helper()
	var all []boxed
	for _, m := range regexp.MustCompile(`<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>`).FindAllStringSubmatch(page, -1) {
		var at [4]float64
		for i := range at {
			var err error
			at[i], err = strconv.ParseFloat(m[i+1], 64)
			require.NoError(t, err)
		}
		all = append(all, boxed{at[0], at[1], at[2], at[3], m[5]})
	}
	return all
}

// touches leaves out the air that the font keeps above and below its characters, and beside them.
func (b boxed) touches(other boxed) bool {
	const air = 0.2
	low := func(x boxed) (top, bottom float64) {
		h := (x.bottom - x.top) * air
		return x.top + h, x.bottom - h
	}
	top, bottom := low(b)
	otherTop, otherBottom := low(other)
	return b.left+1 < other.right && other.left+1 < b.right && top < otherBottom && otherTop < bottom
}

func TestWhatCannotBeReadAtAnySizeIsRefusedWithItsField(t *testing.T) {
	t.Parallel()
	facts, holder, art := sample(t, "ce_base")
	facts.Course = strings.Repeat("数字技术", 300)
	_, err := printer(t).Render(facts, holder, art)
	var long *document.LongError
	require.ErrorAs(t, err, &long)
	require.Equal(t, "course", long.Field)
	facts, holder, art = sample(t, "grade")
	facts.Occupation = strings.Repeat("工程", 100)
	_, err = printer(t).Render(facts, holder, art)
	require.ErrorAs(t, err, &long)
	require.Equal(t, "occupation", long.Field)
}
