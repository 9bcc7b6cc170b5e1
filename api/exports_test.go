package api

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// exportedRows are the rows of a file of comma-separated values.
func (w *world) exportedRows(list, token string, parameters ...string) [][]string {
	w.t.Helper()
	got := w.list("/v1/exports/"+list, token, parameters...)
	require.Equal(w.t, "text/csv; charset=utf-8", got.header.Get("Content-Type"))
	require.Equal(w.t, "false", got.header.Get("Export-Cut"))
	text, marked := strings.CutPrefix(string(got.body), "\ufeff")
	require.True(w.t, marked, "spreadsheets need the mark to read Chinese")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(w.t, err)
	return rows
}

func TestAListIsExportedAsItsReaderSeesItAndItIsWrittenDownWhoHadIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second, third := w.newCase(1), w.newCase(2), w.newCase(3)
	w.exec("UPDATE cases SET district = 'haidian' WHERE id = $1", second)
	w.stick(first, progress.Training, contract.TaskOverdue, store.Incident{})
	task := w.issue(third, contract.EnrolmentTask, trainingBodyID)
	w.issue(third, contract.TheoryTask, evaluationBodyID)
	w.certify(first, contract.TrainingCertificate, trainingBodyID, "C-1", "王小明", 1)

	rows := w.exportedRows("cases", w.operator, "sort", "-registered", "columns", "id,queue,cause,district")
	require.Equal(t, []string{"编号", "队列", "原因", "所在区"}, rows[0])
	require.Equal(t, [][]string{{third, "系统办理中", "", ""}, {second, "系统办理中", "", "海淀区"}, {first, "逾期", message.Text(message.Chinese, "cause.task_overdue.title", nil), ""}}, rows[1:])
	require.Len(t, w.exportedRows("cases", w.operator, "filter", "queue:overdue OR district:haidian"), 3)
	require.Equal(t, [][]string{{"Waits for"}}, w.exportedRowsIn(message.English, "cases", w.operator, "columns", "owes")[:1])

	district := "haidian"
	require.Len(t, w.exportedRows("cases", w.token(store.Account{Role: store.RoleOperator, District: &district})), 2, "their own area")
	mine := w.exportedRows("tasks", w.institution(trainingBodyID), "columns", "id")
	require.Equal(t, [][]string{{"编号"}, {task}}, mine, "their own tasks")
	require.Len(t, w.exportedRows("incidents", w.operator), 2)
	certificates := w.exportedRows("certificates", w.operator, "columns", "number,holder")
	require.Equal(t, []string{"C-1", "王*明"}, certificates[1], "masked, as in the list")

	entries := w.exportedRows("audit", w.operator, "filter", "action:export.read")
	require.Len(t, entries, 8)
	require.Contains(t, entries[1], "list:certificates")
	require.Equal(t, 1, w.count(`SELECT count(*) FROM audit_entries WHERE action = 'export.read'
		AND after @> '{"filter": "queue:overdue OR district:haidian", "rows": 2, "cut": false}'`))

	w.get("/v1/exports/cases", w.institution(trainingBodyID)).refused(t, http.StatusForbidden, forbidden)
	w.get("/v1/exports/persons", w.operator).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, map[string]string{"sort": fieldUnknownValue, "columns[1]": fieldUnknownValue, "filter[6].queue": fieldUnknownValue},
		w.get("/v1/exports/cases?sort=name&columns=id,name&filter=queue:x", w.operator).refused(t, http.StatusUnprocessableEntity, validationFailed))
	for name, list := range exported {
		for _, column := range list.columns {
			require.True(t, message.Has("column."+column), "%s: %s", name, column)
		}
	}
}

func (w *world) exportedRowsIn(lang message.Lang, list, token string, parameters ...string) [][]string {
	w.t.Helper()
	got := w.do(call{
		method: http.MethodGet, path: "/v1/exports/" + list + "?" + query(parameters...), token: token, header: map[string]string{"Accept-Language": string(lang)},
	})
	rows, err := csv.NewReader(bytes.NewReader(got.body[3:])).ReadAll()
	require.NoError(w.t, err)
	return rows
}

func TestAListIsExportedForExcel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.newCase(1)
	got := w.list("/v1/exports/cases", w.operator, "format", "xlsx", "columns", "id,level")
	require.Equal(t, mediaXLSX, got.header.Get("Content-Type"))
	require.Equal(t, "1", got.header.Get("Export-Rows"))
	require.Contains(t, got.header.Get("Content-Disposition"), ".xlsx")
	book, err := excelize.OpenReader(bytes.NewReader(got.body))
	require.NoError(t, err)
	rows, err := book.GetRows("Sheet1")
	require.NoError(t, err)
	require.Equal(t, [][]string{{"编号", "等级"}, {id, "初级"}}, rows)
	require.NoError(t, book.Close())
}

func TestAFileHoldsNoFormulasAndSaysWhenItWasCut(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	at := time.Date(2026, 11, 26, 16, 30, 0, 0, time.UTC)
	batches := [][]map[string]any{{{"reason": "=1+1", "at": at}}, {{"reason": "@x", "at": (*time.Time)(nil)}, {"reason": "+8", "id": 7}, {"reason": "-2"}, {"reason": "a=b"}}}
	rows := exportRows{total: mostExported + 1, next: func() ([]map[string]any, error) {
		if len(batches) == 0 {
			return nil, nil
		}
		first := batches[0]
		batches = batches[1:]
		return first, nil
	}}
	require.NoError(t, writeExport(&file, newCSVSheet, message.English, []string{"reason", "at", "id"}, rows))
	lines := strings.Split(strings.TrimSpace(file.String()), "\r\n")
	require.Equal(t, []string{"\ufeffReason,At,Id", "'=1+1,2026-11-27 00:30:00,", "'@x,,", "'+8,,7", "'-2,,", "a=b,,"}, lines[:6])
	require.Contains(t, lines[6], "100000")

	asked := 0
	all := byKey(make([]string, mostExported+1), func(ids []string) ([]map[string]any, error) {
		asked += len(ids)
		require.LessOrEqual(t, len(ids), exportBatch, "so many at a time, and no more in memory")
		return make([]map[string]any, len(ids)), nil
	})
	for {
		batch, err := all.next()
		require.NoError(t, err)
		if len(batch) == 0 {
			break
		}
	}
	require.Equal(t, mostExported, asked)
}
