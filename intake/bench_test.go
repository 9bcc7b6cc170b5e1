package intake_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/intake"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// BenchmarkIntake registers the rows of an intake of 2,000, turn by turn: rows/s, and the most memory that was in use.
func BenchmarkIntake(b *testing.B) {
	const rows = 2000
	record, keys := storetest.New(b), storetest.Keys(b)
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(b, err)
	require.NoError(b, record.LoadLists(b.Context(), rules.Lists()))
	desk := intake.Desk{Registering: registering.Desk{Rules: rules, Calendar: calendar.Real(), Keys: keys}}
	var peak uint64
	registered := 0
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		id := plant(b, record, keys, n, rows)
		b.StartTimer()
		for {
			reply, err := desk.Go(b.Context(), record, id, time.Now)
			require.NoError(b, err)
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
			if reply.Over {
				break
			}
		}
		registered += rows
	}
	b.ReportMetric(float64(registered)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
}

// plant writes an intake that runs.
func plant(b *testing.B, record *store.Store, keys *identity.Keyring, n, many int) string {
	b.Helper()
	id, now, ouc := uuid.NewString(), time.Now().UTC(), "ouc"
	mode, abreast, version := store.ModeRows, intake.MostAbreast, intake.Declaration
	require.NoError(b, record.Tx(b.Context(), func(tx *store.Tx) error {
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleInstitution, InstitutionID: &ouc}, "bench")
		require.NoError(b, err)
		today := calendar.Real().Today(now)
		class := store.Class{
			ID: uuid.NewString(), InstitutionID: ouc, Ref: fmt.Sprint(n), Name: "x", Occupation: "intelligent-manufacturing", Level: "junior",
			PolicyVersion: "beijing-2023", StartsOn: today, EndsOn: today, Capacity: 500, OpenedBy: account.ID, OpenedAt: now,
		}
		_, err = tx.InsertClass(class)
		require.NoError(b, err)
		rows := make([]store.IntakeRow, many)
		for i := range rows {
			number := identity.Synthetic(n*many+i+1, calendar.MustParseDate("1990-01-01"))
			document, err := identity.ParseDocument(identity.ResidentCard, number.Number())
			require.NoError(b, err)
			who := intake.Person{Name: "王一", IDType: store.IDTypeResident, IDNumber: number.Number()}
			rows[i] = store.IntakeRow{IntakeID: id, Number: i + 2, State: store.RowReady, Faults: []store.RowFault{}, PersonKey: intake.Key(keys, who, document)}
			rows[i].ContentSealed, err = intake.Seal(keys, rows[i], intake.Content{
				Values: map[string]string{"name": who.Name}, Person: who, Asked: registering.Registration{
					Occupation: class.Occupation, Level: class.Level, TrainingBody: ouc, EvaluationBody: "cmes",
					Applicant: policy.Applicant{Category: policy.InPost},
				},
			})
			require.NoError(b, err)
		}
		_, err = tx.InsertIntake(store.Intake{
			ID: id, ClassID: class.ID, InstitutionID: &ouc, Digest: uuidDigest(id), Rows: many, State: store.IntakeRunning, Mode: &mode,
			Abreast: &abreast, ConsentsVersion: &version, UploadedBy: account.ID, UploadedAt: now, StartedBy: &account.ID, StartedAt: &now,
		}, rows)
		return err
	}))
	return id
}

// uuidDigest is 32 bytes that are another intake's nowhere.
func uuidDigest(id string) []byte { return []byte(id)[:32] }
