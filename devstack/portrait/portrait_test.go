package portrait_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/devstack/portrait"
	"github.com/dengpan/dengpan/photo"
)

func TestEveryPortraitIsTakenByTheProduct(t *testing.T) {
	t.Parallel()
	for n := range 10 {
		kept, faults := photo.Read(portrait.PNG(n))
		require.Empty(t, faults, n)
		require.NotEmpty(t, kept)
	}
	require.NotEqual(t, portrait.PNG(0), portrait.PNG(1))
}
