package integration_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/devstack/stack"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/intake"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workbook"
)

// crowd is a workbook of people, of whom every so many-th is at fault: a wrong check digit.
func crowd(t testing.TB, many, faultyEvery int) (content []byte, faulty int) {
	t.Helper()
	rows := make([]map[string]string, many)
	for n := range rows {
		number := identity.Synthetic(n+1, calendar.MustParseDate("1991-03-04")).Number()
		if faultyEvery > 0 && n%faultyEvery == 0 {
			digit := "0123456789X"[(strings.IndexByte("0123456789X", number[17])+1)%11]
			number, faulty = number[:17]+string(digit), faulty+1
		}
		rows[n] = map[string]string{
			"name": "王一", "id_number": number, "category": "in_post", "degree": "bachelor", "related_major": "是", "full_time": "是",
			"graduated_on": "2014-07-01", "work_started_on": "2015-01-01", "evaluation_body": "miit-education-exam",
		}
	}
	var file bytes.Buffer
	require.NoError(t, workbook.Write(&file, workbook.Book{
		Kind: workbook.Intake, Lang: message.Chinese, Sheets: []workbook.Sheet{{Form: workbook.SheetIntake, Rows: rows}},
	}))
	return file.Bytes(), faulty
}

// take uploads a workbook of people for a class of the training body, and starts its intake.
func (s *system) take(t testing.TB, content []byte, class document) string {
	t.Helper()
	token := s.token(t, store.Account{Role: store.RoleInstitution, InstitutionID: new("ouc")})
	status, made := s.call(t, http.MethodPost, "/v1/classes", token, class)
	require.Equal(t, http.StatusCreated, status, made)
	send := func() document {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/classes/"+made["id"].(string)+"/intakes", bytes.NewReader(content))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer func() { require.NoError(t, res.Body.Close()) }()
		var shown document
		require.NoError(t, json.NewDecoder(res.Body).Decode(&shown))
		require.Less(t, res.StatusCode, 300, shown)
		return shown
	}
	id := send()["id"].(string)
	require.Equal(t, id, send()["id"], "the same file is the same intake")
	status, started := s.call(t, http.MethodPost, "/v1/intakes/"+id+"/start", token, document{
		"mode": "rows", "consents": intake.Declaration, "abreast": intake.MostAbreast,
	})
	require.Equal(t, http.StatusOK, status, started)
	return id
}

func tail(log string) string { return log[max(0, len(log)-3000):] }

// class is what the people of an intake are registered for.
func class(name string) document {
	today := time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)
	return document{
		"ref": name, "name": "大数据初级班", "occupation": "big-data", "level": "junior", "capacity": 500,
		"starts_on": today.Format(time.DateOnly), "ends_on": today.AddDate(1, 0, 0).Format(time.DateOnly),
	}
}

// lateStarts has the workflows of cases begin later, all but the first: to begin ten thousand is another matter.
const lateStarts = `CREATE FUNCTION start_later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF NEW.kind = 'start' AND (SELECT count(*) FROM (SELECT 1 FROM inbox LIMIT 100) begun) >= 100 THEN
		NEW.next_attempt_at := now() + interval '1 day';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER later BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION start_later()`

func TestX44OfTenThousandRowsEveryGoodOneIsRegisteredOnceThoughTheWorkerIsKilledTwice(t *testing.T) {
	t.Parallel()
	const many, bad = 10_000, 137
	s := newSystem(t, options{silent: true})
	db := s.database(t)
	count := func(query string) (n int) {
		require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&n))
		return n
	}
	_, err := db.ExecContext(t.Context(), lateStarts)
	require.NoError(t, err)
	content, faulty := crowd(t, many, many/bad+1)
	require.Equal(t, bad, faulty)
	id := s.take(t, content, class("K-10000"))
	for _, at := range []int{2000, 6000} {
		eventually(t, 10*time.Minute, func() bool { return count("SELECT count(*) FROM cases") >= at },
			func() string {
				return fmt.Sprintf("the intake does not go on: %d cases; %s", count("SELECT count(*) FROM cases"), tail(s.log(t, stack.WorkerRole)))
			})
		s.worker.Kill9()
		require.NoError(t, s.worker.Start(t.Context()))
	}
	var shown document
	eventually(t, 10*time.Minute, func() bool {
		_, shown = s.call(t, http.MethodGet, "/v1/intakes/"+id, s.operator, nil)
		return shown["state"] == store.IntakeDone
	}, func() string { return fmt.Sprintf("the intake is not done: %v", shown["totals"]) })
	totals := shown["totals"].(map[string]any)
	require.EqualValues(t, many-bad, totals["registered"])
	require.EqualValues(t, bad, totals["refused"])

	require.Equal(t, many-bad, count("SELECT count(*) FROM cases"))
	require.Equal(t, many-bad, count("SELECT count(DISTINCT human) FROM cases"), "each person once")
	require.Equal(t, many-bad, count("SELECT count(DISTINCT case_id) FROM intake_rows WHERE state = 'registered'"))
	require.Equal(t, many-bad, count("SELECT count(DISTINCT case_id) FROM inbox WHERE kind = 'start'"), "each case has its start")
	require.Equal(t, many-bad, count("SELECT count(*) FROM audit_entries WHERE action = 'case.register'"), "each was written down once")
	require.Equal(t, bad, count(`SELECT count(*) FROM intake_rows WHERE state = 'refused'
		AND faults = '[{"column": "id_number", "code": "id_check_digit"}]'`), "each bad one is reported by its cell")
}
