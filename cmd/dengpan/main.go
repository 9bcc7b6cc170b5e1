// Command dengpan is the whole product in one binary, with a role for each process: the API, the worker, the signer, all
// at once, the migration, and the simulators that play whom it speaks to: institutions, public registers, a gateway
// of short messages, the register of persons.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := root().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dengpan:", err)
		os.Exit(1)
	}
}

// version is what the binary was built from: a release's tag, or (devel) for a checkout.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "dengpan",
		Version: version(),
		Short:   "Durable orchestration of Beijing's digital-technology engineer programme",
		Long: "Dengpan (登攀) carries a trainee's case from registration to the professional title.\n" +
			"Every setting is a flag or the environment variable named beside it.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.AddCommand(apiCommand(), workerCommand(), signerCommand(), allCommand(), migrateCommand(), institutionCommand(),
		tokenCommand(), accountCommand(), districtCommand(), endpointCommand(), keysetCommand(), policyCommand(), auditCommand(),
		openapiCommand(), listsCommand(), registryCommand(), gatewayCommand(), bureauCommand(),
		reconcileCommand(), checkCertificatesCommand(), signingKeyCommand())
	return cmd
}
