package policy

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Check holds every version of the program's own data to its schemas and to what its decisions rely on, the
// demonstration's overlay included. Nothing is wrong when it answers nothing.
func Check() []*Fault { return check(data) }

func check(files fs.FS) []*Fault {
	ids, err := versions(files)
	if err != nil {
		return []*Fault{{File: "data", Err: err}}
	}
	var faults []*Fault
	laid := false
	beneath := map[string]bool{}
	for _, id := range ids {
		found, layers := checkVersion(files, id)
		faults = append(faults, found...)
		laid = laid || overlaid(files, id)
		for _, l := range layers {
			beneath[l.ID] = true
		}
	}
	grounds, err := folders(files, "layer.yaml")
	if err != nil {
		return []*Fault{{File: "data", Err: err}}
	}
	for _, id := range grounds {
		if !beneath[id] {
			faults = append(faults, checkLayer(files, id)...)
		}
	}
	if !laid {
		// Over which version it should be is not known; any tells what else is wrong with it.
		r := reading{source: files}
		r.decode(overlayPath, &overlayFile{})
		r.note(overlayPath, at(errors.New("over: there is no such version"), "over"))
		faults = append(faults, r.faults...)
	}
	return tidy(faults)
}

// CheckFolder holds one folder to the same, as a version or layer of the folder's name, beside the program's own. Files are
// named below it.
func CheckFolder(folder fs.FS, name string) []*Fault {
	if !versionID.MatchString(name) {
		return []*Fault{{File: ".", Err: fmt.Errorf("%q cannot be a version's name", name)}}
	}
	files := mounted{at: folderOf(name), folder: folder}
	var faults []*Fault
	if _, err := fs.Stat(folder, "layer.yaml"); err == nil {
		faults = checkLayer(files, name)
	} else {
		faults, _ = checkVersion(files, name)
	}
	for _, fault := range faults {
		fault.File = strings.TrimPrefix(fault.File, folderOf(name))
	}
	return tidy(faults)
}

// ReadFolder reads a folder as a version of that name, laid over whichever of the program's own it says.
func ReadFolder(folder fs.FS, name string) (*Policy, error) {
	p, err := read(mounted{at: folderOf(name), folder: folder}, name)
	if err != nil {
		return nil, fmt.Errorf("read policy folder %q: %w", name, err)
	}
	return p, nil
}

// Versions lists the versions of the program's own data.
func Versions() []string {
	ids, err := versions(data)
	if err != nil {
		panic(fmt.Errorf("list the policy versions: %w", err)) // embedded: a defect of the build
	}
	return ids
}

func versions(files fs.FS) ([]string, error) { return folders(files, "policy.yaml") }

// folders lists the folders that say of themselves what they are in a file of this name.
func folders(files fs.FS, name string) ([]string, error) {
	found, err := fs.Glob(files, "data/*/"+name)
	ids := make([]string, len(found))
	for i, file := range found {
		ids[i] = path.Base(path.Dir(file))
	}
	return ids, err
}

// checkVersion checks a version with all its layers, which it answers too, and with the overlay when there is one over it.
func checkVersion(files fs.FS, id string) ([]*Fault, []layer) {
	whole := id
	if overlaid(files, id) {
		whole += demoSuffix
	}
	r := reading{source: files}
	p := r.version(whole)
	faults := r.withSchemas()
	if p != nil {
		faults = append(faults, r.overlap(p, id)...)
	}
	return faults, r.stack
}

// checkLayer checks a layer that no version is laid over, as far as one can without: it need not be whole.
func checkLayer(files fs.FS, id string) []*Fault {
	r := reading{source: files}
	l, err := r.beneath(id)
	if err != nil {
		return []*Fault{{File: folderOf(id), Err: err}}
	}
	r.note(l.about, l.check())
	for kind, path := range l.files {
		r.read(kind, path)
	}
	if l.Over != "" {
		if _, err := r.beneath(l.Over); err != nil {
			r.note(l.about, at(err, "over"))
		}
	}
	return r.withSchemas()
}

// withSchemas is what is wrong, and what else the schemas refuse.
func (r *reading) withSchemas() []*Fault {
	faults := r.faults
	for _, file := range r.files {
		for _, fault := range file.checkSchema() {
			// Of two that find one fault the strict check says it better.
			if !slices.ContainsFunc(r.faults, func(f *Fault) bool { return f.File == fault.File && f.Line == fault.Line }) {
				faults = append(faults, fault)
			}
		}
	}
	return faults
}

func overlaid(files fs.FS, id string) bool {
	content, err := fs.ReadFile(files, overlayPath)
	var overlay struct {
		Over string `yaml:"over"`
	}
	return err == nil && yaml.Unmarshal(content, &overlay) == nil && overlay.Over == id
}

// overlap refuses a version whose effective dates overlap another's of the same programme: on each day cases register
// under one. A version that names no last day is in force until the next begins.
func (r *reading) overlap(p *Policy, id string) []*Fault {
	ids, err := versions(r.source)
	if err != nil {
		return []*Fault{{File: "data", Err: err}}
	}
	var faults []*Fault
	for _, other := range ids {
		if other == id || programme(other) != programme(id) {
			continue
		}
		beside := reading{source: r.source}
		var about policyFile
		beside.decode(folderOf(other)+"policy.yaml", &about)
		if len(beside.faults) == 0 && overlapping(p.about, about) {
			err := fmt.Errorf("effective_from: the effective dates overlap those of %s", other)
			faults = append(faults, r.files[folderOf(id)+"policy.yaml"].fault(at(err, "effective_from")))
		}
	}
	return faults
}

// programme is a version's name without its year.
func programme(id string) string {
	if dash := strings.LastIndexByte(id, '-'); dash > 0 {
		return id[:dash]
	}
	return id
}

func overlapping(a, b policyFile) bool {
	if b.EffectiveFrom.Before(a.EffectiveFrom) {
		a, b = b, a
	}
	if a.EffectiveUntil == nil {
		return a.EffectiveFrom == b.EffectiveFrom
	}
	return !b.EffectiveFrom.After(*a.EffectiveUntil)
}

// tidy puts faults in the order of their places, each once.
func tidy(faults []*Fault) []*Fault {
	slices.SortStableFunc(faults, func(a, b *Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.CompactFunc(faults, func(a, b *Fault) bool { return a.Error() == b.Error() })
}

// mounted is the program's own data with one folder more, or in place of one.
type mounted struct {
	at     string
	folder fs.FS
}

// Open opens a file.
func (m mounted) Open(name string) (fs.File, error) {
	if inside, ok := strings.CutPrefix(name, m.at); ok {
		return m.folder.Open(inside)
	}
	if name+"/" == m.at {
		return m.folder.Open(".")
	}
	return data.Open(name)
}

// Glob finds the files of the folder besides the program's own.
func (m mounted) Glob(pattern string) ([]string, error) {
	found, err := fs.Glob(data, pattern)
	if err != nil {
		return nil, err
	}
	own := m.at + path.Base(pattern)
	if ok, err := path.Match(pattern, own); err != nil || !ok || slices.Contains(found, own) {
		return found, err
	}
	if _, err := fs.Stat(m.folder, path.Base(own)); errors.Is(err, fs.ErrNotExist) {
		return found, nil
	}
	return append(found, own), nil
}
