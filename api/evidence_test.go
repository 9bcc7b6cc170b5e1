package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/evidence"
	"github.com/dengpan/dengpan/store"
)

// scoreSheet is a PDF file with somebody's name in it.
func scoreSheet(size int) []byte {
	content := []byte("%PDF-1.7\n欧阳踏雪 85\n")
	return append(content, bytes.Repeat([]byte("x"), size-len(content))...)
}

const sheetName = "欧阳踏雪的成绩单.pdf"

// filing asks where to send a file about a task.
func filing(task string, content []byte, changes object) object {
	digest := sha256.Sum256(content)
	return merge(object{
		"subject_kind": "task", "subject_id": task, "kind": "score_sheet", "name": sheetName, "media_type": mediaPDF,
		"size": len(content), "sha256": hex.EncodeToString(digest[:]),
	}, changes)
}

type asked struct {
	ID     string
	Upload uploadView
}

func (w *world) askFor(token string, body object) asked {
	w.t.Helper()
	r := w.post("/v1/evidence", token, body)
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var a asked
	r.into(w.t, &a)
	return a
}

// sendFile sends a file to an address, without any credentials.
func (w *world) sendFile(u uploadView, content []byte) reply {
	w.t.Helper()
	return w.do(call{method: u.Method, path: u.URL, body: string(content), header: u.Headers})
}

// filed files a file about a task, and returns its id.
func (w *world) filed(token, task string, content []byte) string {
	w.t.Helper()
	a := w.askFor(token, filing(task, content, nil))
	r := w.sendFile(a.Upload, content)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	return a.ID
}

func (w *world) filedAbout(task, token string) []evidenceView {
	w.t.Helper()
	r := w.get("/v1/evidence?subject_kind=task&subject_id="+task, token)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	var list struct{ Evidence []evidenceView }
	r.into(w.t, &list)
	return list.Evidence
}

// files is how many large objects there are.
func (w *world) files() (n int) {
	w.t.Helper()
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), "SELECT count(*) FROM pg_largeobject_metadata").Scan(&n))
	return n
}

func TestAnInstitutionFilesAFileAndItsOperatorReadsItWithoutItsName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	task := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	content := scoreSheet(700_000)
	a := w.askFor(token, filing(task, content, nil))
	require.NotContains(t, a.Upload.URL, "欧阳")
	require.WithinDuration(t, time.Now().Add(15*time.Minute), a.Upload.ExpiresAt, time.Minute)
	require.Empty(t, w.filedAbout(task, token), "what has not come is not there")
	w.post("/v1/evidence/"+a.ID+"/completion", token, nil).refused(t, http.StatusConflict, evidenceMissing)
	w.get("/v1/evidence/"+a.ID+"/file", token).refused(t, http.StatusGone, evidenceRemoved)

	for range 2 { // the second time it is there already
		r := w.sendFile(a.Upload, content)
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		require.JSONEq(t, `{"id":"`+a.ID+`","state":"complete"}`, string(r.body))
	}
	require.Equal(t, 1, w.files())
	require.Equal(t, http.StatusOK, w.post("/v1/evidence/"+a.ID+"/completion", token, nil).status)
	require.Equal(t, "evidence:"+a.ID, w.lastAudit("evidence.complete").Subject)

	filed := w.filedAbout(task, token)
	require.Len(t, filed, 1)
	require.Equal(t, sheetName, filed[0].Name)
	require.Equal(t, "成绩单", filed[0].KindName)
	r := w.get("/v1/evidence/"+a.ID+"/file", token)
	require.Equal(t, content, r.body)
	require.Equal(t, mediaPDF, r.header.Get("Content-Type"))
	require.Equal(t, "nosniff", r.header.Get("X-Content-Type-Options"))
	require.True(t, strings.HasPrefix(r.header.Get("Content-Disposition"), "attachment; filename*=utf-8''"), r.header)

	for _, path := range []string{"/v1/evidence?subject_kind=task&subject_id=" + task, "/v1/tasks/" + task} {
		shown := w.get(path, w.operator)
		require.Contains(t, string(shown.body), a.ID, path)
		require.NotContains(t, string(shown.body), "欧阳", path)
	}
	r = w.get("/v1/evidence/"+a.ID+"/file", w.operator)
	require.Equal(t, content, r.body)
	require.Equal(t, `attachment; filename=score_sheet-`+a.ID+`.pdf`, r.header.Get("Content-Disposition"))
	read := w.lastAudit("evidence.read")
	require.Equal(t, "evidence:"+a.ID, read.Subject)
	require.Contains(t, string(read.After), task)

	w.post("/v1/evidence/"+a.ID+"/removal", token, object{"reason": " "}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, http.StatusOK, w.post("/v1/evidence/"+a.ID+"/removal", token, object{"reason": "传错了"}).status)
	require.Zero(t, w.files())
	require.Empty(t, w.filedAbout(task, token))
	w.get("/v1/evidence/"+a.ID+"/file", token).refused(t, http.StatusGone, evidenceRemoved)
	w.post("/v1/evidence/"+a.ID+"/removal", token, object{"reason": "again"}).refused(t, http.StatusGone, evidenceRemoved)
	w.sendFile(a.Upload, content).refused(t, http.StatusGone, evidenceRemoved)
	require.Zero(t, w.files(), "what was removed does not come back")
	require.NotContains(t, w.log.String(), "欧阳")
}

func TestAFileIsSealedWhereItLies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	task := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	content := scoreSheet(300_000)
	w.filed(w.institution(trainingBodyID), task, content)
	var lying []byte
	require.NoError(t, w.sql.QueryRowContext(t.Context(), "SELECT string_agg(data, ''::bytea ORDER BY pageno) FROM pg_largeobject").Scan(&lying))
	require.Greater(t, len(lying), len(content))
	for _, copied := range []string{string(lying), w.dump("evidence"), w.dump("audit_entries"), w.dump("idempotency_keys")} {
		require.NotContains(t, copied, "欧阳踏雪")
		require.NotContains(t, copied, hex.EncodeToString([]byte("欧阳踏雪")))
	}
	_, err := w.sql.ExecContext(t.Context(), "UPDATE evidence SET size = size + 1")
	require.ErrorContains(t, err, "fixed once it is promised")
	_, err = w.sql.ExecContext(t.Context(), "UPDATE evidence SET object = '1'")
	require.ErrorContains(t, err, "fixed once it is promised")
	_, err = w.sql.ExecContext(t.Context(), "DELETE FROM evidence")
	require.ErrorContains(t, err, "stays on record")
}

func TestWhatIsSentAndWasNotPromisedIsRefusedAndNothingOfItIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	task := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	content := scoreSheet(100_000)
	a := w.askFor(token, filing(task, content, nil))
	b := w.askFor(token, filing(task, scoreSheet(99_999), nil))
	other := bytes.Clone(content)
	other[99_999] = 'y'
	w.sendFile(a.Upload, content[:99_999]).refused(t, http.StatusUnprocessableEntity, evidenceSize)
	w.sendFile(a.Upload, append(bytes.Clone(content), 'x')).refused(t, http.StatusUnprocessableEntity, evidenceSize)
	w.sendFile(a.Upload, nil).refused(t, http.StatusUnprocessableEntity, evidenceSize)
	w.sendFile(a.Upload, other).refused(t, http.StatusUnprocessableEntity, evidenceDigest)
	w.sendFile(a.Upload, append([]byte("MZ"), content[2:]...)).refused(t, http.StatusUnprocessableEntity, evidenceMedia)
	w.sendFile(a.Upload, make([]byte, 10<<20+1)).refused(t, http.StatusRequestEntityTooLarge, payloadTooLarge)
	for name, bad := range map[string]string{
		"another's signature":  strings.Replace(b.Upload.URL, b.ID, a.ID, 1),
		"a changed signature":  a.Upload.URL[:len(a.Upload.URL)-4] + "AAAA",
		"a later hour":         strings.Replace(a.Upload.URL, "expires=1", "expires=2", 1),
		"nothing that is here": strings.Replace(a.Upload.URL, a.ID, uuid.NewString(), 1),
		"no id":                strings.Replace(a.Upload.URL, a.ID, "x", 1),
	} {
		upload := a.Upload
		upload.URL = bad
		require.Equal(t, notFound, w.sendFile(upload, content).problem(t).Code, name)
	}
	w.sendFile(uploadView{Method: http.MethodPut, URL: "/v1/evidence/" + a.ID + "/file", Headers: a.Upload.Headers}, content).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Zero(t, w.files())
	require.Equal(t, http.StatusOK, w.sendFile(a.Upload, content).status, "the promised file may still come")
	w.exec("ALTER TABLE evidence DISABLE TRIGGER fixed")
	w.exec("UPDATE evidence SET asked_at = asked_at - interval '1 hour', expires_at = expires_at - interval '1 hour' WHERE id = $1", b.ID)
	late := w.askFor(token, filing(task, scoreSheet(99_998), nil))
	w.config.Now = func() time.Time { return time.Now().Add(16 * time.Minute) }
	handler, err := New(w.config)
	require.NoError(t, err)
	w.handler = handler
	w.sendFile(late.Upload, scoreSheet(99_998)).refused(t, http.StatusGone, evidenceExpired)
}

func TestOnlyWhatTheRulesNameIsFiledAboutWhatIsTheInstitutions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	c := w.newCase(1)
	task := w.issue(c, contract.ExamTask, trainingBodyID)
	content := scoreSheet(1000)
	before := w.counts()
	for name, bad := range map[string]struct {
		change object
		field  string
		code   string
	}{
		"a kind about something else": {object{"subject_kind": "session"}, "subject_kind", fieldConflict},
		"no kind of subject":          {object{"subject_kind": "person"}, "subject_kind", fieldUnknownValue},
		"no such kind":                {object{"kind": "payslip"}, "kind", fieldUnknownValue},
		"no such type":                {object{"media_type": "text/html"}, "media_type", fieldUnknownValue},
		"a type not of the kind":      {object{"kind": "other", "media_type": mediaCSV}, "media_type", fieldConflict},
		"too large":                   {object{"size": 10<<20 + 1}, "size", fieldOutOfRange},
		"nothing":                     {object{"size": 0}, "size", fieldOutOfRange},
		"no digest":                   {object{"sha256": "x"}, "sha256", fieldFormat},
		"no id":                       {object{"subject_id": "x"}, "subject_id", fieldFormat},
		"a folder":                    {object{"name": "../成绩单.pdf"}, "name", fieldFormat},
		"a line":                      {object{"name": "a\nb"}, "name", fieldFormat},
		"nothing's":                   {object{"subject_id": uuid.NewString()}, "subject_id", fieldUnknownSubject},
		"another's":                   {object{"subject_id": w.issue(c, contract.TheoryTask, evaluationBodyID)}, "subject_id", fieldUnknownSubject},
	} {
		fields := w.post("/v1/evidence", token, filing(task, content, bad.change)).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{bad.field: bad.code}, fields, name)
	}
	require.Equal(t, before["evidence"], w.counts()["evidence"])
	for i := range 20 {
		w.askFor(token, filing(task, scoreSheet(1000+i), nil))
	}
	w.post("/v1/evidence", token, filing(task, content, nil)).refused(t, http.StatusConflict, evidenceFull)
}

func TestAResultRestsOnFilesThatAreHereAndOfItsTask(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	c := w.newCase(1)
	task := w.issue(c, contract.ExamTask, trainingBodyID)
	sheet := w.filed(token, task, scoreSheet(1000))
	elsewhere := w.filed(token, w.issue(c, contract.TrainingTask, trainingBodyID), scoreSheet(1000))
	expected := w.askFor(token, filing(task, scoreSheet(1001), nil)).ID
	result := "/v1/tasks/" + task + "/result"
	for _, bad := range []string{elsewhere, expected, uuid.NewString(), "x"} {
		fields := w.post(result, token, w.markOf(object{"evidence": []string{sheet, bad}})).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{"evidence[1]": fieldNoEvidence}, fields)
	}
	for range 2 {
		r := w.post(result, token, w.markOf(object{"evidence": []string{sheet}}))
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	}
	require.True(t, w.filedAbout(task, token)[0].Cited)
	answer, err := w.store.Read(t.Context()).Answer(task)
	require.NoError(t, err)
	mark, err := contract.Decode[contract.MarkResult](answer.Body)
	require.NoError(t, err)
	require.Equal(t, []string{sheet}, mark.Evidence)

	w.post("/v1/evidence/"+sheet+"/removal", token, object{"reason": "传错了"}).refused(t, http.StatusConflict, evidenceCited)
	require.Equal(t, http.StatusOK, w.post("/v1/evidence/"+sheet+"/removal", w.operator, object{"reason": "核实后移除"}).status)
	r := w.post(result, token, w.markOf(object{"evidence": []string{sheet}}))
	require.Equal(t, http.StatusOK, r.status, "an answer that is repeated is the answer that was taken: %s", r.body)
}

func TestAFileThatIsSentManyTimesAtOnceIsKeptOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	task := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	content := scoreSheet(50_000)
	a := w.askFor(w.institution(trainingBodyID), filing(task, content, nil))
	const times = 20
	statuses := make([]int, times)
	var all sync.WaitGroup
	for i := range times {
		all.Go(func() { statuses[i] = w.sendFile(a.Upload, content).status })
	}
	all.Wait()
	for _, status := range statuses {
		require.Equal(t, http.StatusOK, status)
	}
	require.Equal(t, 1, w.files())
}

func TestFilesAboutSomebodysTasksAreForgottenWithThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.told(1)
	token := w.institution(trainingBodyID)
	task := w.issue(caseID, contract.ExamTask, trainingBodyID)
	sheet := w.filed(token, task, scoreSheet(1000))
	awaited := w.askFor(token, filing(task, scoreSheet(1001), nil))
	letter := uuid.NewString()
	w.exec(`INSERT INTO dead_letters (id, institution_id, account_id, kind, named_task, task_id, reason, body_sealed, digest, received_at, last_at)
		VALUES ($1, $2, (SELECT id FROM accounts WHERE role = 'operator' LIMIT 1), 'result', $3, $3, 'case_ended', 'x', 'x', now(), now())`,
		letter, trainingBodyID, task)
	kept := w.askFor(token, filing(letter, scoreSheet(1004), object{"subject_kind": "dead_letter"}))
	require.Equal(t, http.StatusOK, w.sendFile(kept.Upload, scoreSheet(1004)).status)
	stays := w.filed(token, w.issue(w.newCase(2), contract.ExamTask, trainingBodyID), scoreSheet(1002))
	w.over(caseID, "withdrawn")
	answer := w.grant(w.askDeletion().ID)
	require.Equal(t, "erased", outcomes(answer)["evidence"])
	require.Equal(t, "kept", outcomes(answer)["shared_evidence"])
	w.get("/v1/evidence/"+sheet+"/file", token).refused(t, http.StatusGone, evidenceRemoved)
	w.get("/v1/evidence/"+kept.ID+"/file", token).refused(t, http.StatusGone, evidenceRemoved)
	w.sendFile(awaited.Upload, scoreSheet(1001)).refused(t, http.StatusNotFound, notFound)
	w.post("/v1/evidence", token, filing(task, scoreSheet(1003), nil)).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, 1, w.files())
	require.Equal(t, http.StatusOK, w.get("/v1/evidence/"+stays+"/file", token).status)
}

func TestFilesAreListedPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	task := w.issue(w.newCase(1), contract.ExamTask, trainingBodyID)
	want := map[string]bool{}
	for i := range 5 {
		want[w.filed(token, task, scoreSheet(1000+i))] = true
	}
	got := map[string]bool{}
	for next := ""; ; {
		var page struct {
			Evidence []evidenceView
			Next     *string
		}
		w.get(fmt.Sprintf("/v1/evidence?limit=2&after=%s", next), w.operator).into(t, &page)
		for _, e := range page.Evidence {
			require.False(t, got[e.ID])
			got[e.ID] = true
		}
		if page.Next == nil {
			break
		}
		next = *page.Next
	}
	require.Equal(t, want, got)
	require.JSONEq(t, `{"evidence":[],"next":null}`, string(w.get("/v1/evidence?state=removed", token).body))
	require.JSONEq(t, `{"evidence":[],"next":null}`, string(w.get("/v1/evidence?institution="+otherTrainerID, w.operator).body))
	w.get("/v1/evidence?after=x", token).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, store.EvidenceComplete, w.filedAbout(task, token)[0].State)
}

func TestWhatIsSentToABucketIsThereAndAuditedOnceItsSenderSaysSo(t *testing.T) {
	t.Parallel()
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket(t.Context(), "evidence"))
	bucketKey, secret := "AK"+strings.ReplaceAll(uuid.NewString(), "-", ""), uuid.NewString()
	server := httptest.NewServer(gofakes3.New(backend, gofakes3.WithV4Auth(map[string]string{bucketKey: secret})).Server())
	t.Cleanup(server.Close)
	keys := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.WriteFile(keys, []byte(bucketKey+"\n"+secret+"\n"), 0o600))
	bucket, err := evidence.NewBucket(evidence.BucketConfig{
		Endpoint: server.URL, Region: "beijing", Name: "evidence", KeysFile: keys, Insecure: true,
	})
	require.NoError(t, err)
	w := newWorldWith(t, func(c *Config) { c.Bucket = bucket })
	token, content := w.institution(trainingBodyID), scoreSheet(1000)
	a := w.askFor(token, filing(w.issue(w.newCase(1), contract.ExamTask, trainingBodyID), content, nil))
	completion := "/v1/evidence/" + a.ID + "/completion"
	w.post(completion, token, nil).refused(t, http.StatusConflict, evidenceMissing)
	require.Zero(t, w.audited("evidence.complete"))

	sent, err := http.NewRequestWithContext(t.Context(), a.Upload.Method, a.Upload.URL, bytes.NewReader(content))
	require.NoError(t, err)
	for name, value := range a.Upload.Headers {
		sent.Header.Set(name, value)
	}
	answer, err := server.Client().Do(sent)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
	for range 2 {
		require.Equal(t, http.StatusOK, w.post(completion, token, nil).status)
		require.Equal(t, 1, w.audited("evidence.complete"))
	}
}
