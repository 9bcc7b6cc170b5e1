package up

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/message"

	"github.com/dengpan/dengpan/devstack/demo"
	"github.com/dengpan/dengpan/devstack/democlock"
	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/devstack/postgres"
	"github.com/dengpan/dengpan/devstack/process"
	"github.com/dengpan/dengpan/devstack/stack"
	"github.com/dengpan/dengpan/devstack/temporal"
	"github.com/dengpan/dengpan/devstack/ui"
)

// productDatabase is the product's own database in our cluster.
const productDatabase = "dengpan"

// kept is a service that is started again when it ends unasked.
type kept struct {
	service stack.Service
	keeper  *process.Keeper
}

// bringUp starts everything, each once what it needs answers.
func (r *running) bringUp(ctx context.Context) error {
	r.product = stack.Product{
		Program: r.options.Program, LogDir: filepath.Join(r.options.Dir, "log"),
		TemporalNamespace: temporal.DefaultNamespace,
		APIAddress:        r.options.APIAddress, WorkerAddress: r.options.WorkerAddress, SignerAddress: r.options.SignerAddress,
		InstitutionAddress: r.options.InstitutionAddress,
		KeysetFile:         filepath.Join(r.options.Dir, "keyset.json"),
		SigningKeys:        filepath.Join(r.options.Dir, "signing-keys"),
		InstitutionFile:    demo.InstitutionFile(r.options.Dir), InstitutionState: demo.InstitutionState(r.options.Dir),
		TemporalUI: "http://" + r.options.UIAddress,
		Demo:       !r.options.NoDemo, Day: r.options.Day,
	}
	steps := []struct {
		what string
		do   func(context.Context) error
	}{
		{"keys", r.ensureKeys},
		{"signing keys", r.ensureSigningKeys},
		{"calendar", r.openCalendar},
		{"PostgreSQL", r.startDatabase},
		{"Temporal", r.startTemporal},
		{"schema, published lists, namespace", r.migrate},
		{"identity provider", r.startProvider},
		{"mail server", r.startPostbox},
		{"public registers, gateway of short messages, register of persons", r.startPlayed},
		{"API, worker, signer and Temporal UI", r.startServices},
		{"institutions", r.startInstitutions},
	}
	for _, step := range steps {
		before := time.Now()
		if err := step.do(ctx); err != nil {
			return err
		}
		if took := time.Since(before); took > 50*time.Millisecond {
			r.say("%s: ready after %.1f s", step.what, took.Seconds())
		}
	}
	return nil
}

// ensureKeys makes the keys that personal data is sealed with, unless they exist.
func (r *running) ensureKeys(context.Context) error {
	_, err := os.Stat(r.product.KeysetFile)
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look for the keys: %w", err)
	}
	if _, err := os.Lstat(r.clusterDir()); err == nil && r.options.DatabaseURL == "" {
		return fmt.Errorf("%s is missing, and without it nothing that is sealed in the database can be read: put it back, or remove %s to begin anew",
			r.product.KeysetFile, r.options.Dir)
	}
	_, err = identity.CreateKeyring(r.product.KeysetFile)
	return err
}

// ensureSigningKeys makes the keys that the demonstration's documents and credentials are signed with, unless they exist.
func (r *running) ensureSigningKeys(context.Context) error {
	if r.options.NoDemo {
		return nil
	}
	return stack.CreateSigningKeys(r.product.SigningKeys)
}

func (r *running) clusterDir() string { return filepath.Join(r.options.Dir, "pg") }

// openCalendar takes up the demonstration's calendar where it stopped.
func (r *running) openCalendar(context.Context) (err error) {
	if r.options.NoDemo {
		return nil
	}
	now := time.Now()
	r.clock, err = democlock.Open(filepath.Join(r.options.Dir, "calendar.json"), r.options.Day, calendar.Real().Today(now), now)
	if err == nil {
		r.product.CalendarAnchor = r.clock.Calendar().Anchor()
	}
	return err
}

func (r *running) startDatabase(ctx context.Context) error {
	if r.options.DatabaseURL != "" {
		r.ownerURL = cmp.Or(r.options.OwnerURL, r.options.DatabaseURL)
		return r.tellDatabase(r.options.DatabaseURL)
	}
	cluster, err := postgres.Start(ctx, postgres.Options{
		Dir: r.clusterDir(), Port: r.options.PostgresPort, LogPath: filepath.Join(r.product.LogDir, "postgres.log"),
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.cluster = keepDatabase(cluster)
	r.mu.Unlock()
	r.ownerURL = cluster.URL(productDatabase)
	if err := r.tellDatabase(cluster.ApplicationURL(productDatabase)); err != nil {
		return err
	}
	return cluster.CreateDatabase(ctx, productDatabase)
}

// tellDatabase writes the files from which the product learns where its database is: as its owner (for psql, too), and as
// the application.
func (r *running) tellDatabase(applicationURL string) error {
	r.product.OwnerFile = filepath.Join(r.options.Dir, "database-url")
	r.product.DatabaseFile = filepath.Join(r.options.Dir, "application-database-url")
	err := errors.Join(files.WriteSecret(r.product.OwnerFile, r.ownerURL), files.WriteSecret(r.product.DatabaseFile, applicationURL))
	if err != nil {
		return fmt.Errorf("write the database's URL: %w", err)
	}
	return nil
}

func (r *running) startTemporal(ctx context.Context) error {
	if r.options.TemporalAddress != "" {
		r.product.TemporalAddress = r.options.TemporalAddress
		return nil
	}
	r.product.TemporalAddress = r.options.TemporalListen
	server, err := url.Parse(r.ownerURL)
	if err != nil {
		return errors.New("DATABASE_URL is not a URL such as postgres://user:password@127.0.0.1:5432/dengpan")
	}
	service, err := stack.TemporalService(temporal.Options{
		DatabaseURL: server.String(), Address: r.options.TemporalListen, LogPath: filepath.Join(r.product.LogDir, "temporal.log"),
	})
	if err != nil {
		return err
	}
	return r.keep(ctx, service)
}

func (r *running) migrate(ctx context.Context) error { return r.product.Migrate(ctx) }

func (r *running) startServices(ctx context.Context) error {
	page, err := stack.UIService(ui.Options{
		Address: r.options.UIAddress, TemporalAddress: r.product.TemporalAddress, Namespace: temporal.DefaultNamespace,
		APIURL: "http://" + r.options.APIAddress,
	}, filepath.Join(r.product.LogDir, "temporal-ui.log"))
	if err != nil {
		return err
	}
	services := []stack.Service{page, r.product.Service(stack.WorkerRole), r.product.Service(stack.APIRole)}
	if !r.options.NoDemo { // its keys are of the demonstration
		services = append(services, r.product.Service(stack.SignerRole))
	}
	return r.keep(ctx, services...)
}

// startInstitutions takes up the demonstration and starts those who play in it.
func (r *running) startInstitutions(ctx context.Context) (err error) {
	if r.options.NoDemo {
		return nil
	}
	r.demo, err = demo.Open(ctx, demo.Options{
		Dir: r.options.Dir, APIURL: "http://" + r.options.APIAddress, InstitutionURL: "http://" + r.options.InstitutionAddress,
		BureauURL: "http://" + r.options.BureauAddress,
		Trainees:  r.options.Trainees, Calendar: r.clock.Calendar(), Administrator: r.product,
		Lang: message.Lang(r.options.Lang),
	})
	if err != nil {
		return err
	}
	return r.keep(ctx, r.product.Service(stack.InstitutionRole))
}

// keep starts services together and returns when all of them answer.
func (r *running) keep(ctx context.Context, services ...stack.Service) error {
	var begun []*kept
	for _, service := range services {
		keeper, err := process.Keep(service.Spec)
		if err != nil {
			return err
		}
		k := &kept{service: service, keeper: keeper}
		begun = append(begun, k)
		r.mu.Lock()
		r.kept = append(r.kept, k)
		r.mu.Unlock()
	}
	for _, k := range begun {
		if err := k.await(ctx); err != nil {
			return err
		}
	}
	return nil
}

// await returns when the service answers. One that keeps ending is not waited for.
func (k *kept) await(ctx context.Context) error {
	const hopeless = 3 // restarts
	ended, over := make(chan struct{}), make(chan struct{})
	defer close(over)
	go func() {
		for k.keeper.State().Restarts < hopeless {
			select {
			case <-over:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
		close(ended)
	}()
	return k.service.AwaitReady(ctx, ended)
}
