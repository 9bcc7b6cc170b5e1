package api

import (
	"cmp"
	"slices"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

// endpointDown is why events wait behind an endpoint. Their cases are not stuck, since institutions may poll; but they soon
// will be. It is among the causes that operators look at, once for each endpoint, however much waits behind it.
const endpointDown = "endpoint_down"

// stoppedEndpoints reads the endpoints that take nothing, if a filter of incidents would pick what waits behind them. One that
// its own institution paused is the institution's business.
func stoppedEndpoints(tx *store.Tx, f store.IncidentFilter) ([]store.StoppedBacklog, error) {
	if f.Cause != "" && f.Cause != endpointDown || f.Stage != "" || f.CaseID != "" || !slices.Contains(f.States, store.IncidentOpen) {
		return nil, nil
	}
	all, err := tx.WaitingBehind(f.Within)
	return slices.DeleteFunc(all, func(e store.StoppedBacklog) bool {
		switch e.State {
		case store.EndpointActive:
			return e.Failures < delivery.ProbeAfter
		case store.EndpointPaused:
			return e.StateReason == store.StoppedByInstitution
		}
		return false
	}), err
}

// withEndpoints adds the endpoints that take nothing to the groups of incidents, the largest first.
func withEndpoints(v reader, groups []incidentGroup, stopped []store.StoppedBacklog, limit int) []incidentGroup {
	for _, e := range stopped {
		at := v.institution(e.InstitutionID)
		groups = append(groups, incidentGroup{
			Cause: endpointDown, Kind: contract.External, Title: v.say(endpointDown, "title"), Institution: &at, EndpointID: e.ID,
			Count: e.Count, Cases: e.Cases, Oldest: e.Oldest, Verbs: []contract.Verb{},
			Explanation: message.Text(v.lang, endpointDown+"."+cmp.Or(e.StateReason, "unreachable"), map[string]any{"institution": at.Name}),
		})
	}
	slices.SortStableFunc(groups, func(a, b incidentGroup) int { return b.Count - a.Count })
	return groups[:min(limit, len(groups))]
}
