package authority_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/authority"
)

func TestARouteStandsInTheTableOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, row := range authority.Table() {
		require.False(t, seen[row.Route], row.Route)
		seen[row.Route] = true
		found, listed := authority.Of(row.Route)
		require.True(t, listed, row.Route)
		require.Equal(t, row, found)
	}
}

func TestWhatIsNotInTheTableHasNoRow(t *testing.T) {
	t.Parallel()
	for _, route := range []string{"", "GET", "GET /v1/case", "DELETE /v1/cases/{id}", "zzz"} {
		_, listed := authority.Of(route)
		require.False(t, listed, route)
	}
}

func TestAScopeOfTheCityIsNoneOfADistrict(t *testing.T) {
	t.Parallel()
	row, _ := authority.Of("POST /v1/ce-years/{year}/closing")
	require.Equal(t, authority.City, row.Scope(authority.Caller{Role: authority.Operator}))
	require.Equal(t, authority.None, row.Scope(authority.Caller{Role: authority.Operator, District: "haidian"}))
}

// Whoever asks, whatever is asked for: a scope other than Unlimited reaches an object only by something that caller and
// object have in common, and emptiness is nothing in common.
func TestAScopeReachesOnlyWhatIsShared(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"", "a", "b"})
		caller := authority.Caller{
			Account: name.Draw(t, "account"), Person: name.Draw(t, "person"), Institution: name.Draw(t, "institution"),
			District: name.Draw(t, "district"), Employer: name.Draw(t, "employer"),
		}
		owners := authority.Owners{
			Account: name.Draw(t, "of account"), Person: name.Draw(t, "of person"), Institution: name.Draw(t, "of institution"),
			Employer:  name.Draw(t, "of employer"),
			Districts: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2).Draw(t, "districts"),
		}
		require.False(t, authority.None.Reaches(caller, owners))
		require.False(t, authority.Scope("unknown").Reaches(caller, owners))
		if authority.Own.Reaches(caller, owners) {
			require.True(t, caller.Person == owners.Person && caller.Person != "" || caller.Account == owners.Account && caller.Account != "")
		}
		if authority.Ours.Reaches(caller, owners) {
			require.True(t, caller.Institution == owners.Institution && caller.Institution != "" ||
				caller.Employer == owners.Employer && caller.Employer != "")
		}
		if authority.Area.Reaches(caller, owners) && caller.District != "" {
			require.Contains(t, owners.Districts, caller.District)
		}
		require.Equal(t, caller.District == "", authority.City.Reaches(caller, owners))
	})
}
