package api

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// openStream opens a case's event stream on a server, and returns a function that reads the next message from it.
func (w *world) openStream(server *httptest.Server, caseID, last string) func() string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, server.URL+"/v1/cases/"+caseID+"/stream", http.NoBody)
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer "+w.operator)
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := server.Client().Do(req)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = res.Body.Close() })
	require.Equal(w.t, http.StatusOK, res.StatusCode)
	require.Equal(w.t, "text/event-stream", res.Header.Get("Content-Type"))
	lines := bufio.NewScanner(res.Body)
	return func() string {
		var text []string
		for lines.Scan() && lines.Text() != "" {
			text = append(text, lines.Text())
		}
		return strings.Join(text, "\n")
	}
}

// told reads messages until one that is not a sign of life.
func told(next func() string) string {
	for {
		text := next()
		if !strings.HasPrefix(text, ":") {
			return text
		}
	}
}

func TestAStreamTellsEveryLineAndGoesOnWhereItBroke(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	c := w.newCase(1)

	next := w.openStream(server, c, "")
	line := told(next)
	require.True(t, strings.HasPrefix(line, "event: event\nid: 1\ndata: {"), line)
	require.Contains(t, line, `"text":"已登记培养个案。"`)
	require.True(t, strings.HasPrefix(told(next), "event: headline\ndata: {"))
	require.Equal(t, ": alive", next(), "a silent stream shows that it is alive")

	w.stick(c, progress.Registration, "eligibility_not_met", store.Incident{})
	require.Contains(t, told(next), "id: 2")
	require.Contains(t, told(next), `"status":"stuck"`)

	w.end(c, progress.Rejected)
	require.Contains(t, told(next), "id: 3")
	require.Contains(t, told(next), `"outcome":"rejected"`)
	require.Equal(t, "event: end\ndata: {\"outcome\":\"rejected\"}", told(next))
	require.Empty(t, next(), "the stream of a case that is over ends")

	again := w.openStream(server, c, "2")
	require.Contains(t, told(again), "id: 3")
	w.do(call{
		method: http.MethodGet, path: "/v1/cases/" + c + "/stream", token: w.operator,
		header: map[string]string{"Last-Event-ID": "x"},
	}).refused(t, 422, validationFailed)
}

func TestAStreamOutlivesTheServersTimeLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const limit = 200 * time.Millisecond
	server := httptest.NewUnstartedServer(w.handler)
	server.Config.ReadTimeout, server.Config.WriteTimeout = limit, limit
	server.Start()
	t.Cleanup(server.Close)
	c := w.newCase(1)
	began := time.Now()
	next := w.openStream(server, c, "1")
	for time.Since(began) < 3*limit {
		require.NotEmpty(t, next())
	}
	w.end(c, progress.Rejected)
	require.Contains(t, told(next), "id: 2")
}

func TestAServerStopsThoughAStreamIsOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, w.handler, listener) }()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+"/v1/cases/"+c+"/stream", http.NoBody)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+w.operator)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	stop()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(shutdownTime):
		require.Fail(t, "the server waits for a stream")
	}
	require.Error(t, Run(t.Context(), w.handler, "127.0.0.1:-1"))
}

func TestWhatIsNotThereIsAProblemToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.get("/nowhere", "").refused(t, http.StatusNotFound, notFound)
	w.get("/v1/cases/", w.operator).refused(t, http.StatusNotFound, notFound)
	w.do(call{method: http.MethodDelete, path: "/v1/cases", token: w.operator}).
		refused(t, http.StatusMethodNotAllowed, methodNotAllowed)
	w.do(call{method: http.MethodPost, path: "/v1/cases", token: w.operator, body: "a=b", header: map[string]string{
		"Content-Type": "application/x-www-form-urlencoded",
	}}).refused(t, http.StatusUnsupportedMediaType, unsupportedMediaType)
	w.do(call{method: http.MethodPost, path: "/v1/cases", token: w.operator, body: "{}", header: map[string]string{
		"Content-Type": "///",
	}}).refused(t, http.StatusUnsupportedMediaType, unsupportedMediaType)
	w.post("/v1/verifications", "", `{"name":"`+strings.Repeat("x", mostBytes)+`"}`).
		refused(t, http.StatusRequestEntityTooLarge, payloadTooLarge)
	// Without a length in advance the limit is met while reading.
	c := call{method: http.MethodPost, path: "/v1/verifications", body: `{"name":"` + strings.Repeat("x", mostBytes) + `"}`}
	req := c.request(t)
	req.ContentLength = -1
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, req)
	require.Equal(t, http.StatusRequestEntityTooLarge, recorder.Code)
}

func TestAProblemSpeaksTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for language, title := range map[string]string{
		"": "未找到", "zh-CN,zh;q=0.9,en;q=0.8": "未找到", "en-US,en;q=0.9": "Not found", "xx": "未找到",
	} {
		p := w.do(call{method: http.MethodGet, path: "/nowhere", header: map[string]string{"Accept-Language": language}}).problem(t)
		require.Equal(t, title, p.Title, language)
	}
}

func TestEveryProblemAndFieldCodeHasWords(t *testing.T) {
	t.Parallel()
	for code, status := range statuses {
		require.True(t, message.Has("problem."+code+".title"), code)
		require.True(t, message.Has("problem."+code+".detail"), code)
		require.Positive(t, status, code)
	}
	for _, w := range wordings {
		require.True(t, message.Has("field."+w.code), w.code)
	}
	// Those named in the source, which constants would be too easily forgotten in.
	source, err := os.ReadFile("faults.go")
	require.NoError(t, err)
	for line := range strings.Lines(string(source)) {
		name, value, found := strings.Cut(strings.TrimSpace(line), "= \"")
		if found && strings.HasPrefix(name, "field") {
			code, _, _ := strings.Cut(value, `"`)
			require.True(t, message.Has("field."+code), code)
		}
	}
}

func TestARequestIsKnownByItsID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask := func(id string) reply {
		return w.do(call{method: http.MethodGet, path: "/nowhere", header: map[string]string{"X-Request-ID": id}})
	}
	r := ask("trace-0123456789")
	require.Equal(t, "trace-0123456789", r.header.Get("X-Request-ID"))
	require.Equal(t, "urn:dengpan:request:trace-0123456789", r.problem(t).Instance)
	for _, bad := range []string{
		"", "short", "white space here", strings.Repeat("x", 65), "semi;colon;here", "11010519491231002X", "of-13800138000", // a person's number
	} {
		given := ask(bad).header.Get("X-Request-ID")
		require.Len(t, given, 24)
		require.NotEqual(t, bad, given)
	}
	require.Equal(t, http.StatusCreated, w.do(call{
		method: http.MethodPost, path: "/v1/cases", token: w.trainee, body: registrationOf(1, nil),
		header: map[string]string{"Idempotency-Key": "k", "X-Request-ID": "audited-123"},
	}).status)
	var id string
	require.NoError(t, w.sql.QueryRowContext(t.Context(),
		"SELECT request_id FROM audit_entries WHERE action = 'case.register'").Scan(&id))
	require.Equal(t, "audited-123", id)
}

func TestTheAccessLogHasNoQueryAndNoPath(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.get("/v1/cases?status=stuck&after=secretcursor", w.operator)
	w.get("/secretpath?x=secretquery", "")
	require.Contains(t, w.log.String(), `"route":"GET /v1/cases"`)
	require.Contains(t, w.log.String(), `"route":"none","status":404`)
	require.Contains(t, w.log.String(), `"role":"operator"`)
	require.NotContains(t, w.log.String(), "secret")
	require.NotContains(t, w.log.String(), w.operator)
}

func TestAPanicTellsTheCallerNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.relay.then = func(store.InboxItem) { panic("the secret of the house") }
	r := w.register(w.trainee, "k", registrationOf(1, nil))
	r.refused(t, http.StatusInternalServerError, internal)
	require.NotContains(t, string(r.body), "secret")
	require.Contains(t, w.log.String(), "a handler panicked")
	require.Contains(t, w.log.String(), "http_test.go", "the log says where")
}

func TestWhoGoesAwayBeforeTheAnswerIsNotTakenForAnOutage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gone, leave := context.WithCancel(t.Context())
	leave()
	for _, c := range []call{
		{method: http.MethodGet, path: "/v1/cases", token: w.operator},
		{method: http.MethodPost, path: "/v1/cases", token: w.trainee, body: registrationOf(1, nil), header: map[string]string{"Idempotency-Key": "k"}},
	} {
		w.handler.ServeHTTP(httptest.NewRecorder(), c.request(t).WithContext(gone))
		require.Contains(t, w.log.String(), `"route":"`+c.method+` /v1/cases","status":499`)
	}
	require.NotContains(t, w.log.String(), "the record is away")
	require.Contains(t, string(w.get("/metrics", "").body), `dengpan_http_requests_total{route="GET /v1/cases",status="499"} 1`)
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "k", registrationOf(1, nil)).status, "nothing was kept of what was given up")
}

func TestHealthAndFiguresAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.JSONEq(t, `{"status":"alive"}`, string(w.get("/healthz", "").body))
	require.JSONEq(t, `{"status":"ready"}`, string(w.get("/readyz", "").body))
	w.get("/v1/cases", w.operator)
	figures := string(w.get("/metrics", "").body)
	require.Contains(t, figures, `dengpan_http_requests_total{route="GET /v1/cases",status="200"} 1`)
	require.Contains(t, figures, `dengpan_http_request_duration_seconds_count{route="GET /v1/cases"} 1`)
	require.Contains(t, figures, "dengpan_http_streams 0")
	require.NoError(t, w.store.Close())
	w.get("/readyz", "").refused(t, http.StatusServiceUnavailable, unavailable)
	require.Equal(t, http.StatusOK, w.get("/healthz", "").status)
}

func TestTheDocumentationNeedsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, media := range map[string]string{
		"/docs": "text/html; charset=utf-8", "/docs/docs.js": "text/javascript; charset=utf-8", "/docs/page.css": "text/css; charset=utf-8",
	} {
		r := w.get(path, "")
		require.Equal(t, http.StatusOK, r.status)
		require.Equal(t, media, r.header.Get("Content-Type"))
		require.NotContains(t, string(r.body), "//unpkg")
		require.NotContains(t, string(r.body), "https://")
		require.Equal(t, "nosniff", r.header.Get("X-Content-Type-Options"))
	}
	page := string(w.get("/docs", "").body)
	for code := range statuses {
		require.Contains(t, page, `id="`+code+`"`)
	}
}

func TestThePublicReadsCatalogueAndLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	catalogue := w.get("/v1/catalogue", "")
	require.Equal(t, http.StatusOK, catalogue.status)
	require.Contains(t, string(catalogue.body), "智能制造工程技术人员")
	require.Contains(t, string(catalogue.body), "演示数据")
	var lists struct {
		Institutions []institutionView
		CEBases      []ceBaseView `json:"ce_bases"`
	}
	w.get("/v1/institutions", "").into(t, &lists)
	require.Len(t, lists.Institutions, 19)
	require.Len(t, lists.CEBases, 21)
	w.get("/v1/institutions?occupation="+occupation+"&role=evaluation", "").into(t, &lists)
	require.Len(t, lists.Institutions, 1)
	require.Equal(t, "中国机械工程学会", lists.Institutions[0].Name)
	require.Equal(t, map[string]string{"role": "unknown_value"}, w.get("/v1/institutions?role=x", "").refused(t, 422, validationFailed))
	require.Equal(t, map[string]string{"occupation": "unknown_occupation"},
		w.get("/v1/institutions?occupation=x", "").refused(t, 422, validationFailed))
}
