package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// find opens an incident that holds up no case.
func (w *world) find(about store.Incident) (id string) {
	w.t.Helper()
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) (err error) {
		id, _, err = tx.OpenFinding(about, time.Now().UTC())
		return err
	}))
	return id
}

func TestAnIncidentThatHoldsUpNoCaseIsResolvedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	w.certify(c, contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	var certificate string
	require.NoError(t, w.sql.QueryRowContext(t.Context(), `SELECT id FROM certificates`).Scan(&certificate))
	about := store.Incident{Cause: contract.PublicationMissing, CaseID: c, CertificateID: &certificate, Channel: "national"}
	missing := w.find(about)
	down := w.find(store.Incident{Cause: contract.ChannelDown, Channel: "national"})

	var listed struct {
		Incidents []IncidentView
	}
	w.get("/v1/incidents", w.operator).into(t, &listed)
	require.Len(t, listed.Incidents, 2)
	require.Equal(t, missing, listed.Incidents[0].ID)
	require.Equal(t, certificate, listed.Incidents[0].Certificate)
	require.Equal(t, "national", listed.Incidents[1].Channel)
	require.Empty(t, listed.Incidents[1].CaseID)

	var stands struct{ Status string }
	w.get("/v1/cases/"+c, w.operator).into(t, &stands)
	require.NotEqual(t, "stuck", stands.Status)

	resolve := func(id string, body object) reply { return w.post("/v1/incidents/"+id+"/resolution", w.operator, body) }
	resolve(missing, object{"verb": "cancel", "reason": "x", "legal_basis": "y"}).refused(t, http.StatusUnprocessableEntity, verbNotAllowed)
	r := resolve(missing, object{"verb": "retry", "reason": "再发一次"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Contains(t, string(r.body), `"incident_state":"closed"`)
	resolve(missing, object{"verb": "retry", "reason": "再发一次"}).refused(t, http.StatusConflict, incidentClosed)
	w.approves(resolve(down, object{"verb": "override", "reason": "渠道停机检修", "evidence": "渠道公告", "legal_basis": "渠道公告"}), w.second())
	require.NotEqual(t, missing, w.find(about), "what is found again is another incident")
}
