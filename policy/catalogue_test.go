package policy_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
)

func TestTheCatalogueSaysWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	written, err := json.Marshal(beijing(t).Catalogue())
	require.NoError(t, err)
	require.NotContains(t, string(written), "演示数据")
	var read struct {
		Policy        string `json:"policy"`
		Demonstration bool   `json:"demonstration"`
		Occupations   []struct {
			Code       string           `json:"code"`
			Directions []map[string]any `json:"directions"`
			Levels     []struct {
				Level   string   `json:"level"`
				Hours   *float64 `json:"hours"`
				Modules []string `json:"modules"`
			} `json:"levels"`
		} `json:"occupations"`
	}
	require.NoError(t, json.Unmarshal(written, &read))
	require.Equal(t, "beijing-2023", read.Policy)
	require.False(t, read.Demonstration)
	require.Len(t, read.Occupations, 10)
	for _, o := range read.Occupations {
		require.NotNil(t, o.Directions, "an empty list, not null")
		require.Len(t, o.Levels, 3)
		for _, l := range o.Levels {
			require.Nil(t, l.Hours)
			require.NotNil(t, l.Modules)
		}
	}
}

func TestTheDemonstrationsCatalogueIsLabelled(t *testing.T) {
	t.Parallel()
	c := demo(t).Catalogue()
	require.Equal(t, "beijing-2023+demo", c.Policy)
	require.True(t, c.Demonstration)
	require.Equal(t, "演示数据", c.DemonstrationLabel.ZH)
	for _, o := range c.Occupations {
		for _, l := range o.Levels {
			require.NotNil(t, l.Hours)
			require.Equal(t, policy.Demonstration, l.HoursCitation.Basis)
		}
	}
}

func TestEveryConditionIsShownInBothLanguagesWithItsSource(t *testing.T) {
	t.Parallel()
	c := beijing(t).Catalogue()
	shown := func(alternatives []policy.Alternative) {
		for _, a := range alternatives {
			require.NotEmpty(t, a.Code)
			require.NotEmpty(t, a.Text.In("zh"))
			require.NotEmpty(t, a.Text.In("en"))
			require.NotEqual(t, a.Text.ZH, a.Text.EN)
			require.NotEmpty(t, a.Citation.Document, a.Code)
			require.NotEmpty(t, a.Citation.Clause, a.Code)
			require.NotEmpty(t, a.Citation.Basis, a.Code)
		}
	}
	require.Len(t, c.WhoMayJoin, 4)
	shown(c.WhoMayJoin)
	titles := []string{}
	for _, l := range c.Levels {
		titles = append(titles, l.Title)
		shown(l.TitleConditions)
		require.Len(t, l.Effects, 2)
		require.NotEmpty(t, l.Information)
	}
	require.Equal(t, []string{"助理工程师", "工程师", "高级工程师"}, titles)
	require.Empty(t, c.Levels[2].TitleConditions, "Beijing's years for the senior title are not known")
	for _, o := range c.Occupations {
		require.Len(t, o.Evaluation.Parts, 2)
		for _, l := range o.Levels {
			require.GreaterOrEqual(t, len(l.EntryConditions), 5)
			shown(l.EntryConditions)
		}
	}
}
