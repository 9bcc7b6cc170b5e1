package issuing_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// issuer is a record in which the training body ouc issues.
type issuer struct {
	t *testing.T
	*store.Store
	institution, bureau string // accounts
}

func newIssuer(t *testing.T) issuer {
	t.Helper()
	i := issuer{t: t, Store: storetest.New(t)}
	rules, err := policy.ByID("beijing-2023")
	require.NoError(t, err)
	require.NoError(t, i.LoadLists(t.Context(), rules.Lists()))
	i.write(func(tx *store.Tx) error {
		for _, id := range []*string{&i.institution, &i.bureau} {
			account, err := tx.CreateAccount(store.Account{Role: store.RoleOperator})
			if err != nil {
				return err
			}
			*id = account.ID
		}
		return nil
	})
	return i
}

func (i issuer) write(fn func(tx *store.Tx) error) {
	i.t.Helper()
	require.NoError(i.t, i.Tx(i.t.Context(), fn))
}

// sets puts a scheme of numbers in force.
func (i issuer) sets(scheme string) {
	i.t.Helper()
	at := time.Now().UTC()
	i.write(func(tx *store.Tx) error {
		p := store.IssuerProfile{
			ID: uuid.NewString(), InstitutionID: "ouc", Kind: contract.TrainingCertificate, NumberScheme: scheme,
			ProposedBy: i.institution, Reason: "x", ProposedAt: at,
		}
		if err := tx.ProposeProfile(&p); err != nil {
			return err
		}
		return tx.DecideProfile(store.ProfileDecision{ProfileID: p.ID, Approved: true, DecidedBy: i.bureau, Reason: "x", DecidedAt: at})
	})
}

func (i issuer) next(on string) (number string) {
	i.t.Helper()
	i.write(func(tx *store.Tx) (err error) {
		number, err = issuing.Number(tx, "ouc", contract.TrainingCertificate, calendar.MustParseDate(on))
		return err
	})
	return number
}

func TestNumbersFollowTheIssuersSchemeAndBeginAnewWhenItTellsTheYear(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	require.Equal(t, "PX-OUC-2026-000001", i.next("2026-12-31"), "the default")
	i.sets("京〔{year}〕{seq:4}号")
	require.Equal(t, "京〔2026〕0002号", i.next("2026-12-31"), "the sequence goes on")
	require.Equal(t, "京〔2027〕0001号", i.next("2027-01-01"))
	i.sets("A{seq:4}")
	require.Equal(t, []string{"A0001", "A0002"}, []string{i.next("2026-12-31"), i.next("2027-01-01")}, "one sequence for all years")
}

func TestANumberThatIsTakenIsPassedOver(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	i.sets("A{seq:4}")
	require.Equal(t, "A0001", i.next("2026-12-31"))
	i.reported("A0002")
	require.Equal(t, "A0003", i.next("2026-12-31"))
}

// reported records a certificate of the issuer that has a number of the institution's own.
func (i issuer) reported(number string) {
	i.t.Helper()
	at := time.Now().UTC()
	on := calendar.DateOf(at)
	person, course, place := uuid.NewString(), uuid.NewString(), uuid.NewString()
	i.write(func(tx *store.Tx) error {
		_, err := tx.InsertPerson(store.Person{ID: person, IDType: store.IDTypeResident, IDNumberSealed: []byte{1}, NameSealed: []byte{2}, CreatedAt: at})
		if err != nil {
			return err
		}
		_, err = tx.InsertCourse(store.Course{
			ID: course, InstitutionID: "ouc", Ref: "C1", Title: "C", Seconds: 3600, MinutesPerHour: 45, StartsOn: on, EndsOn: on,
			PolicyVersion: "beijing-2023", OpenedBy: i.institution, OpenedAt: at,
		})
		if err != nil {
			return err
		}
		_, _, err = tx.InsertPlace(store.CoursePlace{
			ID: place, CourseID: course, PersonID: person, State: store.PlaceEnrolled, Document: store.IDTypeResident, EnrolledBy: i.institution, EnrolledAt: at,
		})
		if err != nil {
			return err
		}
		return tx.InsertCertificate(store.Certificate{
			ID: uuid.NewString(), PlaceID: &place, Kind: certificate.KindCEBase, Issuer: "ouc", Number: number,
			Origin: store.CertificateReported, Status: store.CertificateValid, HolderSealed: []byte{1}, Digest: []byte{1},
			VerifyToken: uuid.NewString(), PolicyVersion: "beijing-2023", IssuedOn: on, RecordedAt: at,
		}, store.ActorSystem)
	})
}
