package policy

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed data
var data embed.FS

const (
	demoSuffix  = "+demo"
	overlayPath = "data/demo/overlay.yaml"
)

// ErrUnknownPolicy says that there is no version of that name.
var ErrUnknownPolicy = errors.New("no such policy version")

var versionID = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// loaded keeps each version that was asked for, since every step of every case asks for its own.
var loaded sync.Map // from id to *Policy

// Load reads a version, with or without the demonstration overlay. It is read once and kept.
func Load(id string, demonstration bool) (*Policy, error) {
	if demonstration {
		return ByID(strings.TrimSuffix(id, demoSuffix) + demoSuffix)
	}
	return ByID(id)
}

// ByID reads the version a case keeps the name of: beijing-2023, or beijing-2023+demo.
func ByID(id string) (*Policy, error) {
	if p, ok := loaded.Load(id); ok {
		return p.(*Policy), nil //nolint:forcetypeassert // nothing else is stored
	}
	p, err := read(data, id)
	if err != nil {
		return nil, fmt.Errorf("load policy %q: %w", id, err)
	}
	kept, _ := loaded.LoadOrStore(id, p)
	return kept.(*Policy), nil //nolint:forcetypeassert // nothing else is stored
}

func read(files fs.FS, id string) (*Policy, error) {
	base, _ := strings.CutSuffix(id, demoSuffix)
	if !versionID.MatchString(base) {
		return nil, ErrUnknownPolicy
	}
	if _, err := fs.Stat(files, folderOf(base)+"policy.yaml"); err != nil {
		return nil, ErrUnknownPolicy
	}
	r := reading{source: files}
	p := r.version(id)
	if len(r.faults) > 0 {
		return nil, joined(r.faults)
	}
	return p, nil
}

func folderOf(base string) string { return "data/" + base + "/" }

func joined(faults []*Fault) error {
	errs := make([]error, len(faults))
	for i, fault := range faults {
		errs[i] = fault
	}
	return errors.Join(errs...)
}

// reading is a version being read: its files, what those of a kind say together, and what is wrong with them.
type reading struct {
	source fs.FS
	files  map[string]file // by path
	sums   map[string]file // by kind
	stack  []layer         // of the version, its own folder first
	faults []*Fault
}

// version reads a version, and checks it once every file of it could be read.
func (r *reading) version(id string) *Policy {
	base, demonstration := strings.CutSuffix(id, demoSuffix)
	p := &Policy{id: id, demonstration: demonstration}
	r.sums = map[string]file{}
	layers := r.layers(base, &p.about)
	r.stack = layers
	if len(r.faults) > 0 {
		return nil
	}
	r.sums["policy"] = r.files[layers[0].about]
	var occupations occupationsFile
	var lists listsFile
	r.sum(layers, "occupations", &occupations)
	r.sum(layers, "admission", &p.admission)
	r.sum(layers, "training", &p.training)
	r.sum(layers, "attendance", &p.attendance)
	r.sum(layers, "evaluation", &p.evaluation)
	r.sum(layers, "title", &p.title)
	r.sum(layers, "hours", &p.hours)
	r.sum(layers, "operation", &p.operation)
	r.sum(layers, listsKind, &lists)
	if demonstration {
		p.overlay = &overlayFile{}
		r.decode(overlayPath, p.overlay)
		r.sums["overlay"] = r.files[overlayPath]
	}
	if len(r.faults) > 0 {
		return nil
	}
	p.levels, p.occupations = occupations.Levels, occupations.Occupations
	for _, l := range layers[1:] {
		r.note(l.about, l.check())
	}
	for _, c := range p.checks(base) {
		r.noteSum(c.kind, c.run())
	}
	if demonstration {
		// The overlay's deadlines take the place of the version's, which have been checked.
		p.operation.Deadlines = p.overlay.Deadlines
		p.operation.DeliverySchedule = p.overlay.DeliverySchedule
		r.noteSum("overlay", p.checkOverlay(base))
	}
	p.written = map[string]any{}
	for kind, file := range r.sums {
		written, err := plainValue(file.root)
		r.noteSum(kind, err)
		p.written[kind] = written
	}
	if about, ok := p.written["policy"].(map[string]any); ok {
		// Which rules are a layer's is not a rule.
		delete(about, "over")
		delete(about, "without")
	}
	var err error
	p.lists, err = readLists(lists, p.occupations)
	r.noteSum(listsKind, err)
	return p
}

// noteSum keeps what a check found wrong with what a version's files of a kind say together.
func (r *reading) noteSum(kind string, err error) {
	if err != nil {
		r.faults = append(r.faults, r.sums[kind].fault(err))
	}
}

// note keeps what a check found wrong with a file.
func (r *reading) note(path string, err error) {
	if err != nil {
		r.faults = append(r.faults, r.files[path].fault(err))
	}
}

// decode reads a YAML file of one document. A key the program does not know is an error that names file and line:
// better no rules than rules half understood.
func (r *reading) decode(path string, into any) {
	if r.files == nil {
		r.files = map[string]file{}
	}
	r.files[path] = file{path: path}
	content, err := fs.ReadFile(r.source, path)
	if err != nil {
		r.faults = append(r.faults, &Fault{File: path, Err: err})
		return
	}
	var root yaml.Node
	if err := yaml.Unmarshal(content, &root); err != nil {
		r.faults = append(r.faults, yamlFaults(path, err)...)
		return
	}
	read := file{path: path, root: &root}
	r.files[path] = read
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		r.faults = append(r.faults, read.located(yamlFaults(path, err))...)
		return
	}
	var more yaml.Node
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		r.faults = append(r.faults, &Fault{File: path, Line: max(1, more.Line), Err: errors.New("more than one document")})
	}
	r.wholeNumbers(read, "", &root)
}

// wholeNumbers refuses a fraction where whole numbers are wanted: the decoder would cut it off without a word, and half a
// year of work would be none.
func (r *reading) wholeNumbers(f file, key string, node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!float" {
		switch key {
		case "hours", "total", "pass_mark", "daily_cap", "online_at_most", "offline_at_least":
		default:
			err := fmt.Errorf("%s: %s is not a whole number", key, node.Value)
			r.faults = append(r.faults, &Fault{File: f.path, Line: node.Line, Err: err})
		}
	}
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode {
			key = node.Content[i-i%2].Value
		}
		r.wholeNumbers(f, key, child)
	}
}

// located gives the decoder's faults the lines it does not name: those of dates and hours. The schema knows them.
func (f file) located(faults []*Fault) []*Fault {
	for i, fault := range faults {
		if fault.Line > 0 {
			continue
		}
		if known := f.checkSchema(); len(known) > 0 {
			faults[i].Line = known[0].Line
		}
	}
	return faults
}

func parseSchedule(texts []string) ([]time.Duration, error) {
	if len(texts) == 0 {
		return nil, at(errors.New("delivery_schedule: at least one attempt is needed"), "delivery_schedule")
	}
	schedule := make([]time.Duration, len(texts))
	for i, text := range texts {
		wait, err := time.ParseDuration(text)
		if err != nil || wait < 0 {
			return nil, at(fmt.Errorf("delivery_schedule: %q is not a time to wait", text), "delivery_schedule", i)
		}
		schedule[i] = wait
	}
	return schedule, nil
}
