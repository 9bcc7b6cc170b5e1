// Package store is the record: every fact the programme keeps, in PostgreSQL, one file per aggregate. What people and
// institutions read comes from here and never from Temporal, so a worker that is down blanks no page.
//
// Writes happen in transactions ([Store.Tx]). A step of a case runs at most once ([Once]). What the notice forbids is
// forbidden by constraints in the schema (migrations/), not only by the code above it.
package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/dengpan/dengpan/audit"
)

// ErrNotFound says that a row asked for by its id is not there.
var ErrNotFound = errors.New("not found")

// Store is the database.
type Store struct {
	db       *gorm.DB
	keys     Keys
	auditKey atomic.Pointer[audit.Key]
}

// Tx is a session with the database: a transaction inside [Store.Tx], single statements from [Store.Read].
type Tx struct {
	db        *gorm.DB
	requestID string
	// entries are what is to be added to the audit log; nil outside a transaction.
	entries *[]AuditEntry
}

// How long a statement may take, and how long a transaction may stand still.
const (
	longestStatement = time.Minute
	longestIdle      = time.Minute
)

// Open connects to the database at a PostgreSQL URL and checks that it answers. Without keys nothing can be written that is
// written to the audit log.
func Open(ctx context.Context, url string, keys Keys) (*Store, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", discreet(err))
	}
	// What takes longer has gone wrong, and would keep from others what it holds.
	for name, most := range map[string]time.Duration{
		"statement_timeout": longestStatement, "idle_in_transaction_session_timeout": longestIdle,
	} {
		config.RuntimeParams[name] = strconv.FormatInt(most.Milliseconds(), 10)
	}
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: stdlib.OpenDB(*config)}), &gorm.Config{
		// Statements carry personal data in their parameters, so none is ever logged.
		Logger:                 logger.Discard,
		SkipDefaultTransaction: true,
		NowFunc:                func() time.Time { return time.Now().UTC() },
	})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", discreet(err))
	}
	pool, err := db.DB()
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(16)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	s := &Store{db: db, keys: keys}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return s, nil
}

// discreet keeps a connection error from repeating the URL, which holds a password.
func discreet(err error) error {
	if parse, ok := errors.AsType[*pgconn.ParseConfigError](err); ok {
		return errors.New("the database URL cannot be read: " + parse.Unwrap().Error())
	}
	return err
}

// Ping checks that the database answers.
func (s *Store) Ping(ctx context.Context) error {
	pool, err := s.db.DB()
	if err == nil {
		err = pool.PingContext(ctx)
	}
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}

// Close closes the connections.
func (s *Store) Close() error {
	pool, err := s.db.DB()
	if err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return pool.Close()
}

type requestIDKey struct{}

// WithRequestID is a context in which what is written is written for a request. Its audit entries and the messages to cases
// carry the request's id.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID is the id of the request that a context belongs to; empty when it belongs to none.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Read is a session outside any transaction.
func (s *Store) Read(ctx context.Context) *Tx {
	return &Tx{db: s.db.WithContext(ctx), requestID: RequestID(ctx)}
}

// Tx runs fn in one transaction: all of what it writes, or none. What it notes for the audit log is written at the end, and
// so is the name of the request that it is the first transaction of, if the sender gave one ([Keyed]).
func (s *Store) Tx(ctx context.Context, fn func(*Tx) error) error {
	var key *audit.Key
	keyed := unwritten(ctx)
	err := s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		tx := &Tx{db: db, requestID: RequestID(ctx), entries: &[]AuditEntry{}}
		if keyed != nil {
			if err := tx.claim(keyed); err != nil {
				return err
			}
		}
		if err := fn(tx); err != nil {
			return err
		}
		if keyed != nil {
			if err := tx.note(keyed); err != nil {
				return err
			}
		}
		var err error
		key, err = s.writeAudit(tx)
		return err
	})
	if err == nil && key != nil {
		s.auditKey.Store(key)
	}
	if err == nil && keyed != nil {
		keyed.written = true
	}
	return err
}

// errRehearsed undoes a rehearsal that went well.
var errRehearsed = errors.New("it was only rehearsed")

// Rehearse runs fn in a transaction that is undone: its error says what would come of it. A rehearsal writes nothing, so it
// has no part in the request that it belongs to: many may run at once, and none of them takes the request's key.
func (s *Store) Rehearse(ctx context.Context, fn func(*Tx) error) error {
	err := s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		if err := fn(&Tx{db: db, requestID: RequestID(ctx), entries: &[]AuditEntry{}}); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// Attempt runs fn as a part of the transaction: what it writes is undone when it fails, and the rest stands.
func (tx *Tx) Attempt(fn func(*Tx) error) error {
	noted := len(*tx.entries)
	err := tx.inner(fn)
	if err != nil {
		*tx.entries = (*tx.entries)[:noted]
	}
	return err
}

// inner runs fn in a transaction: one within the session's own, if that is one.
func (tx *Tx) inner(fn func(*Tx) error) error {
	return tx.db.Transaction(func(db *gorm.DB) error {
		return fn(&Tx{db: db, requestID: tx.requestID, entries: tx.entries})
	})
}

// Constraint is the name of the constraint an error says was violated; empty for any other error.
func Constraint(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.ConstraintName
	}
	return ""
}

// found turns GORM's "no row" into ErrNotFound and names the operation.
func found(err error, operation string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fmt.Errorf("%s: %w", operation, ErrNotFound)
	default:
		return fmt.Errorf("%s: %w", operation, err)
	}
}
