package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/api"
)

func openapiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "openapi", Short: "print the description of the HTTP API (OpenAPI)", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			description, err := api.Describe(version())
			if err == nil {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), string(description))
			}
			return err
		},
	}
}
