package issuing

import (
	"bytes"
	"errors"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// ErrDigest says that the record of a certificate was changed after it was frozen.
var ErrDigest = errors.New("the record of a certificate does not have the digest that it was frozen under")

// Opened opens whom a certificate is made out to, if the record is as it was frozen.
func Opened(keys *identity.Keyring, c store.Certificate) (certificate.Holder, error) {
	holder, err := people.Holder(keys, c)
	if err != nil {
		return holder, err
	}
	digest, err := certificate.Digest(c.Facts, holder)
	if err == nil && !bytes.Equal(digest, c.Digest) {
		err = ErrDigest
	}
	return holder, err
}
