package policy

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Fault is what is wrong with a policy file, and where.
type Fault struct {
	File string
	Line int // from 1; 0 when the file as a whole is wrong
	Err  error
}

// Error is the fault as editors and CI read it: file:line: message.
func (f *Fault) Error() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %v", f.File, f.Err)
	}
	return fmt.Sprintf("%s:%d: %v", f.File, f.Line, f.Err)
}

// Unwrap is what is wrong.
func (f *Fault) Unwrap() error { return f.Err }

// placedError is an error at a place in a file: the keys, and the places in lists, that lead to it.
type placedError struct {
	path []any
	err  error
}

func (e *placedError) Error() string { return e.err.Error() }

func (e *placedError) Unwrap() error { return e.err }

// at says where in a file an error is. What was said further in stays, below what is said here.
func at(err error, path ...any) error {
	if err == nil {
		return nil
	}
	if inner, ok := errors.AsType[*placedError](err); ok {
		path = slices.Concat(path, inner.path)
	}
	return &placedError{path: path, err: err}
}

// file is a policy file as it is written, or those of a version's layers laid over each other.
type file struct {
	path string
	root *yaml.Node
	// origin is which file each node is from; nil where there is but one.
	origin map[*yaml.Node]string
}

// fault finds the place of an error that a check found in the file.
func (f file) fault(err error) *Fault {
	placed, ok := errors.AsType[*placedError](err)
	if !ok || f.root == nil {
		return &Fault{File: f.path, Err: err}
	}
	node := nodeAt(f.root, placed.path)
	return &Fault{File: cmp.Or(f.origin[node], f.path), Line: node.Line, Err: err}
}

// nodeAt is the node at a place; of the nearest place around it that there is, when it is not there itself. A key stands
// for what it names.
func nodeAt(node *yaml.Node, path []any) *yaml.Node {
	switch {
	case node.Kind == yaml.DocumentNode && len(node.Content) == 1:
		return nodeAt(node.Content[0], path)
	case len(path) == 0:
		return node
	case node.Kind == yaml.AliasNode:
		return nodeAt(node.Alias, path)
	}
	switch step := path[0].(type) {
	case string:
		if key, value := entry(node, step); value != nil {
			if len(path) == 1 || value.Kind == yaml.ScalarNode {
				return key
			}
			return nodeAt(value, path[1:])
		}
	case int:
		if node.Kind == yaml.SequenceNode && step >= 0 && step < len(node.Content) {
			return nodeAt(node.Content[step], path[1:])
		}
	}
	return node
}

// entry finds a key of a mapping, and its value.
func entry(node *yaml.Node, name string) (key, value *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i], node.Content[i+1]
		}
	}
	return nil, nil
}

var (
	yamlLine   = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)
	unknownKey = regexp.MustCompile(`^field (\S+) not found in type \S+$`)
)

// yamlFaults takes apart what the YAML decoder found wrong: it names lines in its words, and types of this program.
func yamlFaults(path string, err error) []*Fault {
	messages := []string{err.Error()}
	if typed, ok := errors.AsType[*yaml.TypeError](err); ok {
		messages = typed.Errors
	}
	faults := make([]*Fault, len(messages))
	for i, text := range messages {
		fault := &Fault{File: path, Err: errors.New(strings.TrimPrefix(text, "yaml: "))}
		if found := yamlLine.FindStringSubmatch(text); found != nil {
			text = found[2]
			if line, err := strconv.Atoi(found[1]); err == nil {
				fault.Line = line
			}
			if key := unknownKey.FindStringSubmatch(text); key != nil {
				text = fmt.Sprintf("%q is not a key of this file's", key[1])
			}
			fault.Err = errors.New(text)
		}
		faults[i] = fault
	}
	return faults
}
