package up

import (
	"context"
	"path/filepath"

	"github.com/dengpan/dengpan/devstack/demo"
	"github.com/dengpan/dengpan/devstack/stack"
)

// startPostbox starts the demonstration's mail server, and has the product send its mail there.
func (r *running) startPostbox(ctx context.Context) error {
	if r.options.NoDemo {
		return nil
	}
	r.product.Extra = append(r.product.Extra,
		"DENGPAN_SMTP_ADDRESS="+r.options.MailAddress, "DENGPAN_SMTP_FROM=dengpan@demo.example", "DENGPAN_SMTP_TLS=none")
	service, err := stack.PostboxService(r.options.MailAddress, filepath.Join(r.options.Dir, demo.MailFolder), filepath.Join(r.product.LogDir, "mail.log"))
	if err != nil {
		return err
	}
	return r.keep(ctx, service)
}
