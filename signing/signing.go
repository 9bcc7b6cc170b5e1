// Package signing signs certificates' documents, and tells whether a document is as it was signed.
//
// A signature is PAdES-B-B (ETSI EN 319 142-1): an incremental update that carries an invisible field, and in it a detached
// CMS signature over every other byte of the file. Its signed attributes are three: the content's type and digest, and the
// signing certificate (ESS v2). When it was made stands in the signature dictionary, under the signature like the rest.
//
// Verification does not read the file as a PDF. It takes the bytes around the signature, forms the one signature that this
// package would have made over them, and compares: a file that passes is, byte for byte, one that a key of ours signed.
package signing

import (
	"context"
	"errors"
	"time"
)

// Signer signs documents with one key.
type Signer interface {
	// SignPDF adds a signature to a document.
	SignPDF(ctx context.Context, pdf []byte, s Statement) ([]byte, error)
	// KeyID is the id of the key: of its certificate, the SHA-256 in hex.
	KeyID() string
}

// Statement is what a signature says beside the document. It is readable in every viewer, and names no person.
type Statement struct {
	Reason   string
	Location string
	At       time.Time
}

// Why a document is not signed.
var (
	// ErrDocument says that a file is not a PDF of the plain form that certificates are printed in.
	ErrDocument = errors.New("not a PDF that can be signed: one revision, a classic table of references, no encryption")
	// ErrKeyTime says that the certificate of a key is not valid at the time of signing.
	ErrKeyTime = errors.New("the key's certificate is not valid at this time")
	// ErrKeyAway says that what keeps the key did not sign; it may do so another time.
	ErrKeyAway = errors.New("the key cannot be used at this moment")
)

// Why a document does not count as genuine.
var (
	// ErrUnsigned says that a file carries no signature of ours.
	ErrUnsigned = errors.New("the document is not signed")
	// ErrAltered says that a file carries a signature which its bytes do not bear out.
	ErrAltered = errors.New("the document was altered after it was signed")
	// ErrAppended says that the signed document stands in the file untouched, and something was added after it.
	ErrAppended = errors.New("something was added to the document after it was signed")
	// ErrUnknownKey says that the signature is in order and by none of our keys.
	ErrUnknownKey = errors.New("the document is signed with a key that is not known here")
	// ErrWithdrawnKey says that the signature is in order and by a key that was withdrawn: whoever has stolen it can claim any
	// time of signing, so only the record can still vouch for the document.
	ErrWithdrawnKey = errors.New("the document is signed with a key that was withdrawn")
)

// Report is what a signature says once it is verified.
type Report struct {
	KeyID     string
	Owner     string // of the key: an institution's id, or empty for the key that signs for whoever has none
	Signer    string // the common name in the key's certificate
	Algorithm string
	At        time.Time
	Reason    string
	Location  string
}

// KnownKey is what is known of a key that signs, or signed.
type KnownKey struct {
	Owner     string
	Withdrawn bool
}

// Known looks up a key by its id; ok is false for one that never was ours.
type Known func(keyID string) (key KnownKey, ok bool, err error)
