package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
)

func TestTheListsAreComplete(t *testing.T) {
	t.Parallel()
	lists := beijing(t).Lists()
	require.Equal(t, "京人社专技字〔2023〕91号", lists.Source)
	require.Equal(t, 2022, lists.ListYear)
	require.Len(t, lists.Bodies, 19)
	require.Len(t, lists.CEBases, 21)

	names, roles := map[string]string{}, map[string]int{}
	for _, b := range lists.Bodies {
		require.Regexp(t, `^[a-z][a-z0-9-]{1,47}$`, b.InstitutionID)
		if known, ok := names[b.InstitutionID]; ok {
			require.Equal(t, known, b.Name)
		}
		names[b.InstitutionID] = b.Name
		roles[b.Occupation+"/"+b.Role]++
	}
	require.Len(t, names, 13)
	require.Equal(t, map[string]int{
		"intelligent-manufacturing/evaluation": 1, "intelligent-manufacturing/training": 6,
		"big-data/evaluation": 1, "big-data/training": 5,
		"blockchain/evaluation": 1, "blockchain/training": 5,
	}, roles)
}

func TestNamesAreAsPublishedToTheLetter(t *testing.T) {
	t.Parallel()
	lists := beijing(t).Lists()
	require.Contains(t, lists.Bodies, policy.ListedBody{
		InstitutionID: "cug-beijing", Name: "中国地质大学(北京)", Occupation: "intelligent-manufacturing", Role: policy.RoleTraining,
	}, "with the half-width brackets it is printed with")
	require.Contains(t, lists.Bodies, policy.ListedBody{
		InstitutionID: "zpark-talent", Name: "北京市海淀区中关村软件园人才基地培训中心", Occupation: "blockchain", Role: policy.RoleTraining,
	})
	require.Equal(t, "北京市科技教育中心（北京市科学技术协会党校）", lists.CEBases[5].Name, "with the full-width ones")
}

func TestARoleBelongsToInstitutionAndOccupation(t *testing.T) {
	t.Parallel()
	roles := map[string]string{}
	for _, b := range beijing(t).Lists().Bodies {
		if b.InstitutionID == "cmes" {
			roles[b.Occupation] = b.Role
		}
	}
	require.Equal(t, map[string]string{
		"intelligent-manufacturing": policy.RoleEvaluation, "big-data": policy.RoleTraining,
	}, roles)
}

func TestABaseHasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	lists := beijing(t).Lists()
	annex1 := map[string]string{}
	for _, b := range lists.Bodies {
		annex1[b.InstitutionID] = b.Name
	}
	names := map[string]string{}
	for _, base := range lists.CEBases {
		require.Regexp(t, `^[a-z][a-z0-9-]{1,47}$`, base.InstitutionID)
		require.NotContains(t, names, base.InstitutionID)
		names[base.InstitutionID] = base.Name
		if name, both := annex1[base.InstitutionID]; both {
			require.Equal(t, name, base.Name)
		}
	}
	require.Equal(t, "北京工业大学", names["bjut"])
	require.Equal(t, "中关村软件园人才基地培训中心", names["zpark-training"], "not 北京市海淀区中关村软件园人才基地培训中心 of annex 1")
}

func TestABaseOfAnnex1sNameHasItsID(t *testing.T) {
	t.Parallel()
	files := edited(t, "data/beijing-2023/institutions-2022.yaml", "id: ruc, name: 中国人民大学", "id: ouc, name: 国家开放大学")
	p, err := policy.Read(files, "beijing-2023")
	require.NoError(t, err)
	require.Equal(t, "ouc", p.Lists().CEBases[3].InstitutionID)
}

func TestTheUnnumberedBaseStaysUnnumbered(t *testing.T) {
	t.Parallel()
	national, numbered := 0, 0
	for i, base := range beijing(t).Lists().CEBases {
		if base.No == nil {
			require.Equal(t, 9, i)
			require.Equal(t, "北京市科学技术研究院城市安全与环境科学研究所", base.Name)
			require.Empty(t, base.Levels)
			require.NotEmpty(t, base.Note)
			require.False(t, base.MayIssue, "until somebody confirms that it is a base")
			continue
		}
		require.True(t, base.MayIssue, base.Name)
		numbered++
		require.Equal(t, numbered, *base.No)
		require.NotEmpty(t, base.Levels)
		if base.Levels[0] == "国家级" {
			national++
		}
	}
	require.Equal(t, []int{20, 4}, []int{numbered, national})
}

func TestTheOccupationsAreTheTenTheNoticeNames(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, b := range beijing(t).Lists().Bodies {
		listed[b.Occupation] = true
	}
	titles := map[string]string{}
	for _, o := range beijing(t).Occupations() {
		titles[o.Name] = o.Title
		require.Equal(t, listed[o.Code], o.Listed2022, o.Code)
		found, ok := beijing(t).Occupation(o.Code)
		require.True(t, ok)
		require.Equal(t, o, found)
		for _, d := range o.Directions {
			direction, ok := o.Direction(d.Code)
			require.True(t, ok)
			require.Equal(t, d, direction)
		}
	}
	require.Equal(t, map[string]string{
		"智能制造": "智能制造工程技术人员", "大数据": "大数据工程技术人员", "区块链": "区块链工程技术人员", "人工智能": "人工智能工程技术人员",
		"物联网": "物联网工程技术人员", "云计算": "云计算工程技术人员", "数字化管理": "数字化管理师", "工业互联网": "工业互联网工程技术人员",
		"虚拟现实": "虚拟现实工程技术人员", "集成电路": "集成电路工程技术人员",
	}, titles)
	_, ok := beijing(t).Occupation("astrology")
	require.False(t, ok)
	manufacturing, _ := beijing(t).Occupation("intelligent-manufacturing")
	require.Len(t, manufacturing.Directions, 4)
	_, ok = manufacturing.Direction("data-analysis")
	require.False(t, ok)

	level, ok := beijing(t).Level(policy.Intermediate)
	require.True(t, ok)
	require.Equal(t, "中级", level.Name)
	_, ok = beijing(t).Level("master")
	require.False(t, ok)
}
