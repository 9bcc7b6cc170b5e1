package stack

import (
	"context"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/mail/postbox"
)

const postboxRole = "postbox"

// PostboxService is a mail server in a process of its own, which keeps in a folder what it is sent.
func PostboxService(address, folder, logPath string) (Service, error) {
	return own("mail server", logPath, listening(address), postboxRole, "--address", address, "--folder", folder)
}

// listening waits until something listens on an address.
func listening(address string) func(context.Context) error {
	return func(ctx context.Context) error {
		return once(ctx, address, func() error {
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
			if err != nil {
				return err
			}
			return conn.Close()
		})
	}
}

func postboxCommand() *cobra.Command {
	var address, folder string
	command := &cobra.Command{
		Use:   postboxRole,
		Short: "Run a mail server that keeps what it is sent, until told to stop",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), syscall.SIGTERM, os.Interrupt)
			defer stop()
			server, _, err := postbox.Start(address, folder)
			if err != nil {
				return err
			}
			<-ctx.Done()
			return server.Close()
		},
	}
	command.Flags().StringVar(&address, "address", postbox.DefaultAddress, "where to take mail")
	command.Flags().StringVar(&folder, "folder", "", "where to keep it")
	return command
}
