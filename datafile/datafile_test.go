package datafile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/datafile"
)

type rules struct {
	Days int `yaml:"days"`
}

func TestAFieldThatNobodyReadsIsAMistakeThatNamesItsFile(t *testing.T) {
	t.Parallel()
	require.Equal(t, rules{Days: 3}, datafile.MustRead[rules]("rules.yaml", []byte("days: 3")))
	for _, data := range []string{"days: 3\nhours: 1", "days: three", ""} {
		require.Error(t, datafile.Read([]byte(data), &rules{}), data)
	}
	require.PanicsWithValue(t, "rules.yaml: read the data: yaml: unmarshal errors:\n  line 1: field hours not found in type datafile_test.rules",
		func() { datafile.MustRead[rules]("rules.yaml", []byte("hours: 1")) })
}
