package postgres

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// Databases are the names of all databases of the cluster but its templates.
func (c *Cluster) Databases(ctx context.Context) ([]string, error) {
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return nil, fmt.Errorf("connect to list databases: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1")
	if err != nil {
		return nil, fmt.Errorf("list databases: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Dump is all that a database holds, as pg_dump writes it: text, and bytes in hexadecimal.
func (c *Cluster) Dump(ctx context.Context, database string) ([]byte, error) {
	command := exec.CommandContext(ctx, c.bin.path("pg_dump"), "--no-password", "--host", "127.0.0.1",
		"--port", strconv.Itoa(c.port), "--username", superuser, "--dbname", database)
	// By the environment, because a command line can be read by every user of the machine.
	command.Env = append(command.Environ(), "PGPASSWORD="+c.password, "LC_ALL=C.UTF-8")
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("dump database %s: %w: %s", database, err, problems.String())
	}
	return out.Bytes(), nil
}
