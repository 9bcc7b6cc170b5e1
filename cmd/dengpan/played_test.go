package main

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhoIsPlayedDoesNotBeginWithoutTheSecretThatTheProductSignsWith(t *testing.T) {
	t.Parallel()
	for role, flag := range map[string]string{"gateway": "--sms-secret-file", "bureau": "--identity-check-secret-file"} {
		begin := func(file string) error {
			cmd := root()
			cmd.SetArgs([]string{role, flag, file})
			cmd.SetOut(io.Discard)
			return cmd.ExecuteContext(t.Context())
		}
		require.ErrorContains(t, begin(""), "SECRET_FILE", role)
		require.ErrorContains(t, begin(secretFile(t, "hunter2", 0o600)), "not whsec_", role)
		require.ErrorContains(t, begin(secretFile(t, "\n", 0o600)), "no secret", role)
	}
}
