package activities

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/store"
)

// Signatures sign certificates' documents. They run in the signer, the only process that has the keys for it.
type Signatures struct {
	Store *store.Store
	Keys  *identity.Keyring // open and seal what the record keeps
	Sign  *signing.Keys
	Lint  Linter
	Now   calendar.Clock // nil: the machine's clock
}

// Linter looks whether a document says what its record does.
type Linter interface {
	Lint(pdf []byte, facts certificate.Facts, holder certificate.Holder) error
}

// Why a certificate is not signed.
var (
	errNotPrepared  = errors.New("sign a certificate: it is not in preparation")
	errKeyWithdrawn = errors.New("sign a certificate: the key was withdrawn")
)

// Register registers signing under its contract's name. That a key cannot be reached mends by itself, as that the database
// is away does; whatever else stands in the way of a signature, a person must look at.
func (s *Signatures) Register(reg Registry) {
	implement(reg, contract.SignCertificate, s.SignCertificate)
}

// Announce writes into the record what may be known of the keys, so that what they sign can be verified by whoever has none.
// A key that was withdrawn is refused.
func (s *Signatures) Announce(ctx context.Context) error {
	return s.Store.Tx(ctx, func(tx *store.Tx) error {
		for _, name := range s.Sign.Names() {
			if err := announce(tx, name, s.Sign.For(name).Public(), s.Now.UTC()); err != nil {
				return fmt.Errorf("key %s: %w", name, err)
			}
		}
		return nil
	})
}

func announce(tx *store.Tx, name string, public signing.Public, at time.Time) error {
	key := store.SigningKey{
		ID: public.ID, Algorithm: public.Algorithm, Subject: public.Subject, Chain: string(public.Chain),
		NotBefore: public.NotBefore, NotAfter: public.NotAfter, RegisteredAt: at,
	}
	if owner := signing.Owner(name); owner != "" {
		key.Owner = &owner
	}
	fresh, err := tx.RegisterSigningKey(key)
	if err != nil {
		return err
	}
	if fresh {
		return tx.Audit(store.AuditEntry{
			Actor: store.ActorSystem, Action: "signing_key.register", Subject: "signing_key:" + public.ID,
			Reason: "the signer was given the key " + name, At: at,
		})
	}
	known, _, err := tx.KnownKey(public.ID)
	if err == nil && known.Withdrawn {
		err = errKeyWithdrawn
	}
	return err
}

// SignCertificate signs the document of a certificate that is in preparation. What it is asked to sign it looks at once
// more: the record as it was frozen, and a document that says what the record does. A document that is signed stays as it
// is, however often it is asked for.
func (s *Signatures) SignCertificate(ctx context.Context, req contract.SignCertificateRequest) (struct{}, error) {
	done := struct{}{}
	tx := s.Store.Read(ctx)
	c, err := tx.Certificate(req.CertificateID)
	if err != nil {
		return done, err
	}
	document, err := tx.Document(c.ID)
	if err != nil || document.State == store.DocumentSigned {
		return done, err
	}
	if c.Status != store.CertificatePrepared {
		return done, errNotPrepared
	}
	pdf, err := s.rendered(c, document)
	if err != nil {
		return done, err
	}
	key := s.Sign.For(c.Issuer)
	if known, _, err := tx.KnownKey(key.KeyID()); err != nil || known.Withdrawn {
		return done, errors.Join(err, errKeyWithdrawn)
	}
	at := s.Now.UTC().Truncate(time.Second) // as precisely as a document says it
	signed, err := key.SignPDF(ctx, pdf, signing.Statement{
		Reason:   message.Text(message.Chinese, "signing.reason", map[string]any{"kind": c.Kind, "number": c.Number}),
		Location: message.Text(message.Chinese, "signing.location", nil), At: at,
	})
	if err != nil {
		return done, err
	}
	return done, s.keep(ctx, c.ID, signed, key.KeyID(), at)
}

// rendered opens a document that is to be signed, if it is one of the certificate.
func (s *Signatures) rendered(c store.Certificate, document store.CertificateDocument) ([]byte, error) {
	holder, err := issuing.Opened(s.Keys, c)
	if err != nil {
		return nil, err
	}
	pdf, err := s.Keys.Open(document.ContentSealed, store.DocumentSeal(c.ID))
	if err != nil {
		return nil, fmt.Errorf("open a document: %w", err)
	}
	if err := s.Lint.Lint(pdf, c.Facts, holder); err != nil {
		return nil, fmt.Errorf("look at a document: %w", err)
	}
	return pdf, nil
}

// keep writes a document as it was signed, if the certificate is still in preparation and no other signer was first.
func (s *Signatures) keep(ctx context.Context, id string, signed []byte, keyID string, at time.Time) error {
	sealed, err := s.Keys.Seal(signed, store.DocumentSeal(id))
	if err != nil {
		return fmt.Errorf("seal a document: %w", err)
	}
	sum := sha256.Sum256(signed)
	return s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockCertificate(id)
		if err != nil {
			return err
		}
		if c.Status != store.CertificatePrepared {
			return errNotPrepared
		}
		first, err := tx.SignDocument(id, sealed, sum[:], int64(len(signed)), keyID, at)
		if err != nil || !first {
			return err
		}
		return tx.Audit(store.AuditEntry{
			Actor: store.ActorSystem, Action: "certificate.sign", Subject: "certificate:" + id,
			Reason: "step of its issuance, with the key " + keyID, At: at,
		})
	})
}
