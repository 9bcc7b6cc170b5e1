// Package elicence forms the identifiers that electronic licences (电子证照) have nationwide by GB/T 36904: what kind of
// licence, issued by whom, which one, in which version, and a check character by ISO 7064 MOD 37,36. It is pure.
//
// The code of a kind of licence (证照类型代码) is assigned by whoever keeps the national catalogue. None is known for the
// certificates of this programme, and none is made up: without one there is no identifier.
package elicence

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// root is the object identifier below which all electronic licences stand.
const root = "1.2.156.3005.2"

// ErrIdentifier says that a text is no identifier of an electronic licence.
var ErrIdentifier = errors.New("not an identifier of an electronic licence")

// Identifier is what an electronic licence is identified by.
type Identifier struct {
	Type    string // 证照类型代码
	Issuer  string // 颁发机构代码: a unified social credit code, or a division's code
	Serial  string // 流水号
	Version int    // 版本号, from 1
}

const mostVersions = 999

// code is what each of the parts consists of.
var code = regexp.MustCompile(`^[0-9A-Z]{1,64}$`)

// Valid reports whether all parts are there and of the standard's characters.
func (id Identifier) Valid() bool {
	return code.MatchString(id.Type) && code.MatchString(id.Issuer) && code.MatchString(id.Serial) &&
		id.Version >= 1 && id.Version <= mostVersions
}

// String is the identifier with its check character; empty when it is not Valid.
func (id Identifier) String() string {
	if !id.Valid() {
		return ""
	}
	version := fmt.Sprintf("%03d", id.Version)
	check := checkCharacter(id.Type + id.Issuer + id.Serial + version)
	return strings.Join([]string{root, id.Type, id.Issuer, id.Serial, version, string(check)}, ".")
}

var form = regexp.MustCompile(`^` + regexp.QuoteMeta(root) + `\.([0-9A-Z]{1,64})\.([0-9A-Z]{1,64})\.([0-9A-Z]{1,64})\.(\d{3})\.[0-9A-Z]$`)

// Parse reads an identifier, and checks its check character; else ErrIdentifier.
func Parse(text string) (Identifier, error) {
	parts := form.FindStringSubmatch(text)
	if parts == nil {
		return Identifier{}, ErrIdentifier
	}
	id := Identifier{Type: parts[1], Issuer: parts[2], Serial: parts[3]}
	if _, err := fmt.Sscanf(parts[4], "%d", &id.Version); err != nil || id.String() != text {
		return Identifier{}, ErrIdentifier
	}
	return id, nil
}

// Serial is the serial number of the licence with a running number in a year, as issuers form them: 20230000403.
func Serial(year, running int) string { return fmt.Sprintf("%04d%07d", year, running) }

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// checkCharacter is the check character of a text of the alphabet's characters (ISO 7064, MOD 37,36).
func checkCharacter(text string) byte {
	const modulus = len(alphabet)
	product := modulus
	for _, r := range text {
		sum := (product + strings.IndexRune(alphabet, r)) % modulus
		if sum == 0 {
			sum = modulus
		}
		product = 2 * sum % (modulus + 1)
	}
	return alphabet[(modulus+1-product)%modulus]
}
