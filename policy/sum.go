package policy

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// pile is files of one kind while they are laid over each other.
type pile struct{ file }

// sum lays a version's files of one kind over each other, from the ground up, and reads what they say together.
func (r *reading) sum(layers []layer, kind string, into any) {
	whole := pile{file{origin: map[*yaml.Node]string{}}}
	for _, l := range slices.Backward(layers) {
		path, there := l.files[kind]
		if there {
			r.read(kind, path)
		}
		if len(r.faults) > 0 {
			continue // what is wrong with the others is to be told too
		}
		r.drop(l, kind, &whole)
		if there {
			whole.path = path
			whole.lay(kind, r.files[path])
		}
	}
	switch {
	case len(r.faults) > 0:
	case whole.root == nil:
		path := strings.TrimSuffix(layers[0].about, "policy.yaml") + kind + ".yaml"
		if kind == listsKind {
			path = strings.TrimSuffix(path, ".yaml") + "-YEAR.yaml"
		}
		r.faults = append(r.faults, &Fault{File: path, Err: &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}})
	default:
		r.sums[kind] = whole.file
		if err := whole.root.Decode(into); err != nil {
			r.faults = append(r.faults, yamlFaults(whole.path, err)...)
		}
	}
}

// read reads a layer's file of a kind.
func (r *reading) read(kind, path string) {
	r.decode(path, emptyFile(kind))
	if f := r.files[path]; f.root != nil {
		r.note(path, twice(kind, f.root))
	}
}

// twice refuses rows of a list with one code: which of them is laid over which could not be told.
func twice(name string, node *yaml.Node) error {
	seen := map[string]bool{}
	for i, child := range node.Content {
		switch node.Kind {
		case yaml.DocumentNode:
			return twice(name, child)
		case yaml.MappingNode:
			if i%2 == 1 {
				key := node.Content[i-1].Value
				if err := twice(key, child); err != nil {
					return at(err, key)
				}
			}
		case yaml.SequenceNode:
			key := nodeKey(child)
			if seen[key] && key != "" {
				return at(fmt.Errorf("%s: %s is there twice", name, key), i)
			}
			seen[key] = true
			if err := twice(name, child); err != nil {
				return at(err, i)
			}
		default:
		}
	}
	return nil
}

// drop takes away what a layer says does not apply of the layers beneath it.
func (r *reading) drop(l layer, kind string, beneath *pile) {
	for i, rule := range l.Without {
		name, inside, _ := strings.Cut(rule, ".")
		switch {
		case !slices.Contains(kinds(), name):
			// Told once, though every kind is asked.
			if kind == kinds()[0] {
				r.note(l.about, at(fmt.Errorf("without: %s is in no file of a version", rule), "without", i))
			}
		case name == kind:
			left, dropped := beneath.dropped(beneath.root, inside)
			if !dropped {
				r.note(l.about, at(fmt.Errorf("without: beneath there is no %s", rule), "without", i))
				continue
			}
			beneath.root = left
		}
	}
}

// dropped is a node without the rule at a place that is named as policy diff names it. Nothing is changed in place: an
// anchor's node may stand elsewhere too.
func (p *pile) dropped(node *yaml.Node, path string) (*yaml.Node, bool) {
	if node == nil || path == "" {
		return node, false
	}
	node = plain(node)
	left := *node
	left.Content = slices.Clone(node.Content)
	p.origin[&left] = p.origin[node]
	width := 1
	if node.Kind == yaml.MappingNode {
		width = 2
	}
	for i := 0; i+width <= len(node.Content); i += width {
		name, value := node.Content[i].Value, node.Content[i+width-1]
		if width == 1 {
			name = nodeKey(value)
		}
		if name == "" || (path != name && !strings.HasPrefix(path, name+".")) {
			continue
		}
		if path == name {
			left.Content = slices.Delete(left.Content, i, i+width)
			return &left, true
		}
		inside, found := p.dropped(value, strings.TrimPrefix(path, name+"."))
		left.Content[i+width-1] = inside
		return &left, found
	}
	return node, false
}

// lay lays a layer's file over what is beneath it.
func (p *pile) lay(kind string, above file) {
	p.claim(above.root, above.path)
	p.root = p.over(kind, p.root, plain(above.root))
}

// claim notes which file a node is from.
func (p *pile) claim(node *yaml.Node, path string) {
	p.origin[node] = path
	for _, child := range node.Content {
		p.claim(child, path)
	}
}

// chapter reports whether what is at a place holds rules rather than being one. Chapters are laid over each other key by
// key; a rule is replaced whole, citation and all, so that no rule is half of one document and half of another.
func chapter(place string) bool {
	switch place {
	case "evaluation.exam", "evaluation.entry", "evaluation.entry.levels.*", "occupations.occupations.*":
		return true
	}
	return !strings.Contains(place, ".") // the file itself
}

// over lays a value over another. The rows of a list are matched by their codes: a row replaces its like, and a new one
// comes after.
func (p *pile) over(place string, below, above *yaml.Node) *yaml.Node {
	if below == nil {
		return above
	}
	whole := *below
	whole.Content = slices.Clone(below.Content)
	switch {
	case below.Kind == yaml.MappingNode && above.Kind == yaml.MappingNode && chapter(place):
		for i := 0; i+1 < len(above.Content); i += 2 {
			key, value := above.Content[i], plain(above.Content[i+1])
			at := slices.IndexFunc(below.Content, func(n *yaml.Node) bool { return n.Value == key.Value })
			if at < 0 || at%2 == 1 {
				whole.Content = append(whole.Content, key, value)
				continue
			}
			whole.Content[at], whole.Content[at+1] = key, p.over(place+"."+key.Value, plain(below.Content[at+1]), value)
		}
	case rows(below) && rows(above):
		for _, row := range above.Content {
			row = plain(row)
			at := slices.IndexFunc(below.Content, func(n *yaml.Node) bool { return nodeKey(n) == nodeKey(row) })
			if at < 0 {
				whole.Content = append(whole.Content, row)
				continue
			}
			whole.Content[at] = p.over(place+".*", plain(below.Content[at]), row)
		}
	default:
		return above
	}
	whole.Line = above.Line
	p.origin[&whole] = p.origin[above]
	return &whole
}

// plain is the node itself, whichever way it is written.
func plain(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode || (node.Kind == yaml.DocumentNode && len(node.Content) == 1) {
		if node.Kind == yaml.AliasNode {
			node = node.Alias
		} else {
			node = node.Content[0]
		}
	}
	return node
}

// rows reports whether a list's rows can be told apart by their codes.
func rows(node *yaml.Node) bool {
	seen := map[string]bool{}
	for _, row := range node.Content {
		key := nodeKey(row)
		if key == "" || seen[key] {
			return false
		}
		seen[key] = true
	}
	return node.Kind == yaml.SequenceNode
}

// nodeKey is the code of a row.
func nodeKey(node *yaml.Node) string {
	node = plain(node)
	if node.Kind != yaml.MappingNode {
		return ""
	}
	words := map[string]any{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if value := plain(node.Content[i+1]); value.Kind == yaml.ScalarNode {
			words[node.Content[i].Value] = value.Value
		}
	}
	return rowKey(words)
}
