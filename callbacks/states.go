package callbacks

import "github.com/dengpan/dengpan/store"

// Who stops an endpoint and lets it go on: store.StoppedByInstitution or store.StoppedByOperator. What an operator stopped, an institution
// does not let go on; everything else it does by itself.

func held(e store.Endpoint, by string) bool {
	return e.StateReason == store.StoppedByOperator && by == store.StoppedByInstitution
}

// Pause stops callbacks for a while. What comes meanwhile waits.
func Pause(tx *store.Tx, e store.Endpoint, by string) error {
	switch e.State {
	case store.EndpointPaused:
		return RefusedError{Paused}
	case store.EndpointDisabled:
		return RefusedError{Disabled}
	}
	return tx.SetEndpointState(e.InstitutionID, store.EndpointPaused, by)
}

// Resume ends a pause. What waited is sent at once.
func Resume(tx *store.Tx, e store.Endpoint, by string) error {
	switch {
	case e.State == store.EndpointActive:
		return RefusedError{Active}
	case e.State == store.EndpointDisabled:
		return RefusedError{Disabled}
	case held(e, by):
		return RefusedError{Held}
	}
	return tx.SetEndpointState(e.InstitutionID, store.EndpointActive, "")
}

// Disable ends callbacks until somebody enables the endpoint.
func Disable(tx *store.Tx, e store.Endpoint, by string) error {
	switch {
	case e.State == store.EndpointDisabled:
		return RefusedError{Disabled}
	case held(e, by):
		return RefusedError{Held}
	}
	return tx.SetEndpointState(e.InstitutionID, store.EndpointDisabled, by)
}

// Enable lets callbacks go to an endpoint that was disabled. With catch-up what waits is sent, and what was given up since
// it began to fail; without, nothing of that is: it stays in the feed, and can be delivered once more. It says how many
// events that are.
func Enable(tx *store.Tx, e store.Endpoint, by string, catchUp bool) (int64, error) {
	switch {
	case e.State == store.EndpointActive:
		return 0, RefusedError{Active}
	case e.State == store.EndpointPaused:
		return 0, RefusedError{Paused}
	case held(e, by):
		return 0, RefusedError{Held}
	}
	handle := tx.CatchUp
	if !catchUp {
		handle = func(e store.Endpoint) (int64, error) { return tx.PassOver(e.InstitutionID) }
	}
	n, err := handle(e)
	if err != nil {
		return 0, err
	}
	return n, tx.SetEndpointState(e.InstitutionID, store.EndpointActive, "")
}
