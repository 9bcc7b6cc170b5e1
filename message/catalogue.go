package message

import (
	"embed"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed zh.yaml en.yaml
var files embed.FS

// catalogue is one language's messages by key.
type catalogue map[string]template

// template is a message taken apart: literals and placeholders in turn.
type template []part

// part is a literal, or a placeholder when it has a name.
type part struct {
	literal      string
	name, family string
}

// plain is a message that stands for a code inside another message; such messages have no placeholders.
func (t template) plain() string {
	var text strings.Builder
	for _, part := range t {
		text.WriteString(part.literal)
	}
	return text.String()
}

// The catalogues are part of the program: one that cannot be read is a defect of the build, which the tests find.
var catalogues = sync.OnceValue(func() map[Lang]catalogue {
	all := make(map[Lang]catalogue, 2)
	for _, lang := range []Lang{Chinese, English} {
		data, err := files.ReadFile(string(lang) + ".yaml")
		if err != nil {
			panic(fmt.Errorf("read the message catalogue %s: %w", lang, err))
		}
		words, err := parse(data)
		if err != nil {
			panic(fmt.Errorf("read the message catalogue %s: %w", lang, err))
		}
		all[lang] = words
	}
	return all
})

// catalogueOf is a language's catalogue, or the Chinese one for a language the product does not speak.
func catalogueOf(lang Lang) catalogue {
	if words, found := catalogues()[lang]; found {
		return words
	}
	return catalogues()[Chinese]
}

func parse(data []byte) (catalogue, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, err
	}
	words := make(catalogue)
	if len(root.Content) == 0 {
		return words, nil
	}
	return words, words.add("", root.Content[0])
}

// add takes in a mapping of messages, or of mappings of messages.
func (c catalogue) add(path string, node *yaml.Node) error {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i].Value
			if path != "" {
				key = path + "." + key
			}
			if err := c.add(key, node.Content[i+1]); err != nil {
				return err
			}
		}
		return nil
	case yaml.ScalarNode:
		if _, found := c[path]; found {
			return fmt.Errorf("line %d: %s is there twice", node.Line, path)
		}
		message, err := parseTemplate(node.Value)
		if err != nil {
			return fmt.Errorf("line %d: %s: %w", node.Line, path, err)
		}
		c[path] = message
		return nil
	default:
		return fmt.Errorf("line %d: %s is neither a message nor a group of messages", node.Line, path)
	}
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)(?::([a-z_]+))?\}`)

func parseTemplate(text string) (template, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("the message is empty")
	}
	var parts template
	rest := 0
	literal := func(s string) error {
		if strings.ContainsAny(s, "{}") {
			return fmt.Errorf("%q has a brace that is not part of a placeholder", s)
		}
		if s != "" {
			parts = append(parts, part{literal: s})
		}
		return nil
	}
	for _, at := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		if err := literal(text[rest:at[0]]); err != nil {
			return nil, err
		}
		found := part{name: text[at[2]:at[3]]}
		if at[4] >= 0 {
			found.family = text[at[4]:at[5]]
		}
		parts = append(parts, found)
		rest = at[1]
	}
	if err := literal(text[rest:]); err != nil {
		return nil, err
	}
	return parts, nil
}

// decimal writes a number without an exponent and without zeros that say nothing.
func decimal(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }
