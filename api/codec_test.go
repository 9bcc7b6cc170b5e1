package api

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"

	"github.com/dengpan/dengpan/payload"
	"github.com/dengpan/dengpan/store"
)

const (
	interfaceOrigin = "https://temporal.example.cn"
	asInterface     = decodePath + "?preserveStorageRefs=true" // what the interface asks of
)

// kept is what Temporal keeps of a value that a workflow was sent.
func (w *world) kept(workflow string, value any) codecPayload {
	w.t.Helper()
	keys := payload.NewKeys(w.store, w.keys).Converter()
	sealed, err := converter.WithDataConverterSerializationContext(keys, converter.WorkflowSerializationContext{WorkflowID: workflow}).ToPayload(value)
	require.NoError(w.t, err)
	return codecPayload{Metadata: sealed.GetMetadata(), Data: sealed.GetData()}
}

func (w *world) readings() (of []string) {
	w.t.Helper()
	rows, err := w.sql.QueryContext(w.t.Context(), `SELECT subject FROM audit_entries WHERE action = 'payload.read' AND actor <> '' ORDER BY id`)
	require.NoError(w.t, err)
	defer rows.Close()
	for rows.Next() {
		var subject string
		require.NoError(w.t, rows.Scan(&subject))
		of = append(of, subject)
	}
	require.NoError(w.t, rows.Err())
	return of
}

func TestPayloadsAreOpenedForAnOperatorOfTheCityAndTheReadingIsWrittenDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := codecBody{Payloads: []codecPayload{w.kept("case/1", "一"), w.kept("case/1", "二"), w.kept("endpoint/ouc", "三")}}
	r := w.post(asInterface, w.operator, sent)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var answer codecBody
	r.into(t, &answer)
	var values []string
	for _, p := range answer.Payloads {
		require.Equal(t, "json/plain", string(p.Metadata["encoding"]))
		values = append(values, string(p.Data))
	}
	require.Equal(t, []string{`"一"`, `"二"`, `"三"`}, values)
	require.Equal(t, []string{"workflow:case/1", "workflow:endpoint/ouc"}, w.readings())

	district := "haidian"
	w.post(asInterface, w.token(store.Account{Role: store.RoleOperator, District: &district}), sent).refused(t, http.StatusForbidden, forbidden)
	require.Len(t, w.readings(), 2)
}

func TestAPayloadThatDoesNotOpenIsAnsweredAsItWasSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	erased, changed := w.kept("case/1", "一"), w.kept("case/2", "二")
	require.NoError(t, w.store.Read(t.Context()).DestroyPayloadKey("case/1", time.Now().UTC()))
	changed.Data[0] ^= 1
	sent := codecBody{Payloads: []codecPayload{
		erased, changed,
		{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte("1")},
		{Metadata: map[string][]byte{"encoding": []byte("binary/encrypted"), "encryption-key-id": []byte("case/none")}},
		{},
	}}
	r := w.post(asInterface, w.operator, sent)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var answer codecBody
	r.into(t, &answer)
	require.Equal(t, sent, answer)
	require.Empty(t, w.readings(), "nothing was read")
}

func TestBadPayloadsAreRefusedByField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for body, want := range map[string]map[string]string{
		`{}`:                                 {"payloads": fieldRequired},
		`{"payloads":null}`:                  {"payloads": fieldWrongType},
		`{"payloads":[{"data":7}]}`:          {"payloads[0].data": fieldWrongType},
		`{"payloads":[{"data":"张三"}]}`:       {"payloads[0].data": fieldFormat},
		`{"payloads":[{"metadata":["张三"]}]}`: {"payloads[0].metadata": fieldWrongType},
	} {
		require.Equal(t, want, w.post(asInterface, w.operator, body).refused(t, http.StatusUnprocessableEntity, validationFailed), body)
	}
}

func TestABrowserMayAskForPayloadsFromTemporalsInterfaceOnly(t *testing.T) {
	t.Parallel()
	o := newOffice(t, func(c *Config) { c.TemporalUI = interfaceOrigin })
	o.hire("operator", store.Account{Role: store.RoleOperator})
	b := o.browser()
	b.enter("operator")
	sent := codecBody{Payloads: []codecPayload{o.kept("case/1", "一")}}
	b.header["Sec-Fetch-Site"] = "same-site"

	b.header["Origin"] = "https://other.example.cn"
	refused := b.do(http.MethodPost, asInterface, sent)
	refused.refused(t, http.StatusForbidden, crossOrigin)
	require.Empty(t, refused.header.Get("Access-Control-Allow-Origin"))
	require.Empty(t, b.do(http.MethodOptions, asInterface, nil).header.Get("Access-Control-Allow-Origin"))

	b.header["Origin"] = interfaceOrigin
	asked := b.do(http.MethodOptions, asInterface, nil)
	require.Equal(t, http.StatusNoContent, asked.status)
	require.Equal(t, "Content-Type, X-Namespace", asked.header.Get("Access-Control-Allow-Headers"))
	r := b.do(http.MethodPost, asInterface, sent)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Contains(t, string(r.body), base64.StdEncoding.EncodeToString([]byte(`"一"`)))
	for _, answer := range []reply{asked, r} {
		require.Equal(t, interfaceOrigin, answer.header.Get("Access-Control-Allow-Origin"))
		require.Equal(t, "true", answer.header.Get("Access-Control-Allow-Credentials"))
		require.Contains(t, answer.header.Values("Vary"), "Origin")
	}

	other := b.do(http.MethodPost, "/v1/ce-years/2025/closing", object{"reason": "x"})
	other.refused(t, http.StatusForbidden, crossOrigin)
	require.Empty(t, other.header.Get("Access-Control-Allow-Origin"), "it may ask for nothing else")
}

func TestAnOriginThatIsNoneIsNotedBeforeAnythingIsServed(t *testing.T) {
	t.Parallel()
	newWorldWith(t, func(c *Config) {
		wrong := *c
		wrong.TemporalUI = "temporal.example.cn/"
		_, err := New(wrong)
		require.ErrorContains(t, err, "DENGPAN_TEMPORAL_UI_ORIGIN")
	})
}
