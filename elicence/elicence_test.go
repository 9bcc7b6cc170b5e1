package elicence_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/elicence"
)

// published are identifiers of licences that were issued, as public sources show them.
var published = map[string]elicence.Identifier{
	"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U": {
		Type: "11100000000013338W011", Issuer: "11430000006122244L", Serial: "20230000403", Version: 1,
	},
	"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S": {
		Type: "11100000000013338W011", Issuer: "11430000006122244L", Serial: "20230000403", Version: 2,
	},
	"1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0": {
		Type: "11100000000013338W009", Issuer: "11330105002500287C", Serial: "2025052201", Version: 2,
	},
	"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9": {
		Type: "11100000MB03271699022", Issuer: "340100", Serial: "000000016", Version: 1,
	},
}

func TestIdentifiersAreFormedAsThoseThatArePublished(t *testing.T) {
	t.Parallel()
	for text, id := range published {
		require.Equal(t, text, id.String())
		read, err := elicence.Parse(text)
		require.NoError(t, err)
		require.Equal(t, id, read)
	}
	require.Equal(t, "20230000403", elicence.Serial(2023, 403))
}

func TestAnIdentifierWithOneCharacterWrongIsNone(t *testing.T) {
	t.Parallel()
	for text := range published {
		for at := strings.LastIndex(text, "3005.2.") + len("3005.2."); at < len(text); at++ {
			for _, other := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
				wrong := text[:at] + string(other) + text[at+1:]
				if wrong == text || text[at] == '.' {
					continue
				}
				_, err := elicence.Parse(wrong)
				require.ErrorIs(t, err, elicence.ErrIdentifier, wrong)
			}
		}
	}
}

func TestWithoutATypeThereIsNoIdentifier(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]elicence.Identifier{
		"no type":            {Issuer: "340100", Serial: "1", Version: 1},
		"no issuer":          {Type: "11100000MB03271699022", Serial: "1", Version: 1},
		"a serial of others": {Type: "11100000MB03271699022", Issuer: "340100", Serial: "PX-1", Version: 1},
		"version 0":          {Type: "11100000MB03271699022", Issuer: "340100", Serial: "1"},
		"version 1000":       {Type: "11100000MB03271699022", Issuer: "340100", Serial: "1", Version: 1000},
	} {
		require.Empty(t, id.String(), name)
	}
}
