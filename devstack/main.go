// Command devstack brings up everything Dengpan needs on one development machine: PostgreSQL,
// Temporal, Temporal UI, the product's own processes, and a demonstration intake.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/devstack/stack"
)

func main() {
	root := &cobra.Command{
		Use:           "devstack",
		Short:         "Dengpan's development stack",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(upCommand(), execCommand())
	root.AddCommand(stack.RoleCommands()...)
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "devstack:", err)
		os.Exit(1)
	}
}
