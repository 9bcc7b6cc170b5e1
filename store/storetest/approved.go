package storetest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// Approved is what somebody asked for, and a second operator approved.
func Approved(t testing.TB, tx *store.Tx, verb contract.Verb, by string) *string {
	t.Helper()
	second, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "second")
	require.NoError(t, err)
	now := time.Now().UTC()
	a := store.Approval{ID: uuid.NewString(), Verb: verb, Reason: "because", LegalBasis: "a text", RequestedBy: by, RequestedAt: now}
	require.NoError(t, tx.InsertApproval(a))
	a.State, a.DecidedBy, a.DecidedAt, a.DecisionReason = store.ApprovalApproved, &second.ID, &now, "so be it"
	_, err = tx.DecideApproval(a)
	require.NoError(t, err)
	return &a.ID
}
