package people

import (
	"fmt"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// Declared is the records of the people whom accounts declared, under any of their numbers: they do nothing about these people's
// cases.
func Declared(tx *store.Tx, keys *identity.Keyring, accounts ...string) ([]string, error) {
	declared, err := tx.Duties(accounts...)
	if err != nil || len(declared) == 0 {
		return nil, err
	}
	var hashes [][]byte
	for _, d := range declared {
		number, err := keys.Open(d.DocumentSealed, store.DutySeal(d.ID))
		if err != nil {
			return nil, fmt.Errorf("open a declaration: %w", err)
		}
		document, err := identity.ParseDocument(DocumentType(d.IDType), string(number))
		if err != nil {
			return nil, fmt.Errorf("read the number of a declaration: %w", err)
		}
		country := ""
		if d.IDCountry != nil {
			country = *d.IDCountry
		}
		for _, index := range ByDocument(keys, document, country) {
			hashes = append(hashes, index.Hash)
		}
	}
	found, err := tx.PeopleByIndex([]string{store.IndexIDNumber}, hashes)
	if err != nil {
		return nil, err
	}
	records, err := tx.RecordsOf(idsOf(found)...)
	return idsOf(records), err
}

func idsOf(records []store.Person) []string {
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	return ids
}
