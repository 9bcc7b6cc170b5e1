package up

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/sms/gateway"

	"github.com/dengpan/dengpan/devstack/demo"
	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/devstack/stack"
)

// startGateway starts the demonstration's gateway of short messages, and has the product send its own there.
func (r *running) startGateway(ctx context.Context) error {
	if r.options.NoDemo {
		return nil
	}
	secret := filepath.Join(r.options.Dir, "sms-secret")
	if err := files.EnsureSecret(secret, delivery.NewSecret()); err != nil {
		return fmt.Errorf("write the secret of the gateway: %w", err)
	}
	r.product.Extra = append(r.product.Extra,
		"DENGPAN_SMS_URL="+gateway.URL(r.options.SMSAddress), "DENGPAN_SMS_SECRET_FILE="+secret)
	service, err := stack.GatewayService(r.options.SMSAddress, secret, filepath.Join(r.options.Dir, demo.SMSFolder),
		filepath.Join(r.product.LogDir, "sms.log"))
	if err != nil {
		return err
	}
	return r.keep(ctx, service)
}
