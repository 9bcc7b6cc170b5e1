package api

import (
	"bytes"
	"encoding/base64"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workbook"
)

// sheetOf is the workbook to fill in, filled in with rows of name, ID number and certificate number.
func (w *world) sheetOf(token string, rows ...[]any) string {
	w.t.Helper()
	r := w.get("/v1/bulk-check-workbook", token)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	file, err := excelize.OpenReader(bytes.NewReader(r.body))
	require.NoError(w.t, err)
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+2)
		require.NoError(w.t, err)
		require.NoError(w.t, file.SetSheetRow("证书核验", at, &row))
	}
	var out bytes.Buffer
	require.NoError(w.t, file.Write(&out))
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// bytesOf is a file that is written in base64.
func (w *world) bytesOf(text string) string {
	w.t.Helper()
	content, err := base64.StdEncoding.DecodeString(text)
	require.NoError(w.t, err)
	return string(content)
}

// bulkAnswer is what a check of many answers.
type bulkAnswer struct {
	ID, Report            string
	Asked, Found, Refused int
	Rows                  []struct {
		Row         int
		Outcome     string
		Faults      []struct{ Column, Code string }
		Certificate *verifiedCertificate
	}
}

func TestManyCertificatesAreCheckedAsOneIsAndItIsKnownWhoAskedWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held := w.issued(w.newCase(1), "B-1", nil)
	revoked := w.issued(w.newCase(2), "B-2", nil)
	w.becomes(revoked.id, store.CertificateRevoked)
	name, number := held.form.Get("name"), held.form.Get("id_number")
	staff := w.institution(trainingBodyID)
	sheet := w.sheetOf(staff, []any{name, number, "B-1"}, []any{"王小红", number, "B-1"}, []any{name, number, "B-2"}, []any{name, "", "B-1"},
		[]any{name, "1.10101E+17", "B-1"})
	ask := object{"purpose": "hiring", "reason": "招聘录用核验", "content": sheet}
	r := w.post("/v1/bulk-checks", staff, ask)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var answer bulkAnswer
	r.into(t, &answer)
	require.Equal(t, [3]int{3, 2, 2}, [3]int{answer.Asked, answer.Found, answer.Refused})
	outcomes := make([]string, len(answer.Rows))
	for i, row := range answer.Rows {
		outcomes[i] = row.Outcome
	}
	require.Equal(t, []string{"found", "not_found", "found", "refused", "refused"}, outcomes)
	require.Equal(t, "revoked", answer.Rows[2].Certificate.Status)
	require.Equal(t, "required", answer.Rows[3].Faults[0].Code)
	require.Equal(t, "digits_lost", answer.Rows[4].Faults[0].Code)
	report, err := excelize.OpenReader(strings.NewReader(w.bytesOf(answer.Report)))
	require.NoError(t, err)
	rows, err := report.GetRows("证书核验")
	require.NoError(t, err)
	require.Equal(t, []string{"2", "查到", "", name, number, "B-1", "证书有效"}, rows[1][:7])
	require.Equal(t, "未查到", rows[2][1])
	require.Equal(t, "证书已撤销", rows[3][6])
	require.Contains(t, rows[4][2], "证件号码")

	// What was asked is not kept: of each row there is a digest, of which it is known only that it is the same again.
	require.Equal(t, 3, w.count("SELECT count(*) FROM bulk_check_rows"))
	require.Equal(t, 3, w.count("SELECT count(DISTINCT question) FROM bulk_check_rows"))
	require.Equal(t, 1, w.count("SELECT count(*) FROM audit_entries WHERE action = 'certificate.bulk_check' AND reason = '招聘录用核验'"))
	_, err = w.sql.ExecContext(t.Context(), "UPDATE bulk_checks SET reason = 'x'")
	require.Error(t, err, "who asked why is written for good")
	var list struct{ Checks []BulkCheckView }
	w.get("/v1/bulk-checks", staff).into(t, &list)
	require.Len(t, list.Checks, 1)
	require.Equal(t, "招聘录用", list.Checks[0].PurposeName)
	w.get("/v1/bulk-checks", w.institution(otherTrainerID)).into(t, &list)
	require.Empty(t, list.Checks, "others do not see it")
	w.get("/v1/bulk-checks", w.operator).into(t, &list)
	require.Len(t, list.Checks, 1)

	// Who is to be told when a certificate turns out to be false.
	w.submit("/verify", held.form)
	w.submit("/verify", held.form)
	w.get("/verify/"+held.token, "")
	w.post("/v1/verifications", "", held.body())
	var checkers struct {
		Times  int64
		Counts []checkCount
		Checks []BulkCheckView
	}
	w.get("/v1/certificates/"+held.id+"/checks", w.operator).into(t, &checkers)
	today := w.calendar.Today(time.Now())
	require.Equal(t, int64(4), checkers.Times)
	require.Equal(t, []checkCount{{today, "api", 1}, {today, "code", 1}, {today, "page", 2}}, checkers.Counts)
	require.Equal(t, []string{answer.ID}, []string{checkers.Checks[0].ID})
	require.Equal(t, trainingBodyID, checkers.Checks[0].InstitutionID)
	w.get("/v1/certificates/"+held.id+"/checks", staff).refused(t, http.StatusForbidden, forbidden)

	// What is refused altogether.
	for field, wrong := range map[string]object{
		"content": {"content": "?"}, "reason": {"reason": " "}, "purpose": {"purpose": "curiosity"},
	} {
		body := object{"purpose": "hiring", "reason": "x", "content": sheet}
		maps.Copy(body, wrong)
		require.Contains(t, w.post("/v1/bulk-checks", staff, body).refused(t, 422, validationFailed), field)
	}
	var other bytes.Buffer
	require.NoError(t, workbook.Write(&other, workbook.Book{Kind: workbook.Attendance, Lang: message.Chinese, Sheets: []workbook.Sheet{
		{Form: workbook.SheetAttendance, Rows: []map[string]string{{"session": "S1"}}},
	}}))
	body := object{"purpose": "hiring", "reason": "x", "content": base64.StdEncoding.EncodeToString(other.Bytes())}
	require.Equal(t, map[string]string{"content": fieldElsewhere}, w.post("/v1/bulk-checks", staff, body).refused(t, 422, validationFailed))
	there := w.do(call{method: http.MethodPost, path: "/v1/workbooks", token: staff, body: w.bytesOf(sheet), header: map[string]string{"Content-Type": mediaXLSX}})
	require.Equal(t, map[string]string{"$": fieldElsewhere}, there.refused(t, 422, validationFailed))
	many := make([][]any, 501)
	for i := range many {
		many[i] = []any{name, number, "B-1"}
	}
	body["content"] = w.sheetOf(staff, many...)
	require.Equal(t, map[string]string{"content": fieldTooManyChecks}, w.post("/v1/bulk-checks", staff, body).refused(t, 422, validationFailed))
}

func TestWhoChecksManyGuessesNoMoreThanWhoChecksOne(t *testing.T) {
	t.Parallel()
	w := still(t, nil)
	staff := w.key(w.institution(trainingBodyID), object{"label": "hiring", "scopes": []string{"verify"}}).Key
	rows := make([][]any, checksByCertificate.burst+1)
	for i := range rows {
		rows[i] = []any{"王小明", i, "B-1"}
	}
	var answer bulkAnswer
	w.post("/v1/bulk-checks", staff, object{"purpose": "hiring", "reason": "x", "content": w.sheetOf(staff, rows...)}).into(t, &answer)
	require.Equal(t, len(rows), answer.Refused)
	require.Equal(t, "asked_too_often", answer.Rows[0].Faults[0].Code)
	ask := object{"purpose": "hiring", "reason": "x", "content": w.sheetOf(staff, []any{"王小明", "1", "B-2"})}
	_, refused := until(t, bulkChecksByAccount.burst+1, func() reply { return w.post("/v1/bulk-checks", staff, ask) })
	refused.refused(t, http.StatusTooManyRequests, tooManyRequests)
	reads := w.key(w.institution(trainingBodyID), object{"label": "reading", "scopes": []string{"read"}}).Key
	w.post("/v1/bulk-checks", reads, ask).refused(t, http.StatusForbidden, forbidden)
}
