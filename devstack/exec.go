package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/devstack/sandbox"
)

func execCommand() *cobra.Command {
	var options sandbox.Options
	command := &cobra.Command{
		Use:   "exec -- COMMAND [ARGUMENTS]",
		Short: "Run a command with a PostgreSQL cluster and a Temporal server of its own, then remove them",
		Long: "Run a command with a PostgreSQL cluster and a Temporal server of its own, then remove them.\n" +
			"The command finds them in " + sandbox.DatabaseVariable + " and " + sandbox.TemporalVariable + ";\n" +
			"devstack ends with the command's exit status.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			options.Command = arguments
			status, err := sandbox.Run(command.Context(), options)
			if err != nil {
				return err
			}
			os.Exit(status)
			return nil
		},
	}
	command.Flags().BoolVar(&options.NoTemporal, "no-temporal", false, "PostgreSQL only")
	command.Flags().SetInterspersed(false)
	return command
}
