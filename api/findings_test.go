package api

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/batches"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
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

func TestManyFindingsAreResolvedAtOnceAndEachIsDoneWhenItIsNotFoundAgain(t *testing.T) {
	t.Parallel()
	c := newJam(t, 0, contract.PublicationMissing)
	var findings []store.Incident
	for n := range 3 {
		caseID := c.newCase(n)
		c.certify(caseID, contract.TrainingCertificate, trainingBodyID, fmt.Sprint("OUC-", n), "王小明", n)
		var certificate string
		require.NoError(t, c.sql.QueryRowContext(t.Context(), "SELECT id FROM certificates WHERE case_id = $1", caseID).Scan(&certificate))
		about := store.Incident{Cause: contract.PublicationMissing, CaseID: caseID, CertificateID: &certificate, Channel: "national"}
		if n == 2 { // of a course's certificate: it is about no case
			about.CaseID = ""
		}
		c.find(about)
		findings = append(findings, about)
	}
	stuck := c.stick(findings[0].CaseID, progress.Training, contract.HoursInsufficient, store.Incident{})

	group := object{"cause": "publication_missing"}
	var preview struct {
		Count   int
		Sample  []batchSample
		Effects []effectText
	}
	c.post("/v1/incident-batches/preview", c.operator, object{"verb": "retry", "group": group}).into(t, &preview)
	require.Equal(t, 3, preview.Count)
	require.Len(t, preview.Sample, 2)
	require.Contains(t, preview.Effects[2].Text, "3 条是核对发现")
	b := c.ask(object{"name": "补发", "reason": "渠道恢复", "verb": "retry", "group": group, "expected": 3, "per_minute": 6000, "watch_seconds": 60})
	c.turn(b.ID, 0)
	require.Equal(t, batchCounted{Total: 3, Cleared: 3}, c.batch(b.ID).Progress)
	require.Equal(t, 3, c.audited("incident.retry"), "each is written down by itself")
	again := c.find(findings[1])
	c.find(findings[2])
	c.exec("UPDATE incidents SET state = 'closed', closed_at = now(), closed_by = 'vanishing' WHERE id <> $1 AND id <> $2 AND state <> 'closed'", again, stuck)
	c.turn(b.ID, time.Second)
	for began := c.clock; !c.turn(b.ID, batches.Patience).Over; {
		require.Less(t, c.clock.Sub(began), time.Hour)
	}
	done := c.batch(b.ID)
	require.Equal(t, batchCounted{Total: 3, Cleared: 2, StuckAgain: 1}, done.Progress, "that its case is stuck on something else is another thing")
	items := c.items(b.ID, "")
	require.Equal(t, findings[1].CaseID, items[0].CaseID)
	require.Equal(t, []string{"stuck_again", "publication_missing"}, []string{items[0].State, items[0].Why.Code})
	for _, item := range items {
		require.NotEmpty(t, item.IncidentID)
	}
	r := c.get("/v1/incident-batches/"+b.ID+"/items/csv", c.operator)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)

	// A filter picks cases that are stuck and findings alike; what two must approve is done to neither before.
	ask := object{
		"name": "n", "reason": "r", "verb": "override", "legal_basis": "x", "params": object{"evidence": "e"}, "expected": 1,
		"group": object{"filter": "cause:publication_missing"},
	}
	b = c.ask(ask)
	require.Equal(t, store.BatchAwaiting, b.State)
	c.turn(b.ID, time.Hour)
	require.Equal(t, "open", c.stateOf(again))
	require.Equal(t, http.StatusOK, c.post("/v1/incident-batches/"+b.ID+"/decision", c.second(), object{"decision": "approve", "reason": "已核"}).status)
	c.turn(b.ID, time.Hour)
	require.Equal(t, "closed", c.stateOf(again))
}

// stateOf is the state of an incident.
func (w *world) stateOf(incident string) (state string) {
	w.t.Helper()
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), "SELECT state FROM incidents WHERE id = $1", incident).Scan(&state))
	return state
}
