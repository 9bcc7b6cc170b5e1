package policy

import "io/fs"

// Read reads a version from other files than the embedded ones.
func Read(files fs.FS, id string) (*Policy, error) { return read(files, id) }

// Data is the embedded files.
func Data() fs.FS { return data }
