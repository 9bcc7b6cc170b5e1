package integration_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// issue writes a grade certificate that its evaluation body reported, as it is when it is issued.
func (s *system) issue(t *testing.T, n int) store.Certificate {
	t.Helper()
	now, caseID := time.Now().UTC(), uuid.NewString()
	c := store.Certificate{
		ID: uuid.NewString(), CaseID: &caseID, Kind: contract.GradeCertificate, Issuer: "miit-education-exam", Number: fmt.Sprintf("G-%d", n),
		Origin: store.CertificateReported, Status: store.CertificateValid, Digest: []byte{1}, VerifyToken: uuid.NewString(), PolicyVersion: "x",
		IssuedOn: calendar.NewDate(2026, time.March, 20), RecordedAt: now,
	}
	c.Facts = certificate.Facts{
		Kind: c.Kind, Number: c.Number, IssuerID: c.Issuer, IssuerName: "工业和信息化部教育与考试中心", Occupation: "大数据工程技术人员",
		Direction: certificate.NoDirection, Level: "初级", IssuedOn: c.IssuedOn, Demonstration: true,
	}
	holder, err := json.Marshal(certificate.Holder{Name: "赵演示", IDType: store.IDTypeResident, IDNumber: "11010519491231002X"})
	require.NoError(t, err)
	c.HolderSealed, err = s.keys.Seal(holder, store.HolderSeal(c.ID))
	require.NoError(t, err)
	require.NoError(t, s.store.Tx(t.Context(), func(tx *store.Tx) error {
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		if err != nil {
			return err
		}
		person := store.Person{ID: uuid.NewString(), IDType: store.IDTypeResident, IDNumberSealed: []byte{1}, NameSealed: []byte{2}, CreatedAt: now}
		if _, err := tx.InsertPerson(person); err != nil {
			return err
		}
		_, err = tx.InsertCase(store.Case{
			ID: caseID, PersonID: person.ID, Occupation: "big-data", Level: "junior", PolicyVersion: "beijing-2023+demo", TrainingBody: "ouc",
			EvaluationBody: c.Issuer, RegisteredBy: account.ID, RegisteredAt: now, RegisteredOn: c.IssuedOn,
		}, store.ActorOperator)
		if err != nil {
			return err
		}
		return tx.InsertCertificate(c, store.ActorSystem)
	}))
	return c
}

// misbehave tells a public register how to act.
func (s *system) misbehave(t *testing.T, channel string, how document) {
	t.Helper()
	body, err := json.Marshal(how)
	require.NoError(t, err)
	address := "http://" + s.product.RegistryAddress + "/control/" + channel + "/behaviour"
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

// held is what a public register holds, and what it counted.
func (s *system) held(t *testing.T, channel string) (held struct {
	Counts  map[string]int
	Records map[string]struct {
		Version   int
		State     string
		CertState string `json:"cert_state"`
	}
},
) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.product.RegistryAddress+"/control/"+channel, http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.NoError(t, json.NewDecoder(response.Body).Decode(&held))
	return held
}

func TestEveryCertificateEndsPublishedOnceThoughRegistersMisbehaveAndAreKilledAndSoIsTheWorker(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{silent: true, registers: true})
	for _, channel := range certificate.Channels() {
		s.misbehave(t, channel, document{"lose_answers": 4, "lose_receipts": 3, "double": true, "reorder": true, "delay": "1500ms"})
	}
	var issued []store.Certificate
	for round := range 4 {
		for range 6 {
			issued = append(issued, s.issue(t, len(issued)))
		}
		s.worker.Kill9()
		switch round {
		case 1:
			s.registers.Kill9()
			require.NoError(t, s.registers.Start(t.Context()))
		case 2:
			s.misbehave(t, certificate.National, document{"down": true})
		}
		require.NoError(t, s.worker.Start(t.Context()))
	}
	s.misbehave(t, certificate.National, document{"double": true, "delay": "500ms"})
	revoked := issued[0]
	require.NoError(t, s.store.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.ChangeCertificate(revoked, store.CertificateChange{
			Status: store.CertificateRevoked, ReasonClass: "test", Actor: store.ActorSystem, At: time.Now().UTC(),
		})
	}))

	ids := make([]string, len(issued))
	for i, c := range issued {
		ids[i] = c.ID
	}
	var waits []string
	require.Eventually(t, func() bool {
		all, err := s.store.Read(t.Context()).PublicationsOf(ids)
		require.NoError(t, err)
		waits = nil
		for id, publications := range all {
			for _, p := range publications {
				if p.State != store.PublicationPublished {
					waits = append(waits, fmt.Sprint(id, " ", p.Channel, " ", p.State, " ", p.LastError))
				}
			}
		}
		return len(waits) == 0
	}, 10*time.Minute, 200*time.Millisecond, "%v", &waits)
	for _, channel := range certificate.Channels() {
		// What a register was told twice, it works through twice, and a while after it has answered.
		held := s.held(t, channel)
		require.Eventually(t, func() bool {
			held = s.held(t, channel)
			for _, record := range held.Records {
				if record.State != "published" {
					return false
				}
			}
			return true
		}, time.Minute, 200*time.Millisecond, "on %s", channel)
		versions := 0
		require.Len(t, held.Records, len(issued))
		for id, record := range held.Records {
			require.Equal(t, "published", record.State, "%s on %s", id, channel)
			versions += record.Version
		}
		require.LessOrEqual(t, held.Counts["taken"], versions, "no version was taken twice")
		require.GreaterOrEqual(t, held.Counts["taken"], len(issued))
		require.Equal(t, "04", held.Records[revoked.ID].CertState)
	}
	for _, role := range []string{"worker", "registry"} {
		require.NotContains(t, s.log(t, role), "赵演示")
		require.NotContains(t, s.log(t, role), "11010519491231002X")
	}
}
