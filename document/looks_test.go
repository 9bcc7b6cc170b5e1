package document_test

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// renew writes the reference images anew: DENGPAN_RENEW=1 go test -run TestEachKindLooks ./document. Look at them before
// they are committed.
const renew = "DENGPAN_RENEW"

// picture is a page as poppler draws it, in shades of grey.
func picture(t *testing.T, file []byte) *image.Gray {
	t.Helper()
	out := filepath.Join(t.TempDir(), "page")
	run(t, "pdftoppm", "-r", "72", "-gray", "-png", "-singlefile", kept(t, file), out)
	return read(t, out+".png")
}

func read(t *testing.T, path string) *image.Gray {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	decoded, err := png.Decode(bytes.NewReader(content))
	require.NoError(t, err)
	grey := image.NewGray(decoded.Bounds())
	draw.Draw(grey, grey.Bounds(), decoded, decoded.Bounds().Min, draw.Src)
	return grey
}

// apart is how much of a page looks different: of its squares of a few pixels, those whose shades differ clearly. Edges that
// another version of poppler smooths in another way do not count.
func apart(t *testing.T, a, b *image.Gray) float64 {
	t.Helper()
	const side, clearly = 4, 24
	require.Equal(t, a.Bounds(), b.Bounds())
	shade := func(of *image.Gray, x, y int) (sum int) {
		for dy := range side {
			for dx := range side {
				sum += int(of.GrayAt(x+dx, y+dy).Y)
			}
		}
		return sum / (side * side)
	}
	different, all := 0, 0
	for y := 0; y+side <= a.Bounds().Dy(); y += side {
		for x := 0; x+side <= a.Bounds().Dx(); x += side {
			all++
			if d := shade(a, x, y) - shade(b, x, y); d > clearly || -d > clearly {
				different++
			}
		}
	}
	return float64(different) / float64(all)
}

// tolerance is half a thousandth of a page: less than one line of small print.
const tolerance = 0.0005

func TestEachKindLooksAsItDidWhenSomebodyLookedAtIt(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		facts, holder, art := sample(t, kind)
		now := picture(t, rendered(t, facts, holder, art))
		path := filepath.Join("testdata", kind+".png")
		if os.Getenv(renew) != "" {
			var out bytes.Buffer
			require.NoError(t, png.Encode(&out, now))
			require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
		}
		require.Less(t, apart(t, read(t, path), now), tolerance, kind)
	}
}

// The comparison is worth something only if it sees what a reader would.
func TestAPageThatLooksDifferentIsSeen(t *testing.T) {
	t.Parallel()
	facts, holder, art := sample(t, "training")
	reference := read(t, filepath.Join("testdata", "training.png"))
	for name, spoil := range map[string]func(){
		"another seal":      func() { art.Seal = seal(t); facts.SealDigest = digest(art.Seal) },
		"a longer name":     func() { holder.Name = "买买提·艾力" },
		"one address fewer": func() { facts.LookUp = facts.LookUp[:1] },
		"another code":      func() { facts.VerifyURL += "0123456789" },
	} {
		facts, holder, art = sample(t, "training")
		spoil()
		require.Greater(t, apart(t, reference, picture(t, rendered(t, facts, holder, art))), tolerance, name)
	}
}
