// Package certificate says what a certificate states and how its record is sealed against change. It is pure: numbers
// and records are kept by the store, and issued as a step of a case.
//
// The two certificates a case leads to are those of annexes 4 and 5 of the notice: the training certificate
// (培训合格证书), issued by the training body, and the grade certificate (专业技术等级证书), issued by the evaluation body.
// A course of a CE base leads to that of annex 3 (专业技术人员继续教育基地培训证书).
package certificate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/dengpan/dengpan/calendar"
)

// KindCEBase is the kind of the certificates of CE bases.
const KindCEBase = "ce_base"

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
	Course     string        `json:"course,omitempty"` // 培训班名称; certificate of a CE base only, which has no occupation
	From       calendar.Date `json:"from,omitzero"`    // first and last day of the training; not on a grade certificate
	To         calendar.Date `json:"to,omitzero"`
	Hours      string        `json:"hours,omitempty"` // 学时; not on a grade certificate
	IssuedOn   calendar.Date `json:"issued_on"`
	ExpiresOn  calendar.Date `json:"expires_on,omitzero"` // its last day; zero: it does not expire

	Template  string   `json:"template,omitempty"`   // the layout it is printed in: "grade/1"
	LookUp    []string `json:"look_up,omitempty"`    // addresses that are printed, where the certificate is found
	VerifyURL string   `json:"verify_url,omitempty"` // what the QR code says: no personal data is in it
	Extra     []string `json:"extra,omitempty"`      // the issuer's own lines (annex 4, note 1)
	// Whose seal is printed: the issuer's, or that of its personnel organ in its place (代章: annex 4, note 2).
	SealName    string `json:"seal_name,omitempty"`
	SealStandIn bool   `json:"seal_stand_in,omitempty"`
	// SHA-256 of the images that are printed, in hexadecimal; empty: there is none.
	SealDigest  string `json:"seal_digest,omitempty"`
	PhotoDigest string `json:"photo_digest,omitempty"`
	// NationalID is the identifier of GB/T 36904; empty until the kind of certificate has been given a code.
	NationalID string `json:"national_id,omitempty"`
	// Demonstration marks a certificate that rests on 演示数据, and must say so wherever it shows.
	Demonstration bool `json:"demonstration,omitempty"`
}

// Holder is whom a certificate is made out to, as printed.
type Holder struct {
	Name     string `json:"name"`
	IDType   string `json:"id_type"`
	IDNumber string `json:"id_number"`
}

// ImageDigest is the digest of an image that is printed, as facts have it; empty where there is none.
func ImageDigest(image []byte) string {
	if image == nil {
		return ""
	}
	sum := sha256.Sum256(image)
	return hex.EncodeToString(sum[:])
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
