package people

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// Given is who somebody is, as they were named and read.
type Given struct {
	Name     string
	IDType   string
	Country  string // of a passport
	Document identity.Document
}

// Enter finds the person that a document belongs to, or writes them, with the name and the number sealed.
func Enter(tx *store.Tx, keys *identity.Keyring, who Given, at time.Time) (store.Person, error) {
	indexes := ByDocument(keys, who.Document, who.Country)
	known, err := tx.PersonByIndex(Hashes(indexes)...)
	if !errors.Is(err, store.ErrNotFound) {
		return known, err
	}
	fresh := store.Person{ID: uuid.NewString(), IDType: who.IDType, CreatedAt: at.UTC()}
	if who.Country != "" {
		fresh.IDCountry = &who.Country
	}
	if fresh.NameSealed, err = keys.Seal([]byte(who.Name), store.NameSeal(fresh.ID)); err != nil {
		return store.Person{}, err
	}
	if fresh.IDNumberSealed, err = keys.Seal([]byte(who.Document.Number()), store.IDNumberSeal(fresh.ID)); err != nil {
		return store.Person{}, err
	}
	return tx.InsertPerson(fresh, indexes...)
}
