package identity

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/dengpan/dengpan/calendar"
)

// DocumentType is a kind of identity document.
type DocumentType string

// The types of document.
const (
	ResidentCard        DocumentType = "resident_card"          // 居民身份证
	Passport            DocumentType = "passport"               // 护照
	ResidencePermit     DocumentType = "residence_permit"       // 港澳台居民居住证
	HongKongMacaoPermit DocumentType = "hong_kong_macao_permit" // 港澳居民来往内地通行证
	TaiwanPermit        DocumentType = "taiwan_permit"          // 台湾居民来往大陆通行证
	PermanentResidentID DocumentType = "permanent_resident_id"  // 外国人永久居留身份证
)

// Basis says how well a fact about documents is known.
type Basis string

// The bases.
const (
	// Found is read in a published text.
	Found Basis = "found"
	// Recalled is known by memory only; it wants a look into the standard before anything is exchanged by it.
	Recalled Basis = "recalled"
)

// DocumentFacts is what is known about a type of document.
type DocumentFacts struct {
	Type DocumentType
	// Name is what the document calls itself.
	Name string
	// Code is the type's code in GA/T 517-2004 (常用证件代码); empty where the standard has none.
	Code      string
	CodeBasis Basis
	// FormatBasis is how well the form of the number is known.
	FormatBasis Basis
}

// documentFacts is in the order in which types are offered.
var documentFacts = []DocumentFacts{
	{ResidentCard, "居民身份证", "111", Found, Found},
	{ResidencePermit, "港澳台居民居住证", "", Recalled, Found}, // introduced in 2018, after the standard
	{HongKongMacaoPermit, "港澳居民来往内地通行证", "516", Found, Found},
	{TaiwanPermit, "台湾居民来往大陆通行证", "511", Found, Recalled},
	{Passport, "护照", "414", Found, Recalled},
	{PermanentResidentID, "外国人永久居留身份证", "553", Recalled, Recalled}, // as 外国人永久居留证
}

// DocumentTypes lists what is known about each type of document, in the order in which types are offered.
func DocumentTypes() []DocumentFacts { return slices.Clone(documentFacts) }

// Valid reports whether t is a type of document.
func (t DocumentType) Valid() bool {
	return slices.ContainsFunc(documentFacts, func(f DocumentFacts) bool { return f.Type == t })
}

// Document is an identity document with a number of its type's form. Passports of different countries may have the same
// number: a passport number names a person only together with the country that issued it.
//
// The zero Document is none. Documents are comparable with ==, and print, log and marshal masked.
type Document struct {
	kind   DocumentType
	number string
}

// ParseDocument reads a document's number as people type it: full-width, padded, in small letters. Only the numbers of
// resident cards, residence permits and permanent residents' cards have a check digit; of the others the form is all that
// can be checked. The error is a Fault.
func ParseDocument(kind DocumentType, s string) (Document, error) {
	return ParseDocumentOn(kind, s, calendar.Real().Today(time.Now()))
}

// ParseDocumentOn is ParseDocument on a given day.
func ParseDocumentOn(kind DocumentType, s string, today calendar.Date) (Document, error) {
	number, err := parseNumber(kind, s, today)
	if err != nil {
		return Document{}, err
	}
	return Document{kind: kind, number: number}, nil
}

func parseNumber(kind DocumentType, s string, today calendar.Date) (string, error) {
	typed := strings.Map(foldDocumentRune, strings.TrimFunc(s, blank))
	switch kind {
	case ResidentCard:
		id, err := ParseResidentIDOn(s, today)
		return id.number, err
	case ResidencePermit:
		if !eighteen(typed) || typed[0] != '8' || !strings.ContainsRune("123", rune(typed[1])) {
			return "", IDResidencePermit
		}
		id, err := ParseResidentIDOn(typed, today)
		return id.number, err
	case PermanentResidentID:
		// The card of 2023 is numbered like a resident card, after a 9 that no province has; the card of 2017 had three
		// letters and twelve digits.
		if !eighteen(typed) || typed[0] != '9' {
			return "", IDPermanentResident
		}
		id, err := ParseResidentIDOn(typed, today)
		return id.number, err
	case HongKongMacaoPermit:
		return parseHongKongMacao(typed)
	case TaiwanPermit:
		const length = 8
		if len(typed) != length || !decimal(typed) {
			return "", IDTaiwanPermit
		}
		return typed, nil
	case Passport:
		return parsePassport(typed)
	}
	return "", IDType
}

// parseHongKongMacao reads H or M and the eight digits that a person keeps for life. Cards of before 2013 print two more,
// which count how often the card was replaced; they are left out, so that a person has one number.
func parseHongKongMacao(typed string) (string, error) {
	const length, withCount = 9, 11
	if len(typed) != length && len(typed) != withCount {
		return "", IDHongKongMacaoPermit
	}
	if (typed[0] != 'H' && typed[0] != 'M') || !decimal(typed[1:]) {
		return "", IDHongKongMacaoPermit
	}
	return typed[:length], nil
}

// parsePassport knows no country's own form, only what all have: letters and digits, and some digit among them. ICAO
// 9303 gives the number nine places; a few countries print longer ones.
func parsePassport(typed string) (string, error) {
	const shortest, longest = 5, 15
	if len(typed) < shortest || len(typed) > longest || !strings.ContainsAny(typed, "0123456789") {
		return "", IDPassport
	}
	for i := range len(typed) {
		if c := typed[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return "", IDPassport
		}
	}
	return typed, nil
}

// Type is the document's type.
func (d Document) Type() DocumentType { return d.kind }

// Number is the number whole. Whoever calls it answers for where the number goes.
func (d Document) Number() string { return d.number }

// ResidentID is the document's number as a resident identity number, for the types that are numbered so: whoever shows a
// residence permit where a resident identity number was asked for before is found as the same person.
func (d Document) ResidentID() (id ResidentID, found bool) {
	switch d.kind {
	case ResidentCard, ResidencePermit, PermanentResidentID:
		return ResidentID{number: d.number}, true
	default:
		return ResidentID{}, false
	}
}

// Mask is the number with most of it hidden: of a resident identity number all but the first three and the last four
// characters, of others all but the first and at most three at the end.
func (d Document) Mask() string {
	if d.IsZero() {
		return ""
	}
	if id, found := d.ResidentID(); found {
		return id.Mask()
	}
	const head, most, part = 1, 3, 4
	tail := min(most, len(d.number)/part)
	return d.number[:head] + strings.Repeat("*", len(d.number)-head-tail) + d.number[len(d.number)-tail:]
}

// IsZero reports whether d is no document.
func (d Document) IsZero() bool { return d.number == "" }

// String is the masked number.
func (d Document) String() string { return d.Mask() }

// GoString is the masked number, so that %#v does not tell it either.
func (d Document) GoString() string {
	return "identity.Document(" + string(d.kind) + " " + d.Mask() + ")"
}

// MarshalText is the masked number.
func (d Document) MarshalText() ([]byte, error) { return []byte(d.Mask()), nil }

// LogValue is the masked number.
func (d Document) LogValue() slog.Value { return slog.StringValue(d.Mask()) }

// eighteen reports whether s is built like a resident identity number; ParseResidentID says the rest.
func eighteen(s string) bool {
	const body = idLength - 1
	return len(s) == idLength && decimal(s[:body]) && (s[body] == 'X' || decimal(s[body:]))
}

func decimal(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// foldDocumentRune turns full-width and small letters into the letters that documents print. Other scripts' letters stay
// what they are, to be refused.
func foldDocumentRune(r rune) rune {
	const fullWidth = 0xFEE0 // from the full-width forms to ASCII
	if (r >= '０' && r <= '９') || (r >= 'Ａ' && r <= 'Ｚ') || (r >= 'ａ' && r <= 'ｚ') {
		r -= fullWidth
	}
	if r >= 'a' && r <= 'z' {
		r += 'A' - 'a'
	}
	return r
}
