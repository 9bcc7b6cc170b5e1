package activities_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/issuing/issuingtest"
	"github.com/dengpan/dengpan/store"
)

func TestAThousandCommandsForOneCaseIssueOneNumberAndOneDocument(t *testing.T) {
	t.Parallel()
	b := examined(t)
	raw := b.raw(t)
	atOnce := func(do func(n int) error) {
		t.Helper()
		var wg sync.WaitGroup
		var mu sync.Mutex
		var failed error
		slots := make(chan struct{}, 50) // of connections, as a pool has them
		for n := range 1000 {
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				if err := do(n); err != nil {
					mu.Lock()
					defer mu.Unlock()
					failed = err
				}
			})
		}
		wg.Wait()
		require.NoError(t, failed)
	}
	// Half of them are one command sent again and again; the others are commands of their own, as from a workflow gone wrong.
	ids := make([]string, 1000)
	atOnce(func(n int) error {
		reply, err := b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{
			CaseID: b.caseID, Kind: contract.TrainingCertificate, Try: 1 + n%2*n,
		})
		ids[n] = reply.CertificateID
		return err
	})
	id, last := ids[0], 0
	require.Len(t, slices.Compact(ids), 1)
	require.Equal(t, 1, b.count(t, "certificates"))
	require.NoError(t, raw.QueryRowContext(t.Context(), "SELECT last FROM certificate_numbers").Scan(&last))
	require.Equal(t, 1, last, "no number was taken for nothing")

	require.Nil(t, b.printed(t, id, 1).Incident)
	issuingtest.Sign(t, b.Store, b.Keys, id)
	before, err := b.Store.Read(t.Context()).Document(id)
	require.NoError(t, err)
	atOnce(func(n int) error {
		if n%2 == 0 {
			_, err := b.PrintCertificate(t.Context(), contract.PrintCertificateRequest{CertificateStep: b.of(id, n)})
			return err
		}
		_, err := b.PublishCertificate(t.Context(), contract.PublishCertificateRequest{CertificateStep: b.of(id, n)})
		return err
	})
	after, err := b.Store.Read(t.Context()).Document(id)
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Equal(t, 1, b.count(t, "certificate_documents"))
	require.Equal(t, 1, b.count(t, "outbox WHERE kind = 'certificate.issued'"))
	require.Equal(t, 1, b.count(t, "case_events WHERE kind = 'certificate_issued'"))
	require.Equal(t, 2, b.count(t, "certificate_changes"), "prepared, then valid")
}

// steps are what a certificate goes through, each with what it must have come to.
func (b bundle) steps(t testing.TB, id *string) []func(context.Context) error {
	t.Helper()
	return []func(context.Context) error{
		func(ctx context.Context) error {
			reply, err := b.IssueCertificate(ctx, contract.IssueCertificateRequest{
				CaseID: b.caseID, Kind: contract.GradeCertificate, Try: 1,
			})
			if *id = reply.CertificateID; err == nil && reply.Incident != nil {
				err = errors.New(string(reply.Incident.Cause))
			}
			return err
		},
		func(ctx context.Context) error {
			_, err := b.PrintCertificate(ctx, contract.PrintCertificateRequest{CertificateStep: b.of(*id, 1)})
			return err
		},
		func(context.Context) error {
			issuingtest.Sign(t, b.Store, b.Keys, *id)
			return nil
		},
		func(ctx context.Context) error {
			_, err := b.PublishCertificate(ctx, contract.PublishCertificateRequest{CertificateStep: b.of(*id, 1)})
			return err
		},
	}
}

func TestWhicheverInsertFailsThereIsNeverACertificateWithoutItsRecordAndTheStepGoesThroughTheNextTime(t *testing.T) {
	t.Parallel()
	b := examined(t)
	b.certificate(t, contract.TrainingCertificate)
	b.passEvaluation(t)
	b.pose(t)
	raw := b.raw(t)
	_, err := raw.ExecContext(t.Context(), `
		CREATE FUNCTION fail_insert() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			RAISE EXCEPTION 'a planted fault' USING ERRCODE = 'data_corrupted';
		END $$`)
	require.NoError(t, err)
	inserts := [][]string{
		{"certificate_numbers", "certificates", "certificate_changes", "certificate_art", "audit_entries", "case_events", "case_steps"},
		{"certificate_documents", "case_steps"},
		{},
		{"certificate_changes", "audit_entries", "outbox", "case_events", "case_steps"},
	}
	var id string
	for n, step := range b.steps(t, &id) {
		for _, table := range inserts[n] {
			before := b.record(t)
			_, err := raw.ExecContext(t.Context(), "CREATE TRIGGER planted BEFORE INSERT ON "+table+" FOR EACH ROW EXECUTE FUNCTION fail_insert()")
			require.NoError(t, err)
			require.ErrorContains(t, step(t.Context()), "a planted fault", "step %d, %s", n, table)
			require.Equal(t, before, b.record(t), "step %d left something behind without its %s", n, table)
			_, err = raw.ExecContext(t.Context(), "DROP TRIGGER planted ON "+table)
			require.NoError(t, err)
		}
		require.NoError(t, step(t.Context()), "step %d", n)
	}
	c := b.read(t, id)
	require.Equal(t, store.CertificateValid, c.Status)
	require.True(t, strings.HasSuffix(c.Number, "000001"), "the number that was taken first: %s", c.Number)
	document, err := b.Store.Read(t.Context()).Document(id)
	require.NoError(t, err)
	require.Equal(t, store.DocumentSigned, document.State)
	require.Equal(t, 2, b.count(t, "outbox WHERE kind = 'certificate.issued'"))
}

// record is how much there is of certificates, and what follows them.
func (b bundle) record(t testing.TB) string {
	t.Helper()
	var all []string
	for _, of := range []string{
		"certificates", "certificates WHERE status = 'valid'", "certificate_changes", "certificate_art", "certificate_documents",
		"audit_entries", "outbox", "case_events", "case_steps", "certificate_numbers", "case_stages WHERE state = 'done'",
	} {
		all = append(all, fmt.Sprintf("%s: %d", of, b.count(t, of)))
	}
	return strings.Join(all, "\n")
}
