package document

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"

	"github.com/signintech/gopdf"
)

// across is how wide a seal is printed.
const across = 40.0

// signature writes who issued the certificate and when: the lower right of the page, where the name's last line stands at y.
// The seal stands on both, as seals do.
func (s *sheet) signature(p paper, x, y, width float64) {
	const down, small = 9.0, 6.5
	f := p.facts
	name := box{
		field: "issuer", x: x, y: y, width: width, lines: 2, least: 8, bottom: true, how: style{size: 16, align: centre, colour: ink},
	}
	size, lines := s.fit(name, f.IssuerName)
	s.seal(p, x+width/2, y-size*leading/mm*float64(len(lines)-1))
	s.fill(name, f.IssuerName)
	y += down
	s.text(x, y, width, style{size: 14, align: centre, colour: ink}, say("issued_on", map[string]any{"date": date(f.IssuedOn)}))
	if f.SealStandIn {
		s.fill(box{
			field: "seal_name", x: x, y: y + small, width: width, lines: 2, least: 6, how: style{size: 9, align: centre, colour: brown},
		}, say("stand_in", map[string]any{"name": f.SealName}))
	}
}

// seal prints the seal over where the issuer's name begins: the issuer's image or, with 演示数据 only, one that says that it
// is none, higher up, so that it can be read.
func (s *sheet) seal(p paper, x, y float64) {
	const up, upper = 4.0, 13.0
	if p.facts.SealDigest == "" {
		s.drawnSeal(x, y-upper)
		return
	}
	picture, err := flat(p.art.Seal)
	if err != nil {
		s.keep(err)
		return
	}
	// The words under the seal stay readable, as under ink.
	s.keep(s.pdf.SetTransparency(gopdf.Transparency{Alpha: 0.92, BlendModeType: gopdf.Multiply}))
	s.image(picture, x-across/2, y-up-across/2, across, across)
	s.pdf.ClearTransparency()
}

// flat makes of a seal's image, whatever it is stored as, one that documents hold as it is.
func flat(content []byte) ([]byte, error) {
	sent, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("read a seal: %w", err)
	}
	square := image.NewNRGBA(image.Rect(0, 0, sent.Bounds().Dx(), sent.Bounds().Dy()))
	draw.Draw(square, square.Bounds(), sent, sent.Bounds().Min, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, square); err != nil {
		return nil, fmt.Errorf("write a seal: %w", err)
	}
	return out.Bytes(), nil
}

// drawnSeal is the seal of a demonstration. It has neither the star nor the name that a seal would have.
func (s *sheet) drawnSeal(x, y float64) {
	const tilt, radius = 8.0, across / 2
	s.pdf.Rotate(tilt, x*mm, y*mm)
	s.stroke(stamp, 2)
	s.circle(x, y, radius-1)
	s.stroke(stamp, 0.6)
	s.circle(x, y, radius-2.6)
	s.text(x-radius, y-9.6, across, style{size: 8, space: 1, align: centre, colour: stamp}, say("seal_above", nil))
	s.text(x-radius, y-0.2, across, style{size: 26, space: 3, align: centre, colour: stamp}, say("seal", nil))
	s.text(x-radius, y+5.6, across, style{size: 8, space: 1, align: centre, colour: stamp}, say("seal_below", nil))
	s.pdf.RotateReset()
}

func (s *sheet) circle(x, y, radius float64) {
	s.pdf.Oval((x-radius)*mm, (y-radius)*mm, (x+radius)*mm, (y+radius)*mm)
}

// image prints a picture.
func (s *sheet) image(content []byte, x, y, width, height float64) {
	holder, err := gopdf.ImageHolderByBytes(content)
	if err != nil {
		s.keep(err)
		return
	}
	s.keep(s.pdf.ImageByHolderWithOptions(holder, gopdf.ImageOptions{X: x * mm, Y: y * mm, Rect: &gopdf.Rect{W: width * mm, H: height * mm}}))
}
