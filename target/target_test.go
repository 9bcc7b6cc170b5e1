package target

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheYearIsMeasuredAgainstTheTenThousandOfTheNotice(t *testing.T) {
	t.Parallel()
	require.Equal(t, 10_000, Beijing().Annual)
	require.Equal(t, "京人社专技字〔2023〕91号", Beijing().Citation.Document)
	for _, wrong := range []string{"", "annual: 0\ncitation: {document: x, clause: y}", "annual: 1", "yearly: 1"} {
		_, err := read([]byte(wrong))
		require.Error(t, err, wrong)
	}
}
