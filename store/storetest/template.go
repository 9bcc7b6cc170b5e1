package storetest

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/jackc/pgx/v5"

	"github.com/dengpan/dengpan/store"
)

// templateLock keeps two test processes from building the template at once ("dengpan" in ASCII).
const templateLock = 0x64656e6770616e

//go:embed pristine.sql
var pristine string

// ensureTemplate builds the template of today's schema unless it is there. Its name says which schema it has, so one
// that an older program left behind is never taken.
func ensureTemplate(ctx context.Context, conn *pgx.Conn, server string) (string, error) {
	digest, err := schemaDigest()
	if err != nil {
		return "", err
	}
	name := "dengpan_template_" + digest
	// Whoever builds it keeps the others waiting; those who only copy it do not.
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return "", fmt.Errorf("lock the template: %w", err)
	}
	defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", templateLock) }()
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there)
	if err != nil || there {
		return name, err
	}
	unfinished := name + "_unfinished"
	for _, sql := range []string{
		"DROP DATABASE IF EXISTS " + quote(unfinished) + " WITH (FORCE)", "CREATE DATABASE " + quote(unfinished),
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return "", fmt.Errorf("create the template: %w", err)
		}
	}
	address, err := replaceDatabase(server, unfinished)
	if err != nil {
		return "", err
	}
	if _, err := store.Migrate(ctx, address); err != nil {
		return "", fmt.Errorf("migrate the template: %w", err)
	}
	served, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("read %s: not a URL", Environment)
	}
	served.User = url.UserPassword(application, application)
	if err := store.GrantApplication(ctx, address, served.String()); err != nil {
		return "", fmt.Errorf("grant the template: %w", err)
	}
	err = inside(ctx, server, unfinished, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, pristine)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("write down what the template is like: %w", err)
	}
	// It takes its name when it is finished: a process that is killed before leaves nothing that looks like a template.
	if _, err := conn.Exec(ctx, "ALTER DATABASE "+quote(unfinished)+" RENAME TO "+quote(name)); err != nil {
		return "", fmt.Errorf("name the template: %w", err)
	}
	return name, nil
}

// chooses says that the server lets us say how databases are copied: from PostgreSQL 15 on. Those before know one way.
func chooses(conn *pgx.Conn) bool {
	var version int
	_, err := fmt.Sscanf(conn.PgConn().ParameterStatus("server_version"), "%d", &version)
	const first = 15
	return err == nil && version >= first
}

func schemaDigest() (string, error) {
	sum := sha256.New()
	sum.Write([]byte(pristine))
	err := fs.WalkDir(store.Migrations(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(store.Migrations(), path)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(sum, "%s %d\n%s", path, len(content), content)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the migrations: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}
