package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing/issuingtest"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// bundle is a case in a database of its own, with the steps that act on it.
type bundle struct {
	*activities.Records

	caseID   string
	account  string
	personID string
	url      string
}

// Who does what in the tests: one trains, one evaluates, one could train instead.
const (
	trainer   = "ouc"
	evaluator = "miit-education-exam"
	spare     = "cacee"
)

// graduate may join, be evaluated and have a title mapped at any level below senior.
func graduate() policy.Applicant {
	graduated := calendar.NewDate(2015, time.July, 1)
	return policy.Applicant{
		Category:  policy.InPost,
		Education: []policy.Education{{Degree: policy.Bachelor, RelatedMajor: true, FullTime: true, GraduatedOn: &graduated}},
	}
}

// newBundle registers a case of junior big-data engineering.
func newBundle(t testing.TB, applicant policy.Applicant) bundle {
	t.Helper()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	url := storetest.NewURL(t)
	keys, err := identity.NewKeyring()
	require.NoError(t, err)
	db, err := store.Open(t.Context(), storetest.Application(t, url), keys)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.LoadLists(t.Context(), rules.Lists()))
	b := bundle{
		Records: &activities.Records{
			Store: db, Calendar: calendar.Real(), Keys: keys, Printing: issuingtest.Printing(), Printer: issuingtest.Printer(),
		},
		caseID:   uuid.NewString(),
		personID: uuid.NewString(),
		url:      url,
	}
	id, err := identity.ParseDocument(identity.ResidentCard, identity.Synthetic(1, calendar.NewDate(1992, time.May, 4)).Number())
	require.NoError(t, err)
	name, err := keys.Seal([]byte("赵演示"), store.NameSeal(b.personID))
	require.NoError(t, err)
	number, err := keys.Seal([]byte(id.Number()), store.IDNumberSeal(b.personID))
	require.NoError(t, err)
	require.NoError(t, db.Tx(t.Context(), func(tx *store.Tx) error {
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		require.NoError(t, err)
		b.account = account.ID
		_, err = tx.InsertPerson(store.Person{
			ID: b.personID, IDType: store.IDTypeResident, IDNumberSealed: number, NameSealed: name,
		}, people.ByDocument(keys, id, "")...)
		require.NoError(t, err)
		_, err = tx.InsertCase(store.Case{
			ID: b.caseID, PersonID: b.personID, Occupation: "big-data", Level: "junior", PolicyVersion: rules.ID(),
			TrainingBody: trainer, EvaluationBody: evaluator, Applicant: applicant, RegisteredBy: account.ID,
			RegisteredAt: time.Now().UTC(), RegisteredOn: calendar.NewDate(2025, time.January, 1),
		}, store.ActorOperator)
		return err
	}))
	return b
}

// issue has a stage's tasks issued.
func (b bundle) issue(t testing.TB, stage string, attempt, issue int, kinds ...string) []contract.IssuedTask {
	t.Helper()
	reply, err := b.IssueTasks(t.Context(), contract.IssueTasksRequest{
		CaseID: b.caseID, Stage: stage, Kinds: kinds, Attempt: attempt, Issue: issue,
	})
	require.NoError(t, err)
	require.Nil(t, reply.Incident)
	return reply.Tasks
}

// answer stores an institution's answer to a task, as the API would.
func (b bundle) answer(t *testing.T, task contract.IssuedTask, kind string, body any) {
	t.Helper()
	encoded, err := json.Marshal(body)
	require.NoError(t, err)
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		locked, err := tx.LockTask(task.ID)
		require.NoError(t, err)
		_, err = tx.InsertAnswer(locked, store.TaskAnswer{
			TaskID: task.ID, Kind: kind, Body: encoded, Digest: []byte{1}, ReceivedBy: b.account,
			ReceivedAt: time.Now().UTC(),
		})
		return err
	}))
}

// record takes one task's answer into the record.
func (b bundle) recordRequest(tasks []contract.IssuedTask, attempt int) contract.RecordRequest {
	req := contract.RecordRequest{CaseID: b.caseID, Attempt: attempt}
	for _, task := range tasks {
		req.TaskIDs = append(req.TaskIDs, task.ID)
	}
	return req
}

// mark has an exam or evaluation task issued and answered with a score.
func (b bundle) mark(t *testing.T, task contract.IssuedTask, score float64) {
	t.Helper()
	b.answer(t, task, store.AnswerResult, contract.MarkResult{Score: &score, HeldOn: calendar.Real().Today(time.Now())})
}

// lessonOver is when a lesson ends, on its day.
const lessonOver = 15 * time.Hour

// attend has the person attend so many sessions of eight hours (学时), one a day from a date on, of modules by turns.
func (b bundle) attend(t *testing.T, from calendar.Date, n int, modules ...string) {
	t.Helper()
	now := hours.At(b.Calendar, time.Now())
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertStaff(store.Staff{
			InstitutionID: trainer, Ref: "T01", NameSealed: []byte{1}, NamedBy: b.account, NamedAt: now.Wall,
		})
		return err
	}))
	for i := range n {
		require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
			return b.lesson(tx, from.AddDays(i), modules[i%len(modules)])
		}))
	}
}

// lesson is a session of eight hours (学时) that the person attends; of the same day again, it is the same session.
func (b bundle) lesson(tx *store.Tx, day calendar.Date, module string) error {
	now := hours.At(b.Calendar, time.Now())
	window := ledger.Interval{From: calendar.Real().Wall(day).Add(9 * time.Hour), To: calendar.Real().Wall(day).Add(lessonOver)}
	ref := "s-" + day.String()
	_, err := hours.Announce(tx, hours.Announcement{
		InstitutionID: trainer, Ref: ref, Module: module, Mode: ledger.Offline, Place: "教室 1",
		Instructor: "T01", Window: window, Roster: []string{b.caseID}, By: b.account,
	}, now)
	if err != nil {
		return err
	}
	_, err = hours.Record(tx, hours.SignIn{
		InstitutionID: trainer, Session: ref, Attendee: b.caseID, Attended: window, Reporter: "T01", By: b.account,
	}, now)
	return err
}

// modules is the content of the standard.
func modules(t *testing.T) []string {
	t.Helper()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	standard, err := rules.TrainingStandard("big-data", "junior")
	require.NoError(t, err)
	return standard.Modules
}

// complete is the result of a training of which some content is complete.
func complete(modules ...string) contract.TrainingResult {
	return contract.TrainingResult{CompletedModules: modules}
}

// admit takes the case through registration.
func (b bundle) admit(t testing.TB) {
	t.Helper()
	reply, err := b.Admit(t.Context(), contract.AdmitRequest{CaseID: b.caseID, Try: 1})
	require.NoError(t, err)
	require.Nil(t, reply.Incident)
}

// train takes the case through training, with sessions from a date on, and credits its hours.
func (b bundle) train(t *testing.T, from calendar.Date) {
	t.Helper()
	b.trainOnly(t, from)
	_, err := b.CreditHours(t.Context(), contract.CreditHoursRequest{CaseID: b.caseID})
	require.NoError(t, err)
}

func (b bundle) trainOnly(t *testing.T, from calendar.Date) {
	t.Helper()
	tasks := b.issue(t, "training", 1, 1, contract.TrainingTask)
	b.attend(t, from, 10, modules(t)...)
	b.answer(t, tasks[0], store.AnswerResult, complete(modules(t)...))
	reply, err := b.RecordTraining(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	require.Equal(t, contract.GoOn, reply.Next)
}

// file reads the case as it stands.
func (b bundle) file(t testing.TB) store.Case {
	t.Helper()
	c, err := b.Store.Read(t.Context()).Case(b.caseID)
	require.NoError(t, err)
	return c
}

// cancel takes tasks back, so that others of their kind can be issued.
func (b bundle) cancel(t testing.TB, tasks []contract.IssuedTask) {
	t.Helper()
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		for _, task := range tasks {
			full, err := tx.Task(task.ID)
			require.NoError(t, err)
			if err := tx.CloseTask(full, store.TaskCancelled, "again", time.Now().UTC()); err != nil {
				return err
			}
		}
		return nil
	}))
}
