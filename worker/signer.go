package worker

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/attestation"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/store"
)

// SignerConfig is what the signer needs.
type SignerConfig struct {
	Temporal   client.Client
	Signatures *activities.Signatures
	// Credentials keeps what software reads of certificates; nil: nobody does.
	Credentials *attestation.Keeper
	Logger      *slog.Logger
}

// RunSigner signs documents until the context is done, or until the worker fails for good. ready is called once it polls.
func RunSigner(ctx context.Context, cfg SignerConfig, ready func()) error {
	const atOnce = 16
	told := ctx
	ctx, cancel := context.WithCancelCause(told)
	defer cancel(nil)
	if err := announce(ctx, cfg); err != nil {
		return unless(told, err)
	}
	signer := worker.New(cfg.Temporal, contract.SigningQueue, worker.Options{
		DisableWorkflowWorker:              true,
		MaxConcurrentActivityExecutionSize: atOnce,
		WorkerStopTimeout:                  stopTimeout,
		OnFatalError:                       func(err error) { cancel(fmt.Errorf("the signer failed: %w", err)) },
	})
	cfg.Signatures.Register(signer)
	if err := start(ctx, signer, cfg.Logger); err != nil {
		return unless(told, err)
	}
	defer signer.Stop()
	ready()
	if cfg.Credentials != nil {
		cfg.Credentials.Run(ctx)
	}
	<-ctx.Done()
	return unless(told, context.Cause(ctx))
}

// announce writes into the record which keys there are, waiting for a database that is not there yet.
func announce(ctx context.Context, cfg SignerConfig) error {
	return patience{cfg.Logger, 15 * time.Second, store.Away}.until(ctx, "the signer cannot start yet", func() error {
		err := cfg.Signatures.Announce(ctx)
		if err == nil && cfg.Credentials != nil {
			err = cfg.Credentials.Announce(ctx)
		}
		return err
	})
}

// Expiries are the figures of the signer's keys: when the certificate of each ends.
type Expiries struct{ Keys *signing.Keys }

var keyExpires = prometheus.NewDesc("dengpan_signing_key_expires_timestamp_seconds",
	"When the certificate of a signing key ends; nothing is signed with it afterwards.", []string{"key", "id"}, nil)

// Describe says which figures there are.
func (Expiries) Describe(to chan<- *prometheus.Desc) { to <- keyExpires }

// Collect reads the figures.
func (e Expiries) Collect(to chan<- prometheus.Metric) {
	for _, name := range e.Keys.Names() {
		public := e.Keys.For(name).Public()
		to <- prometheus.MustNewConstMetric(keyExpires, prometheus.GaugeValue, float64(public.NotAfter.Unix()), name, public.ID)
	}
}
