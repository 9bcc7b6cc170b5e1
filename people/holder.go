package people

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/store"
)

// Opener opens what is sealed for a purpose.
type Opener interface {
	Open(sealed []byte, purpose string) ([]byte, error)
}

// Holder opens whom a certificate is made out to, as it is printed.
func Holder(keys Opener, c store.Certificate) (holder certificate.Holder, err error) {
	plain, err := keys.Open(c.HolderSealed, store.HolderSeal(c.ID))
	if err != nil {
		return holder, fmt.Errorf("open the holder of a certificate: %w", err)
	}
	if err := json.Unmarshal(plain, &holder); err != nil {
		return holder, errors.New("the holder of a certificate cannot be read") // the decoder's error could repeat a part of it
	}
	return holder, nil
}
