package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

func TestACaseSaysWhereItAndEachOfItsStagesStandsInSentences(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	due := time.Now().Add(240 * time.Hour).UTC()
	o.moved(o.caseID, func(f *store.CaseFile) error {
		return f.Move(progress.Registration, progress.Waiting, &progress.Party{Kind: progress.ByInstitution, ID: trainingBodyID}, &due)
	})
	c := o.standing()
	require.Contains(t, c.Standing, "国家开放大学")
	require.Empty(t, c.Ways)
	for _, stage := range c.Stages {
		require.NotEmpty(t, stage.Text, stage.Stage)
	}
	require.Equal(t, c.Standing, c.Stages[0].Text)
	until := calendar.MustParseDate("2027-01-04")
	o.moved(o.caseID, func(f *store.CaseFile) error {
		now := f.Now()
		f.PausedAt, f.PausedUntil = &now, &until
		return nil
	})
	require.Contains(t, o.standing().Standing, "2027-01-04", "its trainee is told that it is paused, and until when")
}

func TestWhoIsNotPassedForGoodIsShownWhatStaysAndTheWaysOn(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	o.certify(o.caseID, contract.TrainingCertificate, trainingBodyID, "PX-0001", "张一", 1)
	require.NoError(t, o.store.Tx(t.Context(), func(tx *store.Tx) error {
		c, err := tx.Case(o.caseID)
		if err != nil {
			return err
		}
		return tx.InsertCE(&store.CEEntry{
			PersonID: c.PersonID, CaseID: &c.ID, Year: 2026, Subject: store.SubjectProfessional, Hours: ledger.Whole(80),
			RecordedAt: time.Now().UTC(),
		})
	}))
	o.end(o.caseID, progress.Trained)
	c := o.standing()
	require.Contains(t, c.Standing, "培训合格证书")
	var codes []string
	for _, way := range c.Ways {
		codes = append(codes, way.Code)
		require.NotContains(t, way.Text, "—")
	}
	require.Equal(t, []string{"certificate_kept", "ce_hours_kept", "again"}, codes)
	require.Contains(t, c.Ways[0].Text, "PX-0001")
}

func (o casework) standing() (c caseView) {
	o.t.Helper()
	r := o.get("/v1/cases/"+o.caseID, o.operator)
	require.Equal(o.t, http.StatusOK, r.status, "%s", r.body)
	r.into(o.t, &c)
	return c
}
