package verification

import (
	"bytes"
	"crypto/sha256"
	"errors"

	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/store"
)

// FileState is how the signed document of a certificate stands that we keep.
type FileState string

// States of documents.
const (
	FileNone    FileState = "none"    // there is none: the institution issued its own
	FileWhole   FileState = "whole"   // its digest and its signature hold
	FileDamaged FileState = "damaged" // one of them does not
)

// Verdict is what a file that somebody sent is.
type Verdict string

// The verdicts.
const (
	Genuine Verdict = "genuine" // signed by us, and not a byte of it was changed since
	Altered Verdict = "altered" // made out of a document of ours
	Unknown Verdict = "unknown" // nothing in it is ours
)

// File says whether a file is a document of ours. Of a genuine one it says what has become of the certificate. A signature
// alone makes none genuine: a key may have been stolen, and the record knows every document that was signed.
func (d Desk) File(content []byte) (Verdict, *Finding, error) {
	sum := sha256.Sum256(content)
	document, err := d.Record.DocumentBySHA256(sum[:])
	switch {
	case err == nil:
		return d.genuine(document.CertificateID)
	case !errors.Is(err, store.ErrNotFound):
		return "", nil, err
	}
	altered, err := d.altered(content)
	if err != nil || !altered {
		return Unknown, nil, err
	}
	return Altered, nil, nil
}

// altered reports whether a file was made out of a document of ours: it carries a signature by a key of ours that its bytes
// do not bear out, or the link of a certificate.
func (d Desk) altered(content []byte) (bool, error) {
	report, err := signing.Verify(content, d.Record.KnownKey)
	switch {
	case errors.Is(err, signing.ErrAppended), errors.Is(err, signing.ErrAltered) && report.KeyID != "":
		return true, nil
	case err != nil && !says(err):
		return false, err
	}
	return d.linked(content)
}

// says reports whether an error of verification is about the file.
func says(err error) bool {
	for _, about := range []error{
		signing.ErrUnsigned, signing.ErrAltered, signing.ErrAppended, signing.ErrUnknownKey, signing.ErrWithdrawnKey, signing.ErrKeyTime,
	} {
		if errors.Is(err, about) {
			return true
		}
	}
	return false
}

// genuine is the finding of a file that is as we signed it. Of one that was not issued, nobody is told.
func (d Desk) genuine(certificateID string) (Verdict, *Finding, error) {
	c, err := d.Record.Certificate(certificateID)
	if err != nil {
		return "", nil, err
	}
	if c.IssuedAt == nil {
		return Unknown, nil, nil
	}
	f, err := d.find(c)
	return Genuine, f, err
}

// linked reports whether a file carries the link of a certificate that we keep the document of: then it was made out of that
// document, and is not it.
func (d Desk) linked(content []byte) (bool, error) {
	for _, token := range links(content) {
		c, err := d.Record.CertificateByToken(token)
		if err == nil {
			_, err = d.Record.Document(c.ID)
		}
		switch {
		case err == nil:
			return true, nil
		case !errors.Is(err, store.ErrNotFound):
			return false, err
		}
	}
	return false, nil
}

// kept says how the document stands that we keep of a certificate.
func (d Desk) kept(c store.Certificate) (FileState, error) {
	document, err := d.Record.Document(c.ID)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && document.State != store.DocumentSigned:
		return FileNone, nil
	case err != nil:
		return "", err
	}
	content, err := d.Keys.Open(document.ContentSealed, store.DocumentSeal(c.ID))
	if err != nil {
		return FileDamaged, nil //nolint:nilerr // what does not open was changed
	}
	sum := sha256.Sum256(content)
	if !bytes.Equal(sum[:], document.SHA256) {
		return FileDamaged, nil
	}
	_, err = signing.Verify(content, d.Record.KnownKey)
	switch {
	case err == nil || errors.Is(err, signing.ErrWithdrawnKey): // which the record vouches for
		return FileWhole, nil
	case says(err):
		return FileDamaged, nil
	}
	return "", err
}
