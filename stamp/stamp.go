// Package stamp reads images of institutions' seals (印章) as they send them, and makes of each the one that certificates
// print: the ink alone, on nothing, and none of what the program that made the file told of. It is pure.
package stamp

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
)

// Bounds of an image of a seal. A seal of 42 mm is 500 pixels wide at 300 dpi.
const (
	LeastPixels = 200
	MostPixels  = 1200
	MostBytes   = 200 << 10
)

// Fault is what is wrong with an image of a seal.
type Fault string

// The faults.
const (
	Format     Fault = "seal_format"     // no PNG, or cut off
	TooSmall   Fault = "seal_too_small"  // fewer pixels than print well
	TooLarge   Fault = "seal_too_large"  // more pixels, or more bytes, than a seal needs
	Shape      Fault = "seal_shape"      // more than twice as wide as high, or the other way round
	Background Fault = "seal_background" // neither white nor transparent around the ink
	Colour     Fault = "seal_colour"     // ink of another colour than red
	Blank      Fault = "seal_blank"      // hardly any ink
)

// Read makes the image that is kept, or lists what is wrong with the one that was sent. What a file claims to measure is
// looked at before anything of it is unpacked.
func Read(content []byte) ([]byte, []Fault) {
	if len(content) > MostBytes {
		return nil, []Fault{TooLarge}
	}
	size, err := png.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, []Fault{Format}
	}
	var found []Fault
	long, short := max(size.Width, size.Height), min(size.Width, size.Height)
	if long > MostPixels {
		return nil, []Fault{TooLarge}
	}
	if short < LeastPixels {
		found = append(found, TooSmall)
	}
	if long > 2*short {
		found = append(found, Shape)
	}
	sent, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, []Fault{Format}
	}
	ink := lift(sent)
	if found = append(found, look(ink)...); len(found) > 0 {
		return nil, found
	}
	var kept bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&kept, ink); err != nil || kept.Len() > MostBytes {
		return nil, []Fault{TooLarge}
	}
	return kept.Bytes(), nil
}

// lift takes the paper away: what is nearly white becomes nothing.
func lift(sent image.Image) *image.NRGBA {
	ink := image.NewNRGBA(image.Rect(0, 0, sent.Bounds().Dx(), sent.Bounds().Dy()))
	draw.Draw(ink, ink.Bounds(), sent, sent.Bounds().Min, draw.Src)
	for y := range ink.Bounds().Dy() {
		for x := range ink.Bounds().Dx() {
			if paper(ink.NRGBAAt(x, y)) {
				ink.SetNRGBA(x, y, color.NRGBA{})
			}
		}
	}
	return ink
}

// paper allows for scans and for what compression leaves behind.
func paper(c color.NRGBA) bool {
	const lightest, faintest = 225, 16
	return c.A < faintest || min(c.R, c.G, c.B) >= lightest
}

// look finds what is wrong with a seal whose paper was taken away.
func look(ink *image.NRGBA) []Fault {
	const (
		least   = 0.02 // of the image is ink, at least
		border  = 0.02 // of its edge at most
		reddish = 0.9  // of the ink
	)
	width, height := ink.Bounds().Dx(), ink.Bounds().Dy()
	var inked, red, edge int
	for y := range height {
		for x := range width {
			c := ink.NRGBAAt(x, y)
			if c.A == 0 {
				continue
			}
			inked++
			if c.R > c.G && c.R > c.B && int(c.R)-int(max(c.G, c.B)) >= int(c.R)/4 {
				red++
			}
			if x == 0 || y == 0 || x == width-1 || y == height-1 {
				edge++
			}
		}
	}
	var found []Fault
	if float64(edge) > border*float64(2*(width+height)) {
		found = append(found, Background)
	}
	if float64(inked) < least*float64(width*height) {
		return append(found, Blank)
	}
	if float64(red) < reddish*float64(inked) {
		found = append(found, Colour)
	}
	return found
}
