//go:build !pkcs11

package token_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/signing/token"
)

func TestAProgramWithoutPKCS11SaysSo(t *testing.T) {
	t.Parallel()
	_, err := token.Open(token.Config{Module: "/usr/lib/softhsm/libsofthsm2.so", Label: "dengpan", PIN: "654321"})
	require.ErrorIs(t, err, token.ErrNotBuilt)
}
