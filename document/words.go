package document

import (
	"strings"
	"unicode"
)

// Marks that never begin a line, and those that never end one (避头尾).
const (
	never  = "，。、；：？！）》」』”’…·・—,.;:?!)]}%"
	always = "（《「『“‘([{"
)

// words cuts a text into pieces between which a line may be broken: single Chinese characters, words of letters and digits,
// each with the marks that cling to it.
func words(text string) []string {
	var pieces []string
	runes := []rune(text)
	for i, r := range runes {
		if i > 0 && clings(runes[i-1], r) {
			pieces[len(pieces)-1] += string(r)
			continue
		}
		pieces = append(pieces, string(r))
	}
	return pieces
}

func clings(before, r rune) bool {
	return strings.ContainsRune(never, r) || strings.ContainsRune(always, before) || narrow(before) && narrow(r)
}

// narrow reports whether a character is of a word of letters and digits.
func narrow(r rune) bool {
	return r < unicode.MaxLatin1 && !unicode.IsSpace(r)
}
