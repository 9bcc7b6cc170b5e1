package document

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// code prints the QR code that leads to the page where the certificate can be checked, as a link too, with its caption.
func (s *sheet) code(address string, x, y, side float64) {
	picture, err := squares(address)
	if err != nil {
		s.keep(err)
		return
	}
	s.image(picture, x, y, side, side)
	s.pdf.AddExternalLink(address, x, y, side, side) // on a screen a code is pressed; and a copy of the file is known by it
	s.text(x, y+side+3.4, side, style{size: 8.5, space: 1, align: centre, colour: brown}, say("scan", nil))
}

// squares is a QR code as a picture: each square several pixels wide, so that it is printed sharp, and white around.
func squares(address string) ([]byte, error) {
	const pixels, quiet = 8, 2
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("make a QR code: %w", err)
	}
	side := code.Bounds().Dx()
	if code, err = barcode.Scale(code, side*pixels, side*pixels); err != nil {
		return nil, fmt.Errorf("make a QR code: %w", err)
	}
	picture := image.NewGray(image.Rect(0, 0, (side+2*quiet)*pixels, (side+2*quiet)*pixels))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(picture, code.Bounds().Add(image.Pt(quiet*pixels, quiet*pixels)), code, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("write a QR code: %w", err)
	}
	return out.Bytes(), nil
}
