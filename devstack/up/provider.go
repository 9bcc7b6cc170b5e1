package up

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/devstack/provider"
	"github.com/dengpan/dengpan/devstack/stack"
)

// providerFile says whom the demonstration's identity provider knows, in the stack's folder.
const providerFile = "identity-provider.json"

// startProvider starts the demonstration's identity provider, and has the product let people log in by it. Whom it knows
// stays the same from start to start; where it and the product are reached may not.
func (r *running) startProvider(ctx context.Context) error {
	if r.options.NoDemo {
		return nil
	}
	path := filepath.Join(r.options.Dir, providerFile)
	options := provider.Options{Secret: rand.Text(), People: []provider.Person{
		{Subject: rand.Text(), Login: "xiaoming", Password: rand.Text()}, {Subject: rand.Text(), Login: "xiaohong", Password: rand.Text()},
	}}
	if err := files.ReadJSON(path, &options); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	product := "http://" + r.options.APIAddress
	options.Issuer, options.Redirect = "http://"+r.options.ProviderAddress, product+"/login/oidc/callback"
	if err := files.WriteJSON(path, options); err != nil {
		return err
	}
	secret := filepath.Join(r.options.Dir, "identity-provider-secret")
	if err := os.WriteFile(secret, []byte(options.Secret), 0o600); err != nil {
		return fmt.Errorf("write the identity provider's secret: %w", err)
	}
	r.product.Extra = append(r.product.Extra,
		"DENGPAN_PUBLIC_URL="+product, "DENGPAN_OIDC_ISSUER="+options.Issuer, "DENGPAN_OIDC_CLIENT_ID="+provider.ClientID,
		"DENGPAN_OIDC_CLIENT_SECRET_FILE="+secret, "DENGPAN_OIDC_TRAINEES=true")
	service, err := stack.ProviderService(r.options.ProviderAddress, path, filepath.Join(r.product.LogDir, "identity-provider.log"))
	if err != nil {
		return err
	}
	return r.keep(ctx, service)
}
