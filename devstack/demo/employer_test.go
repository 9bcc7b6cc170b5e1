package demo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/workbook"
)

func TestAnEmployersPartThatWasCutShortGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	p, dir := &product{startless: true}, t.TempDir()
	require.Error(t, begin(t, p, dir, today).tryEmploy(t.Context()))
	p.startless = false
	for range 2 {
		require.NoError(t, begin(t, p, dir, today.AddDays(400)).tryEmploy(t.Context()))
	}
	require.Equal(t, 1, p.employers, "registered twice")
	require.Equal(t, 1, p.starts, "started twice")
	require.Len(t, begin(t, p, dir, today).Record().Logins, 5)
}

func TestAnEmployersListHasTwoPeopleWhoAreWrittenDownWrongly(t *testing.T) {
	t.Parallel()
	_, err := identity.ParseUSCC(employerCode)
	require.NoError(t, err)
	p := &product{}
	require.NoError(t, begin(t, p, t.TempDir(), today).tryEmploy(t.Context()))
	require.Len(t, p.lists, 1)
	filled, err := workbook.Read(p.lists[0])
	require.NoError(t, err)
	trainees := make(map[string]bool)
	for n := range MostTrainees() {
		trainees[name(n)], trainees[idNumber(n)] = true, true
	}
	wrong, rows := 0, filled.Sheets[0].Rows
	require.Len(t, rows, 8)
	for _, row := range rows {
		require.False(t, trainees[row.Values["name"]] || trainees[row.Values["id_number"]], "is a trainee of the demonstration already")
		_, err := identity.ParseResidentID(row.Values["id_number"])
		if err != nil || row.Values["category"] == "" {
			wrong++
		}
	}
	require.Equal(t, 2, wrong)
}
