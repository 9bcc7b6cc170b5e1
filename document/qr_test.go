package document

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Some codes look, to a reader that searches a photograph for them, as if they were none: with tokens of chance a wrong way
// to read them passes most of the time, and here it does not.
func TestEveryCodeIsReadBackWhateverItsTokenIs(t *testing.T) {
	t.Parallel()
	for n := range 400 {
		sum := sha256.Sum256([]byte(strconv.Itoa(n)))
		address := "https://certificates.example.cn/verify/" + base64.RawURLEncoding.EncodeToString(sum[:18])
		picture, err := squares(address)
		require.NoError(t, err)
		require.Equal(t, address, leadsTo(picture))
	}
}
