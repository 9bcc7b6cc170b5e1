package issuing

import (
	"cmp"
	"time"

	"github.com/dengpan/dengpan/store"
)

// Publish makes a prepared certificate valid, and the one that it takes the place of superseded, in one transaction; its
// issuer is told. fresh is false when it was published, or cancelled, before; and when the one whose place it was to take does
// not hold any more, with which it is given up.
func Publish(tx *store.Tx, certificateID string, at time.Time) (c store.Certificate, fresh bool, err error) {
	c, err = tx.LockCertificate(certificateID)
	if err != nil || c.Status != store.CertificatePrepared {
		return c, false, err
	}
	if c.Supersedes != nil {
		before, err := tx.LockCertificate(*c.Supersedes)
		if err != nil {
			return c, false, err
		}
		if before.Status != store.CertificateValid && before.Status != store.CertificateSuspended {
			err := change(tx, c, store.CertificateCancelled, "certificate.cancel", PredecessorIs(before.Status), at)
			c.Status = store.CertificateCancelled
			return c, false, err
		}
		if err := change(tx, before, store.CertificateSuperseded, "certificate.supersede", "", at); err != nil {
			return c, false, err
		}
		if err := tx.TellOfCertificate(before, store.CertificateChange{Status: store.CertificateSuperseded, At: at}); err != nil {
			return c, false, err
		}
	}
	if err := change(tx, c, store.CertificateValid, "certificate.issue", "", at); err != nil {
		return c, false, err
	}
	c.Status = store.CertificateValid
	return c, true, tx.QueueCertificate(c, store.OutboxCertificateIssued, at)
}

// PredecessorIs is why a certificate is given up that was to take the place of one which does not hold any more.
func PredecessorIs(status string) string { return "predecessor_" + status }

// Cancel gives a prepared certificate up: it never holds, and its number is used for good. fresh is false when it is not
// being prepared any more.
func Cancel(tx *store.Tx, certificateID, reason string, at time.Time) (c store.Certificate, fresh bool, err error) {
	c, err = tx.LockCertificate(certificateID)
	if err != nil || c.Status != store.CertificatePrepared {
		return c, false, err
	}
	return c, true, change(tx, c, store.CertificateCancelled, "certificate.cancel", reason, at)
}

func change(tx *store.Tx, c store.Certificate, status, action, reason string, at time.Time) error {
	err := tx.ChangeCertificate(c, store.CertificateChange{Status: status, Reason: reason, Actor: store.ActorSystem, At: at})
	if err != nil {
		return err
	}
	return tx.Audit(store.AuditEntry{
		Actor: store.ActorSystem, Action: action, Subject: "certificate:" + c.ID, Reason: cmp.Or(reason, c.Kind), At: at,
	})
}
