package identity

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest name a certificate has room for.
const maxName = 64

// middleDot is the interpunct that resident cards print between the parts of a name (U+00B7).
const middleDot = '·'

// ParseName brings a name into the one form in which names are stored, printed and compared: trimmed, single spaces, and
// U+00B7 for every dot that keyboards offer between the parts of a name. Characters are otherwise left as they are: a
// legal name is not normalised, since that may replace a rare character by another.
//
// It refuses digits, control and invisible characters and symbols, and names that are empty or longer than 64
// characters; the error is a Fault.
func ParseName(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", NameChars
	}
	var name strings.Builder
	length, letters, space := 0, 0, false
	last := rune(0)
	for _, r := range strings.TrimFunc(s, blank) {
		r = foldDot(r)
		switch {
		case unicode.Is(unicode.Zs, r):
			space = true // written before the next character, unless a dot comes first
			continue
		case unicode.IsLetter(r) || r == '〇':
			letters++
		case unicode.IsMark(r), strings.ContainsRune("·-'’.", r):
		default:
			return "", NameChars
		}
		if space && r != middleDot && last != middleDot {
			name.WriteRune(' ')
			length++
		}
		name.WriteRune(r)
		length, space, last = length+1, false, r
	}
	switch {
	case length == 0:
		return "", NameEmpty
	case letters == 0:
		return "", NameChars
	case length > maxName:
		return "", NameLength
	}
	return name.String(), nil
}

// foldDot turns the dots that stand for an interpunct into it. The full stop is not among them: it ends an initial.
func foldDot(r rune) rune {
	switch r {
	case '\u2022', // bullet
		'\u2027', // hyphenation point
		'\u2219', // bullet operator
		'\u22C5', // dot operator
		'\u30FB', // katakana middle dot
		'\uFF65', // half-width katakana middle dot
		'\u0387': // Greek ano teleia
		return middleDot
	}
	return r
}
