package up

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/dengpan/dengpan/delivery"

	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/devstack/stack"
)

// publishedAfter is how many days of the demonstration a register takes to publish what it was sent: long enough to be seen.
const publishedAfter = 2

// startRegisters starts the stand-ins for the public registers, and has the product publish there.
func (r *running) startRegisters(ctx context.Context) error {
	if r.options.NoDemo {
		return nil
	}
	r.product.RegistryAddress, r.product.RegistryDelay = r.options.RegistryAddress, publishedAfter*r.options.Day
	r.product.RegistryState = filepath.Join(r.options.Dir, "registers.jsonl")
	r.product.ChannelSecret = filepath.Join(r.options.Dir, "channel-secret")
	if err := files.EnsureSecret(r.product.ChannelSecret, delivery.NewSecret()); err != nil {
		return fmt.Errorf("write the secret of the registers: %w", err)
	}
	return r.keep(ctx, r.product.Service(stack.RegistryRole))
}
