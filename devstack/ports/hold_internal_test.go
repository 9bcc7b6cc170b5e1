package ports

import (
	"net"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPortIsSpokenForAmongAllProcessesAsLongAsTheOneThatFoundItLives(t *testing.T) {
	t.Parallel()
	const port = last + 1 // none that other tests could be given
	if os.Getenv("DENGPAN_HOLD_A_PORT") != "" {
		require.True(t, hold(port))
		require.False(t, hold(port), "not twice by one process either")
		os.Stdout.WriteString("held\n")
		_, err := os.Stdin.Read(make([]byte, 1)) // lives until its parent lets go
		require.Error(t, err)
		return
	}
	other := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	other.Env = append(os.Environ(), "DENGPAN_HOLD_A_PORT=yes")
	out, err := other.StdoutPipe()
	require.NoError(t, err)
	in, err := other.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, other.Start())
	word := make([]byte, len("held"))
	_, err = out.Read(word)
	require.NoError(t, err)
	require.Equal(t, "held", string(word))

	require.False(t, hold(port), "another process found it, though nobody listens on it yet")

	require.NoError(t, in.Close())
	require.NoError(t, other.Wait())
	require.True(t, hold(port), "it is free again with the process that held it")
	t.Cleanup(func() {
		reservation, _ := held.LoadAndDelete(port)
		require.NoError(t, reservation.(net.Listener).Close())
	})
}
