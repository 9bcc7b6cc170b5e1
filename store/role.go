package store

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ErrOneRole says that the application is to run as the role that owns the schema: then nothing keeps it from changing what
// was written for good.
var ErrOneRole = errors.New("the application's database role is the schema's owner")

// GrantApplication lets the role of one PostgreSQL URL do what the application does with the schema that the role of another
// owns, and no more: it reads and writes rows; of what is written for good it can change and remove none; it can alter
// nothing. A role that is not there is made, with the URL's password; the owner needs CREATEROLE for that.
func GrantApplication(ctx context.Context, ownerURL, applicationURL string) error {
	application, err := pgx.ParseConfig(applicationURL)
	if err != nil {
		return fmt.Errorf("read the application's database URL: %w", discreet(err))
	}
	conn, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return fmt.Errorf("reach the database as its owner: %w", discreet(err))
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if application.User == conn.Config().User {
		return ErrOneRole
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		// Two that grant at once would disturb each other.
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(1196572750)"); err != nil {
			return fmt.Errorf("lock the grants: %w", err)
		}
		if err := ensureRole(ctx, tx, application.User, application.Password); err != nil {
			return err
		}
		return grant(ctx, tx, application.User)
	})
}

func ensureRole(ctx context.Context, tx pgx.Tx, name, password string) error {
	var exists, mighty bool
	err := tx.QueryRow(ctx, `SELECT count(*) > 0, coalesce(bool_or(rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls
		OR pg_has_role(rolname, current_user, 'MEMBER')), false) FROM pg_roles WHERE rolname = $1`, name).Scan(&exists, &mighty)
	switch {
	case err != nil:
		return fmt.Errorf("look for the application's role: %w", err)
	case mighty:
		return fmt.Errorf("the application's database role %s may do more than an application should: it is a superuser, may make roles, "+
			"replicates, or is a member of the owner", name)
	case exists:
		return nil
	}
	verifier, err := scramVerifier(password)
	if err != nil {
		return err
	}
	// The verifier, not the password: statements are logged on some servers.
	_, err = tx.Exec(ctx, "CREATE ROLE "+pgx.Identifier{name}.Sanitize()+" LOGIN NOINHERIT PASSWORD '"+verifier+"'")
	if err != nil {
		return fmt.Errorf("make the application's role %s (or have the database's administrator make it): %w", name, err)
	}
	return nil
}

// scramVerifier is what PostgreSQL keeps of a password.
func scramVerifier(password string) (string, error) {
	const iterations = 4096 // PostgreSQL's own
	salt := make([]byte, 16)
	rand.Read(salt) // never fails: it crashes the program instead
	salted, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("prepare the application's password: %w", err)
	}
	digest := func(text string) []byte {
		mac := hmac.New(sha256.New, salted)
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
	stored := sha256.Sum256(digest("Client Key"))
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", iterations, encode(salt), encode(stored[:]), encode(digest("Server Key"))), nil
}

// grant gives a role its rights anew, all of them, and takes those that it should not have.
func grant(ctx context.Context, tx pgx.Tx, role string) error {
	name := pgx.Identifier{role}.Sanitize()
	statements := []string{
		"REVOKE CREATE ON SCHEMA public FROM PUBLIC",
		"REVOKE ALL ON SCHEMA public FROM " + name,
		"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM " + name,
		"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM " + name,
		"GRANT USAGE ON SCHEMA public TO " + name,
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + name,
		"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO " + name,
		"REVOKE DELETE ON audit_key FROM " + name,
		"REVOKE INSERT, UPDATE, DELETE ON goose_db_version FROM " + name,
	}
	forGood, err := appendOnly(ctx, tx)
	if err != nil {
		return err
	}
	for _, table := range forGood {
		statements = append(statements, "REVOKE UPDATE, DELETE ON "+pgx.Identifier{table}.Sanitize()+" FROM "+name)
	}
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("grant the application its rights: %w", err)
		}
	}
	return nil
}

// appendOnly lists the tables that a trigger of that name keeps as they are.
func appendOnly(ctx context.Context, tx pgx.Tx) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT c.relname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE t.tgname = 'append_only' AND c.relnamespace = 'public'::regnamespace ORDER BY 1`)
	if err != nil {
		return nil, fmt.Errorf("list the tables that only grow: %w", err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list the tables that only grow: %w", err)
	}
	return tables, nil
}

// MayChangeAudit reports whether the role that the store runs as could change the audit log: it owns it, or was granted that.
func (s *Store) MayChangeAudit(ctx context.Context) (bool, error) {
	var may bool
	err := s.db.WithContext(ctx).Raw(`SELECT has_table_privilege('audit_entries', 'UPDATE, DELETE, TRUNCATE, TRIGGER')
		OR has_table_privilege('audit_chain', 'UPDATE, DELETE, TRUNCATE, TRIGGER')`).Scan(&may).Error
	return may, found(err, "ask what the database role may do")
}
