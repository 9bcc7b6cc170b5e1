package stack

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/sms/gateway"
)

const gatewayRole = "sms-gateway"

// GatewayService is a gateway of short messages in a process of its own, which keeps in a folder what it is sent.
func GatewayService(address, secretFile, folder, logPath string) (Service, error) {
	return own("gateway of short messages", logPath, listening(address), gatewayRole, "--address", address, "--secret-file", secretFile, "--folder", folder)
}

func gatewayCommand() *cobra.Command {
	var address, secretFile, folder string
	command := &cobra.Command{
		Use:   gatewayRole,
		Short: "Run a gateway of short messages that keeps what it is sent, until told to stop",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), syscall.SIGTERM, os.Interrupt)
			defer stop()
			secret, err := os.ReadFile(secretFile)
			if err != nil {
				return fmt.Errorf("read the gateway's secret: %w", err)
			}
			server, _, err := gateway.Start(address, strings.TrimSpace(string(secret)), folder)
			if err != nil {
				return err
			}
			<-ctx.Done()
			return server.Close()
		},
	}
	command.Flags().StringVar(&address, "address", gateway.DefaultAddress, "where to take messages")
	command.Flags().StringVar(&secretFile, "secret-file", "", "file with the secret that messages are signed with")
	command.Flags().StringVar(&folder, "folder", "", "where to keep them")
	return command
}
