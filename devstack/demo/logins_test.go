package demo

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADemonstrationHasALogInOfEachRole(t *testing.T) {
	t.Parallel()
	p, dir := &product{}, t.TempDir()
	d := begin(t, p, dir, today)
	require.NoError(t, d.tryTakeIn(t.Context(), visited))
	require.NoError(t, begin(t, p, dir, today).tryTakeIn(t.Context(), visited))
	require.NoError(t, d.tryEmploy(t.Context()))
	record := begin(t, p, dir, today).Record()
	roles := map[string]string{}
	for _, l := range record.Logins {
		roles[l.Login] = l.Role
		require.Equal(t, p.logins[l.Login], l.Password)
		require.Regexp(t, `^[a-z2-7]{4}(-[a-z2-7]{4}){3}$`, l.Password)
	}
	require.Equal(t, map[string]string{
		"trainee": "trainee", "staff": "institution", "operator": "operator", "district": "operator", "admin": "administrator",
		"employer": "employer",
	}, roles)
	require.Len(t, record.Logins, len(roles))
	require.Equal(t, []string{d.busiest() + " " + ownDistrict}, p.districts)
}

func TestALogInWhoseMakingWasCutShortIsTakenUp(t *testing.T) {
	t.Parallel()
	p, dir := &product{cutShort: true}, t.TempDir()
	_, err := Open(t.Context(), options(t, p, dir, today))
	require.ErrorContains(t, err, "make the log-in staff")
	p.cutShort = false
	for _, l := range begin(t, p, dir, today).Record().Logins {
		require.Equal(t, p.logins[l.Login], l.Password, l.Login)
	}
	require.Len(t, p.logins, 4)
}

func TestSomeTraineesWorkInTheDistrictWhoseOperatorLogsIn(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for n := range MostTrainees() {
		counts[districtOf(n)]++
	}
	require.Len(t, counts, 3)
	require.Positive(t, counts[ownDistrict])
}
