// Package redact takes out of text what must not be read by whoever reads it: identity numbers, telephone numbers, addresses
// of mail, tokens, and passwords within addresses. It stands behind every log ([Handler]) and before every audit entry: what
// should never have been written there is at least not readable there.
//
// It is the second line. The first is that nobody writes such things; what has no form of its own, such as a name, no
// second line can find.
package redact

import (
	"regexp"
	"strings"
)

// Removed stands where something was taken out.
const Removed = "[redacted]"

// What is masked keeps its ends, so that two of them can be told apart; what is secret goes whole.
var (
	// Digits of a number that has a date of birth in it, however they are grouped.
	idNumber = regexp.MustCompile(`\b([1-9]\d{2})\d{3}[ -]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?(\d{3}[\dXx])\b`)
	phone    = regexp.MustCompile(`\b(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})\b`)
	mail     = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	userinfo = regexp.MustCompile(`(://)[^/\s@]*:[^\s@]*@`)
	bearer   = regexp.MustCompile(`(?i)\b(bearer|basic) +[A-Za-z0-9._~+/=-]{8,}`)
	token    = regexp.MustCompile(`\bdp_[a-z]+_[A-Za-z0-9_-]{16,}|\bwhs(?:ec|k)_[A-Za-z0-9+/=]{16,}` +
		`|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?`)
	password = regexp.MustCompile(`(?i)\b(password|passwd|secret|token)( ?[=:] ?)[^\s,;&]+`)
)

// Text is a text without what must not be read.
func Text(s string) string {
	if !suspicious(s) {
		return s
	}
	s = userinfo.ReplaceAllString(s, "${1}"+Removed+"@")
	s = bearer.ReplaceAllString(s, "$1 "+Removed)
	s = token.ReplaceAllString(s, Removed)
	s = password.ReplaceAllString(s, "$1$2"+Removed)
	s = idNumber.ReplaceAllString(s, "$1***********$2")
	s = phone.ReplaceAllString(s, "$1****$2")
	return mail.ReplaceAllString(s, Removed)
}

// suspicious says whether a text can hold anything of the kind; most texts are short words and cannot.
func suspicious(s string) bool {
	const shortest = 11 // of a telephone number
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if digits++; digits >= shortest {
				return true
			}
		case c == '@', c == '=', c == ':':
			return true
		}
	}
	return strings.Contains(s, "dp_") || strings.Contains(s, "whs") || strings.Contains(s, "eyJ") || bearer.MatchString(s)
}

// secret are the words by which a key says that its value is not for reading.
var secret = []string{"password", "passwd", "passphrase", "secret", "token", "authorization", "cookie", "apikey", "databaseurl", "dsn", "privatekey"}

// personal are the keys whose values are a person's own.
var personal = map[string]bool{
	"personname": true, "fullname": true, "holder": true, "holdername": true, "traineename": true, "idnumber": true, "phone": true,
	"mobile": true, "telephone": true, "email": true, "mail": true, "postaladdress": true, "photo": true, "birthday": true, "born": true,
}

var letters = strings.NewReplacer("_", "", "-", "", ".", "", " ", "")

// Key reports whether a key says that its value must not be read.
func Key(key string) bool {
	key = letters.Replace(strings.ToLower(key))
	if personal[key] {
		return true
	}
	for _, word := range secret {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
}
