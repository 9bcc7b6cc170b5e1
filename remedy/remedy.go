// Package remedy mends what is wrong with certificates that were issued: somebody asks for a measure, somebody else decides
// on it, and what was approved is carried out in the same transaction, with all who are concerned told. Certificates are
// never changed or removed: one is issued in the place of another, or they hold no longer, and say so.
//
// Who may ask and decide is package authority's; what a case makes of its certificates is the case's own workflow's.
package remedy

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/store"
)

// What is refused.
var (
	ErrChanged   = errors.New("the certificate has changed since it was asked for")
	ErrStatus    = errors.New("the measure is not for a certificate of this status")
	ErrOpen      = errors.New("a request is open")
	ErrDecided   = errors.New("the request is decided")
	ErrSame      = errors.New("who asked does not decide")
	ErrNotAsker  = errors.New("only who asked withdraws")
	ErrReplacing = errors.New("another certificate is being issued in the place of this one")
	ErrTaken     = errors.New("the number is somebody else's")
	ErrNothing   = errors.New("there is nothing to revoke")
)

// Desk is where certificates are mended.
type Desk struct {
	Keys     *identity.Keyring
	Calendar calendar.Calendar
	// Printing is what certificates that take the place of others are printed with.
	Printing issuing.Printing
}

// Asking is what somebody asks for about a certificate.
type Asking struct {
	CertificateID string
	Measure       certificate.Measure
	ReasonClass   string
	Reason        string
	Evidence      string
	Proposal      Proposal // of corrections
	PersonToo     bool     // the person's record is to be corrected as well
	By            string   // the account
	At            time.Time
}

// Ask writes what somebody asks for, and tells who may decide on it.
func (d Desk) Ask(tx *store.Tx, a Asking) (store.CertificateRequest, error) {
	c, err := tx.LockCertificate(a.CertificateID)
	if err != nil {
		return store.CertificateRequest{}, err
	}
	if err := mayTake(tx, c, a.Measure); err != nil {
		return store.CertificateRequest{}, err
	}
	r := store.CertificateRequest{
		ID: uuid.NewString(), CertificateID: c.ID, Kind: a.Measure, ReasonClass: a.ReasonClass, Reason: a.Reason, Evidence: a.Evidence,
		Fields: []string{}, PersonToo: a.PersonToo, CertificateSince: c.StatusSince, RequestedBy: a.By, RequestedAt: a.At,
		State: store.RequestOpen,
	}
	if a.Measure == certificate.Correction {
		r.Fields = a.Proposal.fields()
		if r.ProposalSealed, err = a.Proposal.seal(d.Keys, r.ID); err != nil {
			return r, err
		}
	}
	err = tx.InsertCertificateRequest(r)
	if store.Constraint(err) == "certificate_requests_one_open" {
		err = ErrOpen
	}
	if err != nil {
		return r, err
	}
	return r, notify(tx, "certificate_asked", r.ID, c.Issuer, map[string]any{"number": c.Number, "kind": string(a.Measure)})
}

// mayTake refuses a measure that a certificate's status does not allow.
func mayTake(tx *store.Tx, c store.Certificate, m certificate.Measure) error {
	if !m.Of(c.Status) {
		return ErrStatus
	}
	if m == certificate.Revocation {
		return nil // another that is being issued in its place is given up
	}
	_, err := tx.CertificateSuccessor(c.ID)
	switch {
	case err == nil:
		return ErrReplacing
	case errors.Is(err, store.ErrNotFound):
		return nil
	}
	return err
}

// Decision is what somebody decides about a request.
type Decision struct {
	ID string
	// Version is the version of the certificate that was looked at: since when it is what it is.
	Version time.Time
	Approve bool
	Reason  string
	By      string // the account
	At      time.Time
}

// of is what becomes of a request by a decision: one that is open, and that somebody else asked for.
func (n Decision) of(state, asker string) (string, error) {
	switch {
	case state != store.RequestOpen:
		return state, ErrDecided
	case asker == n.By:
		return state, ErrSame
	case n.Approve:
		return store.RequestApproved, nil
	}
	return store.RequestRefused, nil
}

// withdrawn is what becomes of a request that somebody takes back: one that is open, and theirs.
func withdrawn(state, asker, by string) (string, error) {
	switch {
	case state != store.RequestOpen:
		return state, ErrDecided
	case asker != by:
		return state, ErrNotAsker
	}
	return store.RequestWithdrawn, nil
}

// Decided is a request that was decided.
type Decided struct {
	Request     store.CertificateRequest
	Certificate store.Certificate // as it was before
	// Notify is what cases must be told.
	Notify []store.InboxItem
}

// Decide approves or refuses a request. What is approved is carried out at once; of a correction, it is begun.
func (d Desk) Decide(tx *store.Tx, n Decision) (Decided, error) {
	var done Decided
	asked, err := tx.CertificateRequest(n.ID)
	if err != nil {
		return done, err
	}
	// The certificate is locked before its requests, by everybody.
	if done.Certificate, err = tx.LockCertificate(asked.CertificateID); err != nil {
		return done, err
	}
	if done.Request, err = tx.LockCertificateRequest(n.ID); err != nil {
		return done, err
	}
	r, c := &done.Request, done.Certificate
	if r.State, err = n.of(r.State, r.RequestedBy); err != nil {
		return done, err
	}
	if n.Approve && (!c.StatusSince.Equal(r.CertificateSince) || !c.StatusSince.Equal(n.Version)) {
		return done, ErrChanged
	}
	r.DecidedBy, r.DecidedAt, r.DecisionReason = &n.By, &n.At, n.Reason
	if err := tx.DecideCertificateRequest(*r); err != nil || !n.Approve {
		return done, err
	}
	if err := mayTake(tx, c, r.Kind); err != nil {
		return done, err
	}
	if r.Kind == certificate.Correction {
		err = d.replace(tx, c, *r)
	} else {
		done.Notify, err = d.Change(tx, c, store.CertificateChange{
			Status: statusOf[r.Kind], ReasonClass: r.ReasonClass, Reason: r.Reason, RequestID: &r.ID, Actor: n.By, At: n.At,
		})
	}
	if err != nil {
		return done, err
	}
	return done, notify(tx, "certificate_decided", r.ID, c.Issuer, map[string]any{"number": c.Number, "kind": string(r.Kind)})
}

// statusOf is what a certificate becomes by a measure.
var statusOf = map[certificate.Measure]string{
	certificate.Suspension: store.CertificateSuspended, certificate.Reinstatement: store.CertificateValid,
	certificate.Revocation: store.CertificateRevoked,
}

// Withdraw takes back what somebody asked for themselves.
func (d Desk) Withdraw(tx *store.Tx, id, by string, at time.Time) (store.CertificateRequest, error) {
	r, err := tx.LockCertificateRequest(id)
	if err != nil {
		return r, err
	}
	if r.State, err = withdrawn(r.State, r.RequestedBy, by); err != nil {
		return r, err
	}
	r.DecidedBy, r.DecidedAt = &by, &at
	return r, tx.DecideCertificateRequest(r)
}

// notify tells the staff of an institution and the operators of something, once an occasion.
func notify(tx *store.Tx, kind, occasion, institution string, params map[string]any) error {
	for _, audience := range []string{store.AudienceInstitution, store.AudienceOperators} {
		err := tx.InsertNotice(store.Notice{
			Audience: audience, InstitutionID: &institution, Kind: kind, Occasion: occasion, Params: params,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
