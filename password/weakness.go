package password

import (
	"strings"
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
	case zxcvbn.PasswordStrength(inASCII(password), []string{login, "dengpan"}).Score < enough:
		return Guessable
	}
	return ""
}

// inASCII is a password with a sign in the place of each other character, the same for the same. The judge counts bytes:
// of 密码密码密码 it would see no repetition, and other repetitions would mislead it. No two neighbouring signs are neighbours
// on a keyboard, nor do any stand for letters.
func inASCII(password string) string {
	const signs = `~>^;|_"}&<*`
	known := map[rune]rune{}
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		sign, seen := known[r]
		if !seen {
			sign = rune(signs[len(known)%len(signs)])
			known[r] = sign
		}
		return sign
	}, password)
}
