package document

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/dengpan/dengpan/calendar"
)

// info is what a file says of itself. Nothing in it is about a person.
type info struct {
	title string
	on    calendar.Date
}

var errDrawn = errors.New("the drawn file is not laid out as expected")

// finish writes a drawn file anew, object by object, with what its library leaves out or gets wrong: characters beyond the
// first 65,536 (of rare names) can be copied and searched for; the file has an identifier, a language and information as
// an object of its own, as programs that sign it expect.
func finish(drawn []byte, about info) ([]byte, error) {
	objects, err := split(drawn)
	if err != nil {
		return nil, err
	}
	for i, object := range objects {
		if bytes.Contains(object, []byte("begincmap")) {
			objects[i] = mapping(object)
		}
	}
	const root = "/Type /Catalog\n"
	catalog := bytes.Replace(objects[0], []byte(root), []byte(root+"  /Lang (zh-CN)\n  /ViewerPreferences << /DisplayDocTitle true >>\n"), 1)
	if bytes.Equal(catalog, objects[0]) {
		return nil, errDrawn
	}
	objects[0] = catalog
	objects = append(objects, about.object())
	return write(objects), nil
}

// split takes a drawn file apart by its table of objects.
func split(drawn []byte) ([][]byte, error) {
	_, digits, found := bytes.Cut(drawn[max(0, len(drawn)-40):], []byte("startxref\n"))
	digits, _, _ = bytes.Cut(digits, []byte("\n"))
	end, err := strconv.Atoi(string(digits))
	if !found || err != nil || end < 0 || end > len(drawn) {
		return nil, errDrawn
	}
	var offsets []int
	for _, m := range entries.FindAllSubmatch(drawn[end:], -1) {
		offset, err := strconv.Atoi(string(m[1]))
		if err != nil || offset > end {
			return nil, errDrawn
		}
		offsets = append(offsets, offset)
	}
	offsets = append(offsets, end)
	objects := make([][]byte, len(offsets)-1)
	for i := range objects {
		_, body, begun := bytes.Cut(drawn[offsets[i]:offsets[i+1]], []byte(" 0 obj\n"))
		body, _, ended := cutLast(body, []byte("endobj"))
		if !begun || !ended {
			return nil, errDrawn
		}
		objects[i] = body
	}
	if len(objects) == 0 {
		return nil, errDrawn
	}
	return objects, nil
}

func cutLast(b, separator []byte) (before, after []byte, found bool) {
	i := bytes.LastIndex(b, separator)
	if i < 0 {
		return b, nil, false
	}
	return b[:i], b[i+len(separator):], true
}

var (
	entries = regexp.MustCompile(`(?m)^(\d{10}) 00000 n `)
	glyphs  = regexp.MustCompile(`<([0-9A-F]{4})><[0-9A-F]{4}><([0-9A-F]+)>`)
)

// mapping is from glyphs to characters, in UTF-16 as it must be, and in parts of no more than a hundred.
func mapping(object []byte) []byte {
	const most = 100
	type pair struct{ glyph, character string }
	var pairs []pair
	for _, m := range glyphs.FindAllSubmatch(object, -1) {
		character, err := strconv.ParseInt(string(m[2]), 16, 32)
		if err != nil {
			continue
		}
		pairs = append(pairs, pair{string(m[1]), hexadecimal(string(rune(character)))})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.glyph, b.glyph) })
	pairs = slices.CompactFunc(pairs, func(a, b pair) bool { return a.glyph == b.glyph })
	var text strings.Builder
	text.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for part := range slices.Chunk(pairs, most) {
		fmt.Fprintf(&text, "%d beginbfchar\n", len(part))
		for _, p := range part {
			fmt.Fprintf(&text, "<%s> <%s>\n", p.glyph, p.character)
		}
		text.WriteString("endbfchar\n")
	}
	text.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\n" + strings.Repeat("end\n", 2))
	return stream(text.String())
}

func stream(content string) []byte {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, _ = w.Write([]byte(content)) // into memory: never fails
	_ = w.Close()
	return fmt.Appendf(nil, "<<\n/Filter /FlateDecode\n/Length %d\n>>\nstream\n%s\nendstream\n", packed.Len(), packed.Bytes())
}

func hexadecimal(text string) string {
	var digits strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&digits, "%04X", unit)
	}
	return digits.String()
}

// object is the information as an object. Its day is the certificate's: no clock is asked, so that the bytes are the same
// whenever it is printed.
func (i info) object() []byte {
	text := fmt.Appendf(nil, "<<\n/Title <FEFF%s>\n/Creator (Dengpan)\n", hexadecimal(i.title))
	if !i.on.IsZero() {
		at := time.Date(i.on.Year(), i.on.Month(), i.on.Day(), 0, 0, 0, 0, time.UTC)
		text = fmt.Appendf(text, "/CreationDate (D:%s+08'00')\n", at.Format("20060102150405"))
	}
	return append(text, ">>\n"...)
}

// write puts objects together to a file. The last is its information.
func write(objects [][]byte) []byte {
	var file bytes.Buffer
	file.WriteString("%PDF-1.7\n%\xe7\x99\xbb\xe6\x94\x80\n") // bytes that say the file is binary
	offsets := make([]int, len(objects))
	for i, object := range objects {
		offsets[i] = file.Len()
		fmt.Fprintf(&file, "%d 0 obj\n%sendobj\n", i+1, object)
	}
	id := sha256.Sum256(file.Bytes())
	start := file.Len()
	fmt.Fprintf(&file, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&file, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&file, "trailer\n<<\n/Size %d\n/Root 1 0 R\n/Info %d 0 R\n/ID [<%X> <%X>]\n>>\nstartxref\n%d\n%%%%EOF\n",
		len(objects)+1, len(objects), id[:16], id[:16], start)
	return file.Bytes()
}
