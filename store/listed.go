package store

import (
	"gorm.io/gorm"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
)

// Published is a published list.
type Published struct {
	Document    string
	ListYear    int
	PublishedOn *calendar.Date // nil: the list does not say
	ValidFrom   calendar.Date
}

// roleOfKind is the role in which an institution issues a kind of certificate.
var roleOfKind = map[string]string{contract.TrainingCertificate: "training", contract.GradeCertificate: "evaluation"}

// IssuerListed is the list on which the issuer of a certificate stood on the day of issue, in the role that it issued it in;
// ErrNotFound when it stood on none.
func (tx *Tx) IssuerListed(c Certificate) (Published, error) {
	var q *gorm.DB
	if c.CaseID != nil {
		q = tx.db.Table("institution_roles r").Joins("JOIN cases k ON k.id = ? AND r.occupation = k.occupation AND r.level IN ('', k.level)", *c.CaseID).
			Select("coalesce(s.document, r.source_document) AS document, r.list_year, s.published_on, r.valid_from").
			Where("r.role = ?", roleOfKind[c.Kind])
	} else {
		q = tx.db.Table("ce_bases r").Select("coalesce(s.document, '') AS document, r.list_year, s.published_on, r.valid_from").Where("r.may_issue")
	}
	var list Published
	err := q.Joins("LEFT JOIN list_snapshots s ON s.state = ? AND s.valid_from = r.valid_from", ListApplied).
		Where("r.institution_id = ? AND r.valid_from <= ? AND (r.valid_to IS NULL OR r.valid_to > ?)", c.Issuer, c.IssuedOn, c.IssuedOn).
		Take(&list).Error
	return list, found(err, "look up an issuer on the published list")
}
