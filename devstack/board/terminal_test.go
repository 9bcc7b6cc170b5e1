package board

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhereThereIsNoTerminalAddressesAndLogInsAreSaidOnce(t *testing.T) {
	t.Parallel()
	read, write, err := os.Pipe()
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	terminal, asked := NewTerminal(write, true), 0
	terminal.every = time.Millisecond
	require.NoError(t, terminal.Show(ctx, func() Snapshot {
		if asked++; asked == 2 {
			stop()
		}
		return demonstration()
	}))
	require.NoError(t, write.Close())
	said, err := io.ReadAll(read)
	require.NoError(t, err)
	before, _, found := strings.Cut(string(said), "赵示甲") // then comes the last state, with everything in it
	require.True(t, found)
	require.Equal(t, 1, strings.Count(before, "http://127.0.0.1:8080"))
}
