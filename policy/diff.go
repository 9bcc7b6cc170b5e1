package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Change is a difference between two versions at one place: something new, something gone, or another value.
type Change struct {
	// Rule is the file and the rule in it, title.mappings.junior.alternatives.bachelor-1-year; Field is what of the rule
	// changed, and empty when the whole of it is new or gone.
	Rule  string `json:"rule"`
	Field string `json:"field,omitempty"`
	// Old and New are the values as they are written; empty for what is not there.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
}

// Diff lists what changes from one version to another, rule by rule. Rows of a list are matched by their codes, so that
// moving a row is no change unless the order decides: of alternatives, the first that is met is cited.
func Diff(before, after *Policy) []Change {
	var d differ
	d.compare("", "", before.written, after.written)
	return d.changes
}

type differ struct{ changes []Change }

func (d *differ) note(rule, field string, before, after any) {
	d.changes = append(d.changes, Change{Rule: rule, Field: field, Old: asWritten(before), New: asWritten(after)})
}

// compare walks two values side by side. The rule is the nearest row of a list around them.
func (d *differ) compare(rule, field string, before, after any) {
	rows, isRows := keyed(before)
	rowsAfter, isRowsAfter := keyed(after)
	if isRows && isRowsAfter {
		d.rows(joinPath(rule, field), rows, rowsAfter)
		return
	}
	object, isObject := before.(map[string]any)
	objectAfter, isObjectAfter := after.(map[string]any)
	if isObject && isObjectAfter {
		for _, key := range names(object, objectAfter) {
			was, there := object[key]
			is, thereNow := objectAfter[key]
			if there && thereNow {
				d.compare(rule, joinPath(field, key), was, is)
			} else {
				d.note(rule, joinPath(field, key), was, is)
			}
		}
		return
	}
	if asWritten(before) != asWritten(after) {
		d.note(rule, field, before, after)
	}
}

func (d *differ) rows(list string, before, after []row) {
	place := func(rows []row, key string) int {
		return slices.IndexFunc(rows, func(r row) bool { return r.key == key })
	}
	var kept, keptAfter []string
	for _, r := range before {
		i := place(after, r.key)
		if i < 0 {
			d.note(list+"."+r.key, "", r.value, nil)
			continue
		}
		kept = append(kept, r.key)
		d.compare(list+"."+r.key, "", r.value, after[i].value)
	}
	for _, r := range after {
		if place(before, r.key) < 0 {
			d.note(list+"."+r.key, "", nil, r.value)
			continue
		}
		keptAfter = append(keptAfter, r.key)
	}
	if strings.HasSuffix(list, ".alternatives") && !slices.Equal(kept, keptAfter) {
		d.changes = append(d.changes, Change{
			Rule: list, Field: "order", Old: strings.Join(kept, ", "), New: strings.Join(keptAfter, ", "),
		})
	}
}

// row is a row of a list, by what tells it from the others.
type row struct {
	key   string
	value any
}

// keyed is a list whose rows can be told apart by their codes.
func keyed(value any) ([]row, bool) {
	list, ok := value.([]any)
	if !ok {
		return nil, false
	}
	rows := make([]row, len(list))
	seen := map[string]bool{}
	for i, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, false
		}
		key := rowKey(object)
		if key == "" || seen[key] {
			return nil, false
		}
		seen[key] = true
		rows[i] = row{key: key, value: item}
	}
	return rows, true
}

// rowKey is the code of a row. A training standard has two: its occupation and level.
func rowKey(object map[string]any) string {
	if occupation, ok := object["occupation"].(string); ok {
		if level, ok := object["level"].(string); ok {
			return occupation + "." + level
		}
		return occupation
	}
	for _, name := range []string{"code", "category", "level", "wait", "kind", "id", "name"} {
		if key, ok := object[name].(string); ok && key != "" {
			return key
		}
	}
	return ""
}

func names(a, b map[string]any) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

func joinPath(path, step string) string {
	switch {
	case path == "":
		return step
	case step == "":
		return path
	}
	return path + "." + step
}

// asWritten is a value in one line, with its letters as they are.
func asWritten(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSpace(text.String())
}
