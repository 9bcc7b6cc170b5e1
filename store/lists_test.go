package store_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

func day(text string) calendar.Date { return calendar.MustParseDate(text) }

// put writes a list as if it were applied, and returns what it changed.
func (r *record) put(list listing.Snapshot, decisions ...listing.Decision) listing.Difference {
	r.t.Helper()
	var d listing.Difference
	r.write(func(tx *store.Tx) error {
		state, err := tx.ListState(list.ValidFrom)
		require.NoError(r.t, err)
		resolved, faults := listing.Resolve(list, state.Institutions, decisions)
		require.Empty(r.t, faults)
		d = listing.Compare(state, resolved)
		return tx.WriteList(list, resolved, d)
	})
	return d
}

func (r *record) state(on string) listing.State {
	r.t.Helper()
	state, err := r.store.Read(r.t.Context()).ListState(day(on))
	require.NoError(r.t, err)
	return state
}

// next is a list of 2027: one renamed, one gone, one new, one with a level, another role, one base.
func next() listing.Snapshot {
	one := 1
	return listing.Snapshot{
		Document: "京人社专技字〔2027〕8号", ListYear: 2027, ValidFrom: day("2027-03-01"), ValidTo: day("2028-03-01"),
		Bodies: []listing.Body{
			{Name: "国家开放大学（总部）", Occupation: "big-data", Role: policy.RoleTraining},
			{Name: "北京未来网络学院", Occupation: "artificial-intelligence", Role: policy.RoleTraining, Level: "junior"},
			{Name: "中国电子学会", Occupation: "blockchain", Role: policy.RoleTraining},
		},
		Bases: []listing.Base{{Name: "北京工业大学", Number: &one, National: true, MayIssue: true}},
	}
}

func TestAfterAListIsWrittenExactlyItHoldsFromItsFirstDay(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	before := r.state("2027-02-28")
	d := r.put(next(), listing.Decision{Name: "国家开放大学（总部）", As: listing.Renamed, InstitutionID: "ouc"},
		listing.Decision{Name: "北京未来网络学院", As: listing.New, InstitutionID: "future-network"})

	require.Equal(t, before.Listings, r.state("2027-02-28").Listings, "the day before is as it was")
	require.Equal(t, before.Bases, r.state("2027-02-28").Bases)
	after := r.state("2027-03-01")
	want := d.Apply(before)
	require.ElementsMatch(t, want.Listings, after.Listings)
	require.ElementsMatch(t, want.Bases, after.Bases)
	require.ElementsMatch(t, want.Institutions, after.Institutions)
	require.Empty(t, r.state("2028-03-01").Listings, "it says when it ends")

	tx := r.store.Read(t.Context())
	for on, name := range map[string]string{"2027-02-28": "国家开放大学", "2027-03-01": "国家开放大学（总部）", "2020-01-01": "国家开放大学（总部）"} {
		got, err := tx.InstitutionNameOn("ouc", day(on))
		require.NoError(t, err)
		require.Equal(t, name, got, on)
	}
	for on, listed := range map[string]bool{"2027-02-28": false, "2027-03-01": true} {
		junior, err := tx.Listed("future-network", "artificial-intelligence", "junior", policy.RoleTraining, day(on))
		require.NoError(t, err)
		require.Equal(t, listed, junior, on)
		senior, err := tx.Listed("future-network", "artificial-intelligence", "senior", policy.RoleTraining, day(on))
		require.NoError(t, err)
		require.False(t, senior, "listed for one level")
	}
	base, err := tx.CEBaseOf("bjtu", day("2027-06-01"))
	require.NoError(t, err)
	require.False(t, base.Listed(day("2027-06-01")), "it was one, and is one no longer")
	require.True(t, base.Listed(day("2027-02-28")))
	public, err := tx.ListedInstitutions("big-data", "", day("2027-03-01"))
	require.NoError(t, err)
	require.Len(t, public, 1)
	require.Equal(t, []any{"国家开放大学（总部）", 2027}, []any{public[0].Name, public[0].ListYear})
}

// The program comes with the list of 2022, whatever was applied since.
func TestAStartDoesNotUndoWhatWasAppliedSince(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	all, err := r.store.Read(t.Context()).ListSnapshots()
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, store.ListApplied, all[0].State)
	require.Len(t, all[0].Content.Bodies, 19)
	r.put(next(), listing.Decision{Name: "国家开放大学（总部）", As: listing.Renamed, InstitutionID: "ouc"})
	held := r.state("2027-03-01")
	rules, err := policy.Load("beijing-2023", false)
	require.NoError(t, err)
	require.NoError(t, r.store.LoadLists(t.Context(), rules.Lists()))
	require.Equal(t, held, r.state("2027-03-01"))
}

func TestAListThatIsSettledIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	snapshot, err := store.NewListSnapshot(next(), store.ActorSystem, time.Now())
	require.NoError(t, err)
	r.write(func(tx *store.Tx) error { return tx.InsertListSnapshot(snapshot) })
	const keep = "list_snapshot_kept"
	r.refused(keep, `UPDATE list_snapshots SET content = '{}' WHERE state = 'draft'`)
	r.refused(keep, `DELETE FROM list_snapshots`)
	r.refused(keep, `UPDATE list_snapshots SET reason = 'x' WHERE state = 'applied'`)
	twice := snapshot
	twice.ID = "6b4f0a52-8a3e-4f0b-9f6e-0d8c9b7a6e5d"
	r.refusedWrite("list_snapshots_once", func(tx *store.Tx) error { return tx.InsertListSnapshot(twice) })
	by, at, reason := store.ActorSystem, time.Now(), "x"
	snapshot.State, snapshot.SettledBy, snapshot.SettledAt, snapshot.Reason = store.ListDiscarded, &by, &at, &reason
	r.write(func(tx *store.Tx) error { return tx.SettleListSnapshot(snapshot) })
	r.write(func(tx *store.Tx) error { return tx.InsertListSnapshot(twice) })
	twice.State, twice.SettledBy, twice.SettledAt, twice.Reason = store.ListApplied, &by, &at, &reason
	twice.Outcome = json.RawMessage("{}")
	r.write(func(tx *store.Tx) error { return tx.SettleListSnapshot(twice) })
	r.refused(keep, `UPDATE list_snapshots SET decisions = '[]' WHERE id = $1`, twice.ID)
}

func TestNamesAndLevelsOverlapWithNobodysElse(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	const name = `INSERT INTO institution_names (institution_id, name, kind, valid_from) VALUES ($1, $2, $3, '2027-01-01')`
	r.refused("institution_names_one_legal", name, "ouc", "国家开放大学二", "legal")
	r.refused("institution_names_one_owner", name, "ouc", "中国电子学会", "alias")
	const role = `INSERT INTO institution_roles (institution_id, occupation, role, level, list_year, source_document, valid_from)
		VALUES ('ouc', $1, $2, $3, 2027, 'x', '2027-01-01')`
	r.refused("institution_roles_one_role", role, "big-data", "evaluation", "senior")
	_, err := r.sql.ExecContext(t.Context(), role, "cloud-computing", "training", "junior")
	require.NoError(t, err)
	_, err = r.sql.ExecContext(t.Context(), role, "cloud-computing", "evaluation", "senior")
	require.NoError(t, err, "what is trained at one level may be evaluated at another")
	for _, level := range []string{"junior", ""} {
		r.refused("institution_roles_one_role", role, "cloud-computing", "evaluation", level)
	}
}

func TestALineIsNotedInTheTimelinesOfManyCases(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.newCase("junior")
	r.write(func(tx *store.Tx) error {
		_, err := tx.InsertCase(c, store.ActorOperator)
		return err
	})
	before, err := r.store.Read(t.Context()).Case(c.ID)
	require.NoError(t, err)
	r.write(func(tx *store.Tx) error {
		return tx.NoteCases([]string{c.ID}, "institution_suspended", store.ActorOperator, map[string]any{"institution": "ouc"})
	})
	events, err := r.store.Read(t.Context()).Events(c.ID, 0, 10)
	require.NoError(t, err)
	last := events[len(events)-1]
	require.Equal(t, "institution_suspended", last.Kind)
	require.Equal(t, "ouc", last.Params["institution"])
	told, err := r.store.Read(t.Context()).Notifications(store.NotificationFilter{PersonID: c.PersonID, Numbered: store.Numbered{Page: 1}, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, "institution_suspended", told[0].Kind, "and its person is told")
	require.Equal(t, "ouc", told[0].Params["institution"])
	require.Equal(t, fmt.Sprintf("%s/%d", c.ID, last.Seq), told[0].Occasion)
	after, err := r.store.Read(t.Context()).Case(c.ID)
	require.NoError(t, err)
	require.Equal(t, last.Seq, after.LastEvent)
	after.LastEvent = before.LastEvent
	require.Equal(t, before, after, "the case itself is as it was")
	r.write(func(tx *store.Tx) error {
		f, err := tx.OpenCase(c.ID)
		require.NoError(t, err)
		f.Note(f.Stage, "withdrawn", store.ActorOperator, nil)
		return f.Save()
	})
	cases, err := r.store.Read(t.Context()).RunningCasesOf([]string{"ouc"})
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(cases, func(p store.CasePosition) bool { return p.ID == c.ID && !p.Began }))
}

// refusedWrite checks that a write violates a constraint.
func (r *record) refusedWrite(constraint string, fn func(tx *store.Tx) error) {
	r.t.Helper()
	require.Equal(r.t, constraint, store.Constraint(r.store.Tx(r.t.Context(), fn)))
}
