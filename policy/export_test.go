package policy

import "io/fs"

// Read reads a version from other files than the embedded ones.
func Read(files fs.FS, id string) (*Policy, error) { return read(files, id) }

// Data is the embedded files.
func Data() fs.FS { return data }

// CheckData checks other files than the embedded ones.
func CheckData(files fs.FS) []*Fault { return check(files) }

// CheckSchemas holds files to their schemas alone.
func CheckSchemas(files fs.FS, id string) []*Fault {
	r := reading{source: files}
	r.version(id)
	var faults []*Fault
	for _, file := range r.files {
		faults = append(faults, file.checkSchema()...)
	}
	return tidy(faults)
}

// CheckStrictly holds files to the strict checks alone.
func CheckStrictly(files fs.FS, id string) []*Fault {
	r := reading{source: files}
	r.version(id)
	return tidy(r.faults)
}

// Written is the files of a version as they are written, by name.
func (p *Policy) Written() map[string]any { return p.written }
