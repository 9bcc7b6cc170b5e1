package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/publication"
	"github.com/dengpan/dengpan/registry"
	"github.com/dengpan/dengpan/store"
)

func registryCommand() *cobra.Command {
	return &cobra.Command{
		Use: "registry", Short: "play the public registers: take certificates, show them, misbehave on request", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := registry.ConfigFromEnv()
			if err != nil {
				return err
			}
			server, err := registry.New(cfg)
			if err != nil {
				return err
			}
			return server.Run(cmd.Context())
		},
	}
}

func reconcileCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "compare what the public registers hold with what they were sent; exit status 1 if there is a difference", Args: cobra.NoArgs,
		Long: "Compares what the public registers hold with what they were sent, as the worker does every day, and prints each\n" +
			"difference. One that is older than a day is an incident, and one that is gone closes.",
	}
	cfg := configured(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		channels, err := cfg.Channels.channels(cfg.Demo)
		if err != nil {
			return err
		}
		keys, err := cfg.keys()
		if err != nil {
			return err
		}
		cal, err := cfg.calendar()
		if err != nil {
			return err
		}
		return administer(cmd.Context(), cfg, func(db *store.Store) error {
			reconciler := publication.Reconciler{Sender: &publication.Sender{Store: db, Keys: keys, Channels: channels, Calendar: cal}}
			differences, away := 0, error(nil)
			for name := range channels {
				result, err := reconciler.Reconcile(cmd.Context(), name, func() {})
				if err != nil {
					away = errors.Join(away, fmt.Errorf("%s: %w", name, err))
					continue
				}
				for _, d := range result.Differences {
					age := ""
					if d.Young {
						age = " (younger than a day)"
					}
					cmd.Printf("%s %s %s%s\n", d.Channel, d.Cause, d.ECertID, age)
				}
				cmd.Printf("%s: %d listed, %d differences, %d incidents opened, %d closed\n",
					name, result.Listed, len(result.Differences), result.Opened, result.Closed)
				differences += len(result.Differences)
			}
			if differences > 0 {
				away = errors.Join(away, fmt.Errorf("there are %d differences", differences))
			}
			return away
		})
	}
	return cmd
}
