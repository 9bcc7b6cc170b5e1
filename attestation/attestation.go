// Package attestation keeps what software reads of certificates in step with the record: a credential for each that was
// issued, and the signed lists that say which still hold. It runs in the signer, which has the key.
package attestation

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/credential"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/rounds"
	"github.com/dengpan/dengpan/store"
)

// ErrWithdrawn says that the key was lost, and signs no more.
var ErrWithdrawn = errors.New("the credentials' key was withdrawn")

// Keeper writes credentials and status lists.
type Keeper struct {
	Store  *store.Store
	Keys   *identity.Keyring // open and seal what the record keeps
	Issuer credential.Issuer
	Logger *slog.Logger
	Every  time.Duration  // how often it looks; a second unless set
	Now    calendar.Clock // nil: the machine's clock

	whole time.Time // when all certificates were last looked at, not only the latest
}

const (
	batch = 100
	// latest is how far back is looked each time; further back, once in as long.
	latest = time.Hour
	// renewBefore is how long before its end a list is signed anew, though nothing has changed in it.
	renewBefore = credential.Validity - 15*time.Minute
	// fullest is how many certificates a page takes: from there on, a free place would be looked for in vain too often.
	fullest = credential.Size * 3 / 4
)

// Run looks until the context is done.
func (k *Keeper) Run(ctx context.Context) {
	rounds.Make(ctx, cmp.Or(k.Every, time.Second), k.Logger, "credentials cannot be written at this moment", k.Look)
}

// Announce writes into the record what may be known of the key.
func (k *Keeper) Announce(ctx context.Context) error {
	public, err := k.Issuer.Key.Public()
	if err != nil {
		return err
	}
	return k.Store.Tx(ctx, func(tx *store.Tx) error {
		fresh, err := tx.RegisterCredentialKey(store.CredentialKey{ID: public.ID, JWK: string(public.JWK), RegisteredAt: k.Now.UTC()})
		if err != nil {
			return err
		}
		known, err := tx.CredentialKeys()
		if err == nil && !slices.ContainsFunc(known, func(key store.CredentialKey) bool { return key.ID == public.ID }) {
			err = ErrWithdrawn
		}
		if err != nil || !fresh {
			return err
		}
		return tx.Audit(store.AuditEntry{
			Actor: store.ActorSystem, Action: "credential_key.register", Subject: "credential_key:" + public.ID,
			Reason: "the signer was given this key", At: k.Now.UTC(),
		})
	})
}

// Look writes what is due: credentials of certificates that were issued, then the lists. A certificate that something is
// wrong with keeps none of the others waiting.
func (k *Keeper) Look(ctx context.Context) error {
	since := k.Now.UTC().Add(-latest)
	whole := k.whole.Before(since)
	if whole {
		since = time.Time{}
	}
	var wrong []error
	for after := ""; ; {
		due, err := k.Store.Read(ctx).WithoutBadge(since, after, batch)
		if err != nil {
			return err
		}
		for _, c := range due {
			if err := k.attest(ctx, c); err != nil {
				wrong = append(wrong, fmt.Errorf("certificate %s: %w", c.ID, err))
			}
			after = c.ID
		}
		if len(due) < batch {
			break
		}
	}
	if whole {
		k.whole = k.Now.UTC()
	}
	return errors.Join(append(wrong, k.lists(ctx))...)
}

// attest makes the credential of a certificate.
func (k *Keeper) attest(ctx context.Context, c store.Certificate) error {
	holder, err := issuing.Opened(k.Keys, c)
	if err != nil {
		return err
	}
	public, err := k.Issuer.Key.Public()
	if err != nil {
		return err
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	return k.Store.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockCertificate(c.ID); err != nil {
			return err
		}
		was, err := tx.CertificateBadge(c.ID)
		if err == nil && was.KeyID == public.ID { // another keeper was first
			return nil
		} else if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		entry, err := place(tx, c.ID)
		if err != nil {
			return err
		}
		jwt, err := k.Issuer.Sign(credential.Badge{
			ID: c.ID, Facts: c.Facts, Holder: holder, IssuedAt: *c.IssuedAt,
			Salt: base64.RawURLEncoding.EncodeToString(salt), Entry: entry,
		})
		if err != nil {
			return err
		}
		sealed, err := k.Keys.Seal([]byte(jwt), store.BadgeSeal(c.ID))
		if err != nil {
			return fmt.Errorf("seal a credential: %w", err)
		}
		return errors.Join(
			tx.SaveBadge(store.CertificateBadge{CertificateID: c.ID, JWTSealed: sealed, KeyID: public.ID, SignedAt: k.Now.UTC()}),
			tx.Audit(store.AuditEntry{
				Actor: store.ActorSystem, Action: "certificate.attest", Subject: "certificate:" + c.ID, Reason: "it was issued", At: k.Now.UTC(),
			}))
	})
}

// place is a certificate's place in the lists, the one it has or one that is drawn for it.
func place(tx *store.Tx, certificateID string) (credential.Entry, error) {
	page, index, err := tx.StatusEntry(certificateID)
	if !errors.Is(err, store.ErrNotFound) {
		return credential.Entry{Page: page, Index: index}, err
	}
	page, entries, err := tx.LastStatusPage()
	if err != nil {
		return credential.Entry{}, err
	}
	if entries >= fullest {
		page++
	}
	for {
		drawn, err := rand.Int(rand.Reader, big.NewInt(credential.Size))
		if err != nil {
			return credential.Entry{}, fmt.Errorf("draw a place in the status lists: %w", err)
		}
		entry := credential.Entry{Page: page, Index: int(drawn.Int64())}
		if free, err := tx.TakeStatusEntry(certificateID, entry.Page, entry.Index); err != nil || free {
			return entry, err
		}
	}
}

// lists signs the lists anew whose certificates have changed, or that end soon.
func (k *Keeper) lists(ctx context.Context) error {
	last, entries, err := k.Store.Read(ctx).LastStatusPage()
	if err != nil || entries == 0 {
		return err
	}
	for page := 1; page <= last; page++ {
		for _, purpose := range []string{credential.Revocation, credential.Suspension} {
			if err := k.list(ctx, page, purpose); err != nil {
				return fmt.Errorf("status list %d: %w", credential.ListOf(page, purpose), err)
			}
		}
	}
	return nil
}

// list signs one list anew, if that is due. It looks without a lock first: most often nothing is.
func (k *Keeper) list(ctx context.Context, page int, purpose string) error {
	id := credential.ListOf(page, purpose)
	public, err := k.Issuer.Key.Public()
	if err != nil {
		return err
	}
	due := func(tx *store.Tx, was store.StatusList) (set []int, sum []byte, isDue bool, err error) {
		set, err = tx.NotHolding(page, purpose == credential.Suspension)
		sum = digest(set)
		isDue = string(sum) != string(was.Digest) || was.KeyID != public.ID || k.Now.UTC().Add(renewBefore).After(was.ValidUntil)
		return set, sum, isDue, err
	}
	read := k.Store.Read(ctx)
	was, err := read.StatusList(id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if _, _, isDue, err := due(read, was); err != nil || !isDue {
		return err
	}
	return k.Store.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockStatusList(id)
		if err != nil {
			return err
		}
		set, sum, isDue, err := due(tx, was)
		if err != nil || !isDue {
			return err
		}
		now := k.Now.UTC().Truncate(time.Second)
		jwt, err := k.Issuer.SignList(id, set, now)
		if err != nil {
			return err
		}
		return tx.SaveStatusList(store.StatusList{
			ID: id, JWT: jwt, Digest: sum, KeyID: public.ID, SignedAt: now, ValidUntil: now.Add(credential.Validity),
		})
	})
}

// digest is a digest of what is set in a list.
func digest(set []int) []byte {
	sum := sha256.Sum256(fmt.Append(nil, set))
	return sum[:]
}
