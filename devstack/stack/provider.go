package stack

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/devstack/provider"
)

const providerRole = "identity-provider"

// ProviderService is an identity provider in a process of its own. Whom it serves stands in a file.
func ProviderService(address, optionsFile, logPath string) (Service, error) {
	ready := func(ctx context.Context) error {
		return Answers(ctx, "http://"+address+"/.well-known/openid-configuration")
	}
	return own("identity provider", logPath, ready, providerRole, "--address", address, "--options", optionsFile)
}

func providerCommand() *cobra.Command {
	var address, optionsFile string
	command := &cobra.Command{
		Use:   providerRole,
		Short: "Run an identity provider for demonstrations until told to stop",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), syscall.SIGTERM, os.Interrupt)
			defer stop()
			options, err := provider.Load(optionsFile)
			if err != nil {
				return err
			}
			return provider.Serve(ctx, address, options)
		},
	}
	command.Flags().StringVar(&address, "address", provider.DefaultAddress, "where to serve")
	command.Flags().StringVar(&optionsFile, "options", "", "file that says whom to serve")
	return command
}
