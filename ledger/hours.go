package ledger

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ErrHours is the reason a text or number is not an amount of hours.
var ErrHours = errors.New("not an amount of hours with at most one decimal")

// Hours is an amount of 学时, kept in tenths so that sums are exact. It is written as a number with at most one decimal:
// 80, 7.5.
type Hours int32

// limit keeps an amount within what the database column numeric(6,1) holds, with room to add.
const limit = 9_999_9

// Whole returns a whole number of hours.
func Whole(n int) Hours { return Hours(n * 10) }

// Tenths returns a number of tenths of an hour.
func Tenths(n int) Hours { return Hours(n) }

// FromFloat returns the hours of a number as JSON gives it; more than one decimal is refused, not rounded.
func FromFloat(f float64) (Hours, error) {
	tenths := math.Round(f * 10)
	// The nearest float to a one-decimal number divides back to that same float; anything else had more decimals.
	if math.IsNaN(f) || math.Abs(tenths) > limit || tenths/10 != f {
		return 0, ErrHours
	}
	return Hours(tenths), nil
}

// ParseHours reads hours as String writes them; zeros after the first decimal are read too, as SQL may add them.
func ParseHours(s string) (Hours, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if whole == "" || (point && fraction == "") || !decimal(whole) || !decimal(fraction) {
		return 0, ErrHours
	}
	if point {
		if strings.Trim(fraction[1:], "0") != "" {
			return 0, ErrHours
		}
		fraction = fraction[:1]
	} else {
		fraction = "0"
	}
	tenths, err := strconv.Atoi(whole + fraction)
	if err != nil || tenths > limit {
		return 0, ErrHours
	}
	if negative {
		tenths = -tenths
	}
	return Hours(tenths), nil
}

func decimal(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Tenths is the amount in tenths of an hour.
func (h Hours) Tenths() int { return int(h) }

// Float is the amount as a number.
func (h Hours) Float() float64 { return float64(h) / 10 }

// String is the amount as a person writes it: 80, 7.5, -0.5.
func (h Hours) String() string {
	sign, tenths := "", int64(h)
	if tenths < 0 {
		sign, tenths = "-", -tenths
	}
	text := sign + strconv.FormatInt(tenths/10, 10)
	if tenths%10 != 0 {
		text += "." + strconv.FormatInt(tenths%10, 10)
	}
	return text
}

// MarshalJSON writes the amount as a JSON number.
func (h Hours) MarshalJSON() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalJSON reads a JSON number. A number in quotes is refused, as the contract says number.
func (h *Hours) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil // as encoding/json does for every type that has no null
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return ErrHours
	}
	parsed, err := FromFloat(f)
	if err != nil {
		return err
	}
	*h = parsed
	return nil
}

// UnmarshalText reads the amount from a policy file.
func (h *Hours) UnmarshalText(text []byte) error {
	parsed, err := ParseHours(string(text))
	if err != nil {
		return err
	}
	*h = parsed
	return nil
}

// Value is the amount as PostgreSQL's numeric takes it.
func (h Hours) Value() (driver.Value, error) { return h.String(), nil }

// Scan reads a PostgreSQL numeric.
func (h *Hours) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return h.UnmarshalText([]byte(v))
	case []byte:
		return h.UnmarshalText(v)
	case int64:
		return h.UnmarshalText(strconv.AppendInt(nil, v, 10))
	case float64:
		parsed, err := FromFloat(v)
		if err != nil {
			return err
		}
		*h = parsed
		return nil
	}
	return fmt.Errorf("read hours: from %T", src)
}

// GormDataType tells gorm which column type hours are.
func (Hours) GormDataType() string { return "numeric" }
