package issuing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// ErrDigest says that the record of a certificate was changed after it was frozen.
var ErrDigest = errors.New("the record of a certificate does not have the digest that it was frozen under")

// Opened opens whom a certificate is made out to, if the record is as it was frozen.
func Opened(keys *identity.Keyring, c store.Certificate) (certificate.Holder, error) {
	var holder certificate.Holder
	plain, err := keys.Open(c.HolderSealed, store.HolderSeal(c.ID))
	if err != nil {
		return holder, fmt.Errorf("open the holder of a certificate: %w", err)
	}
	if err := json.Unmarshal(plain, &holder); err != nil {
		return holder, errors.New("the holder of a certificate cannot be read") // the decoder's error could repeat a part of it
	}
	digest, err := certificate.Digest(c.Facts, holder)
	if err == nil && !bytes.Equal(digest, c.Digest) {
		err = ErrDigest
	}
	return holder, err
}
