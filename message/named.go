package message

import "maps"

// The parameters that hold institutions, by their ids. A reader is shown their names.
var institutions = []string{"institution", "issuer"}

// Institutions lists the institutions that parameters hold.
func Institutions(params map[string]any) []string {
	var ids []string
	for _, name := range institutions {
		if id, ok := params[name].(string); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// Named are parameters with institutions by their names; one that has no name here stays as it is.
func Named(params map[string]any, names map[string]string) map[string]any {
	words := make(map[string]any, len(params))
	maps.Copy(words, params)
	for _, name := range institutions {
		if id, ok := params[name].(string); ok && names[id] != "" {
			words[name] = names[id]
		}
	}
	return words
}
