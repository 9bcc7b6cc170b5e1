package remedy

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/store"
)

// Sweep is a revocation of many certificates as it is asked for.
type Sweep struct {
	InstitutionID string
	Kind          string         // empty: of every kind
	From, To      *calendar.Date // days of issue; nil: from the first, to the last
	ReasonClass   string
	Reason        string
	By            string
	At            time.Time
}

// AskMany freezes which certificates are to be revoked, and tells who may decide on it. Nothing is revoked by it.
func (d Desk) AskMany(tx *store.Tx, s Sweep) (store.Revocation, error) {
	r := store.Revocation{
		ID: uuid.NewString(), InstitutionID: s.InstitutionID, Kind: s.Kind, IssuedFrom: s.From, IssuedTo: s.To,
		ReasonClass: s.ReasonClass, Reason: s.Reason, RequestedBy: s.By, RequestedAt: s.At, State: store.RequestOpen,
	}
	n, err := tx.InsertRevocation(r)
	switch {
	case store.Constraint(err) == "certificate_revocations_one_open":
		return r, ErrOpen
	case err != nil:
		return r, err
	case n == 0:
		return r, ErrNothing
	}
	return r, notify(tx, "certificates_asked", r.ID, r.InstitutionID, map[string]any{"count": n})
}

// DecideMany approves or refuses a revocation of many. What is approved is carried out by its workflow.
func (d Desk) DecideMany(tx *store.Tx, n Decision) (store.Revocation, error) {
	r, err := tx.LockRevocation(n.ID)
	if err != nil {
		return r, err
	}
	if r.State, err = n.of(r.State, r.RequestedBy); err != nil {
		return r, err
	}
	r.DecidedBy, r.DecidedAt, r.DecisionReason = &n.By, &n.At, n.Reason
	if err := tx.SaveRevocation(r); err != nil || !n.Approve {
		return r, err
	}
	left, err := tx.RevocationLeft(r.ID)
	if err != nil {
		return r, err
	}
	return r, notify(tx, "certificates_revoked", r.ID, r.InstitutionID, map[string]any{"count": left})
}

// WithdrawMany takes back a revocation of many that somebody asked for themselves.
func (d Desk) WithdrawMany(tx *store.Tx, id, by string, at time.Time) (store.Revocation, error) {
	r, err := tx.LockRevocation(id)
	if err != nil {
		return r, err
	}
	if r.State, err = withdrawn(r.State, r.RequestedBy, by); err != nil {
		return r, err
	}
	r.DecidedBy, r.DecidedAt = &by, &at
	return r, tx.SaveRevocation(r)
}

// RevokeNext revokes one certificate of a revocation that was approved, or leaves it alone because it has changed since. It
// says whether another may be left; after the last, the revocation is done.
func (d Desk) RevokeNext(ctx context.Context, record *store.Store, id string, at time.Time) (more bool, err error) {
	err = record.Tx(ctx, func(tx *store.Tx) error {
		r, err := tx.Revocation(id)
		if err != nil || r.State != store.RequestApproved {
			return err
		}
		item, err := tx.ClaimRevocationItem(id)
		if errors.Is(err, store.ErrNotFound) {
			more, err = d.finish(tx, id, at)
			return err
		}
		if err != nil {
			return err
		}
		more = true
		return d.revoke(tx, r, item, at)
	})
	return more, err
}

// finish ends a revocation of which nothing is left. Something is, while another process holds it.
func (d Desk) finish(tx *store.Tx, id string, at time.Time) (more bool, err error) {
	left, err := tx.RevocationLeft(id)
	if err != nil || left > 0 {
		return left > 0, err
	}
	r, err := tx.LockRevocation(id)
	if err != nil || r.State != store.RequestApproved {
		return false, err
	}
	r.State, r.FinishedAt = store.RevocationDone, &at
	return false, tx.SaveRevocation(r)
}

func (d Desk) revoke(tx *store.Tx, r store.Revocation, item store.RevocationItem, at time.Time) error {
	c, err := tx.LockCertificate(item.CertificateID)
	if err != nil {
		return err
	}
	item.Outcome, item.DoneAt = store.ItemChanged, &at
	if c.StatusSince.Equal(item.CertificateSince) && certificate.Revocation.Of(c.Status) {
		item.Outcome = store.ItemRevoked
		// The relay brings its cases word of it: there is nobody here who waits.
		if _, err := d.Change(tx, c, store.CertificateChange{
			Status: store.CertificateRevoked, ReasonClass: r.ReasonClass, Reason: r.Reason, RequestID: &r.ID, Actor: *r.DecidedBy, At: at,
		}); err != nil {
			return err
		}
		if err := tx.Audit(store.AuditEntry{
			Actor: *r.DecidedBy, Action: "certificate.revoke", Subject: "certificate:" + c.ID, Reason: r.Reason, At: at,
		}); err != nil {
			return err
		}
	}
	return tx.SettleRevocationItem(item)
}
