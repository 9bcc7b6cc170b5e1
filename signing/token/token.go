// Package token finds signing keys in a device that keeps them: a hardware security module, or whatever else speaks PKCS #11.
//
// Such a device comes with a shared library of C, and only a program that was built with cgo can load it: build with
// CGO_ENABLED=1 and -tags pkcs11. A program that was not says so when it is told to use a token. Keys are of ECDSA on P-256
// or of RSA; libraries for SM2 keys differ by maker.
package token

import "errors"

// Config says where a token is.
type Config struct {
	Module string // path of the maker's library
	Label  string // of the token
	PIN    string
}

// Errors of tokens.
var (
	// ErrNotBuilt says that this program cannot load a maker's library.
	ErrNotBuilt = errors.New("this program was built without PKCS #11: build it with CGO_ENABLED=1 and -tags pkcs11")
	// ErrNoKey says that the token has no key with a label, or several.
	ErrNoKey = errors.New("the token has not one key pair with this label")
)
