package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestATextThatHasSomebodysNumberInItRevealsThem(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"11010519491231002X", "11010519491231002x", "register-440524188001010014", "本人证件号码440524188001010014，请核对",
		"a_440524188001010014_b", "13800138000", "请致电13800138000。", "1234567 13800138000",
	} {
		require.True(t, Reveals(text), text)
	}
	for _, text := range []string{
		"", "本人不再参加", "trace-0123456789", "440524188001010015", "23800138000", "138001380001", "x13800138000", "2026-03-09",
		"4f877c1e-8414-4c13-9070-a2801aa6242b", "BJ-SZ-2026-000017",
	} {
		require.False(t, Reveals(text), text)
	}
}

// Digests and ids are chosen by chance, and none may be taken for a person's number.
func TestNoIDThatProgramsMakeRevealsAnybody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sum := sha256.Sum256([]byte(rapid.String().Draw(t, "text")))
		id := hex.EncodeToString(sum[:16])
		require.False(t, Reveals(id))
		require.False(t, Reveals(id[:8]+"-"+id[8:12]+"-"+id[12:16]+"-"+id[16:20]+"-"+id[20:]))
	})
}
