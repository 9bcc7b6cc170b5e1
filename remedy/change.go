package remedy

import (
	"errors"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Change makes a certificate what was approved, and tells all who are concerned: its issuer and the institutions of its
// case by callback, and the case itself, whose workflow takes back or holds what stood on it. Hours that a course of a CE
// base led to follow here: there is no workflow that would do it.
func (d Desk) Change(tx *store.Tx, c store.Certificate, change store.CertificateChange) ([]store.InboxItem, error) {
	if err := tx.ChangeCertificate(c, change); err != nil {
		return nil, err
	}
	if err := tx.TellOfCertificate(c, change); err != nil {
		return nil, err
	}
	if change.Status == store.CertificateRevoked {
		if err := giveUpSuccessor(tx, c, change.At); err != nil {
			return nil, err
		}
	}
	if c.CaseID == nil {
		return nil, d.settlePlace(tx, *c.PlaceID, change)
	}
	item, err := tx.InsertInbox(*c.CaseID, store.InboxCertificate, c.ID)
	return []store.InboxItem{item}, err
}

// giveUpSuccessor gives up a certificate that is being issued in the place of one that is revoked. Its number is used.
func giveUpSuccessor(tx *store.Tx, c store.Certificate, at time.Time) error {
	next, err := tx.CertificateSuccessor(c.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, _, err = issuing.Cancel(tx, next.ID, issuing.PredecessorIs(store.CertificateRevoked), at)
	return err
}

// settlePlace lets the CE hours of a place in a course follow its certificate.
func (d Desk) settlePlace(tx *store.Tx, placeID string, change store.CertificateChange) error {
	place, err := tx.Place(placeID)
	if err != nil {
		return err
	}
	course, err := tx.Course(place.CourseID)
	if err != nil {
		return err
	}
	rules, err := policy.ByID(course.PolicyVersion)
	if err != nil {
		return fmt.Errorf("read the course's rules: %w", err)
	}
	_, err = hours.SettleCE(tx, hours.EarnedAtPlace(place), rules, change.At, "certificate_"+change.Status, nil)
	if _, closed := errors.AsType[*hours.YearClosedError](err); closed {
		return nil // hours that come back wait for their year to be opened, as any others
	}
	return err
}
