package policy

import "strings"

// Affects reports whether a change may touch a case of an occupation at a level. What a version says of itself touches
// none; a rule that is of one occupation or one level touches those; every other rule touches all.
func (c Change) Affects(occupation, level string) bool {
	steps := strings.Split(joinPath(c.Rule, c.Field), ".")
	of := func(place int, code string) bool { return len(steps) <= place || steps[place] == code }
	switch steps[0] {
	case "policy", listsKind: // lists are dated, and no version's
		return false
	case "occupations":
		return len(steps) > 1 && (steps[1] == "levels" && of(2, level) || steps[1] == "occupations" && of(2, occupation))
	case "training":
		return len(steps) < 2 || steps[1] != "standards" || of(2, occupation) && of(3, level)
	case "title":
		return len(steps) < 2 || steps[1] != "mappings" || of(2, level)
	case "evaluation":
		return len(steps) < 3 || steps[1] != "entry" || steps[2] != "levels" || of(3, level)
	}
	return true
}
