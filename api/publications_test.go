package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// publish has a register say that it shows the version of a certificate that is wanted.
func (w *world) publish(id, channel string) {
	w.t.Helper()
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		p, err := tx.LockPublication(id, channel)
		require.NoError(w.t, err)
		require.NoError(w.t, tx.BeginPublication(p, make([]byte, 32), time.Now().UTC(), time.Now().UTC()))
		_, err = tx.TakeReceipt(store.PublicationReceipt{
			Channel: channel, ECertID: id, Version: p.Version, State: store.ReceiptPublished, Receipt: "R-1", ReceivedAt: time.Now().UTC(),
		})
		return err
	}))
}

func TestATraineeIsToldWhereACertificateIsFoundAndSinceWhenItIsNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	registered := w.register(w.trainee, "own", registrationOf(1, nil))
	require.Equal(t, http.StatusCreated, registered.status, "%s", registered.body)
	var mine struct{ ID string }
	registered.into(t, &mine)
	w.certify(mine.ID, contract.GradeCertificate, evaluationBodyID, "G-1", "王小明", 1)
	rows, err := w.store.Read(t.Context()).Certificates(mine.ID)
	require.NoError(t, err)
	id := rows[0].ID
	w.exec("UPDATE publications SET wanted_at = wanted_at - interval '1 day'")
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.ConnectChannels([]string{certificate.BeijingCE}, time.Now().UTC())
	}))
	said := func() map[string]string {
		var answer struct {
			Certificates []struct {
				Publications []struct {
					Channel     struct{ Code string }
					State, Text string
				}
			}
		}
		w.get("/v1/me/certificates", w.trainee).into(t, &answer)
		texts := map[string]string{}
		for _, p := range answer.Certificates[0].Publications {
			texts[p.Channel.Code] = p.State + ": " + p.Text
		}
		var theCase, list struct {
			Certificates []struct{ Publications any }
		}
		w.get("/v1/cases/"+mine.ID, w.trainee).into(t, &theCase)
		w.get("/v1/me/certificates", w.trainee).into(t, &list)
		require.Equal(t, list, theCase, "the case says the same")
		return texts
	}
	require.Equal(t, map[string]string{
		"beijing_ce": "waiting: 已发证，北京继续教育同步中，第 2 天", "national": "not_connected: 已发证，国家平台未接入，暂时查不到",
	}, said())
	w.publish(id, certificate.BeijingCE)
	require.Equal(t, "published: 北京继续教育可以查到", said()["beijing_ce"])
	w.change("G-1", store.CertificateSuspended)
	require.Equal(t, "waiting: 证书有变更，北京继续教育同步中，第 1 天", said()["beijing_ce"])
	w.publish(id, certificate.BeijingCE)
	require.Equal(t, "published: 北京继续教育已按变更后的状态显示", said()["beijing_ce"])

	var detail struct {
		Publications []struct {
			Version int
			Receipt string
			History []struct{ What, Name string }
		}
	}
	w.get("/v1/certificates/"+id+"/publications", w.institution(evaluationBodyID)).into(t, &detail)
	require.Equal(t, 2, detail.Publications[0].Version)
	require.Equal(t, "R-1", detail.Publications[0].Receipt)
	require.Len(t, detail.Publications[0].History, 6)
	require.Equal(t, "列入发布", detail.Publications[0].History[0].Name)
	w.get("/v1/certificates/"+id+"/publications", w.institution(trainingBodyID)).refused(t, http.StatusNotFound, notFound)
}

func TestAnOperatorOfTheCityPausesAChannelForAReasonAndSeesWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID := w.newCase(1)
	w.certify(caseID, contract.TrainingCertificate, trainingBodyID, "T-1", "王小明", 1)
	var all struct {
		Channels []struct {
			ID, State          string
			Connected          bool
			Waiting, Published int
		}
	}
	w.get("/v1/channels", w.operator).into(t, &all)
	require.Len(t, all.Channels, 2)
	require.Equal(t, certificate.BeijingCE, all.Channels[0].ID)
	require.Equal(t, 1, all.Channels[0].Waiting)
	require.Zero(t, all.Channels[1].Waiting, "the national platform takes grade certificates")
	require.False(t, all.Channels[0].Connected)

	w.post("/v1/channels/beijing_ce/pause", w.operator, object{}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	w.post("/v1/channels/nowhere/pause", w.operator, object{"reason": "维护"}).refused(t, http.StatusNotFound, notFound)
	for range 2 { // the second time changes nothing
		paused := w.post("/v1/channels/beijing_ce/pause", w.operator, object{"reason": "对方维护"})
		require.Equal(t, http.StatusOK, paused.status, "%s", paused.body)
		require.Contains(t, string(paused.body), `"state":"paused"`)
	}
	require.Equal(t, 1, w.count("SELECT count(*) FROM audit_entries WHERE action = 'channel.pause' AND reason = '对方维护'"))
	require.Equal(t, http.StatusOK, w.post("/v1/channels/beijing_ce/resume", w.operator, object{"reason": "恢复"}).status)
}

func TestRetryingAFindingSendsTheCertificateOnceMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID := w.newCase(1)
	w.certify(caseID, contract.TrainingCertificate, trainingBodyID, "T-1", "王小明", 1)
	rows, err := w.store.Read(t.Context()).Certificates(caseID)
	require.NoError(t, err)
	w.publish(rows[0].ID, certificate.BeijingCE)
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		p, err := tx.LockPublication(rows[0].ID, certificate.BeijingCE)
		require.NoError(t, err)
		fresh, err := tx.FindPublication(contract.PublicationMissing, p, nil, time.Now().UTC())
		require.True(t, fresh)
		return err
	}))
	var all struct {
		Incidents []struct{ ID, Explanation, Channel string }
	}
	w.get("/v1/incidents?cause=publication_missing", w.operator).into(t, &all)
	require.Len(t, all.Incidents, 1)
	require.Contains(t, all.Incidents[0].Explanation, "北京继续教育")
	resolved := w.post("/v1/incidents/"+all.Incidents[0].ID+"/resolution", w.operator, object{"verb": "retry", "reason": "对方已修复"})
	require.Equal(t, http.StatusOK, resolved.status, "%s", resolved.body)
	require.Equal(t, 1, w.count("SELECT count(*) FROM publications WHERE version = 2 AND state = 'waiting'"))
}
