package verification_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
	"github.com/dengpan/dengpan/verification"
)

// counted is a record and its keys that count what they are asked for.
type counted struct {
	*store.Tx
	*identity.Keyring

	looked, opened, sealed int
}

func (c *counted) CertificatesByNumber(number string) ([]store.Certificate, error) {
	c.looked++
	return c.Tx.CertificatesByNumber(number)
}

func (c *counted) Open(sealed []byte, purpose string) ([]byte, error) {
	c.opened++
	return c.Keyring.Open(sealed, purpose)
}

func (c *counted) Seal(plain []byte, purpose string) ([]byte, error) {
	c.sealed++
	return c.Keyring.Seal(plain, purpose)
}

// untold are questions to the record that only an answer that is found has use for.
func (c *counted) CertificateChanges(string) ([]store.CertificateChange, error) { panic("asked") }
func (c *counted) CertificateArt(string) (store.CertificateArt, error)          { panic("asked") }
func (c *counted) IssuerListed(store.Certificate) (store.Published, error)      { panic("asked") }
func (c *counted) Document(string) (store.CertificateDocument, error)           { panic("asked") }

func TestWhatIsNotFoundCostsTheSameWorkWhicheverPartWasWrong(t *testing.T) {
	t.Parallel()
	keys, err := identity.NewKeyring()
	require.NoError(t, err)
	address := storetest.NewURL(t)
	record, err := store.Open(t.Context(), address, keys)
	require.NoError(t, err)
	superuser, err := sql.Open("pgx", address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(record.Close(), superuser.Close())) })
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, record.LoadLists(t.Context(), rules.Lists()))
	right := verification.Question{
		Name: "王小明", IDNumber: identity.Synthetic(1, calendar.MustParseDate("1990-05-17")).Number(), CertificateNumber: "JX-1",
	}
	// Two bases have used one number.
	for i, issuer := range []string{"ouc", "istic"} {
		insert(t, record, keys, place(t, superuser, issuer), issuer, i, right)
	}
	today := calendar.Real().Today(time.Now())
	cost := map[string]int{}
	for _, q := range []verification.Question{
		{Name: "王小红", IDNumber: right.IDNumber, CertificateNumber: right.CertificateNumber},
		{Name: "<>", IDNumber: right.IDNumber, CertificateNumber: right.CertificateNumber},
		{Name: right.Name, IDNumber: "123", CertificateNumber: right.CertificateNumber},
		{Name: right.Name, IDNumber: identity.Synthetic(2, calendar.MustParseDate("1990-05-17")).Number(), CertificateNumber: "JX-1"},
		{Name: right.Name, IDNumber: right.IDNumber, CertificateNumber: "JX-2"},
		{},
	} {
		c := &counted{Tx: record.Read(t.Context()), Keyring: keys}
		found, err := verification.Desk{Record: c, Keys: c, Calendar: calendar.Real(), Today: today}.Ask(q)
		require.NoError(t, err)
		require.Nil(t, found)
		cost[fmt.Sprintf("%d looked up, %d opened, %d sealed", c.looked, c.opened, c.sealed)]++
	}
	require.Len(t, cost, 1, "%v", cost)

	found, err := verification.Desk{Record: record.Read(t.Context()), Keys: keys, Calendar: calendar.Real(), Today: today}.Ask(right)
	require.NoError(t, err)
	require.Equal(t, "ouc", found.Certificate.Issuer, "one's number is not the other's")
}

// place makes a course of a base, with somebody who has a place in it.
func place(t *testing.T, db *sql.DB, issuer string) string {
	t.Helper()
	id := uuid.NewString()
	for _, statement := range []string{
		`INSERT INTO accounts (id, role) VALUES ($1, 'operator')`,
		`INSERT INTO persons (id, id_type, id_number_sealed, name_sealed) VALUES ($1, 'resident_id', 'x', 'x')`,
		`INSERT INTO courses (id, institution_id, ref, title, seconds, minutes_per_hour, starts_on, ends_on, policy_version, opened_by)
			VALUES ($1, '` + issuer + `', 'C1', 'C', 3600, 45, current_date, current_date, 'beijing-2023', $1)`,
		`INSERT INTO course_places (id, course_id, person_id, enrolled_by) VALUES ($1, $1, $1, $1)`,
	} {
		_, err := db.ExecContext(t.Context(), statement, id)
		require.NoError(t, err)
	}
	return id
}

// insert records a certificate of a course: the first with the holder of a question, others with somebody else.
func insert(t *testing.T, record *store.Store, keys *identity.Keyring, place, issuer string, n int, q verification.Question) {
	t.Helper()
	holder := certificate.Holder{Name: q.Name, IDType: store.IDTypeResident, IDNumber: q.IDNumber}
	if n > 0 {
		holder.Name = "李四"
	}
	today := calendar.Real().Today(time.Now())
	facts := certificate.Facts{Kind: certificate.KindCEBase, Number: q.CertificateNumber, IssuerID: issuer, IssuerName: issuer, IssuedOn: today}
	digest, err := certificate.Digest(facts, holder)
	require.NoError(t, err)
	plain, err := json.Marshal(holder)
	require.NoError(t, err)
	id := uuid.NewString()
	sealed, err := keys.Seal(plain, store.HolderSeal(id))
	require.NoError(t, err)
	require.NoError(t, record.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.InsertCertificate(store.Certificate{
			ID: id, PlaceID: &place, Kind: certificate.KindCEBase, Issuer: issuer, Number: q.CertificateNumber, Origin: store.CertificateReported,
			Status: store.CertificateValid, Facts: facts, HolderSealed: sealed, Digest: digest, VerifyToken: uuid.NewString(),
			PolicyVersion: "x", IssuedOn: today, RecordedAt: time.Now().UTC(),
		}, store.ActorSystem)
	}))
}
