package listing

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlFile is a list in the form of those that the rules come with. See policy/data/*/institutions-*.yaml.
type yamlFile struct {
	Source struct {
		Document    yamlText   `yaml:"document"`
		Annexes     []yamlText `yaml:"annexes"` // for the reader
		ListYear    yamlText   `yaml:"list_year"`
		PublishedOn yamlText   `yaml:"published_on"`
		ValidFrom   yamlText   `yaml:"valid_from"`
		ValidTo     yamlText   `yaml:"valid_to"`
	} `yaml:"source"`
	Institutions []struct {
		ID   yamlText `yaml:"id"`
		Name yamlText `yaml:"name"`
	} `yaml:"institutions"`
	CultivationBodies []struct {
		Occupation yamlText   `yaml:"occupation"`
		Level      yamlText   `yaml:"level"`
		Evaluation []yamlText `yaml:"evaluation"`
		Training   []yamlText `yaml:"training"`
	} `yaml:"cultivation_bodies"`
	CEBases []struct {
		No       yamlText   `yaml:"no"`
		ID       yamlText   `yaml:"id"`
		Name     yamlText   `yaml:"name"`
		Levels   []yamlText `yaml:"levels"`
		Note     yamlText   `yaml:"note"`
		MayIssue *bool      `yaml:"may_issue"` // a row with a number may, one without may not: it is not for a list to say otherwise
	} `yaml:"ce_bases"`
}

// yamlText is a scalar as it is written, and its line.
type yamlText cell

// UnmarshalYAML takes a scalar as text.
func (t *yamlText) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode {
		return &yaml.TypeError{Errors: []string{"line " + strconv.Itoa(node.Line) + ": a text belongs here"}}
	}
	t.row = node.Line
	if node.Tag != "!!null" {
		t.text = strings.TrimSpace(node.Value)
	}
	return nil
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func readYAML(content []byte) (printed, RowErrors) {
	var file yamlFile
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		row := 0
		if at := yamlLine.FindStringSubmatch(err.Error()); at != nil {
			row, _ = strconv.Atoi(at[1])
		}
		return printed{}, RowErrors{{Row: row, Code: Unreadable}}
	}
	p := printed{heading: map[Column]cell{
		Document: cell(file.Source.Document), ListYear: cell(file.Source.ListYear), PublishedOn: cell(file.Source.PublishedOn),
		ValidFrom: cell(file.Source.ValidFrom), ValidTo: cell(file.Source.ValidTo),
	}}
	for _, of := range file.CultivationBodies {
		for _, in := range []struct {
			role  string
			names []yamlText
		}{{"评价机构", of.Evaluation}, {"培训机构", of.Training}} {
			for _, name := range in.names {
				p.rows = append(p.rows, printedRow{name.row, map[Column]string{
					Name: name.text, Role: in.role, Occupation: of.Occupation.text, Level: of.Level.text,
				}})
			}
		}
	}
	for _, base := range file.CEBases {
		levels := make([]string, len(base.Levels))
		for i, level := range base.Levels {
			levels[i] = level.text
		}
		p.rows = append(p.rows, printedRow{base.Name.row, map[Column]string{
			Name: base.Name.text, Role: ceBase, Number: base.No.text, BaseLevel: strings.Join(levels, " "), Note: base.Note.text,
		}})
		if base.ID.text != "" {
			p.ids = append(p.ids, printedID{base.ID.row, base.ID.text, base.Name.text})
		}
	}
	for _, i := range file.Institutions {
		p.ids = append(p.ids, printedID{i.ID.row, i.ID.text, i.Name.text})
	}
	return p, nil
}
