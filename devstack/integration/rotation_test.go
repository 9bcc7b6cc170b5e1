package integration_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/identity"
)

// Cases move through the running system, while its keys are changed twice by the commands that operators use. Nothing is
// restarted; everything ends as if nothing had been changed, and nothing rests on the keys of before.
func TestKeysAreChangedUnderTheRunningSystem(t *testing.T) {
	t.Parallel()
	const rotations, each = 2, 2
	s := newSystem(t, options{})
	file := identity.KeyFile{Path: s.product.KeysetFile}
	before, err := file.Keys()
	require.NoError(t, err)
	db := s.database(t)
	all := s.registerMany(t, 1, each)
	for n := range rotations {
		keyset(t, s, "rotate")
		all = append(all, s.registerMany(t, 1+(n+1)*each, each)...)
		// What was under way when the keys were promoted is sealed a moment later: the handbook's ten minutes are three seconds.
		eventually(t, time.Minute, func() bool {
			keyset(t, s, "reseal", "--batch", "3")
			_, err := db.ExecContext(t.Context(), "UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'") // a day goes by
			require.NoError(t, err)
			_, err = s.product.Command(t.Context(), "keyset", "retire", "--patience", "3s")
			return err == nil
		}, func() string { return "the keys of before are still needed" })
	}
	for _, who := range all {
		require.Equal(t, "mapped", s.ended(t, who)["outcome"])
	}
	s.requireRightEnd(t, all)
	after, err := file.Keys()
	require.NoError(t, err)
	require.Len(t, after.Sealing, 1)
	require.Len(t, after.Indexing, 1)
	require.NotEqual(t, before.Sealing[0].Number, after.Sealing[0].Number)
	for _, who := range all {
		require.Len(t, s.history(t, who).GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().GetInput().GetPayloads(), 1,
			"what Temporal keeps opens with data keys that were resealed")
	}
}

func keyset(t *testing.T, s *system, arguments ...string) {
	t.Helper()
	_, err := s.product.Command(t.Context(), append([]string{"keyset"}, arguments...)...)
	require.NoError(t, err)
}
