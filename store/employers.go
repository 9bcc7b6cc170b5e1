package store

import (
	"crypto/rand"
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/filter"
)

// Employer is an employer (用人单位) that sponsors classes for its people.
type Employer struct {
	ID           string
	Name         string
	USCC         string `gorm:"column:uscc"`
	District     string
	RegisteredBy string
	RegisteredAt time.Time
}

// How a class comes about (合作方式). The second and the third are an employer's.
const (
	ModeOrdinary = "ordinary"
	ModeOrder    = "order"
	ModeNamed    = "named"
)

// InsertEmployer writes an employer. One whose code is known violates employers_uscc_key.
func (tx *Tx) InsertEmployer(e Employer) error {
	return found(tx.db.Create(&e).Error, "write an employer")
}

// Employer reads an employer.
func (tx *Tx) Employer(id string) (Employer, error) {
	return byID[Employer](tx.db, id, "read an employer")
}

// EmployerByUSCC reads the employer with a unified social credit code.
func (tx *Tx) EmployerByUSCC(uscc string) (Employer, error) {
	var e Employer
	err := tx.db.Take(&e, "uscc = ?", uscc).Error
	return e, found(err, "look up an employer")
}

// EmployersByID reads employers by their ids.
func (tx *Tx) EmployersByID(ids []string) (map[string]Employer, error) {
	return ofIDs(tx.db, ids, func(r Employer) string { return r.ID }, "read employers")
}

// EmployerFilter picks employers; an empty field picks all. Limit is the most that are read.
type EmployerFilter struct {
	District string
	Text     string      // within the name, or the code
	Where    filter.Expr // bound, by [EmployerFields]
	Numbered Numbered
	Limit    int
}

var employerOrders = map[string]string{
	"": "registered_at DESC, id", "name": "name, id", "-name": "name DESC, id DESC",
}

func (f EmployerFilter) pick(q *gorm.DB) *gorm.DB {
	q = employerSearch.pick(q, f.Where)
	if f.District != "" {
		q = q.Where("district = ?", f.District)
	}
	if f.Text != "" {
		where, args := withinAny([]string{"name", "uscc"}, f.Text)
		q = q.Where(where, args...)
	}
	return q
}

func (f EmployerFilter) picked(q *gorm.DB) *gorm.DB {
	return f.Numbered.of(f.pick(q.Model(&Employer{})), employerOrders, f.Limit)
}

// CountEmployers counts the employers that a filter picks.
func (tx *Tx) CountEmployers(f EmployerFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Employer{})).Count(&n).Error
	return n, found(err, "count employers")
}

// Employers reads employers, the latest first unless another order is asked for.
func (tx *Tx) Employers(f EmployerFilter) ([]Employer, error) {
	var all []Employer
	return all, found(f.picked(tx.db).Find(&all).Error, "list employers")
}

// EmployerStanding is what an employer has here.
type EmployerStanding struct {
	EmployerID        string
	Classes, Accounts int
}

// EmployerStandings counts what employers have here.
func (tx *Tx) EmployerStandings(ids []string) (map[string]EmployerStanding, error) {
	var rows []EmployerStanding
	if len(ids) > 0 {
		err := tx.db.Raw(`SELECT e.id AS employer_id, (SELECT count(*) FROM classes k WHERE k.sponsor = e.id) AS classes,
			(SELECT count(*) FROM accounts a WHERE a.employer_id = e.id AND a.state = 'active') AS accounts
			FROM employers e WHERE e.id IN ?`, ids).Scan(&rows).Error
		if err != nil {
			return nil, found(err, "count what employers have")
		}
	}
	return keyed(rows, func(r EmployerStanding) string { return r.EmployerID }), nil
}

// codeLetters are letters and digits of which none is taken for another when it is read aloud or copied by hand.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewOrderCode is a code by which an employer's people find its class: 58 bits of chance.
func NewOrderCode() string {
	const length = 12
	code := make([]byte, 0, length)
	one := make([]byte, 1)
	for len(code) < length {
		rand.Read(one) // never fails: it crashes the program instead
		if n := int(one[0]); n < 256/len(codeLetters)*len(codeLetters) {
			code = append(code, codeLetters[n%len(codeLetters)])
		}
	}
	return string(code)
}

// AgreeToClass notes that the sponsor of a class agrees to it, and gives it its first code.
func (tx *Tx) AgreeToClass(classID, by, code string, at time.Time) error {
	err := tx.db.Model(&Class{}).Where("id = ? AND agreed_at IS NULL", classID).
		Updates(map[string]any{"agreed_by": by, "agreed_at": at, "order_code": code}).Error
	return found(err, "agree to a class")
}

// RenewOrderCode gives a class another code; by the one before nobody finds it any more.
func (tx *Tx) RenewOrderCode(classID, code string) error {
	err := tx.db.Model(&Class{}).Where("id = ?", classID).Update("order_code", code).Error
	return found(err, "renew a class's code")
}

// ClassByOrderCode reads the class with a code.
func (tx *Tx) ClassByOrderCode(code string) (Class, error) {
	var c Class
	err := tx.db.Take(&c, "order_code = ?", code).Error
	return c, found(err, "look up an order code")
}

// SponsoredClasses reads the classes that an employer sponsors, the latest first.
func (tx *Tx) SponsoredClasses(employerID string) ([]Class, error) {
	var all []Class
	err := tx.db.Order("opened_at DESC, id").Find(&all, "sponsor = ?", employerID).Error
	return all, found(err, "list the classes that an employer sponsors")
}
