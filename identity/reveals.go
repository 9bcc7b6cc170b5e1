package identity

import "strings"

// Reveals reports whether a text that should name nobody has somebody's number in it: an ID number, or the number of a
// mobile telephone of the mainland, standing by itself. It serves where senders choose the text and we keep it readable.
func Reveals(text string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !wordly(r) }) {
		if _, err := ParseResidentID(word); err == nil || decimal(word) && mobile(word) {
			return true
		}
	}
	return false
}

// wordly reports whether a character would make a longer word of a number beside it, as in an identifier.
func wordly(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}
