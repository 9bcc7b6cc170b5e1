package store

import (
	"cmp"
	"fmt"
	"slices"

	"gorm.io/gorm/clause"
)

// PersonIndex is something that a person is found by: a keyed hash. There is one for each kind and index key, so that keys
// can be changed while people are registered.
type PersonIndex struct {
	PersonID string `gorm:"primaryKey"`
	Kind     string `gorm:"primaryKey"`
	Key      int64  `gorm:"primaryKey"` // number of the index key; 0 in rows from when there was one
	Hash     []byte
}

// TableName is the table of indexes, whose plural GORM would form otherwise.
func (PersonIndex) TableName() string { return "person_indexes" }

// Kinds of indexes. Two persons never hold the same ID number or mobile; telephones of other kinds and mail may be shared.
const (
	IndexIDNumber = "id_number"
	IndexMobile   = "mobile"
	IndexPhone    = "phone"
	IndexEmail    = "email"
)

// PersonByIndex reads the person with an ID number, by any of its keyed hashes; ErrNotFound when there is none.
func (tx *Tx) PersonByIndex(hashes ...[]byte) (Person, error) {
	var p Person
	err := tx.db.Take(&p, "id = (SELECT person_id FROM person_indexes WHERE kind = ? AND hash IN ? LIMIT 1)", IndexIDNumber, hashes).Error
	return p, found(err, "look up a person")
}

// PeopleByIndex reads the persons who are found by any of these hashes, of these kinds, in the order of their records.
func (tx *Tx) PeopleByIndex(kinds []string, hashes [][]byte) ([]Person, error) {
	var people []Person
	err := tx.db.Order("created_at, id").
		Find(&people, "id IN (SELECT person_id FROM person_indexes WHERE kind IN ? AND hash IN ?)", kinds, hashes).Error
	return people, found(err, "look up persons")
}

// InsertPerson writes a person with the indexes of the ID number, unless the number is known already, and reads whoever
// holds it.
func (tx *Tx) InsertPerson(p Person, indexes ...PersonIndex) (Person, error) {
	if err := tx.db.Create(&p).Error; err != nil {
		return p, fmt.Errorf("write a person: %w", err)
	}
	p.Human = p.ID
	fresh, err := tx.insertIndexes(p.ID, indexes)
	if err != nil || fresh {
		return p, err
	}
	err = tx.db.Delete(&PersonIndex{}, "person_id = ?", p.ID).Error
	if err == nil {
		err = tx.db.Delete(&Person{}, "id = ?", p.ID).Error
	}
	if err != nil {
		return p, fmt.Errorf("take back a person: %w", err)
	}
	hashes := make([][]byte, len(indexes))
	for i, index := range indexes {
		hashes[i] = index.Hash
	}
	return tx.PersonByIndex(hashes...)
}

// SetPersonIndexes writes what a person is found by, in the place of all that there was of some kinds. It reports false,
// and leaves the person without any of the kinds, when somebody else holds one of them that only one may hold.
func (tx *Tx) SetPersonIndexes(personID string, kinds []string, indexes []PersonIndex) (bool, error) {
	remove := func() error {
		err := tx.db.Delete(&PersonIndex{}, "person_id = ? AND kind IN ?", personID, kinds).Error
		return found(err, "remove a person's indexes")
	}
	if err := remove(); err != nil {
		return false, err
	}
	all, err := tx.insertIndexes(personID, indexes)
	if err != nil || all {
		return all, err
	}
	return false, remove()
}

// insertIndexes writes what a person is found by, and reports whether nobody else held any of it. A process that knows
// fewer keys may have written some of it for somebody else.
func (tx *Tx) insertIndexes(personID string, indexes []PersonIndex) (bool, error) {
	if len(indexes) == 0 {
		return true, nil
	}
	rows := make([]PersonIndex, len(indexes))
	for i, index := range indexes {
		index.PersonID = personID
		rows[i] = index
	}
	// In one order for everybody: of two who write the same, one waits for the other, and not both for each other.
	slices.SortFunc(rows, func(a, b PersonIndex) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key)) })
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows)
	if res.Error != nil {
		return false, fmt.Errorf("write a person's indexes: %w", res.Error)
	}
	return res.RowsAffected == int64(len(rows)), nil
}

// Unindexed is a person who has no index of a kind under a key.
type Unindexed struct {
	Person

	PhoneSealed, EmailSealed []byte
}

// PeopleUnindexed reads persons who have something to be found by, and lack an index of it under some of these keys, in the
// order of their ids and after one; at most so many.
func (tx *Tx) PeopleUnindexed(keys []int64, after string, limit int) ([]Unindexed, error) {
	lacks := func(kinds string) string {
		return "(SELECT count(*) FROM person_indexes i WHERE i.person_id = p.id AND i.key IN @keys AND i.kind IN (" + kinds + ")) < @want"
	}
	var people []Unindexed
	err := tx.db.Raw(`SELECT p.*, c.phone_sealed, c.email_sealed FROM persons p LEFT JOIN contacts c ON c.person_id = p.id
		WHERE p.id > @after AND (
			p.erased_at IS NULL AND `+lacks("'id_number'")+`
			OR c.phone_sealed IS NOT NULL AND `+lacks("'mobile', 'phone'")+`
			OR c.email_sealed IS NOT NULL AND `+lacks("'email'")+`)
		ORDER BY p.id LIMIT @limit`,
		map[string]any{"keys": keys, "want": len(keys), "after": after, "limit": limit}).Scan(&people).Error
	return people, found(err, "read persons without an index")
}

// AddPersonIndexes adds indexes of a person under further keys, and names the key of one that was written before keys had
// names. It adds none to a person who has changed meanwhile, so that nobody is found by what they had before.
func (tx *Tx) AddPersonIndexes(was Unindexed, indexes []PersonIndex) error {
	var n int64
	err := tx.db.Raw(`SELECT count(*) FROM (SELECT 1 FROM persons p LEFT JOIN contacts c ON c.person_id = p.id
		WHERE p.id = ? AND p.erased_at IS NULL AND (c.phone_sealed IS NOT DISTINCT FROM ?::bytea) AND (c.email_sealed IS NOT DISTINCT FROM ?::bytea)
		FOR NO KEY UPDATE OF p) unchanged`, was.ID, was.PhoneSealed, was.EmailSealed).Scan(&n).Error
	if err != nil || n == 0 {
		return found(err, "hold a person")
	}
	for _, index := range indexes {
		err := tx.db.Exec(`UPDATE person_indexes SET key = ? WHERE person_id = ? AND kind = ? AND key = 0 AND hash = ?`,
			index.Key, was.ID, index.Kind, index.Hash).Error
		if err != nil {
			return fmt.Errorf("name an index's key: %w", err)
		}
	}
	_, err = tx.insertIndexes(was.ID, indexes)
	return err
}

// RemoveIndexes removes what was made with other keys than these.
func (tx *Tx) RemoveIndexes(otherThan []int64) error {
	err := tx.db.Delete(&PersonIndex{}, "key NOT IN ?", otherThan).Error
	return found(err, "remove indexes")
}
