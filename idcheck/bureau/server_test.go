package bureau_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/idcheck/bureau"
)

const number = "110101199005171235" // the register checks no digit

// desk is somebody who asks a register, with nothing of the product's.
type desk struct {
	t       *testing.T
	signer  *standardwebhooks.Webhook
	handler http.Handler
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	secret := "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32))
	signer, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	register, err := bureau.New(secret)
	require.NoError(t, err)
	return &desk{t: t, signer: signer, handler: register.Handler()}
}

// order tells the register something, from an address and under the name of a host, and gives the status.
func (d *desk) order(path, from, host, body string) int {
	d.t.Helper()
	request := httptest.NewRequestWithContext(d.t.Context(), http.MethodPut, path, bytes.NewReader([]byte(body)))
	request.RemoteAddr, request.Host = from, host
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	d.handler.ServeHTTP(recorder, request)
	return recorder.Code
}

// told is order from the register's own machine.
func (d *desk) told(path, body string) int {
	d.t.Helper()
	return d.order(path, "127.0.0.1:1", "127.0.0.1:8092", body)
}

// ask asks whether a name belongs to the number.
func (d *desk) ask(name string) (status int, result string) {
	d.t.Helper()
	body, err := json.Marshal(map[string]string{"id": "q", "name": name, "id_type": "resident_id", "id_number": number})
	require.NoError(d.t, err)
	at := time.Now()
	signature, err := d.signer.Sign("q", at, body)
	require.NoError(d.t, err)
	request := httptest.NewRequestWithContext(d.t.Context(), http.MethodPost, "/checks", bytes.NewReader(body))
	request.Header.Set(standardwebhooks.HeaderWebhookID, "q")
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	recorder := httptest.NewRecorder()
	d.handler.ServeHTTP(recorder, request)
	var answer struct{ Result string }
	_ = json.Unmarshal(recorder.Body.Bytes(), &answer) // a refusal has none
	return recorder.Code, answer.Result
}

func TestTheRegisterAnswersByWhatItWasTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	answers := func() string {
		status, result := d.ask("王示甲")
		require.Equal(t, http.StatusOK, status)
		return result
	}
	require.Equal(t, "matches", answers())
	for name, want := range map[string]string{"": "unknown", "王示乙": "differs", "王示甲": "matches"} {
		require.Equal(t, http.StatusOK, d.told("/control/people", `{"id_number":"`+number+`","name":"`+name+`"}`))
		require.Equal(t, want, answers())
	}
}

func TestTheRegisterMisbehavesOnRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		for _, behaviour := range []struct {
			manner string
			status int
			result string
			takes  time.Duration
		}{
			{"away", http.StatusServiceUnavailable, "", 0},
			{"mad", http.StatusOK, "maybe", 0},
			{"slow", http.StatusOK, "matches", 5 * time.Second},
			{"polite", http.StatusOK, "matches", 0},
		} {
			require.Equal(t, http.StatusOK, d.told("/control/manner", `{"manner":"`+behaviour.manner+`"}`))
			began := time.Now()
			status, result := d.ask("王示甲")
			require.Equal(t, []any{behaviour.status, behaviour.result, behaviour.takes}, []any{status, result, time.Since(began)}, behaviour.manner)
		}
	})
}

func TestTheRegisterTakesOrdersFromItsOwnMachineOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const order = `{"manner":"away"}`
	for _, from := range [][2]string{{"192.0.2.1:1", "127.0.0.1:8092"}, {"127.0.0.1:1", "register.example:8092"}, {"nowhere", "localhost"}} {
		require.Equal(t, http.StatusForbidden, d.order("/control/manner", from[0], from[1], order))
	}
	for path, bad := range map[string]string{
		"/control/manner?": `{"manner":"rude"}`, "/control/manner": `{"mood":"away"}`, "/control/people": `{"name":"x"}`,
	} {
		require.Equal(t, http.StatusUnprocessableEntity, d.told(path, bad))
	}
	status, result := d.ask("王示甲")
	require.Equal(t, []any{http.StatusOK, "matches"}, []any{status, result})
	require.Equal(t, http.StatusOK, d.order("/control/manner", "[::1]:1", "localhost:8092", order))
}
