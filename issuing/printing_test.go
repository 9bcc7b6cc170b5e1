package issuing_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/issuing"
)

func TestOnlyAddressesThatSomebodyVouchedForArePrinted(t *testing.T) {
	t.Parallel()
	printed, err := issuing.Addresses([]string{" https://rsj.beijing.gov.cn/check ", "", "http://www.osta.org.cn/"}, []string{"www.osta.org.cn"})
	require.NoError(t, err)
	require.Equal(t, []string{"https://rsj.beijing.gov.cn/check", "http://www.osta.org.cn/"}, printed)
	for _, address := range []string{
		"https://example.com", "https://gov.cn.example.com", "https://evilgov.cn", "rsj.beijing.gov.cn", "ftp://rsj.beijing.gov.cn",
		"https://somebody@rsj.beijing.gov.cn", "https://rsj.beijing.gov.cn/?id=1", "https://rsj.beijing.gov.cn/#x", "https://",
		"https://rsj.beijing.gov.cn/" + strings.Repeat("a", 100),
	} {
		_, err := issuing.Addresses([]string{address}, []string{"www.osta.org.cn"})
		require.Error(t, err, address)
		require.NotContains(t, err.Error(), "somebody")
	}
}
