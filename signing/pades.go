package signing

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/dengpan/dengpan/calendar"
)

// dateFormat is how PDF writes a time in Beijing.
const dateFormat = "D:20060102150405+08'00'"

// SignPDF adds the key's signature to a document.
func (k *Key) SignPDF(ctx context.Context, pdf []byte, s Statement) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("sign a document: %w", err)
	}
	if leaf := k.chain[0]; s.At.Before(leaf.NotBefore) || s.At.After(leaf.NotAfter) {
		return nil, ErrKeyTime
	}
	d, err := read(pdf)
	if err != nil {
		return nil, err
	}
	room := k.room()
	out, gap := d.prepare(s, room)
	digest := k.algorithm.sum(out[:gap], out[gap+2*room+2:])
	signature, err := k.cms(digest)
	if err != nil {
		return nil, err
	}
	if len(signature) > room {
		return nil, fmt.Errorf("sign a document: a signature of %d bytes does not fit", len(signature))
	}
	hex.Encode(out[gap+1:], signature)
	return out, nil
}

// prepare appends everything of a signature but itself: in its place, after gap, stand zeros in angle brackets.
func (d *document) prepare(s Statement, room int) (out []byte, gap int) {
	signature, field := d.size, d.size+1
	u := newUpdate(d)
	head := fmt.Sprintf("<<\n/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n"+
		"/M (%s) /Reason %s /Location %s\n"+
		// The document is certified: its author allows no change (ISO 32000-1, 12.8.2.2).
		"/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>]\n"+
		"/Contents ", s.At.In(calendar.Beijing).Format(dateFormat), textString(s.Reason), textString(s.Location))
	ranges := strings.Repeat(" ", len("/ByteRange [0 9999999999 9999999999 9999999999]"))
	u.object(signature, head+"<"+strings.Repeat("0", 2*room)+">\n"+ranges+"\n>>")
	u.object(field, fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature) /F 132 /Rect [0 0 0 0] /P %d 0 R /V %d 0 R >>",
		d.page, signature))
	u.object(d.root, written(with(d.catalog,
		entry{"AcroForm", fmt.Appendf(nil, "<< /Fields [%d 0 R] /SigFlags 3 >>", field)},
		entry{"Perms", fmt.Appendf(nil, "<< /DocMDP %d 0 R >>", signature)})))
	u.object(d.page, written(with(d.leaf, entry{"Annots", annotations(d.leaf, field)})))
	u.finish(d)

	out = append(bytes.Clone(d.pdf), u.Bytes()...)
	gap = u.offsets[signature] + len(fmt.Sprintf("%d 0 obj\n", signature)) + len(head)
	after := gap + 2*room + 2
	copy(out[after+1:], fmt.Sprintf("/ByteRange [0 %d %d %d]", gap, after, len(out)-after))
	return out, gap
}

// annotations is a page's list of annotations with one more. A list that stands in an object of its own is not one of ours.
func annotations(page []entry, field int) []byte {
	list := bytes.TrimSuffix(bytes.TrimPrefix(of(page, "Annots"), []byte("[")), []byte("]"))
	return fmt.Appendf(nil, "[%s %d 0 R]", list, field)
}

// with is a dictionary with one entry put in, or put in another's place.
func with(entries []entry, put ...entry) []entry {
	var all []entry
	for _, e := range entries {
		if of(put, e.key) == nil {
			all = append(all, e)
		}
	}
	return append(all, put...)
}

func written(entries []entry) string {
	var b strings.Builder
	b.WriteString("<<\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "/%s %s\n", e.key, e.value)
	}
	b.WriteString(">>")
	return b.String()
}

// textString is a text as PDF writes it: UTF-16 in hexadecimal digits, after its mark.
func textString(text string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	return b.String() + ">"
}

// text reads what textString wrote.
func text(value []byte) string {
	digits := strings.TrimSuffix(strings.TrimPrefix(string(value), "<FEFF"), ">")
	content, err := hex.DecodeString(digits)
	if err != nil || len(content)%2 != 0 {
		return ""
	}
	units := make([]uint16, 0, len(content)/2)
	for i := 0; i < len(content); i += 2 {
		units = append(units, uint16(content[i])<<8|uint16(content[i+1]))
	}
	return string(utf16.Decode(units))
}

// instant reads a time as SignPDF writes it.
func instant(value []byte) (time.Time, error) {
	at, err := time.ParseInLocation("("+dateFormat+")", string(value), calendar.Beijing)
	if err != nil {
		return at, ErrAltered
	}
	return at, nil
}
