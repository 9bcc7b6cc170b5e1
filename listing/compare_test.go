package listing_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/progress"
)

// first is the state after the list that the rules come with.
func first(t testing.TB) listing.State {
	t.Helper()
	resolved, faults := listing.Resolve(listing.Of(rules(t).Lists()), nil, nil)
	require.Empty(t, faults)
	return listing.Compare(listing.State{}, resolved).Apply(listing.State{})
}

func resolve(t testing.TB, list listing.Snapshot, state listing.State, decisions ...listing.Decision) listing.Resolution {
	t.Helper()
	resolved, faults := listing.Resolve(list, state.Institutions, decisions)
	require.Empty(t, faults)
	return resolved
}

func named(t testing.TB, r listing.Resolution, name string) listing.Named {
	t.Helper()
	i := slices.IndexFunc(r.Names, func(n listing.Named) bool { return n.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return r.Names[i]
}

func TestNamesThatAreAlikeAreSuggestedAndNeverTakenForOneAnother(t *testing.T) {
	t.Parallel()
	state := first(t)
	state.Institutions[0].Former = []string{"中国机械工程协会联合会"} // of cmes
	for name, want := range map[string][]string{
		"中国地质大学（北京）":       {"cug-beijing", listing.Spelling},
		"中国地质大学 (北京)":      {"cug-beijing", listing.Spelling},
		"北京市国家开放大学":        {"ouc", listing.Place},
		"国家开放大学院":          {"ouc", listing.OneCharacter},
		"囯家开放大学":           {"ouc", listing.OneCharacter},
		"中国机械工程协会联合会":      {"cmes", listing.FormerName},
		"海淀区首钢工学院":         {"shougang-institute", listing.Place},
		"北京未来网络学院":         nil,
		"大学":               nil,
		"中国科学技术信息研究院与其他机构": nil,
	} {
		list := listing.Snapshot{Bodies: []listing.Body{{Row: 1, Name: name, Occupation: "big-data", Role: "training"}}}
		found := named(t, resolve(t, list, state), name)
		require.Equal(t, listing.New, found.As, name)
		require.Equal(t, want != nil, found.Open(), name)
		require.Len(t, found.Suggestions, len(want)/2, "%s: %v", name, found.Suggestions)
		if want != nil {
			require.Equal(t, want, []string{found.Suggestions[0].InstitutionID, found.Suggestions[0].Why}, name)
		}
	}
}

func TestAListOfAnotherYearIsComparedInstitutionByInstitution(t *testing.T) {
	t.Parallel()
	state, list := first(t), read(t, listing.CSV, sample(t))
	before := resolve(t, list, state)
	require.Equal(t, 1, before.Undecided(), "the brackets of one name are of another width")
	resolved := resolve(t, list, state,
		listing.Decision{Name: "中国地质大学（北京）", As: listing.Renamed, InstitutionID: "cug-beijing"},
		listing.Decision{Name: "北京市计算中心有限公司", As: listing.Renamed, InstitutionID: "bj-computing-center"},
		listing.Decision{Name: "北京未来网络学院", As: listing.New, InstitutionID: "future-network"})
	require.Zero(t, resolved.Undecided())
	d := listing.Compare(state, resolved)
	require.ElementsMatch(t, []listing.Rename{
		{InstitutionID: "cug-beijing", From: "中国地质大学(北京)", To: "中国地质大学（北京）"},
		{InstitutionID: "bj-computing-center", From: "北京市计算中心", To: "北京市计算中心有限公司"},
	}, d.Renamed)
	require.Equal(t, []string{"future-network", "一个未编号的单位"}, []string{d.New[0].ID, d.New[1].Name})
	require.Equal(t, []listing.Listing{
		{InstitutionID: "ouc", Occupation: "intelligent-manufacturing", Role: "training", Level: "junior"},
		{InstitutionID: "future-network", Occupation: "artificial-intelligence", Role: "training"},
	}, d.Added)
	require.Equal(t, 3, d.Unchanged)
	require.Len(t, d.Removed, 16)
	require.Equal(t, 1, d.BasesUnchanged)
	require.Len(t, d.BasesChanged, 1)
	require.Equal(t, "北京市计算中心", d.BasesChanged[0].From.Name)
	require.Len(t, d.BasesAdded, 1)
	require.Len(t, d.BasesRemoved, 19)
	next := d.Apply(state)
	require.True(t, next.Covers("ouc", "intelligent-manufacturing", "junior", "training"))
	require.False(t, next.Covers("ouc", "intelligent-manufacturing", "senior", "training"), "listed for one level")
	require.Equal(t, listing.FormerName, named(t, resolve(t, listing.Snapshot{
		Bodies: []listing.Body{{Name: "中国地质大学(北京)", Occupation: "big-data", Role: "training"}},
	}, next), "中国地质大学(北京)").Suggestions[0].Why)
}

func TestWhoTrainedAnOccupationAndEvaluatesItNowHasChangedRoles(t *testing.T) {
	t.Parallel()
	state := listing.State{
		Institutions: []listing.Institution{{ID: "a1", Name: "甲"}}, Listings: []listing.Listing{{"a1", "big-data", "training", ""}},
	}
	list := listing.Snapshot{Bodies: []listing.Body{{Name: "甲", Occupation: "big-data", Role: "evaluation", Level: "senior"}}}
	d := listing.Compare(state, resolve(t, list, state))
	require.Equal(t, []listing.RoleChange{{"a1", "big-data", "senior", "training", "evaluation"}}, d.RoleChanges)
	require.Len(t, d.Added, 1)
	require.Len(t, d.Removed, 1)
}

func TestAnAnnexThatAListDoesNotHaveStaysAsItIs(t *testing.T) {
	t.Parallel()
	state := first(t)
	list := listing.Snapshot{Bodies: []listing.Body{{Name: "国家开放大学", Occupation: "big-data", Role: "training"}}}
	next := listing.Compare(state, resolve(t, list, state)).Apply(state)
	require.Equal(t, state.Bases, next.Bases)
	require.Len(t, next.Listings, 1)
}

func TestADecisionThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	state, list := first(t), read(t, listing.CSV, sample(t))
	state.Institutions[1].Aliases = []string{"北京未来网络学院"}
	for name, c := range map[string]struct {
		decision listing.Decision
		code     string
	}{
		"of a name that is known":        {listing.Decision{Name: "国家开放大学", As: listing.New}, listing.UnknownValue},
		"of a name that is not there":    {listing.Decision{Name: "清华大学", As: listing.New}, listing.UnknownValue},
		"of nobody":                      {listing.Decision{Name: "一个未编号的单位", As: listing.Renamed, InstitutionID: "nobody"}, listing.UnknownValue},
		"of who stands on the list":      {listing.Decision{Name: "一个未编号的单位", As: listing.Renamed, InstitutionID: "ouc"}, listing.Conflict},
		"a new one with another's id":    {listing.Decision{Name: "一个未编号的单位", As: listing.New, InstitutionID: "ouc"}, listing.Duplicate},
		"an id that is none":             {listing.Decision{Name: "一个未编号的单位", As: listing.New, InstitutionID: "Q!"}, listing.Malformed},
		"another's alias":                {listing.Decision{Name: "北京未来网络学院", As: listing.Renamed, InstitutionID: "istic"}, listing.Conflict},
		"both roles under two names":     {listing.Decision{Name: "中国地质大学（北京）", As: listing.Alias, InstitutionID: "cmes"}, listing.TwoRoles},
		"one base under two names":       {listing.Decision{Name: "一个未编号的单位", As: listing.Alias, InstitutionID: "bjut"}, listing.Duplicate},
		"a verdict that nobody may give": {listing.Decision{Name: "一个未编号的单位", As: listing.Known, InstitutionID: "ouc"}, listing.UnknownValue},
	} {
		_, faults := listing.Resolve(list, state.Institutions, []listing.Decision{c.decision})
		require.NotEmpty(t, faults, name)
		require.Equal(t, c.code, faults[0].Code, name)
	}
}

// anyList is a list over a few names, so that lists meet.
func anyList(t *rapid.T, name string) listing.Snapshot {
	names := rapid.SampledFrom([]string{"甲大学", "乙大学院", "丙研究中心", "丙研究中心（北京）", "丁", "戊学会"})
	list := listing.Snapshot{ValidFrom: calendar.MustParseDate("2027-01-01"), Bodies: []listing.Body{}, Bases: []listing.Base{}}
	for i := range rapid.IntRange(0, 8).Draw(t, name+" bodies") {
		b := listing.Body{
			Row: i + 1, Name: names.Draw(t, "name"), Occupation: rapid.SampledFrom([]string{"big-data", "blockchain"}).Draw(t, "occupation"),
			Role: rapid.SampledFrom([]string{"training", "evaluation"}).Draw(t, "role"), Level: rapid.SampledFrom([]string{"", "junior", "senior"}).Draw(t, "level"),
		}
		if !slices.ContainsFunc(list.Bodies, func(o listing.Body) bool {
			return o.Name == b.Name && o.Occupation == b.Occupation && (o.Level == b.Level || o.Level == "" || b.Level == "")
		}) {
			list.Bodies = append(list.Bodies, b)
		}
	}
	for i := range rapid.IntRange(0, 4).Draw(t, name+" bases") {
		base := listing.Base{Row: 100 + i, Name: names.Draw(t, "base"), Municipal: rapid.Bool().Draw(t, "municipal")}
		if n := rapid.IntRange(0, 9).Draw(t, "number"); n > 0 {
			base.Number, base.MayIssue = &n, true
		}
		if !slices.ContainsFunc(list.Bases, func(o listing.Base) bool { return o.Name == base.Name }) {
			list.Bases = append(list.Bases, base)
		}
	}
	return list
}

// Lists one after another, whatever is decided on their names: after each, what holds is exactly what it says, and to apply
// it once more changes nothing.
func TestAfterAListExactlyTheListHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var state listing.State
		for n := range 3 {
			list := anyList(t, fmt.Sprint("list ", n))
			var decisions []listing.Decision
			for _, name := range list.Names() {
				if rapid.Bool().Draw(t, "decide") && len(state.Institutions) > 0 {
					decisions = append(decisions, listing.Decision{
						Name: name, As: rapid.SampledFrom([]listing.Verdict{listing.New, listing.Renamed, listing.Alias}).Draw(t, "as"),
						InstitutionID: rapid.SampledFrom(state.Institutions).Draw(t, "of").ID,
					})
				}
			}
			resolved, faults := listing.Resolve(list, state.Institutions, decisions)
			if len(faults) > 0 {
				if resolved, faults = listing.Resolve(list, state.Institutions, nil); len(faults) > 0 {
					continue // two names of one institution contradict each other: no list
				}
			}
			before := state
			d := listing.Compare(state, resolved)
			state = d.Apply(state)
			ids := map[string]string{}
			for _, i := range state.Institutions {
				require.Empty(t, ids[i.Name], "a name is one institution's")
				ids[i.Name] = i.ID
				for _, alias := range i.Aliases {
					require.Empty(t, ids[alias], "a name is one institution's")
					ids[alias] = i.ID
				}
			}
			if len(list.Bodies) == 0 {
				require.ElementsMatch(t, before.Listings, state.Listings)
			} else {
				var want []listing.Listing
				for _, b := range list.Bodies {
					want = append(want, listing.Listing{ids[b.Name], b.Occupation, b.Role, b.Level})
				}
				require.ElementsMatch(t, want, state.Listings)
			}
			if len(list.Bases) > 0 {
				require.Len(t, state.Bases, len(list.Bases))
				for _, b := range list.Bases {
					b.Row, b.InstitutionID = 0, ids[b.Name]
					require.Contains(t, state.Bases, b)
				}
			}
			again, faults := listing.Resolve(list, state.Institutions, nil)
			require.Empty(t, faults)
			require.Zero(t, again.Undecided())
			require.True(t, listing.Compare(state, again).Empty())
			require.Equal(t, state, listing.Compare(state, again).Apply(state))
		}
	})
}

// Exceptions: what becomes of a running case depends on how far it has come, and never is an end.
func TestWhatBecomesOfACaseDependsOnHowFarItHasCome(t *testing.T) {
	t.Parallel()
	at := func(began bool, states map[progress.Stage]progress.State) listing.Position {
		return listing.Position{Began: began, States: states}
	}
	training := map[progress.Stage]progress.State{progress.Registration: progress.Done, progress.Training: progress.Waiting}
	trained := map[progress.Stage]progress.State{progress.Exam: progress.Done, progress.Evaluation: progress.Pending}
	sitting := map[progress.Stage]progress.State{progress.Exam: progress.Done, progress.Evaluation: progress.Waiting}
	passed := map[progress.Stage]progress.State{progress.Exam: progress.Done, progress.Evaluation: progress.Done, progress.Certificate: progress.Stuck}
	over := map[progress.Stage]progress.State{progress.Exam: progress.Done, progress.Evaluation: progress.Done, progress.Certificate: progress.Done}
	failed := map[progress.Stage]progress.State{progress.Exam: progress.Done, progress.Evaluation: progress.Skipped, progress.Certificate: progress.Skipped}
	for name, c := range map[string]struct {
		role               string
		at                 listing.Position
		removed, suspended listing.Fate
	}{
		"registered":             {"training", at(false, nil), listing.Stops, listing.Stops},
		"enrolled, not begun":    {"training", at(false, training), listing.Stops, listing.Stops},
		"in its training":        {"training", at(true, training), listing.Finishes, listing.Stops},
		"trained":                {"training", at(true, trained), listing.Untouched, listing.Untouched},
		"before its evaluation":  {"evaluation", at(true, trained), listing.Stops, listing.Stops},
		"while it is registered": {"evaluation", at(false, nil), listing.Stops, listing.Stops},
		"in its evaluation":      {"evaluation", at(true, sitting), listing.Finishes, listing.Finishes},
		"passed":                 {"evaluation", at(true, passed), listing.Held, listing.Held},
		"certified":              {"evaluation", at(true, over), listing.Untouched, listing.Untouched},
		"not evaluated":          {"evaluation", at(true, failed), listing.Untouched, listing.Untouched},
	} {
		require.Equal(t, c.removed, listing.FateOf(c.role, false, c.at), name)
		require.Equal(t, c.suspended, listing.FateOf(c.role, true, c.at), name)
	}
}

// The id of an institution may have been made of a name that it has no longer.
func TestANewInstitutionUnderAFormerNameOfAnotherHasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	list := func(name string) listing.Snapshot {
		return listing.Snapshot{Bodies: []listing.Body{{Row: 2, Name: name, Occupation: "big-data", Role: "training"}}}
	}
	take := func(state listing.State, list listing.Snapshot, decisions ...listing.Decision) listing.State {
		resolved, faults := listing.Resolve(list, state.Institutions, decisions)
		require.Empty(t, faults)
		return listing.Compare(state, resolved).Apply(state)
	}
	state := take(listing.State{}, list("乙大学院"))
	first := state.Institutions[0].ID
	state = take(state, list("丙研究中心"), listing.Decision{Name: "丙研究中心", As: listing.Renamed, InstitutionID: first})
	state = take(state, list("乙大学院"))
	require.Len(t, state.Institutions, 2)
	require.NotEqual(t, first, state.Institutions[1].ID)
	require.Equal(t, state.Institutions[1].ID, state.Listings[0].InstitutionID)
}
