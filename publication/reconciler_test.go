package publication_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

func TestADifferenceThatLastsForADayIsAnIncidentAndClosesOnceItIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	c, stranger := w.issue(contract.TrainingCertificate), uuid.NewString()
	w.turn(beijing)
	require.Empty(t, w.reconcile(beijing).Differences)
	for _, difference := range []struct {
		accident object
		cause    contract.Cause
	}{
		{object{"forget": c.ID}, contract.PublicationMissing},
		{object{"garble": c.ID}, contract.PublicationDiffers},
	} {
		w.tell(beijing, "accidents", difference.accident)
		first := w.reconcile(beijing)
		require.Len(t, first.Differences, 1)
		require.Equal(t, difference.cause, first.Differences[0].Cause)
		require.True(t, first.Differences[0].Young)
		require.Empty(t, w.findings(beijing), "what is younger than a day may be on its way")
		w.pass(day)
		require.Equal(t, 1, w.reconcile(beijing).Opened)
		w.pass(day)
		require.Zero(t, w.reconcile(beijing).Opened, "it is open already")
		found := w.finding(beijing)
		require.Equal(t, difference.cause, found.Cause)
		require.Equal(t, c.ID, *found.CertificateID)

		w.resolve(found, contract.Retry)
		w.turn(beijing)
		require.Equal(t, store.PublicationPublished, w.publication(c, beijing).State)
		require.Empty(t, w.reconcile(beijing).Differences)
		require.Empty(t, w.findings(beijing))
		w.pass(time.Second)
	}

	w.tell(beijing, "accidents", object{"invent": stranger})
	require.True(t, w.reconcile(beijing).Differences[0].Young)
	w.pass(day)
	w.reconcile(beijing)
	require.Equal(t, contract.PublicationUnknown, w.finding(beijing).Cause)
	w.tell(beijing, "accidents", object{"forget": stranger})
	require.Equal(t, 1, w.reconcile(beijing).Closed)
	require.Empty(t, w.findings(beijing))
}

func TestADifferenceThatWasAcceptedIsNotFoundAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	c := w.issue(contract.TrainingCertificate)
	w.turn(beijing)
	w.tell(beijing, "accidents", object{"forget": c.ID})
	w.tell(beijing, "accidents", object{"invent": uuid.NewString()})
	w.pass(2 * day)
	w.reconcile(beijing)
	require.Len(t, w.findings(beijing), 2)
	for _, found := range w.findings(beijing) {
		w.resolve(found, contract.Override)
	}
	w.pass(day)
	require.Len(t, w.reconcile(beijing).Differences, 2, "it still is one")
	require.Empty(t, w.findings(beijing))

	w.change(&c, store.CertificateRevoked)
	w.turn(beijing)
	w.tell(beijing, "accidents", object{"forget": c.ID})
	w.pass(2 * day)
	w.reconcile(beijing)
	require.Len(t, w.findings(beijing), 1, "what was accepted was how it stood then")
}

func TestAReceiptThatWasLostIsMadeUpForByTheComparison(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Hour)
	c := w.issue(contract.TrainingCertificate)
	w.tell(beijing, "behaviour", object{"lose_receipts": 1, "delay": "1h"})
	w.turn(beijing)
	w.pass(2 * time.Hour)
	w.turn(beijing)
	require.Equal(t, store.PublicationAcknowledged, w.publication(c, beijing).State)
	require.Empty(t, w.reconcile(beijing).Differences)
	require.Equal(t, store.PublicationPublished, w.publication(c, beijing).State)
}

func TestARegisterThatCannotBeListedSaysNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.issue(contract.TrainingCertificate)
	w.turn(beijing)
	w.pass(7 * day)
	w.tell(beijing, "behaviour", object{"down": true})
	_, err := w.reconciler().Reconcile(t.Context(), beijing, func() {})
	require.Error(t, err)
	require.Empty(t, w.findings(beijing))
}
