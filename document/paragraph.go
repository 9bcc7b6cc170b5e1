package document

// run is a part of a sentence: words of the form, or what is filled in, which is underlined as in the annexes.
type run struct {
	field string // of what is filled in
	text  string
}

// piece is what a line is put together from.
type piece struct {
	text   string
	filled bool
	width  float64
}

// place is where sentences go: from where the first line stands down to where the last may.
type place struct{ x, y, width, bottom float64 }

// body writes the sentence of a certificate, indented by two characters, its lines as wide as each other, and under it what
// is said beyond the annex. All of it is set smaller until it fits.
func (s *sheet) body(at place, size float64, runs, extra []run) {
	const small, least, step, smallest = 10.5, 0.4, 0.025, 6.0
	const pitch, between, smallPitch = 1.95, 2.05, 1.55 // from line to line, in sizes of type
	s.face(size, 0)
	for _, r := range append(extra, runs...) {
		s.has(r.field, r.text)
	}
	for scale := 1.0; scale >= least; scale -= step {
		how := style{size: size * scale, colour: ink}
		below := style{size: max(smallest, small*scale), colour: brown}
		sentence := s.lines(at.width, how.size, runs)
		var lines []string
		s.face(below.size, 0)
		for _, line := range extra {
			lines = append(lines, s.wrap(line.text, at.width, 0)...)
		}
		down, smallDown := pitch*how.size/mm, smallPitch*below.size/mm
		last := at.y + down*float64(len(sentence)-1)
		first := last + between*how.size/mm
		if last > at.bottom || len(lines) > 0 && first+smallDown*float64(len(lines)-1) > at.bottom {
			continue
		}
		for i, line := range sentence {
			start := at.x
			if i == 0 {
				start += 2 * how.size / mm
			}
			s.set(start, at.y+down*float64(i), at.x+at.width-start, how, line, i == len(sentence)-1)
		}
		for i, line := range lines {
			s.text(at.x, first+smallDown*float64(i), at.width, below, line)
		}
		return
	}
	s.keep(&LongError{Field: longest(append(extra, runs...))})
}

func longest(runs []run) string {
	var most run
	for _, r := range runs {
		if r.field != "" && len(r.text) > len(most.text) {
			most = r
		}
	}
	return most.field
}

// lines breaks a sentence.
func (s *sheet) lines(width, size float64, runs []run) [][]piece {
	s.face(size, 0)
	lines := [][]piece{nil}
	room := width - 2*size/mm
	for _, p := range s.cut(width, runs) {
		if line := lines[len(lines)-1]; p.width > room && len(line) > 0 {
			lines = append(lines, nil)
			room = width
			// A mark that may not begin a line takes the piece before it along.
			if n := len(line) - 1; n > 0 && clings(lastOf(line[n].text), firstOf(p.text)) {
				lines[len(lines)-2] = line[:n:n]
				lines[len(lines)-1] = []piece{line[n]}
				room -= line[n].width
			}
		}
		room -= p.width
		lines[len(lines)-1] = append(lines[len(lines)-1], p)
	}
	return lines
}

// cut cuts a sentence into pieces. The marks after what is filled in cling to it.
func (s *sheet) cut(width float64, runs []run) []piece {
	var all []piece
	for _, r := range runs {
		for _, text := range s.pieces(r.text, width, 0) {
			all = append(all, piece{text, r.field != "", s.width(text, 0)})
		}
	}
	joined := all[:0]
	for _, p := range all {
		if n := len(joined); n > 0 && joined[n-1].filled == p.filled && clings(lastOf(joined[n-1].text), firstOf(p.text)) {
			joined[n-1].text += p.text
			joined[n-1].width += p.width
			continue
		}
		joined = append(joined, p)
	}
	return joined
}

func firstOf(text string) rune { return []rune(text)[0] }

func lastOf(text string) rune {
	runes := []rune(text)
	return runes[len(runes)-1]
}

// set writes a line, spread over its width unless it is the last; what is filled in is underlined.
func (s *sheet) set(x, y, width float64, how style, line []piece, last bool) {
	const most = 0.12 // of the size: a line that lacks more is left short
	var natural float64
	characters := 0
	for _, p := range line {
		natural += p.width
		characters += len([]rune(p.text))
	}
	if spare := (width - natural) * mm / float64(max(1, characters-1)); !last && spare < most*how.size {
		how.space = spare
	}
	for i := 0; i < len(line); {
		text, filled := "", line[i].filled
		for ; i < len(line) && line[i].filled == filled; i++ {
			text += line[i].text
		}
		s.text(x, y, width, how, text)
		s.face(how.size, how.space)
		w := s.width(text, how.space)
		if filled {
			const below = 0.2
			s.stroke(gold, 0.5)
			s.line(x, y+below*how.size/mm, x+w, y+below*how.size/mm)
		}
		x += w + how.space/mm
	}
}
