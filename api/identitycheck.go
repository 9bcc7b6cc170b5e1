package api

import "github.com/dengpan/dengpan/store"

// identityCheckView is that people have yet to look who somebody is.
type identityCheckView struct {
	Found   coded  `json:"found" doc:"What was found last: differs, unknown or not_same. None of them is a refusal."`
	Request string `json:"request,omitempty" doc:"The petition by which the training body was asked to look; missing: it was not, or has answered."`
}

// identity is what there is to say of who a case's trainee is; nil when nobody doubts it.
func (v reader) identity(tx *store.Tx, c store.Case) (*identityCheckView, error) {
	if c.Ended() {
		return nil, nil //nolint:nilnil // of a case that has ended nothing waits for it
	}
	check, err := tx.LastIdentityCheck(c.PersonID)
	if err != nil || !check.Unverified() {
		return nil, err
	}
	asked, err := tx.Petitions(store.PetitionFilter{PersonID: c.PersonID, Kind: store.PetitionCheck, Open: true, Limit: 1})
	view := &identityCheckView{Found: v.coded("identity_check", check.Outcome)}
	for _, p := range asked {
		view.Request = p.ID
	}
	return view, err
}
