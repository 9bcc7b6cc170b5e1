package authority

import "slices"

// districts are Beijing's sixteen and the Economic-Technological Development Area, whose own authority stands beside the
// districts' (the notice is addressed to 各区人力资源和社会保障局、北京经济技术开发区社会事业局).
var districts = []string{
	"dongcheng", "xicheng", "chaoyang", "fengtai", "shijingshan", "haidian", "mentougou", "fangshan", "tongzhou", "shunyi",
	"changping", "daxing", "huairou", "pinggu", "miyun", "yanqing", "economic-development-area",
}

// Districts are the codes of all districts, as the city lists them.
func Districts() []string { return slices.Clone(districts) }

// IsDistrict reports whether a code is a district's.
func IsDistrict(code string) bool { return slices.Contains(districts, code) }
