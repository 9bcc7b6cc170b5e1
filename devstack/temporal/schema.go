package temporal

import (
	"context"
	"fmt"
	"net/url"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"
	"golang.org/x/sync/errgroup"

	"github.com/dengpan/dengpan/devstack/postgres"
)

// prepare makes the server's databases and brings their tables to this server's version. It may be
// run any number of times, and again after an interruption.
func prepare(ctx context.Context, database *url.URL, logger log.Logger) error {
	group, ctx := errgroup.WithContext(ctx)
	for name, tables := range map[string]string{
		mainDatabase:       "postgresql/v12/temporal",
		visibilityDatabase: "postgresql/v12/visibility",
	} {
		group.Go(func() error {
			if err := postgres.CreateDatabase(ctx, database.String(), name); err != nil {
				return err
			}
			return bring(database, name, tables, logger)
		})
	}
	return group.Wait()
}

// bring runs the schema changes that a database has not had yet.
func bring(server *url.URL, database, tables string, logger log.Logger) error {
	connection, err := sql.NewConnection(store(server, database, 2), logger)
	if err != nil {
		return fmt.Errorf("connect to database %s: %w", database, err)
	}
	defer connection.Close()
	setup := schema.NewSetupSchemaTask(connection, &schema.SetupConfig{InitialVersion: "0.0"}, logger)
	if err := setup.Run(); err != nil {
		return fmt.Errorf("set up the schema of %s: %w", database, err)
	}
	update := schema.NewUpdateSchemaTask(connection, &schema.UpdateConfig{DBName: database, SchemaName: tables}, logger)
	if err := update.Run(); err != nil {
		return fmt.Errorf("update the schema of %s: %w", database, err)
	}
	return nil
}
