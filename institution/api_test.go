package institution_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
)

// tasksAPI is a small API that speaks the product's tasks interface, strictly: it refuses what the product refuses.
type tasksAPI struct {
	mux  *http.ServeMux
	keys map[string]string // institution by API key

	mu      sync.Mutex
	tasks   map[string]*apiTask
	seq     int
	posts   []post
	away    int                    // how many requests to answer with 503
	busy    int                    // how many answers to say are under way already
	reports int                    // of attendance
	staff   map[string]bool        // by institution and number
	held    map[string]heldSession // by institution and name
	signIns []signIn               // in the order they were taken
	// refusals is how many sign-ins to refuse, because the person was elsewhere.
	refusals int
	behind   time.Duration // how late its clock is
	calendar calendar.Calendar
	pageMax  int           // the longest page it gives out
	took     chan struct{} // gets one for every answer taken
}

// apiTask is a task as the API gives it out.
type apiTask struct {
	ID       string         `json:"id"`
	Seq      int            `json:"seq"`
	CaseID   string         `json:"case_id"`
	Kind     string         `json:"kind"`
	Attempt  int            `json:"attempt"`
	State    string         `json:"state"`
	IssuedAt time.Time      `json:"issued_at"`
	DueAt    time.Time      `json:"due_at"`
	Details  map[string]any `json:"details"`
	Trainee  map[string]any `json:"trainee"`

	institution string
	answer      string
}

// post is an answer that was sent, and what became of it.
type post struct {
	task, path, key, idempotency, body string
	status                             int
	code                               string
	at                                 time.Time
}

func newTasksAPI() *tasksAPI {
	api := &tasksAPI{
		keys:  map[string]string{"key-a": "body-a", "key-b": "body-b"},
		tasks: make(map[string]*apiTask), pageMax: 100, took: make(chan struct{}, 1000), mux: http.NewServeMux(),
		staff: map[string]bool{}, held: map[string]heldSession{},
		calendar: calendar.Calendar{
			Day: time.Second, AnchorWall: time.Now(), AnchorDate: calendar.NewDate(2026, time.March, 20),
		},
	}
	api.mux.HandleFunc("GET /v1/tasks", api.list)
	api.mux.HandleFunc("GET /v1/tasks/{id}", api.read)
	api.mux.HandleFunc("POST /v1/tasks/{id}/{path}", api.answer)
	api.mux.HandleFunc("POST /v1/staff", api.nameStaff)
	api.mux.HandleFunc("POST /v1/attendance", api.attend)
	return api
}

func (api *tasksAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	api.mu.Lock()
	away := api.away > 0
	if away {
		api.away--
	}
	api.mu.Unlock()
	if away {
		problem(w, http.StatusServiceUnavailable, "unavailable")
		return
	}
	api.mux.ServeHTTP(w, r)
}

// issue asks body-a for something, due in a minute.
func (api *tasksAPI) issue(id, caseID, kind string, details map[string]any) *apiTask {
	api.mu.Lock()
	defer api.mu.Unlock()
	api.seq++
	t := &apiTask{
		ID: id, Seq: api.seq, CaseID: caseID, Kind: kind, Attempt: 1, State: "open", institution: "body-a",
		IssuedAt: time.Now(), DueAt: time.Now().Add(time.Minute),
		Details: map[string]any{"today": "2026-03-20"},
		Trainee: map[string]any{"name": "王小明", "id_number_masked": "990***********0010"},
	}
	maps.Copy(t.Details, details)
	api.tasks[id] = t
	return t
}

func (api *tasksAPI) reset(id, state string) {
	api.mu.Lock()
	defer api.mu.Unlock()
	api.tasks[id].State = state
}

func (api *tasksAPI) sent() []post {
	api.mu.Lock()
	defer api.mu.Unlock()
	return slices.Clone(api.posts)
}

// taken is the one answer that was taken for a task.
func (api *tasksAPI) taken(t *testing.T, id string) post {
	t.Helper()
	var taken []post
	for _, p := range api.sent() {
		if p.task == id && p.status == http.StatusOK {
			taken = append(taken, p)
		}
	}
	require.Len(t, taken, 1, "answers taken for %s", id)
	return taken[0]
}

func (api *tasksAPI) who(w http.ResponseWriter, r *http.Request) (string, bool) {
	key := r.Header.Get("Authorization")
	institution, known := api.keys[bytesAfter(key, "Bearer ")]
	if !known {
		problem(w, http.StatusUnauthorized, "unauthenticated")
	}
	return institution, known
}

func bytesAfter(text, prefix string) string {
	rest, _ := bytes.CutPrefix([]byte(text), []byte(prefix))
	return string(rest)
}

func (api *tasksAPI) list(w http.ResponseWriter, r *http.Request) {
	institution, ok := api.who(w, r)
	if !ok {
		return
	}
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	api.mu.Lock()
	defer api.mu.Unlock()
	var open []*apiTask
	for _, t := range api.tasks {
		if t.institution == institution && t.State == r.URL.Query().Get("state") && t.Seq > after {
			open = append(open, t)
		}
	}
	slices.SortFunc(open, func(a, b *apiTask) int { return a.Seq - b.Seq })
	open = open[:min(len(open), api.pageMax)]
	page := map[string]any{"tasks": open, "next": nil}
	if len(open) > 0 {
		page["next"] = open[len(open)-1].Seq
	}
	write(w, http.StatusOK, page)
}

func (api *tasksAPI) read(w http.ResponseWriter, r *http.Request) {
	institution, ok := api.who(w, r)
	if !ok {
		return
	}
	api.mu.Lock()
	defer api.mu.Unlock()
	t := api.tasks[r.PathValue("id")]
	if t == nil || t.institution != institution {
		problem(w, http.StatusNotFound, "not_found")
		return
	}
	write(w, http.StatusOK, t)
}

func (api *tasksAPI) answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		problem(w, http.StatusBadRequest, "malformed_json")
		return
	}
	institution, ok := api.who(w, r)
	if !ok {
		return
	}
	api.mu.Lock()
	defer api.mu.Unlock()
	p := post{
		task: r.PathValue("id"), path: r.PathValue("path"), key: bytesAfter(r.Header.Get("Authorization"), "Bearer "),
		idempotency: r.Header.Get("Idempotency-Key"), body: string(body), at: time.Now(), status: http.StatusOK,
	}
	if api.busy > 0 {
		api.busy--
		problem(w, http.StatusConflict, "idempotency_key_in_use")
		return
	}
	repeated := false
	t := api.tasks[p.task]
	switch {
	case p.idempotency == "":
		p.status, p.code = http.StatusBadRequest, "idempotency_key_required"
	case t == nil || t.institution != institution:
		p.status, p.code = http.StatusNotFound, "not_found"
	case t.answer == p.body:
		repeated = true
	case t.answer != "":
		p.status, p.code = http.StatusConflict, "result_conflict"
	case t.State != "open":
		p.status, p.code = http.StatusConflict, "task_closed"
	default:
		p.status, p.code = judge(t.Kind, p.path, body)
	}
	if p.status != http.StatusOK {
		api.posts = append(api.posts, p)
		problem(w, p.status, p.code)
		return
	}
	if !repeated {
		t.answer, t.State = p.body, "answered"
		api.posts = append(api.posts, p)
		api.took <- struct{}{}
	}
	write(w, http.StatusOK, map[string]any{
		"task_id": t.ID, "state": "answered", "forwarded": true, "repeated": repeated,
	})
}

// judge refuses an answer that cannot be right.
func judge(kind, path string, body []byte) (int, string) {
	if path == "rejection" {
		return http.StatusOK, ""
	}
	var result map[string]any
	if json.Unmarshal(body, &result) != nil {
		return http.StatusBadRequest, "malformed_json"
	}
	fields := map[string]string{"enrolment": "accepted_on", "training": "completed_modules"}
	field, other := fields[kind]
	if !other {
		field = "held_on"
	}
	if _, given := result[field]; !given {
		return http.StatusUnprocessableEntity, "task_kind_mismatch"
	}
	if score, given := result["score"].(float64); given && (score < 0 || score > 100) {
		return http.StatusUnprocessableEntity, "validation_failed"
	}
	if modules, _ := result["completed_modules"].([]any); slices.Contains(modules, any("标准之外的内容")) {
		return http.StatusUnprocessableEntity, "validation_failed"
	}
	return http.StatusOK, ""
}

func problem(w http.ResponseWriter, status int, code string) {
	write(w, status, map[string]any{"status": status, "code": code, "title": fmt.Sprint("problem ", code)})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // the test has the last word on what was answered
}
