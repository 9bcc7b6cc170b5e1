package up

import (
	"cmp"
	"strings"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"

	"github.com/dengpan/dengpan/devstack/board"
	"github.com/dengpan/dengpan/devstack/demo"
)

// recent is how long a restart is shown after all is well again.
const recent = time.Minute

// snapshot is what the board shows now.
func (r *running) snapshot() board.Snapshot {
	now := time.Now()
	s := board.Snapshot{
		Lang: message.Lang(r.options.Lang), Day: r.options.Day, Running: now.Sub(r.since),
		Date: calendar.Real().Today(now).String(), Services: r.services(now), Lines: r.lines(),
	}
	if r.demo != nil {
		s.Date = r.clock.Calendar().Today(now).String()
		r.demo.Board(&s)
	}
	return s
}

func (r *running) services(now time.Time) []board.Service {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []board.Service
	if r.cluster != nil {
		all = append(all, r.cluster.service(now))
	}
	for _, k := range r.kept {
		state := k.keeper.State()
		service := board.Service{Name: state.Name, Up: state.PID != 0, Restarts: state.Restarts, LogPath: state.LogPath}
		if state.LastErr != nil && (!service.Up || now.Sub(state.Since) < recent) {
			service.Problem = state.LastErr.Error()
		} else if !service.Up {
			service.Problem = "it ended"
		}
		all = append(all, service)
	}
	return all
}

func (d *database) service(now time.Time) board.Service {
	d.mu.Lock()
	defer d.mu.Unlock()
	up := true
	select {
	case <-d.cluster.Done():
		up = false
	default:
	}
	service := board.Service{Name: "PostgreSQL", Up: up, Restarts: d.restarts, LogPath: d.cluster.LogPath()}
	if !up || now.Sub(d.backAt) < recent {
		service.Problem = d.problem
	}
	return service
}

// lines are the addresses and the demonstration's log-ins.
func (r *running) lines() []board.Line {
	lines := []board.Line{
		{Label: "API", Value: "http://" + r.options.APIAddress + "  (/app/, /docs, /openapi.json)"},
		{Label: "Temporal UI", Value: "http://" + r.options.UIAddress},
		{Label: "Temporal", Value: r.product.TemporalAddress},
	}
	if r.cluster != nil {
		lines = append(lines, board.Line{Label: "PostgreSQL", Value: "psql $(cat " + r.options.Dir + "/database-url)"})
	}
	if r.demo == nil {
		return lines
	}
	lines = append(lines, board.Line{
		Label: "OIDC", Value: "http://" + r.options.ProviderAddress + "  (log-ins: " + r.options.Dir + "/" + providerFile + ")",
	})
	lines = append(lines, board.Line{Label: "mail", Value: r.options.Dir + "/" + demo.MailFolder + "  (what the product sent)"})
	lines = append(lines, board.Line{Label: "SMS", Value: r.options.Dir + "/" + demo.SMSFolder + "  (the same)"})
	lines = append(lines, board.Line{Label: "registers", Value: "http://" + r.options.RegistryAddress + "/registers/beijing_ce"})
	// What the played neighbours are told is documented in docs/operations.md and docs/integrating.md.
	lines = append(lines, board.Line{Label: "persons", Value: "http://" + r.options.BureauAddress + "/control/people  (whose numbers are known)"})
	lines = append(lines, board.Line{Label: "bodies", Value: "http://" + r.options.InstitutionAddress + "/control/scripts  (how they behave)"})
	for _, l := range r.demo.Record().Logins {
		lines = append(lines, board.Line{Label: l.Login, Value: strings.TrimSpace(l.Password + "  " + cmp.Or(l.Name, l.District))})
	}
	return append(lines, board.Line{Label: "tokens", Value: r.options.Dir + "/" + demo.RecordFile})
}
