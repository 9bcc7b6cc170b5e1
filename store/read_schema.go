package store

import "io/fs"

// Migrations is the schema's migrations, as files.
func Migrations() fs.FS { return migrations }
