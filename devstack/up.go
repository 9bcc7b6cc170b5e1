package main

import (
	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/devstack/up"
)

func upCommand() *cobra.Command {
	var options up.Options
	command := &cobra.Command{
		Use:   "up",
		Short: "Bring up PostgreSQL, Temporal, its UI, the API, a worker and a demonstration, and show it",
		Long: "Bring up PostgreSQL, Temporal, its UI, the API, a worker and a demonstration, and show it until Ctrl-C.\n" +
			"With DATABASE_URL set that PostgreSQL server is used instead of our own,\n" +
			"with TEMPORAL_ADDRESS set that Temporal server.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return up.Run(command.Context(), options)
		},
	}
	options.Flags(command.Flags())
	return command
}
