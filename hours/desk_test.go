package hours_test

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// desk is a record with the published lists, where cases are opened and attendance is booked.
type desk struct {
	t        testing.TB
	store    *store.Store
	sql      *sql.DB
	rules    *policy.Policy
	operator string
	accounts map[string]string // of institutions
	ticks    int
}

// Two institutions that train big-data engineers, and one that evaluates them.
const (
	here      = "ouc"
	there     = "cacee"
	evaluator = "miit-education-exam"
)

func newDesk(t testing.TB) *desk {
	t.Helper()
	address := storetest.NewURL(t)
	s, err := store.Open(t.Context(), storetest.Application(t, address), storetest.Keys(t))
	require.NoError(t, err)
	raw, err := sql.Open("pgx", address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(s.Close(), raw.Close())) })
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, s.LoadLists(t.Context(), rules.Lists()))
	d := &desk{t: t, store: s, sql: raw, rules: rules, accounts: map[string]string{}}
	d.write(func(tx *store.Tx) error {
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		d.operator = account.ID
		return err
	})
	for _, institution := range []string{here, there} {
		d.write(func(tx *store.Tx) error {
			account, _, err := tx.CreateToken(store.Account{Role: store.RoleInstitution, InstitutionID: &institution}, "test")
			d.accounts[institution] = account.ID
			if err != nil {
				return err
			}
			_, err = tx.InsertStaff(store.Staff{
				InstitutionID: institution, Ref: "T01", NameSealed: []byte{1}, NamedBy: account.ID, NamedAt: time.Now().UTC(),
			})
			return err
		})
	}
	return d
}

func (d *desk) tx(fn func(tx *store.Tx) error) error {
	d.t.Helper()
	return d.store.Tx(d.t.Context(), fn)
}

func (d *desk) write(fn func(tx *store.Tx) error) {
	d.t.Helper()
	require.NoError(d.t, d.tx(fn))
}

// person writes somebody new.
func (d *desk) person() string {
	d.t.Helper()
	id := uuid.NewString()
	d.write(func(tx *store.Tx) error {
		_, err := tx.InsertPerson(store.Person{
			ID: id, IDType: store.IDTypeResident, IDNumberSealed: []byte{1}, NameSealed: []byte{2},
			CreatedAt: time.Now().UTC(),
		})
		return err
	})
	return id
}

// registered is the day on which cases of these tests are registered.
func registered() calendar.Date { return calendar.NewDate(2026, time.March, 2) }

// admitted opens a case of a person that has been admitted.
func (d *desk) admitted(person, institution, level string) store.Case {
	d.t.Helper()
	c := store.Case{
		ID: uuid.NewString(), PersonID: person, Occupation: "big-data", Level: level, PolicyVersion: d.rules.ID(),
		TrainingBody: institution, EvaluationBody: evaluator, RegisteredBy: d.operator, RegisteredAt: time.Now().UTC(),
		RegisteredOn: registered(),
	}
	d.write(func(tx *store.Tx) error {
		_, err := tx.InsertCase(c, store.ActorOperator)
		return err
	})
	d.stage(c.ID, "registration", "done")
	return c
}

// stage sets a stage of a case, as its steps would.
func (d *desk) stage(caseID, stage, state string) {
	d.t.Helper()
	_, err := d.sql.ExecContext(d.t.Context(), `UPDATE case_stages SET state = $3 WHERE case_id = $1 AND stage = $2`, caseID, stage, state)
	require.NoError(d.t, err)
}

// hour is an instant of the third day after registration.
func hour(h float64) time.Time {
	return calendar.Real().Wall(registered().AddDays(3)).Add(time.Duration(h * float64(time.Hour)))
}

func span(from, to float64) ledger.Interval { return ledger.Interval{From: hour(from), To: hour(to)} }

// session announces a session by hand.
func (d *desk) session(institution, ref string, window ledger.Interval) store.Session {
	d.t.Helper()
	instructor := "T01"
	s := store.Session{
		ID: uuid.NewString(), InstitutionID: institution, Ref: ref, Module: "基础知识", Mode: "offline", Place: "教室 1",
		Instructor: &instructor, OpensAt: window.From.UTC(), ClosesAt: window.To.UTC(),
		AnnouncedBy: d.accounts[institution], AnnouncedAt: time.Now().UTC(),
	}
	d.write(func(tx *store.Tx) error {
		_, err := tx.InsertSession(s)
		return err
	})
	return s
}

// claim is all of some times at a session.
func claim(c store.Case, s store.Session, times ...ledger.Interval) hours.Claim {
	claim := hours.Claim{Earned: hours.EarnedInCase(c), SessionID: s.ID, Reporter: "T01", Received: time.Now().UTC()}
	for _, i := range times {
		claim.Credits = append(claim.Credits, ledger.Credit{
			Interval: i, Session: s.ID, Evidence: []ledger.Evidence{{Interval: i, First: "1", Last: "2", Reporter: "T01"}},
		})
	}
	return claim
}

func (d *desk) book(c hours.Claim) (booked hours.Booked, err error) {
	d.t.Helper()
	err = d.tx(func(tx *store.Tx) error {
		booked, err = hours.Book(tx, d.rules, c)
		return err
	})
	return booked, err
}

// refused checks that attendance is refused with a code, and gives the refusal.
func refused(t testing.TB, code string, err error) *hours.RefusedError {
	t.Helper()
	var refusal *hours.RefusedError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, code, refusal.Code)
	return refusal
}

// total is the time that stands for a case.
func (d *desk) total(c store.Case) time.Duration {
	d.t.Helper()
	entries, err := d.store.Read(d.t.Context()).Hours(c.ID)
	require.NoError(d.t, err)
	return ledger.Total(entries)
}
