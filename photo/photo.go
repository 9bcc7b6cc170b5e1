// Package photo reads one-inch photos (一寸免冠照片) as people send them, and makes of each the one that is kept: the pixels
// that certificates print, and nothing of the camera, the place or the program that the file told of.
package photo

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // photos come as PNG, too
	"math"

	scale "golang.org/x/image/draw"
)

// What is kept: 25 × 35 mm at 300 dpi, as the examinations of the Ministry of Human Resources ask for.
const (
	Width     = 295
	Height    = 413
	MostBytes = 50 << 10
)

// Fault is what is wrong with a photo.
type Fault string

// The faults.
const (
	Format     Fault = "photo_format"     // neither JPEG nor PNG, or cut off
	TooSmall   Fault = "photo_too_small"  // fewer pixels than are kept
	TooLarge   Fault = "photo_too_large"  // more pixels than any scan of such a photo has
	Shape      Fault = "photo_shape"      // not 5 wide to 7 high
	Background Fault = "photo_background" // not white
)

// Read makes the photo that is kept, or lists everything that is wrong with the one that was sent. What a file claims to
// measure is looked at before anything of it is unpacked.
func Read(content []byte) ([]byte, []Fault) {
	const most, tolerance = 6000, 0.02
	size, kind, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || kind != "jpeg" && kind != "png" || size.Width == 0 || size.Height == 0 {
		return nil, []Fault{Format}
	}
	if size.Width > most || size.Height > most {
		return nil, []Fault{TooLarge}
	}
	var found []Fault
	if size.Width < Width || size.Height < Height {
		found = append(found, TooSmall)
	}
	want, got := float64(Width)/Height, float64(size.Width)/float64(size.Height)
	if math.Abs(got-want) > want*tolerance {
		found = append(found, Shape)
	}
	sent, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, []Fault{Format}
	}
	flat := image.NewRGBA(image.Rect(0, 0, Width, Height))
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	scale.CatmullRom.Scale(flat, flat.Bounds(), sent, sent.Bounds(), draw.Over, nil)
	if !onWhite(flat) {
		found = append(found, Background)
	}
	if len(found) > 0 {
		return nil, found
	}
	kept, fits := encode(flat)
	if !fits {
		return nil, []Fault{Format} // noise: no photo of a person is so large at this size
	}
	return kept, nil
}

// onWhite reports whether most of the border around the head is white: the top, and both sides down to the shoulders.
func onWhite(photo *image.RGBA) bool {
	const margin, shoulders, enough = 10, Height / 3, 0.85
	white, all := 0, 0
	for y := range shoulders {
		for x := range Width {
			if y >= margin && x >= margin && x < Width-margin {
				continue
			}
			all++
			if isWhite(photo.RGBAAt(x, y)) {
				white++
			}
		}
	}
	return float64(white) >= enough*float64(all)
}

// isWhite allows for shadows and for paper.
func isWhite(c color.RGBA) bool {
	const lightest, spread = 215, 30
	low, high := min(c.R, c.G, c.B), max(c.R, c.G, c.B)
	return low >= lightest && high-low <= spread
}

// encode makes a JPEG that is as good as there is room for.
func encode(photo image.Image) ([]byte, bool) {
	const best, worst, step = 95, 35, 10
	for quality := best; quality >= worst; quality -= step {
		var kept bytes.Buffer
		if err := jpeg.Encode(&kept, photo, &jpeg.Options{Quality: quality}); err != nil {
			return nil, false
		}
		if kept.Len() <= MostBytes {
			return kept.Bytes(), true
		}
	}
	return nil, false
}
