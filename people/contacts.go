package people

import (
	"fmt"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// Reach is how somebody can be reached; the zero value of each is not known.
type Reach struct {
	Phone   identity.Phone
	Email   identity.Email
	Address string
}

// Contacts opens how somebody can be reached.
func Contacts(keys *identity.Keyring, c store.Contacts) (r Reach, err error) {
	if r.Phone, err = phone(keys, c.PersonID, c.PhoneSealed); err != nil {
		return r, err
	}
	if r.Email, err = email(keys, c.PersonID, c.EmailSealed); err != nil || c.AddressSealed == nil {
		return r, err
	}
	address, err := keys.Open(c.AddressSealed, store.AddressSeal(c.PersonID))
	if err != nil {
		return r, fmt.Errorf("open a postal address: %w", err)
	}
	r.Address = string(address)
	return r, nil
}

// SealContacts seals how somebody can be reached, and says what they are found by because of it.
func SealContacts(keys *identity.Keyring, personID string, r Reach) (store.Contacts, []store.PersonIndex, error) {
	c := store.Contacts{PersonID: personID}
	var indexes []store.PersonIndex
	for _, part := range []struct {
		plain, purpose string
		into           *[]byte
	}{
		{r.Phone.Number(), store.PhoneSeal(personID), &c.PhoneSealed},
		{r.Email.Address(), store.EmailSeal(personID), &c.EmailSealed},
		{r.Address, store.AddressSeal(personID), &c.AddressSealed},
	} {
		if part.plain == "" {
			continue
		}
		sealed, err := keys.Seal([]byte(part.plain), part.purpose)
		if err != nil {
			return c, nil, err
		}
		*part.into = sealed
	}
	if c.PhoneSealed != nil {
		indexes = append(indexes, ByPhone(keys, r.Phone)...)
	}
	if c.EmailSealed != nil {
		indexes = append(indexes, ByEmail(keys, r.Email)...)
	}
	return c, indexes, nil
}

// phone opens a telephone number; none for nothing.
func phone(keys *identity.Keyring, personID string, sealed []byte) (p identity.Phone, err error) {
	if sealed == nil {
		return p, nil
	}
	number, err := keys.Open(sealed, store.PhoneSeal(personID))
	if err == nil {
		p, err = identity.ParsePhone(string(number))
	}
	if err != nil {
		return p, fmt.Errorf("open a telephone number: %w", err)
	}
	return p, nil
}

// email opens an address of mail; none for nothing.
func email(keys *identity.Keyring, personID string, sealed []byte) (e identity.Email, err error) {
	if sealed == nil {
		return e, nil
	}
	address, err := keys.Open(sealed, store.EmailSeal(personID))
	if err == nil {
		e, err = identity.ParseEmail(string(address))
	}
	if err != nil {
		return e, fmt.Errorf("open an address of mail: %w", err)
	}
	return e, nil
}
