package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// largest is how much a test may have written for its database to be given on; to empty a larger one takes longer than to
// make another.
const largest = 8 << 20

// shelf is where databases lie that no test has. Who takes one locks it, in the session of conn.
type shelf struct {
	conn   *pgx.Conn
	server string
}

// take takes a database that is as good as new, or makes one.
func (s shelf) take(ctx context.Context) (string, error) {
	digest, err := schemaDigest()
	if err != nil {
		return "", err
	}
	prefix := "dengpan_test_" + digest + "_"
	rows, err := s.conn.Query(ctx, "SELECT datname FROM pg_database WHERE datallowconn AND starts_with(datname::text, $1) ORDER BY datname", prefix)
	if err != nil {
		return "", fmt.Errorf("look for a database: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", fmt.Errorf("look for a database: %w", err)
	}
	for _, name := range names {
		var mine bool
		// Whoever dropped it in the meantime had locked it.
		err := s.conn.QueryRow(ctx, `SELECT CASE WHEN pg_try_advisory_lock(hashtextextended($1, 0))
			THEN EXISTS (SELECT FROM pg_database WHERE datname = $1) ELSE false END`, name).Scan(&mine)
		if err != nil {
			return "", fmt.Errorf("lock a database: %w", err)
		}
		if !mine {
			continue
		}
		cleaned, err := s.clean(ctx, name)
		if err != nil || cleaned {
			return name, err
		}
		if _, err := s.conn.Exec(ctx, "DROP DATABASE "+quote(name)+" WITH (FORCE)"); err != nil {
			return "", fmt.Errorf("drop a database: %w", err)
		}
	}
	return s.make(ctx, prefix+strings.ToLower(rand.Text()))
}

// make makes a new one.
func (s shelf) make(ctx context.Context, name string) (string, error) {
	template, err := ensureTemplate(ctx, s.conn, s.server)
	if err != nil {
		return "", err
	}
	if _, err := s.conn.Exec(ctx, "SELECT pg_advisory_lock(hashtextextended($1, 0))", name); err != nil {
		return "", fmt.Errorf("lock a new database: %w", err)
	}
	copying := "CREATE DATABASE " + quote(name) + " TEMPLATE " + quote(template)
	if chooses(s.conn) {
		copying += " STRATEGY FILE_COPY" // of a template with so many files, it takes half as long as through the log
	}
	if _, err := s.conn.Exec(ctx, copying); err != nil {
		return "", fmt.Errorf("copy the template: %w", err)
	}
	return name, nil
}

// clean empties a database, and says that it is as good as new. It is not if its schema was changed, or if it is large.
func (s shelf) clean(ctx context.Context, name string) (cleaned bool, err error) {
	if err := s.alone(ctx, name); err != nil {
		return false, err
	}
	err = inside(ctx, s.server, name, func(conn *pgx.Conn) error {
		var names []string
		var size int64
		err := conn.QueryRow(ctx, `SELECT p.shape = s.shape, (SELECT coalesce(sum(size), 0) FROM storetest.touched),
			(SELECT array_agg(format('public.%I', name)) FROM storetest.touched)
			FROM storetest.pristine p, storetest.shape s`).Scan(&cleaned, &size, &names)
		if err != nil {
			return fmt.Errorf("look at a database: %w", err)
		}
		if cleaned = cleaned && size <= largest; !cleaned {
			return nil
		}
		if _, err := conn.Exec(ctx, "SELECT storetest.clean()"); err != nil {
			return fmt.Errorf("empty a database: %w", err)
		}
		// The tables' files are then as short as they were: rows come in the order in which they are written, as in a new one.
		if _, err := conn.Exec(ctx, "VACUUM "+strings.Join(names, ", ")); err != nil {
			return fmt.Errorf("shorten a database: %w", err)
		}
		return nil
	})
	return cleaned, err
}

// alone ends the connections that the test before may have left, and returns when they are gone.
func (s shelf) alone(ctx context.Context, name string) error {
	for {
		var left int
		err := s.conn.QueryRow(ctx, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE datname = $1 AND backend_type = 'client backend'`, name).Scan(&left)
		if err != nil || left == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), errors.New("somebody stays connected to a database"))
		case <-time.After(5 * time.Millisecond): //nolint:mnd // a session ends in less
		}
	}
}
