package attestation_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/attestation"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/credential"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// desk is a keeper, and a record that it keeps in step with.
type desk struct {
	*attestation.Keeper

	t   *testing.T
	now time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	keys := storetest.Keys(t)
	db, err := store.Open(t.Context(), storetest.Application(t, storetest.NewURL(t)), keys)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, db.LoadLists(t.Context(), rules.Lists()))
	d := &desk{t: t, now: time.Now().UTC()}
	d.Keeper = d.keeper(db, keys)
	require.NoError(t, d.Announce(t.Context()))
	return d
}

func (d *desk) keeper(db *store.Store, keys *identity.Keyring) *attestation.Keeper {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(d.t, err)
	key, err := credential.NewKey(private)
	require.NoError(d.t, err)
	return &attestation.Keeper{
		Store: db, Keys: keys, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return d.now },
		Issuer: credential.Issuer{Key: key, Origin: "https://dengpan.example.gov.cn", DID: "did:web:dengpan.example.gov.cn"},
	}
}

// certificate records one that was reported: it needs no document.
func (d *desk) certificate(number string) store.Certificate {
	d.t.Helper()
	personID, caseID, id := uuid.NewString(), uuid.NewString(), uuid.NewString()
	facts := certificate.Facts{Kind: contract.TrainingCertificate, Number: number, IssuerID: "ouc", IssuerName: "北京开放大学"}
	holder := certificate.Holder{Name: "赵演示", IDType: store.IDTypeResident, IDNumber: "110105199205040010"}
	digest, err := certificate.Digest(facts, holder)
	require.NoError(d.t, err)
	plain, err := json.Marshal(holder)
	require.NoError(d.t, err)
	sealed, err := d.Keys.Seal(plain, store.HolderSeal(id))
	require.NoError(d.t, err)
	c := store.Certificate{
		ID: id, CaseID: &caseID, Kind: facts.Kind, Issuer: "ouc", Number: number, Origin: store.CertificateReported,
		Status: store.CertificateValid, Facts: facts, Digest: digest, HolderSealed: sealed, VerifyToken: uuid.NewString(),
		PolicyVersion: "x", IssuedOn: calendar.MustParseDate("2026-11-20"), RecordedAt: d.now,
	}
	require.NoError(d.t, d.Store.Tx(d.t.Context(), func(tx *store.Tx) error {
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		if err != nil {
			return err
		}
		if _, err = tx.InsertPerson(store.Person{ID: personID, IDType: store.IDTypeResident, IDNumberSealed: []byte{1}, NameSealed: []byte{1}}); err != nil {
			return err
		}
		if _, err = tx.InsertCase(store.Case{
			ID: caseID, PersonID: personID, Occupation: "big-data", Level: "junior", PolicyVersion: "beijing-2023", TrainingBody: "ouc",
			EvaluationBody: "miit-education-exam", RegisteredBy: account.ID, RegisteredAt: d.now, RegisteredOn: calendar.MustParseDate("2025-01-01"),
		}, store.ActorOperator); err != nil {
			return err
		}
		return tx.InsertCertificate(c, store.ActorSystem)
	}))
	return c
}

func (d *desk) become(c *store.Certificate, status string) {
	d.t.Helper()
	require.NoError(d.t, d.Store.Tx(d.t.Context(), func(tx *store.Tx) error {
		return tx.ChangeCertificate(*c, store.CertificateChange{Status: status, ReasonClass: "test", Actor: store.ActorSystem, At: d.now})
	}))
	c.Status = status
}

func (d *desk) look() {
	d.t.Helper()
	require.NoError(d.t, d.Look(d.t.Context()))
}

// set says whether a certificate's bit is set in the list of a purpose, as it is published.
func (d *desk) set(c store.Certificate, purpose string) bool {
	d.t.Helper()
	page, index, err := d.Store.Read(d.t.Context()).StatusEntry(c.ID)
	require.NoError(d.t, err)
	list, err := d.Store.Read(d.t.Context()).StatusList(credential.ListOf(page, purpose))
	require.NoError(d.t, err)
	content, err := base64.RawURLEncoding.DecodeString(strings.Split(list.JWT, ".")[1])
	require.NoError(d.t, err)
	var said struct {
		CredentialSubject struct{ EncodedList string }
		Exp               int64
	}
	require.NoError(d.t, json.Unmarshal(content, &said))
	require.Greater(d.t, said.Exp, d.now.Unix(), "it is good for a while yet")
	compressed, err := base64.RawURLEncoding.DecodeString(said.CredentialSubject.EncodedList[1:])
	require.NoError(d.t, err)
	reader, err := gzip.NewReader(bytes.NewReader(compressed))
	require.NoError(d.t, err)
	bits, err := io.ReadAll(reader)
	require.NoError(d.t, err)
	return bits[index/8]&(0x80>>(index%8)) != 0
}

func (d *desk) badge(c store.Certificate) store.CertificateBadge {
	d.t.Helper()
	b, err := d.Store.Read(d.t.Context()).CertificateBadge(c.ID)
	require.NoError(d.t, err)
	return b
}

func TestTheListsSayWhatTheRecordSaysAtTheNextLook(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first, second := d.certificate("1"), d.certificate("2")
	d.look()
	for _, purpose := range []string{credential.Revocation, credential.Suspension} {
		require.False(t, d.set(first, purpose))
	}
	d.become(&first, store.CertificateSuspended)
	d.look()
	require.True(t, d.set(first, credential.Revocation), "what is suspended does not hold")
	require.True(t, d.set(first, credential.Suspension))
	d.become(&first, store.CertificateValid)
	d.become(&second, store.CertificateRevoked)
	d.look()
	require.False(t, d.set(first, credential.Revocation))
	require.False(t, d.set(first, credential.Suspension))
	require.True(t, d.set(second, credential.Revocation))
	require.False(t, d.set(second, credential.Suspension), "it is revoked for good")

	before, err := d.Store.Read(t.Context()).StatusList(1)
	require.NoError(t, err)
	d.look()
	again, err := d.Store.Read(t.Context()).StatusList(1)
	require.NoError(t, err)
	require.Equal(t, before, again, "nothing changed, and nothing is signed")
	d.now = d.now.Add(credential.Validity / 2)
	d.look()
	again, err = d.Store.Read(t.Context()).StatusList(1)
	require.NoError(t, err)
	require.True(t, again.ValidUntil.After(before.ValidUntil), "a list is signed anew long before it ends")
}

func TestACredentialIsMadeOnceByManyKeepersAndAnewWhenItsKeyIsLost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	certificates := []store.Certificate{d.certificate("1"), d.certificate("2"), d.certificate("3")}
	var wg sync.WaitGroup
	for range 3 {
		other := *d.Keeper
		wg.Go(func() {
			if err := other.Look(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	d.look()
	places := map[int]bool{}
	for _, c := range certificates {
		_, index, err := d.Store.Read(t.Context()).StatusEntry(c.ID)
		require.NoError(t, err)
		places[index] = true
		_, err = d.Keys.Open(d.badge(c).JWTSealed, store.BadgeSeal(c.ID))
		require.NoError(t, err)
	}
	require.Len(t, places, len(certificates), "each has a place of its own")

	was := d.badge(certificates[0])
	require.NoError(t, d.Store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.WithdrawCredentialKey(was.KeyID, "stolen", store.ActorSystem, d.now)
		return err
	}))
	require.ErrorIs(t, d.Announce(t.Context()), attestation.ErrWithdrawn)
	d.Keeper = d.keeper(d.Store, d.Keys)
	require.NoError(t, d.Announce(t.Context()))
	d.look()
	require.NotEqual(t, was.KeyID, d.badge(certificates[0]).KeyID)
	keys, err := d.Store.Read(t.Context()).CredentialKeys()
	require.NoError(t, err)
	require.Len(t, keys, 1, "the one that was lost vouches for nothing")
	list, err := d.Store.Read(t.Context()).StatusList(1)
	require.NoError(t, err)
	require.Equal(t, keys[0].ID, list.KeyID)
}

func TestACertificateWhoseRecordWasChangedKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	bad := d.certificate("1")
	sealed, err := d.Keys.Seal([]byte(`{"name":"别人"}`), store.HolderSeal(bad.ID))
	require.NoError(t, err)
	for _, column := range store.SealedColumns() {
		if column.String() == "certificates.holder_sealed" {
			done, err := d.Store.Read(t.Context()).ReplaceSealed(column, store.SealedValue{Owner: []string{bad.ID}, Sealed: bad.HolderSealed}, sealed)
			require.NoError(t, err)
			require.True(t, done)
		}
	}
	good := d.certificate("2")
	require.ErrorContains(t, d.Look(t.Context()), bad.ID)
	require.NotEmpty(t, d.badge(good).JWTSealed)
	require.False(t, d.set(good, credential.Revocation))
	_, err = d.Store.Read(t.Context()).CertificateBadge(bad.ID)
	require.ErrorIs(t, err, store.ErrNotFound)
}
