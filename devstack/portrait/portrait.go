// Package portrait draws one-inch photos of nobody: a figure before a white wall, a little different for each number. The
// people of demonstrations and tests have them on their certificates.
package portrait

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
)

// Size is 25 × 35 mm at 300 dpi, as the product keeps photos.
const (
	width  = 295
	height = 413
)

// PNG is the photo of the n-th nobody.
func PNG(n int) []byte {
	canvas := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(canvas, canvas.Bounds(), image.White, image.Point{}, draw.Src)
	const shades, step = 8, 12
	shade := uint8(n%shades) * step
	coat := color.RGBA{R: 40 + shade, G: 60 + shade, B: 90 + shade, A: 255}
	skin := color.RGBA{R: 225 - shade, G: 190 - shade, B: 165 - shade, A: 255}
	hair := color.RGBA{R: 30 + shade/2, G: 25 + shade/2, B: 22 + shade/2, A: 255}
	middle := image.Pt(width/2, 0)
	ellipse(canvas, middle.Add(image.Pt(0, 400)), 125, 130, coat)
	draw.Draw(canvas, image.Rect(middle.X-28, 225, middle.X+28, 295), image.NewUniform(skin), image.Point{}, draw.Src)
	ellipse(canvas, middle.Add(image.Pt(0, 150)), 76, 92, hair)
	ellipse(canvas, middle.Add(image.Pt(0, 172)), 64, 80, skin)
	for _, side := range []int{-26, 26} {
		ellipse(canvas, middle.Add(image.Pt(side, 165)), 7, 5, hair)
	}
	ellipse(canvas, middle.Add(image.Pt(0, 216)), 18, 4, color.RGBA{R: 170, G: 90, B: 85, A: 255})
	var out bytes.Buffer
	_ = png.Encode(&out, canvas) // a buffer takes everything
	return out.Bytes()
}

func ellipse(canvas *image.RGBA, at image.Point, a, b int, fill color.Color) {
	for y := -b; y <= b; y++ {
		for x := -a; x <= a; x++ {
			if x*x*b*b+y*y*a*a <= a*a*b*b {
				canvas.Set(at.X+x, at.Y+y, fill)
			}
		}
	}
}
