package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
)

// Bounds of a password's length, in characters. Nothing is asked of what characters they are (NIST SP 800-63B).
const (
	Least = 12
	Most  = 128
)

// Weakness is why a password is not taken; empty for one that is.
type Weakness string

// The weaknesses.
const (
	TooShort  Weakness = "too_short"
	TooLong   Weakness = "too_long"
	Guessable Weakness = "password_guessable" // common, or made of common parts, a pattern of keys, or the log-in's name
)

// enough is the score of zxcvbn from which guessing takes more than 10^8 attempts, which no lock lets anybody make.
const enough = 3

// WeaknessOf judges a password for a log-in.
func WeaknessOf(password, login string) Weakness {
	password = canonical(password)
	switch n := utf8.RuneCountInString(password); {
	case n < Least:
		return TooShort
	case n > Most:
		return TooLong
	case guessable(password, login):
		return Guessable
	}
	return ""
}

func guessable(password, login string) bool {
	judged := zxcvbn.PasswordStrength(password, []string{login, "dengpan", "登攀"})
	if isASCII(password) {
		return judged.Score < enough
	}
	// The library reads bytes. It sees no repetition of characters beyond ASCII, or loses its way there and counts no guesses
	// at all: what it finds is believed, and so many different characters are asked for besides.
	const different = 8
	seen := map[rune]bool{}
	for _, character := range password {
		seen[character] = true
	}
	return len(seen) < different || judged.Guesses >= 1 && judged.Score < enough
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}
