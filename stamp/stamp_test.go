package stamp_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/stamp"
)

var (
	red     = color.NRGBA{R: 200, G: 20, B: 30, A: 255}
	blue    = color.NRGBA{R: 20, G: 20, B: 200, A: 255}
	white   = color.NRGBA{R: 250, G: 250, B: 250, A: 255}
	nothing = color.NRGBA{}
)

// ring is an image of a round seal: a ring of ink on paper.
func ring(width, height int, ink, paper color.NRGBA) []byte {
	drawn := image.NewNRGBA(image.Rect(0, 0, width, height))
	draw.Draw(drawn, drawn.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	outer := float64(min(width, height))/2 - 4
	for y := range height {
		for x := range width {
			distance := math.Hypot(float64(x)-float64(width)/2, float64(y)-float64(height)/2)
			if distance <= outer && distance >= outer*0.85 {
				drawn.SetNRGBA(x, y, ink)
			}
		}
	}
	return encoded(drawn)
}

func encoded(drawn image.Image) []byte {
	var file bytes.Buffer
	if err := png.Encode(&file, drawn); err != nil {
		panic(err)
	}
	return file.Bytes()
}

func TestOfASealTheInkIsKeptAndThePaperIsNot(t *testing.T) {
	t.Parallel()
	for _, paper := range []color.NRGBA{white, nothing} {
		kept, faults := stamp.Read(ring(400, 400, red, paper))
		require.Empty(t, faults)
		drawn, err := png.Decode(bytes.NewReader(kept))
		require.NoError(t, err)
		require.Equal(t, red, color.NRGBAModel.Convert(drawn.At(10, 200)))
		require.Equal(t, nothing, color.NRGBAModel.Convert(drawn.At(200, 200)))
		again, faults := stamp.Read(kept)
		require.Empty(t, faults)
		require.Equal(t, kept, again, "what is kept is kept as it is")
	}
}

func TestWhatIsNoImageOfASealIsRefusedByWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	good := ring(400, 400, red, white)
	for name, c := range map[string]struct {
		content []byte
		want    []stamp.Fault
	}{
		"nothing":          {nil, []stamp.Fault{stamp.Format}},
		"cut off":          {good[:len(good)/2], []stamp.Fault{stamp.Format}},
		"no PNG":           {[]byte("GIF89a"), []stamp.Fault{stamp.Format}},
		"too few pixels":   {ring(150, 150, red, white), []stamp.Fault{stamp.TooSmall}},
		"too many pixels":  {ring(1300, 1300, red, white), []stamp.Fault{stamp.TooLarge}},
		"too many bytes":   {append(bytes.Clone(good), make([]byte, stamp.MostBytes)...), []stamp.Fault{stamp.TooLarge}},
		"a strip":          {ring(900, 400, red, white), []stamp.Fault{stamp.Shape}},
		"on coloured card": {ring(400, 400, red, color.NRGBA{R: 230, G: 120, B: 120, A: 255}), []stamp.Fault{stamp.Background}},
		"blue":             {ring(400, 400, blue, white), []stamp.Fault{stamp.Colour}},
		"a blank sheet":    {ring(400, 400, white, white), []stamp.Fault{stamp.Blank}},
		"blue, on black":   {ring(400, 400, blue, color.NRGBA{A: 255}), []stamp.Fault{stamp.Background, stamp.Colour}},
	} {
		_, faults := stamp.Read(c.content)
		require.Equal(t, c.want, faults, name)
	}
}
