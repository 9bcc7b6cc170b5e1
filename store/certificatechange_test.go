package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// prepare records a certificate of a case that is not issued yet.
func (r *record) prepare(c store.Case, number string, supersedes *string) (store.Certificate, error) {
	certificate := store.Certificate{
		ID: uuid.NewString(), CaseID: &c.ID, Kind: contract.TrainingCertificate, Issuer: "ouc", Number: number,
		Origin: store.CertificateIssued, Status: store.CertificatePrepared, HolderSealed: []byte{1}, Digest: []byte{1},
		VerifyToken: uuid.NewString(), PolicyVersion: "x", IssuedOn: calendar.MustParseDate("2026-11-23"),
		RecordedAt: time.Now().UTC(), Supersedes: supersedes,
	}
	return certificate, r.store.Tx(r.t.Context(), func(tx *store.Tx) error {
		return tx.InsertCertificate(certificate, store.ActorSystem)
	})
}

// become changes a certificate, and reads it again.
func (r *record) become(c *store.Certificate, status string) error {
	err := r.store.Tx(r.t.Context(), func(tx *store.Tx) error {
		return tx.ChangeCertificate(*c, store.CertificateChange{
			Status: status, ReasonClass: "test", Actor: store.ActorSystem, At: time.Now().UTC(),
		})
	})
	var readErr error
	*c, readErr = r.store.Read(r.t.Context()).Certificate(c.ID)
	require.NoError(r.t, readErr)
	return err
}

// sign gives a certificate a signed document.
func (r *record) sign(c store.Certificate) {
	r.t.Helper()
	sum := make([]byte, 32)
	copy(sum, c.ID)
	r.write(func(tx *store.Tx) error {
		if err := tx.SaveRendered(c.ID, []byte("page"), 4, time.Now().UTC()); err != nil {
			return err
		}
		first, err := tx.SignDocument(c.ID, []byte("signed"), sum, 6, "key", time.Now().UTC())
		require.True(r.t, first)
		return err
	})
}

func TestACertificateChangesInItsOrderOnly(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	theCase := r.open("junior")
	first, err := r.prepare(theCase, "1", nil)
	require.NoError(t, err)
	_, err = r.prepare(theCase, "2", nil)
	require.Equal(t, "certificates_one_prepared", store.Constraint(err), "one is prepared at a time")
	require.Equal(t, "certificates_document", store.Constraint(r.become(&first, store.CertificateValid)), "nothing is issued without its document")
	require.Equal(t, "certificates_order", store.Constraint(r.become(&first, store.CertificateRevoked)))
	r.sign(first)
	require.NoError(t, r.become(&first, store.CertificateValid))
	require.NotNil(t, first.IssuedAt)

	_, err = r.prepare(theCase, "3", nil)
	require.Equal(t, "certificates_one_valid", store.Constraint(err), "another takes the place of the one that holds, or is not")
	require.NoError(t, r.become(&first, store.CertificateSuspended))
	require.NoError(t, r.become(&first, store.CertificateValid))
	require.Equal(t, "certificates_succession", store.Constraint(r.become(&first, store.CertificateSuperseded)), "by what?")

	next, err := r.prepare(theCase, "4", &first.ID)
	require.NoError(t, err)
	r.sign(next)
	require.Equal(t, "certificates_one_valid", store.Constraint(r.become(&next, store.CertificateValid)), "the first holds still")
	require.Equal(t, "certificates_succession", store.Constraint(r.become(&first, store.CertificateSuperseded)), "not before the next holds")
	r.write(func(tx *store.Tx) error {
		at := time.Now().UTC()
		err := tx.ChangeCertificate(first, store.CertificateChange{Status: store.CertificateSuperseded, Actor: store.ActorSystem, At: at})
		if err != nil {
			return err
		}
		return tx.ChangeCertificate(next, store.CertificateChange{Status: store.CertificateValid, Actor: store.ActorSystem, At: at})
	})
	changes, err := r.store.Read(t.Context()).CertificateChanges(first.ID)
	require.NoError(t, err)
	var said []string
	for _, change := range changes {
		said = append(said, change.Status)
	}
	require.Equal(t, []string{"prepared", "valid", "suspended", "valid", "superseded"}, said)
}

func TestWhatACertificateStatesNeverChanges(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c, err := r.prepare(r.open("junior"), "1", nil)
	require.NoError(t, err)
	r.sign(c)
	require.NoError(t, r.become(&c, store.CertificateValid))
	for _, statement := range []string{
		`UPDATE certificates SET number = '2'`, `UPDATE certificates SET facts = '{"hours": "80"}'`, `UPDATE certificates SET digest = 'x'`,
		`UPDATE certificates SET issued_on = issued_on - 1`, `UPDATE certificates SET issued_at = now()`, `DELETE FROM certificates`,
		`UPDATE certificates SET status = 'suspended'`, // without a change that says so
		`UPDATE certificate_changes SET reason = 'x'`, `DELETE FROM certificate_changes`,
		`UPDATE certificate_documents SET sha256 = sha256('x')`, `UPDATE certificate_documents SET state = 'rendered', sha256 = NULL, key_id = NULL, signed_at = NULL`,
		`DELETE FROM certificate_documents`,
	} {
		_, err := r.sql.ExecContext(t.Context(), statement)
		require.Error(t, err, statement)
	}
	_, err = r.sql.ExecContext(t.Context(), `UPDATE certificates SET holder_sealed = 'x'; UPDATE certificate_documents SET content_sealed = 'x'`)
	require.NoError(t, err, "what is sealed is sealed anew under another key")
}

func TestAFindingIsOpenOnceAndHoldsUpNoCase(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	theCase := r.open("junior")
	c, err := r.prepare(theCase, "1", nil)
	require.NoError(t, err)
	open := func(about store.Incident) (id string, fresh bool) {
		r.write(func(tx *store.Tx) (err error) {
			id, fresh, err = tx.OpenFinding(about, time.Now().UTC())
			return err
		})
		return id, fresh
	}
	about := store.Incident{Cause: contract.PublicationMissing, CaseID: theCase.ID, CertificateID: &c.ID, Channel: "national"}
	id, fresh := open(about)
	require.True(t, fresh)
	again, fresh := open(about)
	require.False(t, fresh)
	require.Equal(t, id, again)
	_, fresh = open(store.Incident{Cause: contract.ChannelDown, Channel: "national"})
	require.True(t, fresh, "a finding may be of no certificate and of no case")
	_, err = r.store.Read(t.Context()).OpenIncidentOf(theCase.ID)
	require.ErrorIs(t, err, store.ErrNotFound)
	r.write(func(tx *store.Tx) error {
		n, err := tx.CloseFindings(contract.PublicationMissing, &c.ID, "national", store.ClosedByVanishing, time.Now().UTC())
		require.EqualValues(t, 1, n)
		return err
	})
	_, fresh = open(about)
	require.True(t, fresh)
}
