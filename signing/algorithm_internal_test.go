package signing

import (
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

func TestSM3AndSM2AreThoseOfTheirStandards(t *testing.T) {
	t.Parallel()
	// GB/T 32905-2016, appendix A.
	for message, sum := range map[string]string{
		"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		"abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd": "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
	} {
		require.Equal(t, sum, hex.EncodeToString(sm2SM3.sum([]byte(message))))
	}
	// GB/T 32918.5-2017, appendix A.2: the signer "1234567812345678" signs "message digest".
	point, err := hex.DecodeString("0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020" +
		"CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13")
	require.NoError(t, err)
	public, err := sm2.NewPublicKey(point)
	require.NoError(t, err)
	signature := signatureOf(t, "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3",
		"B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA")
	require.True(t, sm2SM3.verify(public, []byte("message digest"), signature))
	require.False(t, sm2SM3.verify(public, []byte("message digesT"), signature))

	private, err := sm2.NewPrivateKeyFromInt(number("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"))
	require.NoError(t, err)
	require.True(t, private.PublicKey.Equal(public))
	again, err := sm2SM3.sign(private, []byte("message digest"))
	require.NoError(t, err)
	require.True(t, sm2SM3.verify(public, []byte("message digest"), again))
	a, err := algorithmOf(private.Public())
	require.NoError(t, err)
	require.Same(t, sm2SM3, a)
}

// What another library finds in order is not ours alone.
func TestOpenSSLVerifiesAnSM2Signature(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	private, err := sm2.NewPrivateKeyFromInt(number("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"))
	require.NoError(t, err)
	signature, err := sm2SM3.sign(private, []byte("message"))
	require.NoError(t, err)
	public, err := smx509.MarshalPKIXPublicKey(private.Public())
	require.NoError(t, err)
	for name, content := range map[string][]byte{
		"public": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), "signature": signature, "message": []byte("message"),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), content, 0o600))
	}
	command := exec.CommandContext(t.Context(), "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public", "-in", "message",
		"-sigfile", "signature", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678")
	command.Dir = folder
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "Signature Verified Successfully")
}

func number(digits string) *big.Int {
	n, _ := new(big.Int).SetString(digits, 16)
	return n
}

func signatureOf(t *testing.T, r, s string) []byte {
	t.Helper()
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(number(r))
		b.AddASN1BigInt(number(s))
	})
	content, err := b.Bytes()
	require.NoError(t, err)
	return content
}
