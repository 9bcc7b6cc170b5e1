//go:build !pkcs11

package token

import "github.com/dengpan/dengpan/signing"

// Open refuses: see ErrNotBuilt.
func Open(Config) (signing.Token, error) { return nil, ErrNotBuilt }
