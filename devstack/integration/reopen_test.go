package integration_test

import (
	"database/sql"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// over writes a case that ended long ago with its certificates and no title, as the record keeps it. Its workflow is gone
// from Temporal, as they are when the time of keeping is over.
func (s *system) over(t *testing.T, applicant policy.Applicant, outcome progress.Outcome) trainee {
	t.Helper()
	who := trainee{token: s.operator, caseID: uuid.NewString()}
	person := store.Person{
		ID: uuid.NewString(), IDType: store.IDTypeResident, IDNumberSealed: []byte("-"), NameSealed: []byte("-"),
	}
	now := time.Now().UTC()
	today := calendar.NewDate(2026, time.March, 2)
	require.NoError(t, s.store.Tx(t.Context(), func(tx *store.Tx) error {
		account, err := tx.AccountByToken(s.operator)
		require.NoError(t, err)
		_, err = tx.InsertPerson(person)
		require.NoError(t, err)
		c := store.Case{
			ID: who.caseID, PersonID: person.ID, Occupation: "big-data", Level: "junior",
			PolicyVersion: "beijing-2023+demo", TrainingBody: "ouc", EvaluationBody: "miit-education-exam",
			Applicant: applicant, RegisteredBy: account.ID, RegisteredAt: now, RegisteredOn: today,
		}
		_, err = tx.InsertCase(c, store.ActorOperator)
		require.NoError(t, err)
		f, err := tx.OpenCase(c.ID)
		require.NoError(t, err)
		for _, stage := range progress.Stages() {
			state := progress.Done
			if stage == progress.Title {
				state = progress.Failed
			}
			require.NoError(t, f.Move(stage, state, nil, nil))
		}
		f.End(outcome)
		require.NoError(t, f.Save())
		return tx.InsertCertificate(store.Certificate{
			ID: uuid.NewString(), CaseID: &c.ID, Kind: contract.TrainingCertificate, Issuer: "ouc", Number: who.caseID,
			Origin: store.CertificateIssued, Status: store.CertificateValid, Facts: certificate.Facts{},
			HolderSealed: []byte("-"), Digest: []byte("-"), VerifyToken: who.caseID, PolicyVersion: c.PolicyVersion,
			IssuedOn: today, RecordedAt: now,
		}, store.ActorSystem)
	}))
	return who
}

func TestACaseThatHadEndedIsOpenedAgain(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{silent: true})

	t.Run("by a new degree, which brings the title it ended without", func(t *testing.T) {
		who := s.over(t, policy.Applicant{Category: policy.InPost}, progress.Certified)
		status, answer := s.call(t, http.MethodPost, "/v1/cases/"+who.caseID+"/facts", s.operator, document{
			"reason": "取得学士学位",
			"applicant": document{
				"category": "in_post",
				"education": []document{
					{"degree": "bachelor", "related_major": true, "full_time": true, "graduated_on": "2012-07-01"},
				},
			},
		})
		require.Equal(t, http.StatusOK, status, answer)
		c := s.await(t, who, "mapped", func(c document) bool { return c["outcome"] == "mapped" })
		require.Equal(t, "ended", c["status"])
		s.keep(t, "histories/reconsidered", s.history(t, who))
	})
	t.Run("by hours voided under its certificate, until an operator decides", func(t *testing.T) {
		who := s.over(t, policy.Applicant{Category: policy.InPost}, progress.Certified)
		for range 2 { // as voiding two sessions would, one after the other
			require.NoError(t, s.store.Tx(t.Context(), func(tx *store.Tx) error {
				_, err := tx.InsertInbox(who.caseID, store.InboxHours, uuid.NewString())
				return err
			}))
			c := s.await(t, who, "stuck", func(c document) bool { return c["status"] == "stuck" })
			incident := c["incident"].(map[string]any)
			require.Equal(t, "certificate_undermined", incident["cause"])
			s.byTwo(t, "/v1/incidents/"+incident["id"].(string)+"/resolution",
				document{"verb": "override", "evidence": "补课记录", "reason": "学时已由纸质签到证明", "legal_basis": "三（一）"})
			c = s.await(t, who, "over again", func(c document) bool { return c["status"] == "ended" })
			require.Equal(t, "certified", c["outcome"])
		}
		s.keep(t, "histories/undermined", s.history(t, who))

		// Word of both comes once more, because the first time it could not be noted that it had come.
		run := s.run(t, who)
		db, err := sql.Open("pgx", s.cluster.URL("dengpan"))
		require.NoError(t, err)
		defer db.Close()
		_, err = db.ExecContext(t.Context(), `UPDATE inbox SET forwarded_at = NULL, next_attempt_at = now() WHERE case_id = $1`, who.caseID)
		require.NoError(t, err)
		eventually(t, time.Minute, func() bool {
			var left int
			err := db.QueryRowContext(t.Context(),
				`SELECT count(*) FROM inbox WHERE case_id = $1 AND forwarded_at IS NULL`, who.caseID).Scan(&left)
			return err == nil && left == 0
		}, func() string { return "it is not forwarded again" })
		require.Equal(t, run, s.run(t, who), "no other run begins: it would wait for an incident that is closed")
	})
}

// run is the newest run of a case's workflow.
func (s *system) run(t *testing.T, who trainee) string {
	t.Helper()
	described, err := s.engine.DescribeWorkflowExecution(t.Context(), contract.CaseWorkflowID(who.caseID), "")
	require.NoError(t, err)
	return described.GetWorkflowExecutionInfo().GetExecution().GetRunId()
}
