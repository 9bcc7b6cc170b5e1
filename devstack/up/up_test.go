package up

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/devstack/testbed"
)

func TestASecondStackInTheSameFolderIsRefusedAndTheFirstNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := lock(dir)
	require.NoError(t, err)

	_, err = lock(dir)
	require.ErrorContains(t, err, "running already")
	require.ErrorContains(t, err, "process "+strconv.Itoa(os.Getpid()))
	require.ErrorContains(t, err, "--dir")

	require.NoError(t, first.Close())
	again, err := lock(dir)
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

func TestATakenPortIsReportedBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	options := parse(t, "--dir", t.TempDir(), "--program", "/bin/true", "--api-address", listener.Addr().String(),
		"--worker-address", "127.0.0.1:0", "--signer-address", "127.0.0.1:0", "--institution-address", "127.0.0.1:0", "--temporal-address", "127.0.0.1:0",
		"--temporal-ui-address", "127.0.0.1:0", "--provider-address", "127.0.0.1:0", "--mail-address", "127.0.0.1:0", "--registry-address", "127.0.0.1:0", "--sms-address", "127.0.0.1:0", "--bureau-address", "127.0.0.1:0")

	err = Run(t.Context(), options)

	_, port, _ := net.SplitHostPort(listener.Addr().String())
	require.ErrorContains(t, err, "port "+port)
	require.ErrorContains(t, err, "--api-address")
	require.ErrorContains(t, err, "DENGPAN_API_ADDRESS")
	require.NoDirExists(t, filepath.Join(options.Dir, "pg"))
}

func TestWithoutABinaryTheRemedyIsNamed(t *testing.T) {
	t.Parallel()
	err := Run(t.Context(), parse(t, "--dir", t.TempDir(), "--program", "/nowhere/dengpan",
		"--api-address", testbed.Address(t), "--worker-address", testbed.Address(t), "--signer-address", testbed.Address(t), "--institution-address", testbed.Address(t),
		"--temporal-address", testbed.Address(t), "--temporal-ui-address", testbed.Address(t), "--provider-address", testbed.Address(t), "--mail-address", testbed.Address(t), "--registry-address", testbed.Address(t), "--sms-address", testbed.Address(t), "--bureau-address", testbed.Address(t)))
	require.ErrorContains(t, err, "make build")
}

func TestTheStandardAddressesAreTheOnesDocumented(t *testing.T) {
	t.Parallel()
	o := parse(t)
	require.Equal(t, "127.0.0.1:8080", o.APIAddress)
	require.Equal(t, "127.0.0.1:8233", o.UIAddress)
	require.Equal(t, "127.0.0.1:7233", o.TemporalListen)
	require.Equal(t, time.Second, o.Day)
	require.Equal(t, 30, o.Trainees)
}

func TestWithoutADemonstrationDaysAreReal(t *testing.T) {
	t.Parallel()
	o := parse(t, "--no-demo", "--program", "/bin/true")
	require.NoError(t, o.settle())
	require.Equal(t, 24*time.Hour, o.Day)
	require.Zero(t, o.Trainees)
}

func parse(t *testing.T, arguments ...string) Options {
	t.Helper()
	var o Options
	flags := pflag.NewFlagSet("up", pflag.ContinueOnError)
	o.Flags(flags)
	require.NoError(t, flags.Parse(arguments))
	return o
}
