package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/api"
	"github.com/dengpan/dengpan/batches"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/callbacks"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/evidence"
	"github.com/dengpan/dengpan/execution"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/idcheck"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/intake"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/mail"
	"github.com/dengpan/dengpan/notice"
	"github.com/dengpan/dengpan/payload"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/printing"
	"github.com/dengpan/dengpan/publication"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/relay"
	"github.com/dengpan/dengpan/sms"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/supervision"
	"github.com/dengpan/dengpan/telling"
	"github.com/dengpan/dengpan/worker"
)

func apiCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "api", Short: "serve the HTTP API", Args: cobra.NoArgs}
	cfg := configured(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return serve(cmd.Context(), cfg, (*process).api)
	}
	return cmd
}

func workerCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "worker", Short: "run cases and deliveries", Args: cobra.NoArgs}
	cfg := configured(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return serve(cmd.Context(), cfg, (*process).worker)
	}
	return cmd
}

func allCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "all", Short: "run the API, the worker and the signer in one process", Args: cobra.NoArgs}
	cfg := configured(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return serve(cmd.Context(), cfg, (*process).api, (*process).worker, (*process).signer)
	}
	return cmd
}

// process is what the roles of one process share.
type process struct {
	cfg      *config
	logger   *slog.Logger
	store    *store.Store
	temporal client.Client
	keys     *identity.Keyring
	payloads *payload.Keys
	rules    *policy.Policy
	calendar calendar.Calendar
	sessions store.SessionLimits
	origin   string
	provider *api.Provider
	mail     *mail.Sender
	sms      sms.Sender
	register *idcheck.Register
	bucket   *evidence.Bucket
	channels map[string]publication.Channel
	printing issuing.Printing
}

// serve checks the whole configuration, then runs the roles until one fails or the process is told to stop.
func serve(ctx context.Context, cfg *config, roles ...func(*process, context.Context) error) (err error) {
	p, err := prepare(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() {
		p.temporal.Close()
		err = errors.Join(err, p.store.Close())
	}()
	group, ctx := errgroup.WithContext(ctx)
	for _, role := range roles {
		group.Go(func() error { return role(p, ctx) })
	}
	return group.Wait()
}

func prepare(ctx context.Context, cfg *config) (*process, error) {
	logger, err := cfg.logger()
	if err != nil {
		return nil, err
	}
	cal, err := cfg.calendar()
	if err != nil {
		return nil, err
	}
	rules, err := cfg.policy()
	if err != nil {
		return nil, err
	}
	keys, err := cfg.keys()
	if err != nil {
		return nil, err
	}
	keys.OnFault(func(err error) { logger.Error("the keys were changed and cannot be read", slog.Any("error", err)) })
	sessions, err := cfg.sessions()
	if err != nil {
		return nil, err
	}
	origin, err := cfg.Provider.origin(cfg.Demo)
	if err != nil {
		return nil, err
	}
	provider, err := cfg.Provider.provider(cfg.Demo)
	if err != nil {
		return nil, err
	}
	sender, err := cfg.SMTP.sender(cfg.Demo)
	if err != nil {
		return nil, err
	}
	short, err := cfg.SMS.sender(cfg.Demo)
	if err != nil {
		return nil, err
	}
	register, err := cfg.Identity.register(cfg.Demo)
	if err != nil {
		return nil, err
	}
	bucket, err := cfg.Evidence.bucket(cfg.Demo)
	if err != nil {
		return nil, err
	}
	channels, err := cfg.Channels.channels(cfg.Demo)
	if err != nil {
		return nil, err
	}
	printing, err := cfg.Printing.printing(origin)
	if err != nil {
		return nil, err
	}
	db, err := cfg.openStore(ctx)
	if err != nil {
		return nil, err
	}
	if err := cautionRole(ctx, db, logger); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	payloads := payload.NewKeys(db, keys)
	temporal, err := worker.Dial(cfg.Temporal, cfg.Namespace, payloads, logger)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &process{
		cfg: cfg, logger: logger, store: db, temporal: temporal, keys: keys, payloads: payloads, rules: rules, calendar: cal,
		sessions: sessions, origin: origin, provider: provider, mail: sender, sms: short, register: register, bucket: bucket,
		channels: channels,
		printing: printing,
	}, nil
}

// cautionRole says so in the log when nothing but good will keeps the process from changing the audit log.
func cautionRole(ctx context.Context, db *store.Store, logger *slog.Logger) error {
	may, err := db.MayChangeAudit(ctx)
	if err == nil && may {
		logger.WarnContext(ctx, "the database role could change the audit log; docs/operations.md says how it is given one of its own")
	}
	return err
}

func (p *process) api(ctx context.Context) error {
	limits, err := p.cfg.limitFactor()
	if err != nil {
		return err
	}
	guard, err := p.cfg.callbacks()
	if err != nil {
		return err
	}
	executions := p.executions()
	handler, err := api.New(api.Config{
		Store: p.store, Policy: p.rules, Calendar: p.calendar, Keys: p.keys, Logger: p.logger,
		Version: version(), Font: p.cfg.Font, TemporalUI: p.cfg.TemporalUI, PublicURL: p.origin, Provider: p.provider,
		Sessions: p.sessions, RequireSecondFactor: p.cfg.SecondFactor, PlainCookies: p.cfg.Demo, SignUp: p.cfg.SignUp,
		LimitFactor: limits, TrustedProxies: p.cfg.Proxies, Bucket: p.bucket, Printing: p.printing,
		Callbacks: guard, Executions: &executions, Channels: p.teller().Channels(),
		Forwarder: &relay.Relay{Store: p.store, Temporal: p.temporal, Logger: p.logger},
	})
	if err != nil {
		return fmt.Errorf("prepare the API: %w", err)
	}
	return api.Run(ctx, handler, p.cfg.APIAddress)
}

// executions asks Temporal about workflows and repairs them.
func (p *process) executions() execution.Service {
	return execution.Service{
		Store: p.store, Temporal: p.temporal, Namespace: p.cfg.Namespace, Open: p.payloads.Converter(),
		UI: cmp.Or(p.cfg.TemporalUIURL, p.cfg.TemporalUI),
	}
}

// teller sends trainees what they are told.
func (p *process) teller() *telling.Sender {
	return &telling.Sender{Store: p.store, Keys: p.keys, Calendar: p.calendar, Mail: p.mail, SMS: p.sms, Origin: p.origin}
}

func (p *process) worker(ctx context.Context) error {
	guard, err := p.cfg.callbacks()
	if err != nil {
		return err
	}
	teller := p.teller()
	figures, err := activities.NewDeliveryMetrics(prometheus.DefaultRegisterer)
	if err := errors.Join(err, prometheus.Register(&worker.Waiting{Store: p.store}), prometheus.Register(&worker.Standing{Store: p.store}),
		prometheus.Register(&worker.Told{Store: p.store, Channels: teller.Channels()})); err != nil {
		return fmt.Errorf("prepare the worker's figures: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	health := &worker.Health{Store: p.store}
	group.Go(func() error { return health.Serve(ctx, p.cfg.WorkerAddress) })
	printer := &document.Printer{Fonts: &font.Fonts{Path: p.cfg.Font}} // one: the font is large
	beside := []interface{ Run(ctx context.Context) }{
		&worker.Anchors{Store: p.store, Logger: p.logger},
		&worker.Forgetting{Store: p.store, Logger: p.logger},
		&worker.Overviews{Store: p.store, Calendar: p.calendar, Logger: p.logger},
		&supervision.Watch{Store: p.store, Calendar: p.calendar, Logger: p.logger},
		&printing.Maker{Store: p.store, Keys: p.keys, Printer: printer, Logger: p.logger},
		&evidence.Keeper{Store: p.store, Keys: p.keys, Bucket: p.bucket, Logger: p.logger},
		&notice.Reminder{Store: p.store, Calendar: p.calendar, Rules: p.rules, Logger: p.logger},
		&execution.Watcher{Service: p.executions(), Logger: p.logger},
	}
	if p.mail != nil {
		beside = append(beside, &notice.Mailer{Store: p.store, Keys: p.keys, Sender: p.mail, Console: p.origin, Logger: p.logger})
	}
	if p.register != nil {
		beside = append(beside, &idcheck.Watch{Store: p.store, Keys: p.keys, Register: p.register, Logger: p.logger})
	}
	beside = append(beside, &telling.Addresser{Store: p.store, Calendar: p.calendar, Channels: teller.Channels(), Logger: p.logger})
	for _, runner := range beside {
		group.Go(func() error {
			runner.Run(ctx)
			return nil
		})
	}
	group.Go(func() error {
		return worker.Run(ctx, worker.Config{
			Temporal: p.temporal,
			Store:    p.store,
			Records: &activities.Records{
				Store: p.store, Calendar: p.calendar, Keys: p.keys, Printing: p.printing, Printer: printer,
			},
			Deliveries: &activities.Deliveries{
				Store: p.store, Keys: p.keys, Schedule: delivery.Schedule(p.rules.DeliverySchedule()),
				Client: delivery.NewClient(delivery.Options{Guard: guard}), Metrics: figures,
			},
			Batches: &activities.Batches{Store: p.store, Desk: batches.Desk{
				Keeper: callbacks.Keeper{Keys: p.keys, Guard: guard}, Acting: acting.Desk{Calendar: p.calendar}, Keys: p.keys,
			}},
			Intakes: &activities.Intakes{Store: p.store, Desk: intake.Desk{
				Registering: registering.Desk{Rules: p.rules, Calendar: p.calendar, Keys: p.keys},
			}},
			Publications: &activities.Publications{Sender: &publication.Sender{
				Store: p.store, Keys: p.keys, Channels: p.channels, Calendar: p.calendar,
			}},
			Telling:   &activities.Telling{Sender: teller},
			Hours:     &hours.Settler{Store: p.store, Calendar: p.calendar, Rules: p.rules, Logger: p.logger},
			Logger:    p.logger,
			CacheSize: p.cfg.CacheSize,
		}, health.Ready)
	})
	return group.Wait()
}
