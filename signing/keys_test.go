package signing_test

import (
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/emmansun/gmsm/smx509"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/signing"
)

func TestAnInstitutionWithAKeyOfItsOwnSignsWithIt(t *testing.T) {
	t.Parallel()
	all := keys(t, map[string]string{signing.Default: signing.KindECDSA, "cesi": signing.KindSM2})
	require.Equal(t, []string{"cesi", signing.Default}, all.Names())
	require.NotEqual(t, all.For("cesi").KeyID(), all.For("cie").KeyID())
	require.Equal(t, all.For(signing.Default).KeyID(), all.For("cie").KeyID())
	require.Equal(t, "SM2-SM3", all.For("cesi").Public().Algorithm)
	require.Equal(t, "cesi", signing.Owner("cesi"))
	require.Empty(t, signing.Owner(signing.Default))
}

func TestAFolderOfKeysThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	request := signing.Request{Folder: folder, Name: signing.Default, Kind: signing.KindECDSA, Subject: "登攀"}
	_, err := signing.Open(folder, nil)
	require.ErrorIs(t, err, signing.ErrNoDefault)

	require.NoError(t, signing.CreateDemonstration(request, at))
	require.ErrorIs(t, signing.CreateDemonstration(request, at), fs.ErrExist, "a key is never overwritten")
	keyFile, chainFile := filepath.Join(folder, "default.key.pem"), filepath.Join(folder, "default.chain.pem")
	require.NoError(t, os.Chmod(keyFile, 0o644))
	_, err = signing.Open(folder, nil)
	require.ErrorIs(t, err, signing.ErrKeyReadable)
	require.NoError(t, os.Chmod(keyFile, 0o600))

	chain, err := os.ReadFile(chainFile)
	require.NoError(t, err)
	_, root := pem.Decode(chain)
	require.NoError(t, os.WriteFile(chainFile, append(root, chain[:len(chain)-len(root)]...), 0o600))
	_, err = signing.Open(folder, nil)
	require.ErrorIs(t, err, signing.ErrKeyChain, "the key's own certificate comes first")
	require.NoError(t, os.WriteFile(chainFile, root, 0o600))
	_, err = signing.Open(folder, nil)
	require.ErrorIs(t, err, signing.ErrKeyPair)
	require.NoError(t, os.WriteFile(chainFile, chain, 0o600))
	_, err = signing.Open(folder, nil)
	require.NoError(t, err)

	require.NoError(t, os.WriteFile(keyFile, []byte("a secret in the wrong form"), 0o600))
	_, err = signing.Open(folder, nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "secret")
	require.NoError(t, os.Remove(keyFile))
	_, err = signing.Open(folder, nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestARequestForACertificateLeavesTheKeyWhereItWasMade(t *testing.T) {
	t.Parallel()
	for _, kind := range signing.Kinds() {
		folder := t.TempDir()
		content, err := signing.CreateRequest(signing.Request{Folder: folder, Name: "cesi", Kind: kind, Subject: "电子标准院"})
		require.NoError(t, err)
		block, rest := pem.Decode(content)
		require.Empty(t, rest)
		request, err := smx509.ParseCertificateRequest(block.Bytes)
		require.NoError(t, err)
		require.NoError(t, request.CheckSignature())
		require.Equal(t, "电子标准院", request.Subject.CommonName)
		info, err := os.Stat(filepath.Join(folder, "cesi.key.pem"))
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	}
	for _, name := range []string{"", "..", "../other", "a/b"} {
		_, err := signing.CreateRequest(signing.Request{Folder: t.TempDir(), Name: name, Kind: signing.KindECDSA})
		require.ErrorIs(t, err, signing.ErrName)
	}
}
