package client_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/client"
)

func today() string { return time.Now().In(time.FixedZone("", 8*3600)).Format(time.DateOnly) }

func TestAnInstitutionTakesItsTasksAndAnswersThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(institution)
	enrolment, training, exam := w.issue("enrolment"), w.issue("training"), w.issue("exam")
	refused := w.issue("practical")

	var open []string
	for task, err := range c.Tasks(t.Context(), client.TaskFilter{State: "open"}) {
		require.NoError(t, err)
		require.Equal(t, w.caseID, task.CaseID)
		open = append(open, task.ID)
	}
	require.Equal(t, []string{enrolment, training, exam, refused}, open)
	task, err := c.Task(t.Context(), exam)
	require.NoError(t, err)
	require.Equal(t, "王小明", task.Trainee.Name)
	require.InDelta(t, 60, *task.Details.PassMark, 0)
	require.Equal(t, "intelligent-manufacturing", task.Occupation.Code)

	sheet, err := c.FileEvidence(t.Context(), client.File{
		SubjectKind: "task", SubjectID: exam, Kind: "score_sheet", Name: "成绩单.pdf", MediaType: "application/pdf",
		Content: strings.NewReader("%PDF-1.7\n78"),
	})
	require.NoError(t, err)
	require.Equal(t, "complete", sheet.State)
	mark := client.Mark{Score: client.Score(78), HeldOn: today(), Evidence: []string{sheet.ID}}
	for _, repeated := range []bool{false, true} {
		receipt, err := c.Answer(t.Context(), exam, mark)
		require.NoError(t, err)
		require.Equal(t, client.Receipt{TaskID: exam, State: "answered", Forwarded: true, Repeated: repeated}, receipt)
	}
	for id, result := range map[string]client.Result{
		enrolment: client.Enrolment{AcceptedOn: today()}, training: client.Training{CompletedModules: []string{"基础知识"}},
	} {
		_, err := c.Answer(t.Context(), id, result)
		require.NoError(t, err)
	}
	receipt, err := c.Reject(t.Context(), refused, client.Rejection{ReasonCode: "class_full"})
	require.NoError(t, err)
	require.Equal(t, "rejected", receipt.State)

	filed, err := c.Evidence(t.Context(), "task", exam)
	require.NoError(t, err)
	require.Len(t, filed, 1)
	require.True(t, filed[0].Cited)
	require.Equal(t, "evidence_cited", client.Code(c.RemoveEvidence(t.Context(), sheet.ID, "传错了")))
}

func TestWhatIsRefusedIsAnErrorWithItsCodeAndFieldsAndIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	exam := w.issue("exam")
	var asked atomic.Int64
	w.broken = func(http.ResponseWriter, *http.Request) bool {
		asked.Add(1)
		return false
	}
	_, err := w.client(institution).Answer(t.Context(), exam, client.Mark{Score: client.Score(101), HeldOn: today()})
	var refusal *client.Error
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, http.StatusUnprocessableEntity, refusal.Status)
	require.Equal(t, "validation_failed", client.Code(err))
	require.Equal(t, "score", refusal.Fields[0].Field)
	require.Equal(t, "out_of_range", refusal.Fields[0].Code)
	require.EqualValues(t, 1, asked.Load())
	_, err = w.client(other).Task(t.Context(), exam)
	require.Equal(t, "not_found", client.Code(err))
}

func TestAnAnswerWhoseWayBackFailedIsSentAgainAndTakenOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	exam := w.issue("exam")
	var keys []string
	inner := w.server.Config.Handler
	w.broken = func(rw http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost {
			return false
		}
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		switch len(keys) {
		case 1: // the interface is not there
			rw.WriteHeader(http.StatusBadGateway)
			return true
		case 2: // it takes the answer, and what it says is lost
			inner.ServeHTTP(&deaf{}, r)
			panic(http.ErrAbortHandler)
		}
		return false
	}
	c := w.client(institution)
	_, err := c.Answer(t.Context(), exam, client.Mark{Absent: true, HeldOn: today()})
	require.NoError(t, err)
	require.Len(t, keys, 4, "the second goes through this handler once more")
	require.NotEmpty(t, keys[0])
	for _, key := range keys {
		require.Equal(t, keys[0], key)
	}
	task, err := c.Task(t.Context(), exam)
	require.NoError(t, err)
	require.Equal(t, "answered", task.State)
}

// deaf hears nothing of an answer.
type deaf struct{ header http.Header }

func (d *deaf) Header() http.Header {
	if d.header == nil {
		d.header = http.Header{}
	}
	return d.header
}
func (*deaf) Write(p []byte) (int, error) { return len(p), nil }
func (*deaf) WriteHeader(int)             {}

func TestAFeedGoesOnFromItsCursor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(institution)
	var want []string
	for _, kind := range []string{"enrolment", "training", "exam", "practical"} {
		want = append(want, w.issue(kind))
	}
	feed := c.Feed("")
	var got []string
	for event, err := range feed.Events(t.Context()) {
		require.NoError(t, err)
		require.Equal(t, "task.issued", event.Type)
		got = append(got, event.Data.TaskID)
	}
	require.Equal(t, want, got)
	late := w.issue("theory")
	got = nil
	for event, err := range c.Feed(feed.Cursor()).Events(t.Context()) {
		require.NoError(t, err)
		got = append(got, event.Data.TaskID)
	}
	require.Equal(t, []string{late}, got)
	for range feed.Events(t.Context()) {
		break
	}
	for event, err := range feed.Events(t.Context()) {
		require.NoError(t, err)
		require.Equal(t, late, event.Data.TaskID, "what was not dealt with comes again")
	}
	for _, err := range c.Feed("p9-00000000").Events(t.Context()) {
		require.Equal(t, "cursor_unknown", client.Code(err))
	}
}

func TestAttendanceIsReportedRowByRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(institution)
	require.NoError(t, c.NameStaff(t.Context(), client.Staff{Ref: "T01", Name: "李老师"}))
	opens := time.Now().Add(24 * time.Hour).Truncate(time.Second)
	report, err := c.Report(t.Context(), client.Attendance{
		Sessions: []client.Session{{
			Ref: "A-01", Module: "基础知识", Mode: "offline", Place: "301", Instructor: "T01", OpensAt: opens, ClosesAt: opens.Add(time.Hour),
			Roster: []string{w.caseID},
		}},
		SignIns: []client.SignIn{{Session: "A-02", Attendee: w.caseID, Absent: true, Reporter: "T01"}},
	})
	require.NoError(t, err)
	require.Equal(t, 2, report.Recorded+report.Refused)
	require.Equal(t, "A-01", report.Sessions[0].Ref)
	require.Equal(t, "refused", report.SignIns[0].Status)
	require.NotEmpty(t, report.SignIns[0].Code)
}

func TestAFileIsSentAgainFromItsBeginning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	exam := w.issue("exam")
	var puts atomic.Int64
	var shown atomic.Bool
	w.broken = func(rw http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPut {
			return false
		}
		shown.Store(shown.Load() || r.Header.Get("Authorization") != "")
		if puts.Add(1) > 1 {
			return false
		}
		_, _ = r.Body.Read(make([]byte, 10))
		rw.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	content := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), 1<<20)...)
	e, err := w.client(institution).FileEvidence(t.Context(), client.File{
		SubjectKind: "task", SubjectID: exam, Kind: "other", Name: "a.pdf", MediaType: "application/pdf", Content: bytes.NewReader(content),
	})
	require.NoError(t, err)
	require.Equal(t, int64(len(content)), e.Size)
	require.EqualValues(t, 2, puts.Load())
	require.False(t, shown.Load(), "the address is the authority: the key is not sent there")
}

func TestAClientNeedsAnAddressAndAKey(t *testing.T) {
	t.Parallel()
	for _, bad := range []struct{ address, key string }{{"", "k"}, {"dengpan.example.cn", "k"}, {"https://dengpan.example.cn", ""}} {
		_, err := client.New(bad.address, bad.key)
		require.Error(t, err)
	}
}
