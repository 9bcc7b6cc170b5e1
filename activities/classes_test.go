package activities_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// inClass puts the case into a class, of which a session is announced for tomorrow.
func (b bundle) inClass(t *testing.T) string {
	t.Helper()
	now := hours.At(b.Calendar, time.Now())
	today := b.Calendar.Today(now.Wall)
	class := store.Class{
		ID: uuid.NewString(), InstitutionID: trainer, Ref: "K1", Name: "一班", Occupation: "big-data", Level: "junior",
		PolicyVersion: b.file(t).PolicyVersion, StartsOn: today, EndsOn: today.AddDays(9), Capacity: 1, OpenedBy: b.account, OpenedAt: now.Wall,
	}
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertClass(class)
		require.NoError(t, err)
		_, err = hours.Join(tx, class.ID, []string{b.caseID}, b.account, now)
		require.NoError(t, err)
		from := b.Calendar.Wall(today.AddDays(1)).Add(time.Hour)
		announced, err := hours.Announce(tx, hours.Announcement{
			InstitutionID: trainer, Ref: "S1", Class: "K1", Module: "基础知识", Mode: ledger.Online,
			Window: ledger.Interval{From: from, To: from.Add(time.Hour)}, By: b.account,
		}, now)
		require.Equal(t, 1, announced.Listed)
		return err
	}))
	return class.ID
}

// leftAs is how the case left a class, and how many sessions of it it is still to attend.
func (b bundle) leftAs(t *testing.T, classID string) (how string, listed int) {
	t.Helper()
	tx := b.Store.Read(t.Context())
	members, err := tx.ClassMembers(classID)
	require.NoError(t, err)
	require.Len(t, members, 1)
	if members[0].LeftHow != nil {
		how = *members[0].LeftHow
	}
	s, err := tx.SessionNamed(trainer, "S1")
	require.NoError(t, err)
	lines, err := tx.Roster(s.ID)
	require.NoError(t, err)
	return how, len(lines)
}

func TestACaseThatIsGivenToAnotherBodyLeavesItsClass(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	incident := b.overdue(t)
	class := b.inClass(t)
	_, refusal := b.resolve(t, incident, contract.Reassign, store.ResolutionParams{Institution: spare})
	require.Empty(t, refusal)
	how, listed := b.leftAs(t, class)
	require.Equal(t, store.LeftReassigned, how)
	require.Zero(t, listed)
}

func TestACaseThatEndsWithoutACertificateGivesItsPlaceInTheClassBack(t *testing.T) {
	t.Parallel()
	for outcome, want := range map[string]string{"withdrawn": store.LeftCaseEnded, "trained": ""} {
		b := newBundle(t, graduate())
		b.admit(t)
		class := b.inClass(t)
		_, err := b.CloseCase(t.Context(), contract.CloseCaseRequest{CaseID: b.caseID, Outcome: outcome})
		require.NoError(t, err)
		how, _ := b.leftAs(t, class)
		require.Equal(t, want, how, outcome)
	}
}

// keptPlace keeps the one place of a class that begins tomorrow for the case, as its registration asked.
func (b bundle) keptPlace(t *testing.T) string {
	t.Helper()
	now := hours.At(b.Calendar, time.Now())
	tomorrow := b.Calendar.Today(now.Wall).AddDays(1)
	class := store.Class{
		ID: uuid.NewString(), InstitutionID: trainer, Ref: "K1", Name: "一班", Occupation: "big-data", Level: "junior",
		PolicyVersion: b.file(t).PolicyVersion, StartsOn: tomorrow, EndsOn: tomorrow.AddDays(9), Capacity: 1, OpenedBy: b.account, OpenedAt: now.Wall,
	}
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertClass(class)
		require.NoError(t, err)
		require.NoError(t, tx.InsertOffer(store.ClassOffer{
			ClassID: class.ID, Revision: 1, Offered: true, Reason: "招生", SaidBy: b.account, SaidAt: now.Wall,
		}))
		_, err = hours.Keep(tx, store.ClassPlace{ClassID: class.ID, AccountID: b.account, CaseID: &b.caseID, Offer: 1}, now)
		return err
	}))
	return class.ID
}

// taken is how many places of a class are taken, and how many are in it.
func (b bundle) taken(t *testing.T, classID string) (taken, members int) {
	t.Helper()
	tx := b.Store.Read(t.Context())
	all, err := tx.PlacesTaken([]string{classID})
	require.NoError(t, err)
	list, err := tx.ClassMembers(classID)
	require.NoError(t, err)
	return all[classID], len(list)
}

func TestWhoIsTakenInIsInTheClassInWhichAPlaceWasKept(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	class := b.keptPlace(t)
	taken, members := b.taken(t, class)
	require.Equal(t, []int{1, 0}, []int{taken, members})
	tasks := b.issue(t, "training", 1, 1, contract.EnrolmentTask)
	b.answer(t, tasks[0], store.AnswerResult, contract.EnrolmentResult{AcceptedOn: b.Calendar.Today(time.Now())})
	_, err := b.RecordEnrolment(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
	taken, members = b.taken(t, class)
	require.Equal(t, []int{1, 1}, []int{taken, members})
	in, err := b.Store.Read(t.Context()).PresentClass(b.caseID)
	require.NoError(t, err)
	require.Equal(t, class, in.ID)
}

func TestAPlaceIsGivenBackWhenItsCaseEndsOrIsGivenToAnotherBodyOrItsClassIsClosed(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(b bundle, class string){
		"ended": func(b bundle, _ string) {
			_, err := b.CloseCase(t.Context(), contract.CloseCaseRequest{CaseID: b.caseID, Outcome: "withdrawn"})
			require.NoError(t, err)
		},
		"reassigned": func(b bundle, _ string) {
			_, refusal := b.resolve(t, b.overdue(t), contract.Reassign, store.ResolutionParams{Institution: spare})
			require.Empty(t, refusal)
		},
		"closed": func(b bundle, class string) {
			require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error {
				_, err := hours.Close(tx, class, b.account, "不再开班", hours.At(b.Calendar, time.Now()))
				return err
			}))
		},
	} {
		b := newBundle(t, graduate())
		if name != "reassigned" { // who is overdue was admitted
			b.admit(t)
		}
		class := b.keptPlace(t)
		end(b, class)
		taken, members := b.taken(t, class)
		require.Equal(t, []int{0, 0}, []int{taken, members}, name)
	}
}
