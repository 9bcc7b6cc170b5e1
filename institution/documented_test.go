package institution

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryBehaviourIsExplainedToThoseWhoIntegrate(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/integrating.md")
	require.NoError(t, err)
	for behaviour := range behaviours {
		require.Contains(t, string(guide), "`"+string(behaviour)+"`")
	}
}
