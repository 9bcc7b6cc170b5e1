package signing

import (
	"bytes"
	"fmt"
	"slices"
)

// document is a PDF of one revision, as far as signing it must know it.
type document struct {
	pdf     []byte
	table   int // where its table of references begins
	offsets map[int]int
	trailer []entry
	size    int // one more than the highest number of an object
	root    int
	catalog []entry
	page    int // the first one's number
	leaf    []entry
}

// read reads a document from its end.
func read(pdf []byte) (*document, error) {
	d := &document{pdf: pdf, offsets: map[int]int{}}
	begin := bytes.LastIndex(pdf, []byte("startxref"))
	if !bytes.HasPrefix(pdf, []byte("%PDF-1.")) || begin < 0 {
		return nil, ErrDocument
	}
	s := scanner{b: pdf, at: begin}
	s.word("startxref")
	table, isNumber := s.number()
	if !isNumber || string(bytes.TrimSpace(s.rest())) != "%%EOF" || table >= begin {
		return nil, ErrDocument
	}
	d.table = table
	if err := d.references(); err != nil {
		return nil, err
	}
	var ok bool
	if d.root, ok = referenceOf(d.trailer, "Root"); !ok {
		return nil, ErrDocument
	}
	if d.catalog, ok = d.object(d.root); !ok || of(d.catalog, "AcroForm") != nil || of(d.catalog, "Perms") != nil {
		return nil, ErrDocument
	}
	return d, d.firstPage()
}

// references reads the table of references and the trailer after it.
func (d *document) references() error {
	const line = 20
	s := scanner{b: d.pdf, at: d.table}
	if !s.word("xref") {
		return ErrDocument
	}
	for !s.word("trailer") {
		first, okFirst := s.number()
		count, okCount := s.number()
		s.space()
		if !okFirst || !okCount || count > len(s.rest())/line {
			return ErrDocument
		}
		for i := range count {
			entry := scanner{b: s.b[s.at : s.at+line]}
			offset, isOffset := entry.number()
			if _, isGeneration := entry.number(); !isOffset || !isGeneration {
				return ErrDocument
			}
			if entry.word("n") {
				d.offsets[first+i] = offset
			}
			s.at += line
		}
	}
	var ok bool
	if d.trailer, ok = s.dictionary(); !ok {
		return ErrDocument
	}
	if of(d.trailer, "Prev") != nil || of(d.trailer, "Encrypt") != nil || of(d.trailer, "XRefStm") != nil {
		return ErrDocument
	}
	if d.size, ok = numberOf(d.trailer, "Size"); !ok {
		return ErrDocument
	}
	return nil
}

// object reads an object that is a dictionary.
func (d *document) object(number int) ([]entry, bool) {
	offset, ok := d.offsets[number]
	if !ok || offset >= len(d.pdf) {
		return nil, false
	}
	s := scanner{b: d.pdf, at: offset}
	if n, isNumber := s.number(); !isNumber || n != number {
		return nil, false
	}
	if _, isNumber := s.number(); !isNumber || !s.word("obj") {
		return nil, false
	}
	return s.dictionary()
}

// firstPage goes down the tree of pages.
func (d *document) firstPage() error {
	node, ok := referenceOf(d.catalog, "Pages")
	for range 20 {
		if !ok {
			return ErrDocument
		}
		entries, isDictionary := d.object(node)
		if !isDictionary {
			return ErrDocument
		}
		if string(of(entries, "Type")) == "/Page" {
			d.page, d.leaf = node, entries
			return nil
		}
		kids := scanner{b: of(entries, "Kids")}
		if !kids.word("[") {
			return ErrDocument
		}
		node, ok = kids.reference()
	}
	return ErrDocument
}

// update is what is appended to a document: objects, and a table that says where they begin.
type update struct {
	bytes.Buffer

	base    int // what comes before
	offsets map[int]int
}

func newUpdate(d *document) *update {
	u := &update{base: len(d.pdf), offsets: map[int]int{}}
	if !bytes.HasSuffix(d.pdf, []byte("\n")) {
		u.WriteByte('\n')
	}
	return u
}

// object writes an object.
func (u *update) object(number int, content string) {
	u.offsets[number] = u.base + u.Len()
	fmt.Fprintf(u, "%d 0 obj\n%s\nendobj\n", number, content)
}

// finish writes the table, and the trailer that leads from it to the one before.
func (u *update) finish(d *document) {
	begin := u.base + u.Len()
	u.WriteString("xref\n")
	size := d.size
	numbers := make([]int, 0, len(u.offsets))
	for number := range u.offsets {
		numbers = append(numbers, number)
		size = max(size, number+1)
	}
	slices.Sort(numbers)
	for _, number := range numbers {
		fmt.Fprintf(u, "%d 1\n%010d 00000 n \n", number, u.offsets[number])
	}
	u.WriteString("trailer\n<<\n")
	for _, e := range d.trailer {
		if e.key != "Size" {
			fmt.Fprintf(u, "/%s %s\n", e.key, e.value)
		}
	}
	fmt.Fprintf(u, "/Size %d\n/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n", size, d.table, begin)
}
