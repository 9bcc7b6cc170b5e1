package listing

import (
	"strconv"
	"strings"

	"github.com/dengpan/dengpan/policy"
)

// Table is a list as a table that reads as the same list: what the next one begins from.
func (s Snapshot) Table(rules *policy.Policy) [][]string {
	lines := [][]string{
		{"文号", s.Document},
		{"年度", strconv.Itoa(s.ListYear)},
		{"公布日期", s.PublishedOn.String()},
		{"生效日期", s.ValidFrom.String()},
		{"失效日期", s.ValidTo.String()},
		{"单位名称", "角色", "职业", "等级", "序号", "基地级别", "备注"},
	}
	printed := map[string]string{policy.RoleTraining: "培训机构", policy.RoleEvaluation: "评价机构"}
	for _, b := range s.Bodies {
		occupation, _ := rules.Occupation(b.Occupation)
		level, _ := rules.Level(b.Level)
		lines = append(lines, []string{b.Name, printed[b.Role], occupation.Name, level.Name, "", "", ""})
	}
	for _, b := range s.Bases {
		var number string
		if b.Number != nil {
			number = strconv.Itoa(*b.Number)
		}
		var levels []string
		if b.National {
			levels = append(levels, national)
		}
		if b.Municipal {
			levels = append(levels, municipal)
		}
		lines = append(lines, []string{b.Name, "继续教育基地", "", "", number, strings.Join(levels, " "), b.Note})
	}
	return lines
}
