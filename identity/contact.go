package identity

import (
	"log/slog"
	"net/mail"
	"strings"
	"unicode/utf8"
)

// Faults of contacts.
const (
	PhoneFormat  Fault = "phone_format"
	EmailFormat  Fault = "email_format"
	AddressChars Fault = "address_characters"
)

// Phone is a telephone number in the international form (E.164). It prints, logs and marshals masked. The zero Phone is
// none.
type Phone struct{ number string }

const mainland = "+86"

// ParsePhone reads a number as people type it: with spaces, hyphens and brackets, full-width, with +, 00 or neither before
// the country. Without a country it is one of the mainland. The error is a Fault.
func ParsePhone(s string) (Phone, error) {
	digits := strings.Map(func(r rune) rune {
		switch r = foldDocumentRune(r); r {
		case ' ', '\u3000', '-', '(', ')', '（', '）', '.':
			return -1
		case '＋':
			return '+'
		}
		return r
	}, strings.TrimFunc(s, blank))
	international := strings.HasPrefix(digits, "+") || strings.HasPrefix(digits, "00")
	digits = strings.TrimPrefix(strings.TrimPrefix(digits, "+"), "00")
	if !decimal(digits) {
		return Phone{}, PhoneFormat
	}
	if !international {
		return parseMainland(digits)
	}
	if national, found := strings.CutPrefix(digits, mainland[1:]); found {
		if !mobile(national) && !strings.HasPrefix(national, "0") {
			national = "0" + national // a line's, as one dials it from abroad
		}
		return parseMainland(national)
	}
	const shortest, longest = 7, 15 // E.164 knows no shorter limit; no country has shorter numbers
	if len(digits) < shortest || len(digits) > longest || digits[0] == '0' {
		return Phone{}, PhoneFormat
	}
	return Phone{number: "+" + digits}, nil
}

// parseMainland reads a number of the mainland: a mobile's eleven digits, or a line's with its area code.
func parseMainland(digits string) (Phone, error) {
	const shortest, longest = 9, 11
	if mobile(digits) {
		return Phone{number: mainland + digits}, nil
	}
	line, found := strings.CutPrefix(digits, "0")
	capital := strings.HasPrefix(line, "10") // the only area code that begins with 1
	if !found || len(line) < shortest || len(line) > longest || line[0] == '0' || line[0] == '1' && !capital {
		return Phone{}, PhoneFormat
	}
	return Phone{number: mainland + line}, nil
}

// mobile reports whether digits are a mobile's of the mainland.
func mobile(digits string) bool {
	const length = 11
	return len(digits) == length && digits[0] == '1' && digits[1] >= '3'
}

// Number is the number whole, in the international form. Whoever calls it answers for where it goes.
func (p Phone) Number() string { return p.number }

// Mobile reports whether it is a mobile's number of the mainland: those are registered to one person.
func (p Phone) Mobile() bool {
	national, found := strings.CutPrefix(p.number, mainland)
	return found && mobile(national)
}

// Mask is the number with its middle hidden: 138****5678, +852****4567.
func (p Phone) Mask() string {
	if p.number == "" {
		return ""
	}
	const head, tail = 3, 4
	shown := strings.TrimPrefix(p.number, mainland)
	if shown == p.number {
		return shown[:head+1] + "****" + shown[len(shown)-tail:]
	}
	return shown[:head] + "****" + shown[len(shown)-tail:]
}

// String is the masked number.
func (p Phone) String() string { return p.Mask() }

// GoString is the masked number, so that %#v does not tell it either.
func (p Phone) GoString() string { return "identity.Phone(" + p.Mask() + ")" }

// MarshalText is the masked number.
func (p Phone) MarshalText() ([]byte, error) { return []byte(p.Mask()), nil }

// LogValue is the masked number.
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.Mask()) }

// Email is an address of mail. It prints, logs and marshals masked. The zero Email is none.
type Email struct{ address string }

// ParseEmail reads an address without a name beside it. The error is a Fault.
func ParseEmail(s string) (Email, error) {
	const longest = 254
	typed := strings.TrimFunc(s, blank)
	parsed, err := mail.ParseAddress(typed)
	if err != nil || parsed.Address != typed || len(typed) > longest || strings.ContainsAny(typed, " \"<>,;:\\") {
		return Email{}, EmailFormat
	}
	_, domain, _ := strings.Cut(typed, "@")
	if !strings.Contains(strings.Trim(domain, "."), ".") || strings.HasPrefix(domain, "[") {
		return Email{}, EmailFormat
	}
	return Email{address: typed}, nil
}

// Address is the address whole. Whoever calls it answers for where it goes.
func (e Email) Address() string { return e.address }

// folded is the address as it is compared: no provider tells addresses apart by their capitals.
func (e Email) folded() string { return strings.ToLower(e.address) }

// Mask is the first letter and the domain: z***@example.com.
func (e Email) Mask() string {
	local, domain, found := strings.Cut(e.address, "@")
	if !found {
		return ""
	}
	_, size := utf8.DecodeRuneInString(local)
	return local[:size] + "***@" + domain
}

// String is the masked address.
func (e Email) String() string { return e.Mask() }

// GoString is the masked address, so that %#v does not tell it either.
func (e Email) GoString() string { return "identity.Email(" + e.Mask() + ")" }

// MarshalText is the masked address.
func (e Email) MarshalText() ([]byte, error) { return []byte(e.Mask()), nil }

// LogValue is the masked address.
func (e Email) LogValue() slog.Value { return slog.StringValue(e.Mask()) }

// ParseAddress reads a postal address: a line of text. The error is a Fault.
func ParseAddress(s string) (string, error) {
	typed := strings.TrimFunc(s, blank)
	if !utf8.ValidString(typed) || typed == "" || strings.ContainsFunc(typed, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", AddressChars
	}
	return typed, nil
}

// MaskAddress shows where a postal address begins, which is the province or the city.
func MaskAddress(address string) string {
	const shown = 3
	runes := []rune(address)
	return string(runes[:min(shown, len(runes)/2)]) + "****" //nolint:mnd // at most half of a short one
}
