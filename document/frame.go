package document

import (
	"math"

	"github.com/signintech/gopdf"
)

// frame draws the border: a line, a band of interlaced waves, a line; and faintly, under the text, a rosette.
func (s *sheet) frame() {
	const outer, inner = 9.0, 17.0
	s.stroke(red, 1.4)
	s.rectangle(outer, outer, wide-2*outer, high-2*outer)
	s.stroke(gold, 0.5)
	s.rectangle(outer+1.2, outer+1.2, wide-2*outer-2.4, high-2*outer-2.4)
	s.rectangle(inner, inner, wide-2*inner, high-2*inner)
	s.stroke(gold, 0.45)
	const middle, waves = (outer + 1.2 + inner) / 2, 3
	for wave := range waves {
		s.band(middle, 2.6, 2*math.Pi*float64(wave)/waves)
	}
	for _, x := range []float64{outer + 1.2, wide - inner} {
		for _, y := range []float64{outer + 1.2, high - inner} {
			s.corner(x, y, inner-outer-1.2)
		}
	}
	s.stroke(ivory, 0.5)
	s.rosette(wide/2, high/2+4, 66)
	if s.demonstration {
		s.banner()
	}
}

// band draws a wave around the page, at a distance from its edge.
func (s *sheet) band(distance, height, phase float64) {
	const along, steps = 8.6, 10 // the length of a wave; points on each
	w, h := wide-2*distance, high-2*distance
	var points []gopdf.Point
	// side walks one side from corner to corner.
	side := func(x, y, dx, dy, length float64) {
		n := math.Round(length / along)
		for i := range int(n) * steps {
			t := float64(i) / (n * steps)
			off := height * math.Sin(2*math.Pi*n*t+phase)
			points = append(points, gopdf.Point{X: x + dx*t*length - dy*off, Y: y + dy*t*length + dx*off})
		}
	}
	side(distance, distance, 1, 0, w)
	side(distance+w, distance, 0, 1, h)
	side(distance+w, distance+h, -1, 0, w)
	side(distance, distance+h, 0, -1, h)
	s.polygon(points, "D")
}

// corner draws a square with a flower of lines over where the waves meet.
func (s *sheet) corner(x, y, side float64) {
	s.pdf.SetFillColor(0xff, 0xff, 0xff)
	s.stroke(gold, 0.5)
	s.polygon([]gopdf.Point{{X: x, Y: y}, {X: x + side, Y: y}, {X: x + side, Y: y + side}, {X: x, Y: y + side}}, "DF")
	const petals, steps = 4, 96
	for _, size := range []float64{0.44, 0.3} {
		points := make([]gopdf.Point, steps)
		for i := range points {
			t := 2 * math.Pi * float64(i) / steps
			r := side * size * (0.62 + 0.38*math.Cos(petals*t))
			points[i] = gopdf.Point{X: x + side/2 + r*math.Cos(t), Y: y + side/2 + r*math.Sin(t)}
		}
		s.polygon(points, "D")
	}
}

// rosette draws what a guilloche engine would: a curve that goes round and round and never covers itself.
func (s *sheet) rosette(x, y, radius float64) {
	const petals, turns, steps = 57, 10, 1700
	points := make([]gopdf.Point, steps)
	for i := range points {
		t := 2 * math.Pi * float64(turns) * float64(i) / steps
		r := radius * (0.72 + 0.28*math.Cos(petals*t/turns))
		points[i] = gopdf.Point{X: x + 1.25*r*math.Cos(t), Y: y + r*math.Sin(t)}
	}
	s.polygon(points, "D")
}

// banner says on top of the page that nothing on it is real.
func (s *sheet) banner() {
	const width, height, y, size = 74.0, 7.4, 20.0, 12.0
	x := (wide - width) / 2
	s.stroke(notice, 0.8)
	s.rectangle(x, y, width, height)
	s.text(x, y+5.3, width, style{size: size, space: 1.2, align: centre, colour: notice}, say("demonstration", nil))
}

// heading writes the title, with a line and a diamond under it.
func (s *sheet) heading(y, size, space float64, title string) {
	s.text(0, y, wide, style{size: size, space: space, align: centre, colour: red}, title)
	const below, half, diamond = 7.0, 62.0, 1.3
	y += below
	s.stroke(gold, 0.6)
	s.line(wide/2-half, y, wide/2-2*diamond, y)
	s.line(wide/2+2*diamond, y, wide/2+half, y)
	s.pdf.SetFillColor(gold.r, gold.g, gold.b)
	s.polygon([]gopdf.Point{
		{X: wide / 2, Y: y - diamond}, {X: wide/2 + diamond, Y: y}, {X: wide / 2, Y: y + diamond}, {X: wide/2 - diamond, Y: y},
	}, "F")
}
