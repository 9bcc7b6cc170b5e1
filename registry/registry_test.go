package registry_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/registry"
)

type object = map[string]any

const channel = "beijing_ce"

// desk is somebody who speaks to a register as docs/exchange.md says, with nothing of the product's.
type desk struct {
	t      *testing.T
	config registry.Config
	signer *standardwebhooks.Webhook
	now    time.Time
	serve  http.Handler
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	secret := "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32))
	signer, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	d := &desk{t: t, signer: signer, now: time.Now()}
	d.config = registry.Config{
		Secrets: map[string]string{channel: secret}, StateFile: filepath.Join(t.TempDir(), "state"), Delay: time.Hour,
		Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return d.now },
	}
	d.open()
	return d
}

// open opens the registers, with what the state file has.
func (d *desk) open() {
	d.t.Helper()
	server, err := registry.New(d.config)
	require.NoError(d.t, err)
	d.serve = server.Handler()
}

// ask sends a request, signed unless nobody signs it.
func (d *desk) ask(method, path, id string, body []byte) (int, object) {
	d.t.Helper()
	request := httptest.NewRequestWithContext(d.t.Context(), method, path, bytes.NewReader(body))
	request.RemoteAddr, request.Host = "127.0.0.1:1", "127.0.0.1:8091"
	request.Header.Set("Content-Type", "application/json")
	if id != "" {
		signed := body
		if method == http.MethodGet {
			signed = []byte(path)
		}
		at := time.Now()
		signature, err := d.signer.Sign(id, at, signed)
		require.NoError(d.t, err)
		request.Header.Set(standardwebhooks.HeaderWebhookID, id)
		request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
		request.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	}
	recorder := httptest.NewRecorder()
	d.serve.ServeHTTP(recorder, request)
	var answer object
	_ = json.Unmarshal(recorder.Body.Bytes(), &answer) // a page is none
	return recorder.Code, answer
}

func recordOf(id string, version int) []byte {
	body, err := json.Marshal(object{
		"e_cert_id": id, "version": version, "operate_type": "01", "cert_state": "01", "kind": "training", "cert_num": "N-1",
		"issuer_name": "国家开放大学", "issue_date": "2026-11-20", "name": "赵演示", "identity_card": "11010519491231002X", "identity_card_type": "111",
	})
	if err != nil {
		panic(err)
	}
	return body
}

func (d *desk) send(id string, version int) (int, object) {
	d.t.Helper()
	return d.ask(http.MethodPost, "/registers/"+channel+"/records", fmt.Sprintf("%s/%d", id, version), recordOf(id, version))
}

func (d *desk) list(what string) []any {
	d.t.Helper()
	status, answer := d.ask(http.MethodGet, "/registers/"+channel+"/"+what+"?after=", "q-1", nil)
	require.Equal(d.t, http.StatusOK, status)
	all, _ := answer[what].([]any)
	return all
}

func TestARegisterTakesEachVersionOnceAndPublishesItAWhileLater(t *testing.T) {
	t.Parallel()
	d, id := newDesk(t), uuid.NewString()
	status, first := d.send(id, 2)
	require.Equal(t, http.StatusAccepted, status)
	require.Equal(t, "received", first["state"])
	status, again := d.send(id, 2)
	require.Equal(t, http.StatusAccepted, status)
	require.Equal(t, first, again)
	status, older := d.send(id, 1)
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "outdated", older["code"])
	require.Empty(t, d.list("receipts"))
	require.Len(t, d.list("records"), 1)
	d.now = d.now.Add(time.Hour)
	require.Len(t, d.list("receipts"), 1)
	status, again = d.send(id, 2)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "published", again["state"])
}

func TestARegisterBelievesNobodyWhoDoesNotSign(t *testing.T) {
	t.Parallel()
	d, id := newDesk(t), uuid.NewString()
	for _, path := range []string{"/registers/" + channel + "/records", "/registers/" + channel + "/receipts"} {
		status, _ := d.ask(http.MethodGet, path, "", nil)
		require.Equal(t, http.StatusUnauthorized, status)
	}
	status, _ := d.ask(http.MethodPost, "/registers/"+channel+"/records", "", recordOf(id, 1))
	require.Equal(t, http.StatusUnauthorized, status)
	status, answer := d.ask(http.MethodPost, "/registers/"+channel+"/records", id+"/2", recordOf(id, 1))
	require.Equal(t, http.StatusUnprocessableEntity, status, "the key is of another version")
	require.Equal(t, "id_mismatch", answer["code"])
	incomplete := bytes.Replace(recordOf(id, 1), []byte("赵演示"), nil, 1)
	status, answer = d.ask(http.MethodPost, "/registers/"+channel+"/records", id+"/1", incomplete)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Equal(t, "incomplete", answer["code"])
}

func TestARegisterHoldsAfterARestartWhatItHeldBefore(t *testing.T) {
	t.Parallel()
	d, published, waiting, forgotten := newDesk(t), uuid.NewString(), uuid.NewString(), uuid.NewString()
	d.send(published, 1)
	d.send(forgotten, 1)
	d.now = d.now.Add(time.Hour)
	receipts := d.list("receipts")
	d.send(waiting, 1)
	status, _ := d.ask(http.MethodPost, "/control/"+channel+"/accidents", "", []byte(`{"forget":"`+forgotten+`"}`))
	require.Equal(t, http.StatusOK, status)
	held := d.list("records")
	require.Len(t, held, 2)
	d.open()
	require.Equal(t, held, d.list("records"))
	require.Equal(t, receipts, d.list("receipts"))
	d.now = d.now.Add(time.Hour)
	require.Len(t, d.list("receipts"), 3)
}

func TestOnlyThisMachineTellsARegisterHowToAct(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, change := range []func(*http.Request){
		func(r *http.Request) { r.RemoteAddr = "10.0.0.1:1" },
		func(r *http.Request) { r.Host = "registers.example" },
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/control/"+channel+"/behaviour", strings.NewReader(`{"down":true}`))
		request.RemoteAddr, request.Host = "127.0.0.1:1", "127.0.0.1:8091"
		request.Header.Set("Content-Type", "application/json")
		change(request)
		recorder := httptest.NewRecorder()
		d.serve.ServeHTTP(recorder, request)
		require.Equal(t, http.StatusForbidden, recorder.Code)
	}
	status, _ := d.ask(http.MethodPut, "/control/"+channel+"/behaviour", "", []byte(`{"dawn":true}`))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	status, _ = d.ask(http.MethodPut, "/control/"+channel+"/behaviour", "", []byte(`{"down":true}`))
	require.Equal(t, http.StatusOK, status)
	status, _ = d.send(uuid.NewString(), 1)
	require.Equal(t, http.StatusServiceUnavailable, status)
}
