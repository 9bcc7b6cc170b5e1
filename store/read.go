package store

import (
	"context"
	"database/sql"
	"io/fs"

	"gorm.io/gorm"
)

// Migrations is the schema's migrations, as files.
func Migrations() fs.FS { return migrations }

// Snapshot reads one state of the record, though it takes several statements: what is written meanwhile is not seen.
func (s *Store) Snapshot(ctx context.Context, fn func(*Tx) error) error {
	return s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error { return fn(&Tx{db: db}) },
		&sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
}
