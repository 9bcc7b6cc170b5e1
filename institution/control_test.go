package institution_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestControlAnswersOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		for _, from := range []struct {
			remote, host string
			status       int
		}{
			{"127.0.0.1:5", "127.0.0.1:8090", http.StatusOK},
			{"[::1]:5", "localhost:8090", http.StatusOK},
			{"[::ffff:127.0.0.1]:5", "[::1]:8090", http.StatusOK},
			{"192.0.2.7:5", "127.0.0.1:8090", http.StatusForbidden},
			{"127.0.0.1:5", "evil.example:8090", http.StatusForbidden}, // a page whose name now leads here
			{"nonsense", "127.0.0.1", http.StatusForbidden},
		} {
			for _, path := range []string{"/control/log", "/control/scripts"} {
				req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
				req.RemoteAddr, req.Host = from.remote, from.host
				require.Equal(t, from.status, w.serve(req).Code, "%+v", from)
			}
		}
	})
}

func TestAScriptThatCouldNeverBePlayedIsRefused(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		for body, status := range map[string]int{
			`{"behaviour":"sulk"}`: http.StatusUnprocessableEntity,
			`{}`:                   http.StatusUnprocessableEntity,
			`{"behaviour":"fail","task_kind":"enrolment"}`:       http.StatusUnprocessableEntity,
			`{"behaviour":"fail","task_kind":"viva"}`:            http.StatusUnprocessableEntity,
			`{"behaviour":"silent","institution_id":"nobody"}`:   http.StatusUnprocessableEntity,
			`{"behaviour":"silent","attempt":-1}`:                http.StatusUnprocessableEntity,
			`{"behaviour":"slow","delay":"25h"}`:                 http.StatusUnprocessableEntity,
			`{"behaviour":"slow","delay":"-1s"}`:                 http.StatusBadRequest,
			`{"behaviour":"slow","delay":1}`:                     http.StatusBadRequest,
			`{"behaviour":"silent","task_id":"t1"}`:              http.StatusBadRequest,
			`{`:                                                  http.StatusBadRequest,
			`{"behaviour":"` + strings.Repeat("x", 1<<15) + `"}`: http.StatusRequestEntityTooLarge,
		} {
			require.Equal(t, status, w.control(http.MethodPost, "/control/scripts", body).Code, "%.80s", body)
		}
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/control/scripts",
			strings.NewReader(`{"behaviour":"silent"}`))
		req.RemoteAddr = "127.0.0.1:5"
		require.Equal(t, http.StatusUnsupportedMediaType, w.serve(req).Code, "a form of a page")
		require.JSONEq(t, `{"scripts":[]}`, w.control(http.MethodGet, "/control/scripts", "").Body.String())
	})
}

func TestScriptsOutliveARestart(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.script(`{"case_id":"c1","behaviour":"silent"}`)
		w.script(`{"institution_id":"body-b","behaviour":"slow","delay":"1m30s","times":2}`)
		w.script(`{"case_id":"c1","behaviour":"reject"}`) // in place of the first
		before := w.control(http.MethodGet, "/control/scripts", "").Body.String()
		w.restart()
		require.JSONEq(t, before, w.control(http.MethodGet, "/control/scripts", "").Body.String())
		require.JSONEq(t, `{"scripts":[
			{"institution_id":"body-b","behaviour":"slow","delay":"1m30s","times":2},
			{"case_id":"c1","behaviour":"reject"}]}`, before)

		left, err := fs.Glob(os.DirFS(filepath.Dir(w.file)), "*")
		require.NoError(t, err)
		require.Equal(t, []string{"state.json"}, left, "nothing half-written is left behind")
	})
}

func TestAScriptThatCannotBeKeptIsNotPlayed(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		require.NoError(t, os.RemoveAll(filepath.Dir(w.file)))
		res := w.control(http.MethodPost, "/control/scripts", `{"behaviour":"silent"}`)
		require.Equal(t, http.StatusInternalServerError, res.Code)
		w.tell("issued", w.api.issue("t1", "c1", "exam", nil))
		w.pass(time.Minute)
		w.api.taken(t, "t1")
	})
}

func TestTheScriptThatSaysMostIsPlayed(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.script(`{"behaviour":"silent"}`)
		w.script(`{"case_id":"c1","behaviour":"reject"}`)
		w.script(`{"case_id":"c1","task_kind":"exam","behaviour":"normal"}`)
		w.script(`{"institution_id":"body-b","task_kind":"exam","case_id":"c1","behaviour":"absent"}`)
		for id, about := range map[string][2]string{
			"t1": {"c1", "exam"}, "t2": {"c1", "theory"}, "t3": {"c2", "exam"},
		} {
			w.tell("issued", w.api.issue(id, about[0], about[1], nil))
		}
		w.pass(time.Minute)
		require.Equal(t, "result", w.api.taken(t, "t1").path)
		require.Equal(t, "rejection", w.api.taken(t, "t2").path)
		require.Len(t, w.api.sent(), 2)
	})
}

func TestTheLogTellsWhatWasDone(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		for i := range 3 {
			w.tell("issued", w.api.issue(fmt.Sprint("t", i), "c1", "exam", nil))
			w.pass(2 * time.Second)
		}
		all := w.journal()
		require.EqualValues(t, 3, all.Counters["answer_taken"])
		require.Len(t, all.Entries, 9)
		last := all.Entries[8]
		require.Equal(t, "answer_taken", last.Action)
		require.Equal(t, []any{"body-a", "t2", "c1", "exam", 1, http.StatusOK},
			[]any{last.InstitutionID, last.TaskID, last.CaseID, last.Kind, last.Attempt, last.Status})
		require.Equal(t, http.StatusBadRequest, w.control(http.MethodGet, "/control/log?limit=x", "").Code)
		require.Contains(t, w.control(http.MethodGet, "/control/log?limit=0", "").Body.String(), `"entries":[]`)
	})
}

func TestHealthTellsWhetherInstitutionsAreAtWork(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		ask := func() int {
			return w.serve(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/healthz", nil)).Code
		}
		require.Equal(t, http.StatusOK, ask())
		w.stop()
		require.Equal(t, http.StatusServiceUnavailable, ask())
		require.Equal(t, http.StatusServiceUnavailable, w.tell("issued", w.api.issue("t1", "c1", "exam", nil)),
			"a callback that cannot be acted on is not taken")
	})
}
