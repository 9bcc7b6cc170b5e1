package api

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

type reportAnswer struct {
	Total reportRow
	Rows  []reportRow
	Next  *string
}

func (w *world) report(query string) reportAnswer {
	w.t.Helper()
	r := w.get("/v1/ce-report?"+query, w.operator)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	var a reportAnswer
	r.into(w.t, &a)
	return a
}

// reported is a world with three people: one meets the year in a case and a course, one has only the course, one has
// certificates.
func reported(t *testing.T) (*world, int) {
	t.Helper()
	w := newWorld(t)
	year := w.calendar.Today(time.Now()).Year()
	base := w.institution(baseID)
	first, other := w.newCase(1), w.newCase(3)
	for day := 1; day <= 11; day++ {
		w.lesson(first, fmt.Sprintf("%d-01-%02d", year, day), 8)
	}
	course := w.openCourse(base, object{"hours": 2})
	for n := 1; n <= 2; n++ {
		place := w.enrol(base, course, placeOf(n, nil))
		require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-01-%02d", year, 20+n), 2))
	}
	w.completion(base, course)
	w.issuePrepared()
	w.certify(first, contract.TrainingCertificate, trainingBodyID, "T-1", "王小明", 1)
	w.certify(other, contract.TrainingCertificate, trainingBodyID, "T-2", "王小明", 3)
	w.certify(other, contract.GradeCertificate, evaluationBodyID, "G-1", "王小明", 3)
	return w, year
}

func TestTheYearsReportCountsPeopleHoursAndCertificates(t *testing.T) {
	t.Parallel()
	w, year := reported(t)
	all := w.report(fmt.Sprintf("year=%d", year))
	require.Len(t, all.Rows, 3)
	require.Equal(t, 2, all.Total.Persons, "who attends twice is one person")
	require.InDelta(t, 92, all.Total.Hours.Float(), 0)
	require.Equal(t, 1, all.Total.MetTotal, "88 hours of a case and 2 of a course")
	require.Equal(t, 1, all.Total.NotMetTotal)
	require.Equal(t, 1, all.Total.MetProfessional)
	require.Equal(t, 2, all.Total.TrainedPersons)
	require.Equal(t, 2, all.Total.TrainedTimes)
	require.Equal(t, 1, all.Total.CertifiedTimes)
	require.Equal(t, 2, all.Total.CourseCertificates)

	byName := map[string]reportRow{}
	for _, row := range all.Rows {
		byName[row.Institution.ID] = row
	}
	require.Nil(t, byName[baseID].Occupation)
	require.Equal(t, 2, byName[baseID].Persons)
	require.Equal(t, 1, byName[baseID].MetTotal, "the person's year counts, not what this institution gave")
	require.Equal(t, 1, byName[trainingBodyID].Persons)
	require.Equal(t, "初级", byName[trainingBodyID].Level.Name)
	require.Equal(t, 1, byName[evaluationBodyID].CertifiedPersons)

	require.Equal(t, 1, w.report(fmt.Sprintf("year=%d&institution=%s", year, baseID)).Rows[0].MetTotal)
	require.Len(t, w.report(fmt.Sprintf("year=%d&group_by=occupation", year)).Rows, 2)
	require.Equal(t, 1, w.report(fmt.Sprintf("year=%d&occupation=%s&level=junior", year, occupation)).Total.Persons)
	require.Zero(t, w.report(fmt.Sprintf("year=%d&level=senior", year)).Total.Persons)
	require.Zero(t, w.report(fmt.Sprintf("year=%d", year-5)).Total.Persons)
}

func TestTheYearsReportIsSortedAndPaged(t *testing.T) {
	t.Parallel()
	w, year := reported(t)
	for sort, first := range map[string]string{
		"hours": trainingBodyID, "persons": baseID, "certified": evaluationBodyID, "trained": trainingBodyID, "not_met": baseID,
		"name": baseID,
	} {
		query := fmt.Sprintf("year=%d&sort=%s&limit=1", year, sort)
		page := w.report(query)
		require.Equal(t, first, page.Rows[0].Institution.ID, sort)
		seen := []string{first}
		for page.Next != nil {
			page = w.report(query + "&after=" + *page.Next)
			seen = append(seen, page.Rows[0].Institution.ID)
		}
		require.ElementsMatch(t, []string{baseID, trainingBodyID, evaluationBodyID}, seen)
	}
	require.Equal(t, evaluationBodyID, w.report(fmt.Sprintf("year=%d&sort=hours&order=asc", year)).Rows[0].Institution.ID)
	for query, fault := range map[string]map[string]string{
		"":                        {"year": "required"},
		"year=1":                  {"year": "out_of_range"},
		"year=2026&occupation=x":  {"occupation": "unknown_occupation"},
		"year=2026&level=x":       {"level": "unknown_level"},
		"year=2026&sort=x":        {"sort": "unknown_value"},
		"year=2026&after=nothing": {"after": "format"},
	} {
		require.Equal(t, fault, w.get("/v1/ce-report?"+query, w.operator).refused(t, 422, validationFailed), query)
	}
	for _, token := range []string{w.trainee, w.institution(baseID)} {
		w.get("/v1/ce-report?year=2026", token).refused(t, http.StatusForbidden, forbidden)
		w.get("/v1/ce-report/csv?year=2026", token).refused(t, http.StatusForbidden, forbidden)
	}
}

func TestTheYearsReportIsATableForASpreadsheet(t *testing.T) {
	t.Parallel()
	w, year := reported(t)
	r := w.get(fmt.Sprintf("/v1/ce-report/csv?year=%d&sort=hours", year), w.operator)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, "text/csv; charset=utf-8", r.header.Get("Content-Type"))
	text, marked := strings.CutPrefix(string(r.body), "\ufeff")
	require.True(t, marked)
	table := csv.NewReader(strings.NewReader(text))
	table.FieldsPerRecord = -1
	rows, err := table.ReadAll()
	require.NoError(t, err)
	require.Equal(t, "职业", rows[0][0])
	require.Equal(t, []string{"智能制造工程技术人员", "初级", "国家开放大学", "1", "88", "1", "0", "1", "0", "2", "2", "0", "0", "0"}, rows[1])
	require.Equal(t, []string{"合计（人数不重复计算）", "", "", "2", "92"}, rows[4][:5])
	require.Contains(t, rows[5][0], "演示数据")
}
