// Package people reads who people are: it opens what the record keeps sealed of them, and says what they are found by.
package people

import (
	"fmt"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// documentTypes is the record's types of identity document, as package identity reads them.
var documentTypes = map[string]identity.DocumentType{
	store.IDTypeResident:        identity.ResidentCard,
	store.IDTypeResidencePermit: identity.ResidencePermit,
	store.IDTypeHongKongMacao:   identity.HongKongMacaoPermit,
	store.IDTypeTaiwan:          identity.TaiwanPermit,
	store.IDTypePassport:        identity.Passport,
	store.IDTypePermanent:       identity.PermanentResidentID,
}

// DocumentType is a type of identity document of the record, as package identity reads it.
func DocumentType(idType string) identity.DocumentType { return documentTypes[idType] }

// Name opens a person's name.
func Name(keys *identity.Keyring, p store.Person) (string, error) {
	name, err := keys.Open(p.NameSealed, store.NameSeal(p.ID))
	if err != nil {
		return "", fmt.Errorf("open a name: %w", err)
	}
	return string(name), nil
}

// Number opens the number of a person's identity document.
func Number(keys *identity.Keyring, p store.Person) (string, error) {
	number, err := keys.Open(p.IDNumberSealed, store.IDNumberSeal(p.ID))
	if err != nil {
		return "", fmt.Errorf("open an ID number: %w", err)
	}
	return string(number), nil
}

// Document opens a person's identity document.
func Document(keys *identity.Keyring, p store.Person) (identity.Document, error) {
	number, err := Number(keys, p)
	if err != nil {
		return identity.Document{}, err
	}
	document, err := identity.ParseDocument(DocumentType(p.IDType), number)
	if err != nil {
		return document, fmt.Errorf("read an ID number of the record: %w", err)
	}
	return document, nil
}

// ByDocument is what a person is found by, of an identity document; the country is a passport's.
func ByDocument(keys *identity.Keyring, d identity.Document, country string) []store.PersonIndex {
	return of(store.IndexIDNumber, keys.IndexDocument(d, country))
}

// ByPhone is what a person is found by, of a telephone.
func ByPhone(keys *identity.Keyring, p identity.Phone) []store.PersonIndex {
	kind := store.IndexPhone
	if p.Mobile() {
		kind = store.IndexMobile
	}
	return of(kind, keys.IndexPhone(p))
}

// ByEmail is what a person is found by, of an address of mail.
func ByEmail(keys *identity.Keyring, e identity.Email) []store.PersonIndex {
	return of(store.IndexEmail, keys.IndexEmail(e))
}

func of(kind string, made []identity.Index) []store.PersonIndex {
	all := make([]store.PersonIndex, len(made))
	for i, index := range made {
		all[i] = store.PersonIndex{Kind: kind, Key: int64(index.Key), Hash: index.Hash}
	}
	return all
}

// Hashes are the hashes of indexes.
func Hashes(indexes []store.PersonIndex) [][]byte {
	all := make([][]byte, len(indexes))
	for i, index := range indexes {
		all[i] = index.Hash
	}
	return all
}

// Indexes is everything that a person is found by, under every key there is.
func Indexes(keys *identity.Keyring, p store.Person, phoneSealed, emailSealed []byte) ([]store.PersonIndex, error) {
	document, err := Document(keys, p)
	if err != nil {
		return nil, err
	}
	country := ""
	if p.IDCountry != nil {
		country = *p.IDCountry
	}
	all := ByDocument(keys, document, country)
	number, err := phone(keys, p.ID, phoneSealed)
	if err != nil {
		return nil, err
	}
	if phoneSealed != nil {
		all = append(all, ByPhone(keys, number)...)
	}
	address, err := email(keys, p.ID, emailSealed)
	if err != nil {
		return nil, err
	}
	if emailSealed != nil {
		all = append(all, ByEmail(keys, address)...)
	}
	return all, nil
}
