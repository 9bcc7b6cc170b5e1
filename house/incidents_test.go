package house_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/message"
)

// Whoever reads of an incident is told why it is, who can clear it, what may be done, and what each act would do.
func TestEveryCauseSaysWhyAndWhoAndWhatEachActWouldDo(t *testing.T) {
	t.Parallel()
	kinds := []contract.Kind{contract.External, contract.Program, contract.Business, contract.Overdue}
	for _, cause := range contract.Causes() {
		for _, words := range []string{"title", "explanation"} {
			require.True(t, message.Has("cause."+string(cause)+"."+words), "%s has no %s", cause, words)
		}
		require.Contains(t, kinds, cause.Kind(), cause)
		require.Contains(t, contract.Movers(), cause.Mover(), cause)
		require.True(t, message.Has("mover."+string(cause.Mover())), cause)
		require.NotEmpty(t, slices.Concat(of(cause.Verbs()), of(cause.Repairs())), "nothing can be done about %s", cause)
		for _, verb := range cause.Verbs() {
			require.True(t, message.Has("verb."+string(verb)), verb)
			require.True(t, message.Has("suggestion."+string(verb)+".effect"), verb)
		}
		for _, repair := range cause.Repairs() {
			require.Contains(t, contract.Repairs(), repair, cause)
			require.True(t, message.Has("repair."+string(repair)), repair)
			require.True(t, message.Has("suggestion."+string(repair)), repair)
		}
	}
}

func of[T ~string](all []T) []string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return texts
}
