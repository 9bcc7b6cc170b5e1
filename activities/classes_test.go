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
