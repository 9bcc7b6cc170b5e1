package password

import (
	"context"
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/require"
)

func TestNoMorePasswordsAreHashedAtOnceThanThereIsMemoryFor(t *testing.T) {
	t.Parallel()
	h, err := NewHasher()
	require.NoError(t, err)
	require.True(t, h.slots.TryAcquire(atOnce))
	require.False(t, h.slots.TryAcquire(1))
	hurried, leave := context.WithCancel(t.Context())
	leave()
	_, err = h.Hash(hurried, "谁怕？一蓑烟雨任平生")
	require.ErrorIs(t, err, ErrBusy)
	_, _, err = h.Matches(hurried, "谁怕？一蓑烟雨任平生", "")
	require.ErrorIs(t, err, ErrBusy)
}

func TestNobodysHashCostsWhatEverybodysDoes(t *testing.T) {
	t.Parallel()
	h, err := NewHasher()
	require.NoError(t, err)
	cost, _, _, err := argon2id.DecodeHash(h.nobody)
	require.NoError(t, err)
	require.Equal(t, params, *cost)
}
