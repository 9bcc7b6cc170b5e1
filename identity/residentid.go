// Package identity is what the programme knows people by: the resident identity number (GB 11643), the normal form of a
// name, and the keyring that seals both at rest and finds a person without the number in the clear.
//
// A number is personal data. A ResidentID therefore prints, logs and marshals masked; only Number gives it whole, so that
// every place which shows one can be found by that name. No error repeats what was typed.
package identity

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"github.com/dengpan/dengpan/calendar"
)

// Fault is why a document number or a name is refused: a stable code, of which the error text is the English meaning.
type Fault string

// The faults.
const (
	IDLength     Fault = "id_length"
	IDLegacy     Fault = "id_legacy"
	IDCharacters Fault = "id_characters"
	IDDate       Fault = "id_date"
	IDFuture     Fault = "id_future"
	IDCheckDigit Fault = "id_check_digit"
	NameEmpty    Fault = "name_required"
	NameLength   Fault = "name_length"
	NameChars    Fault = "name_characters"

	// Of documents other than the resident card.
	IDType                Fault = "id_type"
	IDPassport            Fault = "id_passport"
	IDResidencePermit     Fault = "id_residence_permit"
	IDHongKongMacaoPermit Fault = "id_hong_kong_macao_permit"
	IDTaiwanPermit        Fault = "id_taiwan_permit"
	IDPermanentResident   Fault = "id_permanent_resident"

	// Of unified social credit codes.
	IDUSCCLength     Fault = "uscc_length"
	IDUSCCCharacters Fault = "uscc_characters"
	IDUSCCCheck      Fault = "uscc_check"
)

// Error is the fault in English.
func (f Fault) Error() string {
	switch f {
	case IDLength:
		return "a resident identity number has 18 characters"
	case IDLegacy:
		return "15-digit identity numbers ended in 2013; the 18-digit number is needed"
	case IDCharacters:
		return "a resident identity number has digits only, and a digit or X at its end"
	case IDDate:
		return "the birth date in the identity number does not exist"
	case IDFuture:
		return "the birth date in the identity number is in the future"
	case IDCheckDigit:
		return "the check digit of the identity number does not agree"
	case NameEmpty:
		return "a name is needed"
	case NameLength:
		return "the name is longer than 64 characters"
	case NameChars:
		return "the name has a character that no name has"
	case IDType:
		return "no such type of identity document"
	case IDPassport:
		return "a passport number has 5 to 15 letters and digits"
	case IDResidencePermit:
		return "a residence permit for Hong Kong, Macao and Taiwan residents has 18 characters beginning 81, 82 or 83"
	case IDHongKongMacaoPermit:
		return "a Hong Kong or Macao resident's mainland travel permit has H or M and 8 digits"
	case IDTaiwanPermit:
		return "a Taiwan resident's mainland travel permit has 8 digits"
	case IDPermanentResident:
		return "a foreign permanent resident's ID card has 18 characters beginning 9"
	case IDUSCCLength:
		return "a unified social credit code has 18 characters"
	case IDUSCCCharacters:
		return "a unified social credit code has digits and capital letters other than I, O, S, V and Z"
	case IDUSCCCheck:
		return "the check character of the unified social credit code does not agree"
	case PhoneFormat:
		return "a mobile's number has 11 digits; a line's has its area code; a foreign number begins with + and the country"
	case EmailFormat:
		return "an address of mail is name@domain"
	case AddressChars:
		return "a postal address is one line of text"
	}
	return string(f)
}

const (
	idLength       = 18
	legacyIDLength = 15
	areaLength     = 6
	dateLength     = 8
)

// ResidentID is a valid resident identity number (公民身份号码, GB 11643), also of holders of residence permits for Hong
// Kong, Macao and Taiwan residents, whose numbers are built alike.
//
// The zero ResidentID is no number. Resident ids are comparable with ==.
type ResidentID struct{ number string }

// ParseResidentID reads an identity number as people type it: full-width, padded, with a small x. The number must have a
// birth date not after today and an agreeing check digit. The area code refuses nobody: areas are renamed and merged, and
// real numbers carry codes that no table has.
func ParseResidentID(s string) (ResidentID, error) {
	return ParseResidentIDOn(s, calendar.Real().Today(time.Now()))
}

// ParseResidentIDOn is ParseResidentID on a given day.
func ParseResidentIDOn(s string, today calendar.Date) (ResidentID, error) {
	number := []rune(strings.Map(foldIDRune, strings.TrimFunc(s, blank)))
	if len(number) != idLength {
		if len(number) == legacyIDLength && digits(number) {
			return ResidentID{}, IDLegacy
		}
		return ResidentID{}, IDLength
	}
	body, last := number[:idLength-1], number[idLength-1]
	if !digits(body) || (last != 'X' && !digits(number[idLength-1:])) {
		return ResidentID{}, IDCharacters
	}
	id := ResidentID{number: string(number)}
	born, err := birthDate(id.number)
	if err != nil {
		return ResidentID{}, IDDate
	}
	if born.After(today) {
		return ResidentID{}, IDFuture
	}
	if checkDigit(id.number) != id.number[idLength-1] {
		return ResidentID{}, IDCheckDigit
	}
	return id, nil
}

// Synthetic makes an identity number that is valid and belongs to nobody: no area begins with 99, neither a district's
// nor, after the 9 of a foreigner's permanent residence permit, a province's. Different n give different numbers.
func Synthetic(n int, born calendar.Date) ResidentID {
	const perDay, areas = 1000, 10_000
	if n < 0 || n >= perDay*areas {
		panic("identity: synthetic numbers run from 0 to 9999999")
	}
	body := fmt.Sprintf("99%04d%04d%02d%02d%03d", n/perDay, born.Year(), int(born.Month()), born.Day(), n%perDay)
	return ResidentID{number: body + string(checkDigit(body))}
}

// Number is the number whole. Whoever calls it answers for where the number goes.
func (id ResidentID) Number() string { return id.number }

// Mask is the number with all but the first three and the last four characters hidden: 110***********002X.
func (id ResidentID) Mask() string {
	if id.IsZero() {
		return ""
	}
	const head, tail = 3, 4
	return id.number[:head] + strings.Repeat("*", idLength-head-tail) + id.number[idLength-tail:]
}

// Born is the birth date in the number.
func (id ResidentID) Born() calendar.Date {
	if id.IsZero() {
		return calendar.Date{}
	}
	born, _ := birthDate(id.number) // a ResidentID has one
	return born
}

// IsZero reports whether id is no number.
func (id ResidentID) IsZero() bool { return id.number == "" }

// String is the masked number.
func (id ResidentID) String() string { return id.Mask() }

// GoString is the masked number, so that %#v does not tell it either.
func (id ResidentID) GoString() string { return "identity.ResidentID(" + id.Mask() + ")" }

// MarshalText is the masked number.
func (id ResidentID) MarshalText() ([]byte, error) { return []byte(id.Mask()), nil }

// LogValue is the masked number.
func (id ResidentID) LogValue() slog.Value { return slog.StringValue(id.Mask()) }

// checkDigit is the check character of the first 17 digits (GB 11643, ISO 7064 MOD 11-2).
func checkDigit(number string) byte {
	weights := [idLength - 1]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, weight := range weights {
		sum += int(number[i]-'0') * weight
	}
	return "10X98765432"[sum%11]
}

func birthDate(number string) (calendar.Date, error) {
	d := number[areaLength : areaLength+dateLength]
	return calendar.ParseDate(d[:4] + "-" + d[4:6] + "-" + d[6:])
}

func digits(s []rune) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// foldIDRune turns what input methods give into what the standard has.
func foldIDRune(r rune) rune {
	const fullWidth = 0xFEE0 // from the full-width forms to ASCII
	if r >= '０' && r <= '９' || r == 'Ｘ' || r == 'ｘ' {
		r -= fullWidth
	}
	return unicode.ToUpper(r)
}

// blank reports whether a rune at the edge of an input is nothing a person typed on purpose.
func blank(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B' }
