package up

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/dengpan/dengpan/delivery"

	"github.com/dengpan/dengpan/devstack/demo"
	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/devstack/stack"
)

// publishedAfter is how many days of the demonstration a register takes to publish what it was sent: long enough to be seen.
const publishedAfter = 2

// startPlayed starts those whom the product speaks to beside institutions, and has it speak to them: the public registers, the
// gateway of short messages and the register of persons.
func (r *running) startPlayed(ctx context.Context) error {
	if r.options.NoDemo {
		return nil
	}
	p := &r.product
	p.RegistryAddress, p.RegistryDelay = r.options.RegistryAddress, publishedAfter*r.options.Day
	p.RegistryState = filepath.Join(r.options.Dir, "registers.jsonl")
	p.SMSAddress, p.SMSFolder = r.options.SMSAddress, filepath.Join(r.options.Dir, demo.SMSFolder)
	p.BureauAddress = r.options.BureauAddress
	for name, file := range map[string]*string{
		"channel-secret": &p.ChannelSecret, "sms-secret": &p.SMSSecret, "bureau-secret": &p.BureauSecret,
	} {
		*file = filepath.Join(r.options.Dir, name)
		if err := files.EnsureSecret(*file, delivery.NewSecret()); err != nil {
			return fmt.Errorf("write what signs the requests to them: %w", err)
		}
	}
	return r.keep(ctx, p.Service(stack.RegistryRole), p.Service(stack.GatewayRole), p.Service(stack.BureauRole))
}
