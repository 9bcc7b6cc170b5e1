package activities_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/signintech/gopdf"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/store"
)

// desk is a signer, and a certificate in preparation whose document is rendered.
type desk struct {
	bundle
	activities.Signatures

	certificate store.Certificate
	faults      *[]error // what the lint says, one after another
}

// Lint stands where the look at documents has its own tests.
func (d desk) Lint(_ []byte, facts certificate.Facts, holder certificate.Holder) error {
	if facts.Number == "" || holder.Name == "" {
		return errors.New("nobody's")
	}
	if len(*d.faults) == 0 {
		return nil
	}
	next := (*d.faults)[0]
	*d.faults = (*d.faults)[1:]
	return next
}

func signingKeys(t *testing.T, names ...string) *signing.Keys {
	t.Helper()
	folder := t.TempDir()
	for _, name := range append(names, signing.Default) {
		require.NoError(t, signing.CreateDemonstration(
			signing.Request{Folder: folder, Name: name, Kind: signing.KindECDSA, Subject: name}, time.Now()))
	}
	keys, err := signing.Open(folder, nil)
	require.NoError(t, err)
	return keys
}

func newDesk(t *testing.T) desk {
	t.Helper()
	d := desk{bundle: newBundle(t, graduate()), faults: &[]error{}}
	d.Signatures = activities.Signatures{Store: d.bundle.Store, Keys: d.bundle.Keys, Sign: signingKeys(t), Lint: d}
	require.NoError(t, d.Announce(t.Context()))
	facts := certificate.Facts{Kind: contract.TrainingCertificate, Number: "PX-1", IssuerID: trainer, IssuedOn: calendar.NewDate(2026, 11, 26)}
	holder := certificate.Holder{Name: "赵演示", IDType: store.IDTypeResident, IDNumber: "110105199205040010"}
	digest, err := certificate.Digest(facts, holder)
	require.NoError(t, err)
	plain, err := json.Marshal(holder)
	require.NoError(t, err)
	id := uuid.NewString()
	d.certificate = store.Certificate{
		ID: id, CaseID: &d.caseID, Kind: facts.Kind, Issuer: trainer, Number: facts.Number, Origin: store.CertificateIssued,
		Status: store.CertificatePrepared, Facts: facts, Digest: digest, HolderSealed: d.seal(t, plain, store.HolderSeal(id)),
		VerifyToken: uuid.NewString(), PolicyVersion: "x", IssuedOn: facts.IssuedOn, RecordedAt: time.Now().UTC(),
	}
	pdf := page(t)
	require.NoError(t, d.bundle.Store.Tx(t.Context(), func(tx *store.Tx) error {
		return errors.Join(tx.InsertCertificate(d.certificate, store.ActorSystem),
			tx.SaveRendered(id, d.seal(t, pdf, store.DocumentSeal(id)), int64(len(pdf)), time.Now().UTC()))
	}))
	return d
}

func page(t *testing.T) []byte {
	t.Helper()
	var pdf gopdf.GoPdf
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	pdf.AddPage()
	pdf.Line(50, 50, 500, 700)
	content, err := pdf.GetBytesPdfReturnErr()
	require.NoError(t, err)
	return content
}

func (d desk) seal(t *testing.T, plain []byte, purpose string) []byte {
	t.Helper()
	sealed, err := d.bundle.Keys.Seal(plain, purpose)
	require.NoError(t, err)
	return sealed
}

func (d desk) sign(t *testing.T) error {
	t.Helper()
	_, err := d.SignCertificate(t.Context(), contract.SignCertificateRequest{CertificateID: d.certificate.ID})
	return err
}

func (d desk) document(t *testing.T) store.CertificateDocument {
	t.Helper()
	document, err := d.bundle.Store.Read(t.Context()).Document(d.certificate.ID)
	require.NoError(t, err)
	return document
}

// audited counts the entries of an action in the audit log.
func (d desk) audited(t *testing.T, action string) int {
	t.Helper()
	entries, err := d.bundle.Store.Read(t.Context()).AuditEntries(store.AuditFilter{Action: action, Limit: 100})
	require.NoError(t, err)
	return len(entries)
}

func TestADocumentIsSignedOnceHoweverOftenAndByHowManyAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if err := d.sign(t); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	signed := d.document(t)
	require.Equal(t, store.DocumentSigned, signed.State)
	require.NoError(t, d.sign(t))
	require.Equal(t, signed, d.document(t))
	require.Equal(t, 1, d.audited(t, "certificate.sign"))

	pdf, err := d.bundle.Keys.Open(signed.ContentSealed, store.DocumentSeal(d.certificate.ID))
	require.NoError(t, err)
	sum := sha256.Sum256(pdf)
	require.Equal(t, sum[:], signed.SHA256)
	require.Equal(t, int64(len(pdf)), signed.Size)
	report, err := signing.Verify(pdf, d.bundle.Store.Read(t.Context()).KnownKey)
	require.NoError(t, err, "whoever has no key can verify it")
	require.Equal(t, *signed.KeyID, report.KeyID)
	require.Equal(t, "签发培训合格证书，编号PX-1", report.Reason)
	require.True(t, report.At.Equal(*signed.SignedAt))
}

func TestWhatIsNotInOrderIsNotSigned(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	fault := errors.New("a field is missing")
	*d.faults = []error{fault}
	require.ErrorIs(t, d.sign(t), fault)

	changed := d.certificate.Facts
	changed.Level = "senior"
	c := d.certificate
	c.Facts = changed
	_, err := issuing.Opened(d.bundle.Keys, c)
	require.ErrorIs(t, err, issuing.ErrDigest, "a record that was changed")
	require.Equal(t, store.DocumentRendered, d.document(t).State)

	require.NoError(t, d.bundle.Store.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.ChangeCertificate(d.certificate, store.CertificateChange{
			Status: store.CertificateCancelled, Actor: store.ActorSystem, At: time.Now().UTC(),
		})
	}))
	require.Error(t, d.sign(t), "it will never be issued")
	require.Equal(t, store.DocumentRendered, d.document(t).State)
	require.Zero(t, d.audited(t, "certificate.sign"))
	_, err = d.SignCertificate(t.Context(), contract.SignCertificateRequest{CertificateID: uuid.NewString()})
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestAWithdrawnKeySignsNothingAndTheNextOneGoesOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	old := d.Sign.For(trainer).KeyID()
	require.NoError(t, d.Announce(t.Context()), "a signer that starts again has the same keys")
	require.Equal(t, 1, d.audited(t, "signing_key.register"))
	require.NoError(t, d.bundle.Store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.WithdrawSigningKey(old, "stolen", store.ActorSystem, time.Now().UTC())
		return err
	}))
	require.Error(t, d.sign(t))
	require.Error(t, d.Announce(t.Context()), "no signer starts with it")

	d.Sign = signingKeys(t, trainer)
	require.NoError(t, d.Announce(t.Context()))
	require.NoError(t, d.sign(t))
	own := d.Sign.For(trainer).KeyID()
	require.Equal(t, own, *d.document(t).KeyID, "the institution's own key")
	known, ok, err := d.bundle.Store.Read(t.Context()).KnownKey(own)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, signing.KnownKey{Owner: trainer}, known)
}
