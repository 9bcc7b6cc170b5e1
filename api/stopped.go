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

// stoppedEndpoints reads the endpoints that take nothing, if a filter of incidents would pick what waits behind them.
func stoppedEndpoints(tx *store.Tx, f store.IncidentFilter) ([]store.StoppedBacklog, error) {
	if f.Where != nil || f.Cause != "" && f.Cause != endpointDown || f.Stage != "" || f.CaseID != "" || !slices.Contains(f.States, store.IncidentOpen) {
		return nil, nil
	}
	all, err := tx.WaitingBehind(f.Within)
	return slices.DeleteFunc(all, func(e store.StoppedBacklog) bool { return !delivery.TakesNothing(e.Endpoint) }), err
}

// withEndpoints adds the endpoints that take nothing to the groups of incidents, the largest first.
func withEndpoints(
	tx *store.Tx, r *request, v reader, groups []incidentGroup, stopped []store.StoppedBacklog, limit int,
) ([]incidentGroup, error) {
	for _, e := range stopped {
		at := v.institution(e.InstitutionID)
		charge, err := tx.GroupCharge(store.CaseGroup{BehindEndpointOf: e.InstitutionID, Within: r.within("")}, r.account.ID)
		if err != nil {
			return nil, err
		}
		groups = append(groups, incidentGroup{
			Cause: endpointDown, Kind: contract.External, Title: v.say(endpointDown, "title"), Institution: &at, EndpointID: e.ID,
			Count: e.Count, Cases: e.Cases, Claimed: charge.Claimed, Mine: charge.Mine, Oldest: e.Oldest, Verbs: []contract.Verb{},
			Explanation: message.Text(v.lang, endpointDown+"."+cmp.Or(e.StateReason, "unreachable"), map[string]any{"institution": at.Name}),
		})
	}
	slices.SortStableFunc(groups, func(a, b incidentGroup) int { return b.Count - a.Count })
	return groups[:min(limit, len(groups))], nil
}
