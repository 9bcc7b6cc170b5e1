package api

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// proofOf asks for a proof as a table: its rows, and what stands below them.
func (s *sponsorship) proofOf(caseID, from, to string) (rows [][]string, below string) {
	s.t.Helper()
	got := s.get(s.proofPath(caseID, from, to, "csv"), s.sponsor)
	require.Equal(s.t, http.StatusOK, got.status, "%s", got.body)
	read := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(got.body), "\ufeff")))
	read.FieldsPerRecord = -1
	rows, err := read.ReadAll()
	require.NoError(s.t, err)
	return rows[1 : len(rows)-1], rows[len(rows)-1][0]
}

func (s *sponsorship) proofPath(caseID, from, to, format string) string {
	return "/v1/sponsored-classes/" + s.class.ID + "/attendance-proof?case=" + caseID + "&from=" + from + "&to=" + to + "&format=" + format
}

func TestWhatAnEmployerProvesIsWhatStandsInTheLedger(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 5)
	body := s.classroom(trainingBodyID)
	mine := s.admitted(1, object{"order_code": s.agree(), "sponsor_consent": "1"})
	reply := body.report([]object{
		s.sessionOn(nil, mine),
		s.sessionOn(object{"ref": "s2", "opens_at": s.clock(-3, "13:00"), "closes_at": s.clock(-3, "17:00")}, mine),
		s.sessionOn(object{"ref": "s3", "opens_at": s.clock(-9, "09:00"), "closes_at": s.clock(-9, "10:00")}, mine),
	}, []object{
		s.signIn(mine, nil),
		s.signIn(mine, object{"session": "s2", "signed_in_at": s.clock(-3, "13:10"), "signed_out_at": s.clock(-3, "16:40")}),
		s.signIn(mine, object{"session": "s3", "signed_in_at": s.clock(-9, "09:00"), "signed_out_at": s.clock(-9, "10:00")}),
	})
	require.Equal(t, 6, reply.Recorded, "%+v", reply)

	var kept struct {
		Hours ledger.Hours
		Lines []struct {
			Session, Date, Module string
			Minutes               float64
			Stands                bool
		}
	}
	s.get("/v1/cases/"+mine+"/hours", s.operator).into(t, &kept)
	minutes := func(cell string) float64 {
		n, err := strconv.ParseFloat(cell, 64)
		require.NoError(t, err)
		return n
	}
	rows, below := s.proofOf(mine, s.day(-30), s.day(0))
	require.Len(t, rows, 3)
	for _, line := range kept.Lines {
		found := false
		for _, row := range rows {
			if row[3] == line.Session {
				require.Equal(t, []string{"王小明", line.Date, line.Module}, []string{row[0], row[4], row[7]})
				require.InDelta(t, line.Minutes, minutes(row[9]), 1)
				found = true
			}
		}
		require.True(t, found, line.Session)
	}
	require.Equal(t, []string{s.day(-3) + " 13:10:00", s.day(-3) + " 16:40:00"}, rows[1][5:7], "with the times, by Beijing's clock")
	require.Contains(t, below, "参加3次课，共420分钟，计"+kept.Hours.String()+"学时")
	require.Contains(t, below, "不是培训合格证书")
	rows, _ = s.proofOf(mine, s.day(-3), s.day(-2))
	require.Len(t, rows, 2, "of the period, both days with it")

	require.Equal(t, http.StatusOK, s.post("/v1/sessions/"+reply.Sessions[0].ID+"/voiding", s.body, object{"reason": "未上课"}).status)
	rows, after := s.proofOf(mine, s.day(-30), s.day(0))
	require.Len(t, rows, 2, "what was voided is proved no more")
	number := func(below string) string { return strings.SplitN(below, "；", 2)[0] }
	require.Equal(t, number(below), number(after))
	require.NotEqual(t, below, after)
	require.Equal(t, 3, s.count("SELECT count(*) FROM audit_entries WHERE action = 'attendance_proof.make' AND subject = $1", "case:"+mine))

	page := s.get(s.proofPath(mine, s.day(-30), s.day(0), "pdf"), s.sponsor)
	require.Equal(t, mediaPDF, page.header.Get("Content-Type"))
	require.Contains(t, page.header.Get("Content-Disposition"), number(after)[len("证明编号："):])
	require.True(t, strings.HasPrefix(string(page.body), "%PDF-"))
	require.Equal(t, mediaXLSX, s.get(s.proofPath(mine, s.day(-30), s.day(0), "xlsx"), s.sponsor).header.Get("Content-Type"))
}

func TestAnEmployerProvesTheAttendanceOfItsOwnPeopleOnlyWhileTheyConsent(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 5)
	var mine struct{ ID string }
	s.register(s.trainee, "a", byCode(1, s.agree())).into(t, &mine)
	from, to := s.day(-30), s.day(0)
	path := s.proofPath(mine.ID, from, to, "csv")
	require.Equal(t, http.StatusOK, s.get(path, s.sponsor).status)

	other := s.employer(2, "haidian")
	s.get(path, s.token(store.Account{Role: store.RoleEmployer, EmployerID: &other})).refused(t, http.StatusNotFound, notFound)
	s.get(path, s.body).refused(t, http.StatusForbidden, forbidden)
	s.get(s.proofPath(s.newCase(3), from, to, "csv"), s.sponsor).refused(t, http.StatusNotFound, notFound)
	for query, fields := range map[string]map[string]string{
		s.proofPath("x", "2026-02-30", to, "csv"):               {"case": fieldFormat, "from": fieldDate},
		s.proofPath(mine.ID, to, from, "csv"):                   {"to": fieldDateOrder},
		s.proofPath(mine.ID, "2020-01-01", "2022-01-01", "csv"): {"to": fieldOutOfRange},
	} {
		require.Equal(t, fields, s.get(query, s.sponsor).refused(t, http.StatusUnprocessableEntity, validationFailed))
	}

	s.post("/v1/cases/"+mine.ID+"/sponsor-consent/withdrawal", s.trainee, nil)
	s.get(path, s.sponsor).refused(t, http.StatusNotFound, notFound)
}
