package retention_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/retention"
)

func kept(outcomes []retention.Outcome) map[string]bool {
	byItem := map[string]bool{}
	for _, o := range outcomes {
		byItem[o.Item] = o.Kept
	}
	return byItem
}

func TestOfSomebodyWithoutCertificateOrHoursNothingIsKeptThatNamesThem(t *testing.T) {
	t.Parallel()
	of := kept(retention.Decide(nil))
	for _, item := range []string{
		retention.Contacts, retention.Photo, retention.LogIn, retention.WorkingData, retention.Evidence, retention.Facts, retention.Identity,
		retention.Notifications,
	} {
		stays, listed := of[item]
		require.True(t, listed, item)
		require.False(t, stays, item)
		require.True(t, retention.Erased(retention.Decide(nil), item))
	}
	require.True(t, of["audit_log"])
}

func TestTheRegisterKeepsWhatProvesACertificate(t *testing.T) {
	t.Parallel()
	trained := kept(retention.Decide([]retention.Ground{retention.Certificate, retention.CEHours}))
	require.True(t, trained[retention.Identity])
	require.True(t, trained[retention.Facts])
	require.False(t, trained[retention.Photo], "no certificate of theirs prints a photo")
	require.False(t, trained[retention.Contacts])
	require.False(t, trained[retention.LogIn])
	graded := kept(retention.Decide([]retention.Ground{retention.Certificate, retention.GradeCertificate}))
	require.True(t, graded[retention.Photo])
}

func TestEveryRuleIsExplainedInBothLanguagesAndNamesItsText(t *testing.T) {
	t.Parallel()
	known := []retention.Ground{retention.Always, retention.Certificate, retention.GradeCertificate, retention.CEHours}
	for _, rule := range retention.Rules() {
		require.NotEmpty(t, rule.By, rule.Item)
		require.Contains(t, []string{"notice", "recalled"}, rule.Basis, rule.Item)
		keys := []string{"retention." + rule.Item + ".name"}
		if len(rule.Keep) > 0 {
			keys = append(keys, "retention."+rule.Item+".kept")
		}
		if len(rule.Keep) == 0 || rule.Keep[0] != retention.Always {
			keys = append(keys, "retention."+rule.Item+".erased")
		}
		for _, key := range keys {
			require.True(t, message.Has(key), key)
		}
		require.Subset(t, known, rule.Keep)
	}
}
