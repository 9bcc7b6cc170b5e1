package policy

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// The schemas of the policy files, for editors and CI. What is loaded is held to by the strict checks alone.
//
//go:embed schema/*.json
var schemaFiles embed.FS

// schemaBase is where the schemas are when they refer to each other; nothing is fetched.
const schemaBase = "https://dengpan.invalid/schema/"

// schemas are the compiled schemas by name. They are part of the program: one that cannot be read is a defect of the
// build, which the tests find.
var schemas = sync.OnceValue(func() map[string]*jsonschema.Schema {
	entries, err := schemaFiles.ReadDir("schema")
	if err != nil {
		panic(fmt.Errorf("list the policy schemas: %w", err))
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	for _, entry := range entries {
		content, err := schemaFiles.ReadFile("schema/" + entry.Name())
		if err != nil {
			panic(fmt.Errorf("read the policy schema %s: %w", entry.Name(), err))
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
		if err == nil {
			err = compiler.AddResource(schemaBase+entry.Name(), document)
		}
		if err != nil {
			panic(fmt.Errorf("read the policy schema %s: %w", entry.Name(), err))
		}
	}
	compiled := map[string]*jsonschema.Schema{}
	for _, entry := range entries {
		compiled[strings.TrimSuffix(entry.Name(), ".json")] = compiler.MustCompile(schemaBase + entry.Name())
	}
	return compiled
})

// schemaOf is the name of a file's schema: that of the file, without a year.
func schemaOf(file string) string {
	name := strings.TrimSuffix(path.Base(file), ".yaml")
	if dash := strings.LastIndexByte(name, '-'); dash > 0 {
		if _, err := strconv.Atoi(name[dash+1:]); err == nil {
			name = name[:dash]
		}
	}
	return name
}

// checkSchema holds a file to its schema.
func (f file) checkSchema() []*Fault {
	if f.root == nil {
		return nil
	}
	// The decoder refuses what has no end: an anchor within itself, aliases of aliases of aliases.
	if err := f.root.Decode(new(any)); err != nil {
		return yamlFaults(f.path, err)
	}
	instance, err := plainValue(f.root)
	if err != nil {
		return []*Fault{f.fault(err)}
	}
	schema, there := schemas()[schemaOf(f.path)]
	if !there {
		return []*Fault{{File: f.path, Err: errors.New("there is no schema for this file")}}
	}
	invalid, ok := errors.AsType[*jsonschema.ValidationError](schema.Validate(instance))
	if !ok {
		return nil
	}
	return f.schemaFaults(invalid)
}

// schemaFaults are the innermost failures. Of alternatives it says only that none holds: each alternative's own failure
// would be noise.
func (f file) schemaFaults(invalid *jsonschema.ValidationError) []*Fault {
	switch invalid.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf, *kind.Contains, *kind.Not:
	default:
		if len(invalid.Causes) > 0 {
			faults := make([]*Fault, 0, len(invalid.Causes))
			for _, cause := range invalid.Causes {
				faults = append(faults, f.schemaFaults(cause)...)
			}
			return faults
		}
	}
	place := f.place(invalid.InstanceLocation)
	if extra, ok := invalid.ErrorKind.(*kind.AdditionalProperties); ok {
		faults := make([]*Fault, len(extra.Properties))
		for i, key := range extra.Properties {
			err := fmt.Errorf("%q is not a key of this file's", key)
			faults[i] = f.fault(at(err, append(slices.Clone(place), key)...))
		}
		return faults
	}
	words := invalid.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	if len(invalid.InstanceLocation) > 0 {
		words = strings.Join(invalid.InstanceLocation, ".") + ": " + words
	}
	return []*Fault{f.fault(at(errors.New(words), place...))}
}

// place tells the places in lists from keys, which the location of a failure writes alike.
func (f file) place(location []string) []any {
	place := make([]any, len(location))
	node := f.root
	for i, step := range location {
		place[i] = step
		for node != nil && (node.Kind == yaml.DocumentNode || node.Kind == yaml.AliasNode) {
			if node.Kind == yaml.AliasNode {
				node = node.Alias
			} else {
				node = node.Content[0]
			}
		}
		if node == nil {
			continue
		}
		if n, err := strconv.Atoi(step); err == nil && node.Kind == yaml.SequenceNode && n < len(node.Content) {
			place[i], node = n, node.Content[n]
			continue
		}
		_, node = entry(node, step)
	}
	return place
}

// plainValue is a YAML value as JSON has it. A date is the text it is written as, and a number keeps its digits.
func plainValue(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.DocumentNode:
		return plainValue(node.Content[0])
	case yaml.AliasNode:
		return plainValue(node.Alias)
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			value, err := plainValue(item)
			if err != nil {
				return nil, at(err, i)
			}
			list[i] = value
		}
		return list, nil
	case yaml.MappingNode:
		object := make(map[string]any, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i].Value
			if _, twice := object[key]; twice || key == "<<" {
				return nil, at(fmt.Errorf("the key %q is repeated, or merges", key), key)
			}
			value, err := plainValue(node.Content[i+1])
			if err != nil {
				return nil, at(err, key)
			}
			object[key] = value
		}
		return object, nil
	default:
		return plainScalar(node)
	}
}

func plainScalar(node *yaml.Node) (any, error) {
	switch node.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		var value bool
		err := node.Decode(&value)
		return value, err
	case "!!int", "!!float":
		var value float64
		if err := node.Decode(&value); err != nil {
			return nil, err
		}
		written, err := json.Marshal(value)
		return json.Number(written), err
	}
	return node.Value, nil
}
