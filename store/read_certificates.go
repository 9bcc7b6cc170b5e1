package store

import (
	"gorm.io/gorm"

	"github.com/dengpan/dengpan/filter"
)

// CertificateFilter picks certificates; an empty field picks all. An institution's are those that it issued. Limit is the
// most that are read.
type CertificateFilter struct {
	Within

	Kind   string
	Status string
	Part   string      // of the number
	Where  filter.Expr // bound, by [CertificateFields]
	After  *Position   // by record, the latest first
	Limit  int

	Numbered Numbered
}

// certificateOrders are the orders that certificates can be asked for in.
var certificateOrders = map[string]string{
	"": "recorded_at DESC, id DESC", "-issued_on": "issued_on DESC, id DESC", "issued_on": "issued_on, id",
}

func (f CertificateFilter) pick(q *gorm.DB) *gorm.DB {
	q = certificateSearch.pick(q, f.Where)
	if f.InstitutionID != "" {
		q = q.Where("issuer = ?", f.InstitutionID)
	}
	if f.District != "" {
		q = q.Where(certificatesInDistrict, f.District, f.District)
	}
	for column, value := range map[string]string{"kind": f.Kind, "status": f.Status} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if f.Part != "" {
		where, args := withinAny([]string{"number"}, f.Part)
		q = q.Where(where, args...)
	}
	return q
}

// IssuedCertificates reads certificates, the latest first unless another order is asked for.
func (tx *Tx) IssuedCertificates(f CertificateFilter) ([]Certificate, error) {
	var all []Certificate
	err := tx.planned(func(tx *Tx) error {
		q := f.Numbered.of(f.pick(tx.db), certificateOrders, f.Limit)
		if f.After != nil {
			q = q.Where("(recorded_at, id) < (?, ?)", f.After.At, f.After.ID)
		}
		return q.Find(&all).Error
	})
	return all, found(err, "list certificates")
}

// CertificateIDs reads the ids of certificates, in the same orders.
func (tx *Tx) CertificateIDs(f CertificateFilter) ([]string, error) {
	var ids []string
	err := f.Numbered.of(f.pick(tx.db.Model(&Certificate{})), certificateOrders, f.Limit).Pluck("id", &ids).Error
	return ids, found(err, "list the ids of certificates")
}

// CountCertificates counts the certificates that a filter picks, up to one more than a most.
func (tx *Tx) CountCertificates(f CertificateFilter, most int) (int64, error) {
	var n int64
	err := tx.planned(func(tx *Tx) (err error) {
		n, err = tx.countUpTo(f.pick(tx.db.Model(&Certificate{})), most)
		return err
	})
	return n, found(err, "count certificates")
}
