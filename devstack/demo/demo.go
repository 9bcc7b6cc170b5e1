// Package demo fills the running product with a demonstration: synthetic trainees who register
// through the API, institutions that misbehave here and there, and an operator who puts it right.
// It knows the product only from outside, by its API and its command line.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"

	"github.com/dengpan/dengpan/devstack/files"
)

// Administrator makes accounts, which no API does.
type Administrator interface {
	// Token makes an account and returns its token. institution is set for that role only.
	Token(ctx context.Context, role, institution, label string) (string, error)
	// Endpoint sets an institution's callback URL and returns the secret that signs its callbacks.
	Endpoint(ctx context.Context, institution, url string) (string, error)
	// Account makes an account that is logged in to. institution and district are set for some roles only.
	Account(ctx context.Context, role, institution, district, login, password string) error
	// Login gives an account a log-in.
	Login(ctx context.Context, account, login, password string) error
	// District says which district an institution lies in.
	District(ctx context.Context, institution, district string) error
}

// Options say where the product is and how large the demonstration.
type Options struct {
	Dir            string // the stack's folder
	APIURL         string
	InstitutionURL string // the simulator
	BureauURL      string // the register of persons
	Trainees       int
	Calendar       calendar.Calendar
	Administrator  Administrator
	Lang           message.Lang // of the news
}

// Timing of the demonstration.
const (
	intakeLasts     = 20 * time.Second // spread over so long
	institutionTime = "1s"             // how long an institution takes to answer
	operatorThinks  = 5 * time.Second  // how long an incident stays visible
)

// Demo is a demonstration.
type Demo struct {
	options Options
	api     *client
	control *client
	notes   *notebook
	offers  offers

	mu     sync.Mutex
	views  []view
	news   []string
	failed error // the last thing that kept the intake or the operator from going on
}

// Open takes up the demonstration in the folder, or begins one: it makes the operator's account and
// those of the institutions. The API must be serving.
func Open(ctx context.Context, options Options) (*Demo, error) {
	if options.Trainees > MostTrainees() {
		return nil, fmt.Errorf("%d trainees are too many: there are names for %d", options.Trainees, MostTrainees())
	}
	notes, err := openNotebook(options.Dir, options.APIURL, options.Trainees, options.Calendar.Today(time.Now()))
	if err != nil {
		return nil, err
	}
	d := &Demo{
		options: options,
		api:     newClient(options.APIURL, options.Lang), control: newClient(options.InstitutionURL, options.Lang),
		notes: notes, views: make([]view, notes.trainees()),
	}
	if err := errors.Join(d.introduce(ctx), d.ensureOperator(ctx)); err != nil {
		return nil, err
	}
	if d.offers, err = d.askOffers(ctx); err != nil {
		return nil, err
	}
	if err := d.ensureInstitutions(ctx); err != nil {
		return nil, err
	}
	return d, d.ensureLogins(ctx)
}

// ensureOperator makes the operators' accounts, or checks that the one of the last run still is one.
func (d *Demo) ensureOperator(ctx context.Context) error {
	if d.notes.second() == "" {
		token, err := d.options.Administrator.Token(ctx, "operator", "", "demo second operator")
		if err != nil {
			return fmt.Errorf("make the second operator's account: %w", err)
		}
		if err := d.notes.change(func(r *Record, _ *steps) { r.Second.Token = token }); err != nil {
			return err
		}
	}
	token := d.notes.operator()
	if token == "" {
		token, err := d.options.Administrator.Token(ctx, "operator", "", "demo operator")
		if err != nil {
			return fmt.Errorf("make the operator's account: %w", err)
		}
		return d.notes.change(func(r *Record, _ *steps) { r.Operator.Token = token })
	}
	err := d.api.get(ctx, "/v1/incidents?state=open&limit=1", token, nil)
	if answeredWith(err, "unauthenticated") {
		return fmt.Errorf("the accounts in %s are not known to this database: it belongs to another. Use the database it was made with, or remove %s, %s and %s to begin a new demonstration",
			RecordFile, RecordFile, progressFile, playersFile)
	}
	if err != nil {
		return fmt.Errorf("check the operator's account: %w", err)
	}
	return nil
}

// ensureInstitutions makes the accounts and callbacks of every listed institution that has none, and
// writes the simulator's file.
func (d *Demo) ensureInstitutions(ctx context.Context) error {
	path := InstitutionFile(d.options.Dir)
	var cast players
	if err := files.ReadJSON(path, &cast); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	known := make(map[string]bool)
	for _, p := range cast.Institutions {
		known[p.ID] = true
	}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4) // each starts a program
	for _, listed := range d.offers.institutions {
		if known[listed.ID] {
			continue
		}
		group.Go(func() error {
			p, err := d.engage(ctx, listed)
			mu.Lock()
			defer mu.Unlock()
			cast.Institutions = append(cast.Institutions, p)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	cast.Delay = institutionTime
	if err := files.WriteJSON(path, cast); err != nil {
		return err
	}
	return d.notes.change(func(r *Record, _ *steps) {
		r.Institutions = r.Institutions[:0]
		for _, p := range cast.Institutions {
			r.Institutions = append(r.Institutions, p.Institution)
		}
	})
}

func (d *Demo) engage(ctx context.Context, listed listedBody) (player, error) {
	key, err := d.options.Administrator.Token(ctx, "institution", listed.ID, "demo "+listed.ID)
	if err != nil {
		return player{}, fmt.Errorf("make the account of %s: %w", listed.ID, err)
	}
	callback := d.options.InstitutionURL + "/institutions/" + url.PathEscape(listed.ID) + "/callbacks"
	secret, err := d.options.Administrator.Endpoint(ctx, listed.ID, callback)
	if err != nil {
		return player{}, fmt.Errorf("set the callback of %s: %w", listed.ID, err)
	}
	return player{Institution: Institution{ID: listed.ID, Name: listed.Name, APIKey: key}, WebhookSecret: secret}, nil
}

// Run takes the trainees in, watches their cases, plays the operator and the employer and keeps classes on offer, until ctx
// ends. The simulator must be serving.
func (d *Demo) Run(ctx context.Context) {
	var parts sync.WaitGroup
	parts.Go(func() { d.takeIn(ctx) })
	parts.Go(func() { d.watch(ctx) })
	parts.Go(func() { d.operate(ctx) })
	parts.Go(func() { d.teach(ctx) })
	parts.Go(func() { d.beReached(ctx) })
	parts.Go(func() { d.employ(ctx) })
	parts.Wait()
}

// Record is what demo.json says.
func (d *Demo) Record() Record {
	d.notes.mu.Lock()
	defer d.notes.mu.Unlock()
	record := d.notes.record
	record.Trainees, record.Institutions = slices.Clone(record.Trainees), slices.Clone(record.Institutions)
	record.Logins = slices.Clone(record.Logins)
	return record
}

// tell adds to the news that the board shows.
func (d *Demo) tell(format string, arguments ...any) {
	const kept = 20
	d.mu.Lock()
	defer d.mu.Unlock()
	d.news = append([]string{fmt.Sprintf(format, arguments...)}, d.news[:min(len(d.news), kept)]...)
}
