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

	"gopkg.in/yaml.v3"
)

//go:embed data
var data embed.FS

const (
	demoSuffix  = "+demo"
	overlayPath = "data/demo/overlay.yaml"
	listsPath   = "data/institutions-2022.yaml"
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
	base, demonstration := strings.CutSuffix(id, demoSuffix)
	folder := "data/" + base + "/"
	if !versionID.MatchString(base) {
		return nil, ErrUnknownPolicy
	}
	if _, err := fs.Stat(files, folder+"policy.yaml"); err != nil {
		return nil, ErrUnknownPolicy
	}
	p := &Policy{id: id, demonstration: demonstration}
	var occupations occupationsFile
	var lists listsFile
	wanted := []struct {
		path string
		into any
	}{
		{folder + "policy.yaml", &p.about},
		{folder + "occupations.yaml", &occupations},
		{folder + "admission.yaml", &p.admission},
		{folder + "training.yaml", &p.training},
		{folder + "evaluation.yaml", &p.evaluation},
		{folder + "title.yaml", &p.title},
		{folder + "hours.yaml", &p.hours},
		{folder + "operation.yaml", &p.operation},
		{listsPath, &lists},
	}
	for _, file := range wanted {
		if err := decodeFile(files, file.path, file.into); err != nil {
			return nil, err
		}
	}
	p.levels, p.occupations = occupations.Levels, occupations.Occupations
	if err := p.check(folder, base); err != nil {
		return nil, err
	}
	if demonstration {
		if err := p.lay(files, base); err != nil {
			return nil, err
		}
	}
	var err error
	if p.lists, err = readLists(lists, p.occupations); err != nil {
		return nil, fmt.Errorf("%s: %w", listsPath, err)
	}
	return p, nil
}

// lay puts the demonstration's numbers over the version's.
func (p *Policy) lay(files fs.FS, base string) error {
	p.overlay = &overlayFile{}
	if err := decodeFile(files, overlayPath, p.overlay); err != nil {
		return err
	}
	p.operation.Deadlines = p.overlay.Deadlines
	p.operation.DeliverySchedule = p.overlay.DeliverySchedule
	if err := p.checkOverlay(base); err != nil {
		return fmt.Errorf("%s: %w", overlayPath, err)
	}
	return nil
}

// decodeFile reads a YAML file of one document. A key the program does not know is an error that names file and line:
// better no rules than rules half understood.
func decodeFile(files fs.FS, path string, into any) error {
	content, err := fs.ReadFile(files, path)
	if err != nil {
		return fmt.Errorf("read: %w", err) // names the path
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: more than one document", path)
	}
	return nil
}

func parseSchedule(texts []string) ([]time.Duration, error) {
	if len(texts) == 0 {
		return nil, errors.New("delivery_schedule: at least one attempt is needed")
	}
	schedule := make([]time.Duration, len(texts))
	for i, text := range texts {
		wait, err := time.ParseDuration(text)
		if err != nil || wait < 0 {
			return nil, fmt.Errorf("delivery_schedule: %q is not a time to wait", text)
		}
		schedule[i] = wait
	}
	return schedule, nil
}
