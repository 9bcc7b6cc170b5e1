package store

import (
	"time"

	"github.com/dengpan/dengpan/authority"
)

// Person is a human being, sealed: the name and the ID number can be read only with the keyring.
type Person struct {
	ID             string
	IDType         string
	IDCountry      *string // of a passport: who issued it (ISO 3166-1, three letters)
	IDNumberSealed []byte
	NameSealed     []byte
	CreatedAt      time.Time
	ErasedAt       *time.Time // since when the name and the number are gone, at the person's request
	MergedInto     *string    `gorm:"->"` // the record that stands for whom both are of
	// Human is the record that stands for whom this one is of: itself, or what it was merged into.
	Human       string     `gorm:"->"`
	CorrectedAt *time.Time // when the name or the number was corrected last
}

// TableName is the table of persons, whose plural GORM would form otherwise.
func (Person) TableName() string { return "persons" }

// The types of identity document that the record knows.
const (
	IDTypeResident        = "resident_id"            // 居民身份证
	IDTypeResidencePermit = "residence_permit"       // 港澳台居民居住证
	IDTypeHongKongMacao   = "hong_kong_macao_permit" // 港澳居民来往内地通行证
	IDTypeTaiwan          = "taiwan_permit"          // 台湾居民来往大陆通行证
	IDTypePassport        = "passport"               // 护照
	IDTypePermanent       = "permanent_resident_id"  // 外国人永久居留身份证
)

// Account is someone or something that may use the API.
type Account struct {
	ID            string
	Role          string
	Label         string
	PersonID      *string
	Human         *string `gorm:"->"` // the record that stands for the person (see [Person])
	InstitutionID *string
	EmployerID    *string
	District      *string // of an operator; nil: of the whole city
	Machine       bool    // of an institution: has API keys, and no other way in
	State         string  `gorm:"default:active"`
	CreatedAt     time.Time
	ClosedAt      *time.Time
	// Key is what the API key that the account was found by may be used for; nil when it was found otherwise.
	Key KeyScopes `gorm:"-"`
}

// Caller is the account as the table of authority sees it.
func (a Account) Caller() authority.Caller {
	return authority.Caller{
		Role: authority.Role(a.Role), Account: a.ID, Person: text(a.Human), Institution: text(a.InstitutionID),
		Employer: text(a.EmployerID), District: text(a.District), Key: a.Key,
	}
}

// States of an account.
const (
	AccountActive = "active"
	AccountClosed = "closed"
)

// Roles of an account.
const (
	RoleTrainee       = string(authority.Trainee)
	RoleOperator      = string(authority.Operator)
	RoleInstitution   = string(authority.Institution)
	RoleAdministrator = string(authority.Administrator)
	RoleEmployer      = string(authority.Employer)
)

// Person reads a person.
func (tx *Tx) Person(id string) (Person, error) {
	return byID[Person](tx.db, id, "read a person")
}

// PeopleByID reads persons by their ids, in no order.
func (tx *Tx) PeopleByID(ids []string) ([]Person, error) {
	var people []Person
	if len(ids) == 0 {
		return people, nil
	}
	err := tx.db.Find(&people, "id IN ?", ids).Error
	return people, found(err, "read persons")
}

// Account reads an account.
func (tx *Tx) Account(id string) (Account, error) {
	return byID[Account](tx.db, id, "read an account")
}

// CorrectIdentity writes the name and the number of a person, sealed, in the place of those before. What the person is found
// by is written beside it.
func (tx *Tx) CorrectIdentity(p Person) error {
	err := tx.db.Model(&Person{}).Where("id = ?", p.ID).Select("name_sealed", "id_number_sealed", "corrected_at").Updates(p).Error
	return found(err, "correct a person's identity")
}

// AccountRoles reads the roles of accounts. Who is none, such as the system, has none.
func (tx *Tx) AccountRoles(ids []string) (map[string]string, error) {
	var rows []Account
	if len(ids) > 0 {
		if err := tx.db.Select("id", "role").Find(&rows, "id::text IN ?", ids).Error; err != nil {
			return nil, found(err, "read the roles of accounts")
		}
	}
	roles := make(map[string]string, len(rows))
	for _, row := range rows {
		roles[row.ID] = row.Role
	}
	return roles, nil
}

// AccountOfPerson reads the account that a person uses, or used last; ErrNotFound when none does.
func (tx *Tx) AccountOfPerson(personID string) (Account, error) {
	var a Account
	err := tx.db.Order("state, closed_at DESC").Take(&a, "person_id "+family, personID).Error
	return a, found(err, "look up a person's account")
}

// ClaimPerson binds a trainee's account to the person it registered. The unique index on person_id keeps a second
// account from claiming the same person.
func (tx *Tx) ClaimPerson(accountID, personID string) error {
	err := tx.db.Model(&Account{}).Where("id = ? AND person_id IS NULL", accountID).Update("person_id", personID).Error
	return found(err, "claim a person")
}
