package identity

import "strings"

// USCC is a valid unified social credit code (统一社会信用代码, GB 32100-2015) of an organisation. It is public, and prints
// whole.
//
// The zero USCC is no code. Codes are comparable with ==.
type USCC struct{ code string }

const (
	usccLength   = 18
	usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // without I, O, S, V and Z, which look like digits or each other
)

// ParseUSCC reads a unified social credit code as people type it: full-width, padded, in small letters. It asks for the
// standard's length and alphabet, digits for the area, and an agreeing check character; departments, kinds and areas
// refuse nobody, for lists of them age. The error is a Fault.
func ParseUSCC(s string) (USCC, error) {
	const areaStart, areaEnd = 2, 8
	code := strings.Map(foldDocumentRune, strings.TrimFunc(s, blank))
	if len([]rune(code)) != usccLength {
		return USCC{}, IDUSCCLength
	}
	for _, r := range code {
		if !strings.ContainsRune(usccAlphabet, r) {
			return USCC{}, IDUSCCCharacters
		}
	}
	if !decimal(code[areaStart:areaEnd]) {
		return USCC{}, IDUSCCCharacters
	}
	if usccCheck(code) != code[usccLength-1] {
		return USCC{}, IDUSCCCheck
	}
	return USCC{code: code}, nil
}

// String is the code.
func (u USCC) String() string { return u.code }

// IsZero reports whether u is no code.
func (u USCC) IsZero() bool { return u.code == "" }

// MarshalText is the code.
func (u USCC) MarshalText() ([]byte, error) { return []byte(u.code), nil }

// usccCheck is the check character of the first 17 characters: powers of 3 modulo 31 weigh them.
func usccCheck(code string) byte {
	const modulus, base = 31, 3
	sum, weight := 0, 1
	for i := range usccLength - 1 {
		sum += strings.IndexByte(usccAlphabet, code[i]) * weight
		weight = weight * base % modulus
	}
	return usccAlphabet[(modulus-sum%modulus)%modulus]
}
