package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/signing/token"
)

func TestASigningKeyOfADemonstrationIsMadeOnceAndRefusedOutsideOfOne(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "keys")
	_, err := run(t, "signing-key", "create", "--signing-keys", folder, "--kind", "sm2")
	require.NoError(t, err)
	_, err = run(t, "signing-key", "create", "--signing-keys", folder)
	require.ErrorIs(t, err, os.ErrExist)

	of := signingConfig{Folder: folder}
	keys, err := of.keys(nil, true)
	require.NoError(t, err)
	require.Equal(t, []string{signing.Default}, keys.Names())
	_, err = of.keys(nil, false)
	require.ErrorContains(t, err, "demonstration")
}

func TestARequestForACertificateIsPrintedAndNothingElse(t *testing.T) {
	t.Parallel()
	out, err := run(t, "signing-key", "request", "--signing-keys", t.TempDir(), "--name", "cesi", "--subject", "电子标准院")
	require.NoError(t, err)
	require.Regexp(t, `^-----BEGIN CERTIFICATE REQUEST-----\n[^-]+-----END CERTIFICATE REQUEST-----\n$`, out)
}

func TestASignerThatCannotHaveItsKeysSaysWhichSettingIsToBlame(t *testing.T) {
	t.Parallel()
	for setting, config := range map[string]signingConfig{
		"DENGPAN_SIGNING_KEYS":               {},
		"DENGPAN_SIGNING_TOKEN_…":            {Folder: t.TempDir(), Module: "/nowhere.so"},
		"DENGPAN_SIGNING_TOKEN_PIN_FILE":     {Folder: t.TempDir(), Module: "/nowhere.so", PINFile: "/nowhere"},
		"signing keys (DENGPAN_SIGNING_KEYS": {Folder: t.TempDir()},
	} {
		device, err := config.token()
		if err == nil {
			_, err = config.keys(device, true)
		}
		require.ErrorContains(t, err, setting)
	}
	_, err := (&signingConfig{Folder: t.TempDir(), Module: "/nowhere.so"}).token()
	require.ErrorIs(t, err, token.ErrNotBuilt)
	_, err = run(t, "signing-key", "withdraw", "x")
	require.ErrorContains(t, err, "--reason")
}
