package consent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/consent"
)

func TestEveryTextSaysWhatIsConsentedToInBothLanguagesAndByWhichLaw(t *testing.T) {
	t.Parallel()
	kinds := map[string]bool{}
	for _, text := range consent.Texts() {
		require.False(t, kinds[text.Kind], "%s stands there twice", text.Kind)
		kinds[text.Kind] = true
		require.Contains(t, []consent.When{consent.SignUp, consent.Registration, consent.Optional}, text.When, text.Kind)
		for _, said := range []string{
			text.Version, text.By, text.Basis, text.Title.Chinese, text.Title.English, text.Text.Chinese, text.Text.English,
		} {
			require.NotEmpty(t, said, text.Kind)
		}
		require.NotEqual(t, text.Text.In("zh"), text.Text.In("en"), text.Kind)
		require.Equal(t, text.Text.Chinese, text.Text.In("fr"), "Chinese comes first")
	}
	require.True(t, kinds[consent.Terms])
}

// Article 29 of the law asks for a consent of its own for what is sensitive, article 23 for what is passed on.
func TestWhatIsSensitiveAndWhatIsPassedOnIsConsentedToSeparately(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{consent.Terms}, consent.Needed(consent.SignUp))
	require.Equal(t, []string{"processing", "sensitive", "sharing"}, consent.Needed(consent.Registration))
	require.Equal(t, []string{"publicity", "talent_list"}, consent.Needed(consent.Optional))
	_, known := consent.Of("cookies")
	require.False(t, known)
}
