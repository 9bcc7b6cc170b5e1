package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// propose writes a version of what ouc sets for its training certificates.
func (r *record) propose(scheme string) store.IssuerProfile {
	r.t.Helper()
	p := store.IssuerProfile{
		ID: uuid.NewString(), InstitutionID: "ouc", Kind: contract.TrainingCertificate, NumberScheme: scheme,
		ProposedBy: r.account, Reason: "x", ProposedAt: time.Now().UTC(),
	}
	r.write(func(tx *store.Tx) error { return tx.ProposeProfile(&p) })
	return p
}

func (r *record) decide(id, by string, approved bool) error {
	return r.store.Tx(r.t.Context(), func(tx *store.Tx) error {
		return tx.DecideProfile(store.ProfileDecision{ProfileID: id, Approved: approved, DecidedBy: by, Reason: "x", DecidedAt: time.Now().UTC()})
	})
}

func TestTheNewestApprovedVersionOfWhatAnIssuerSetsHolds(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	var other string
	r.write(func(tx *store.Tx) error {
		account, err := tx.CreateAccount(store.Account{Role: store.RoleOperator})
		other = account.ID
		return err
	})
	holds := func() int {
		profile, err := r.store.Read(t.Context()).IssuerProfile("ouc", contract.TrainingCertificate)
		require.NoError(t, err)
		return profile.Version
	}
	first := r.propose("A{seq:6}")
	require.Equal(t, 0, holds(), "nothing holds that nobody approved")
	require.Equal(t, store.ProfileTwoPersons, store.Constraint(r.decide(first.ID, r.account, true)), "nobody approves their own")
	require.NoError(t, r.decide(first.ID, other, true))
	require.Equal(t, 1, holds())
	require.Equal(t, store.ProfileDecided, store.Constraint(r.decide(first.ID, other, false)), "what is decided is decided")

	second, third := r.propose("B{seq:6}"), r.propose("C{seq:6}")
	require.Equal(t, store.ProfileOvertaken, store.Constraint(r.decide(second.ID, other, true)), "a newer one was proposed")
	require.NoError(t, r.decide(third.ID, other, false))
	require.Equal(t, 1, holds(), "what is refused changes nothing")

	profiles, err := r.store.Read(t.Context()).IssuerProfiles(store.ProfileFilter{Limit: 10})
	require.NoError(t, err)
	states := map[int]string{}
	for _, p := range profiles {
		states[p.Version] = p.State()
		require.Equal(t, p.Version == 1, p.InForce)
	}
	require.Equal(t, map[int]string{1: store.ProfileApproved, 2: store.ProfileStale, 3: store.ProfileRefused}, states)
	require.Error(t, r.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.DecideProfile(store.ProfileDecision{ProfileID: second.ID}) }))
	for _, change := range []string{
		"UPDATE issuer_profiles SET number_scheme = 'Z{seq:6}'", "DELETE FROM issuer_profiles", "DELETE FROM issuer_profile_decisions",
		"UPDATE issuer_profile_decisions SET approved = true",
	} {
		_, err := r.sql.ExecContext(t.Context(), change)
		require.ErrorContains(t, err, "append-only", change)
	}
}
