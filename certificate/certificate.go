// Package certificate says what a certificate states and how its record is sealed against change. It is pure: numbers
// and records are kept by the store, and issued as a step of a case.
//
// The two certificates a case leads to are those of annexes 4 and 5 of the notice: the training certificate
// (培训合格证书), issued by the training body, and the grade certificate (专业技术等级证书), issued by the evaluation body.
package certificate

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dengpan/dengpan/calendar"
)

// NoDirection is what is printed where an occupation has no direction (annex 5, note 3).
const NoDirection = "—"

// Facts is every printed fact of a certificate but the holder's own: frozen at issue, whatever is renamed later.
type Facts struct {
	Kind       string        `json:"kind"`
	Number     string        `json:"number"`
	IssuerID   string        `json:"issuer_id"`
	IssuerName string        `json:"issuer_name"` // as on the published list on the day of issue
	Occupation string        `json:"occupation"`  // the full name of the occupation (职业), never the field's short name
	Direction  string        `json:"direction"`   // NoDirection when there is none
	Level      string        `json:"level"`
	From       calendar.Date `json:"from,omitzero"` // first and last day of the training; training certificate only
	To         calendar.Date `json:"to,omitzero"`
	Hours      string        `json:"hours,omitempty"` // 学时; training certificate only
	IssuedOn   calendar.Date `json:"issued_on"`
	// Demonstration marks a certificate that rests on 演示数据, and must say so wherever it shows.
	Demonstration bool `json:"demonstration,omitempty"`
}

// Holder is whom a certificate is made out to, as printed.
type Holder struct {
	Name     string `json:"name"`
	IDType   string `json:"id_type"`
	IDNumber string `json:"id_number"`
}

// Digest is the SHA-256 of a certificate's facts and holder in their canonical form (JSON in field order). A record whose
// digest does not match was changed after it was issued.
func Digest(facts Facts, holder Holder) ([]byte, error) {
	canonical, err := json.Marshal(struct {
		Facts  Facts  `json:"facts"`
		Holder Holder `json:"holder"`
	}{facts, holder})
	if err != nil {
		return nil, fmt.Errorf("digest a certificate: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return sum[:], nil
}

// Number forms a certificate number of an issuer's sequence: kind, issuer, year and a running number. Training bodies
// set their own numbers (annex 4, note 3); this is the scheme for those that leave it to us.
func Number(kind, issuer string, year, running int) string {
	prefix := "PX" // 培训
	if kind == "grade" {
		prefix = "DJ" // 等级
	}
	return fmt.Sprintf("%s-%s-%d-%06d", prefix, strings.ToUpper(issuer), year, running)
}
