package store

import (
	"errors"
	"slices"
	"time"

	"github.com/dengpan/dengpan/contract"
)

// publicationCauses are what can be wrong with one certificate's publication.
var publicationCauses = []contract.Cause{contract.PublicationRefused, contract.PublicationMissing, contract.PublicationDiffers}

// FindPublication opens a finding about a publication, unless it is open, or an operator accepted it as the publication stands.
func (tx *Tx) FindPublication(cause contract.Cause, p Publication, params map[string]any, at time.Time) (fresh bool, err error) {
	accepted, err := tx.accepted(cause, &p.CertificateID, p.Channel, p.Since)
	if err != nil || accepted {
		return false, err
	}
	c, err := tx.Certificate(p.CertificateID)
	if err != nil {
		return false, err
	}
	about := Incident{Cause: cause, CertificateID: &c.ID, Channel: p.Channel, InstitutionID: &c.Issuer, Params: params}
	if c.CaseID != nil {
		about.CaseID = *c.CaseID
	}
	_, fresh, err = tx.OpenFinding(about, at)
	return fresh, err
}

// FindUnknown opens the finding that a register knows certificates that we do not, unless an operator accepted it since.
func (tx *Tx) FindUnknown(channel string, params map[string]any, since, at time.Time) (fresh bool, err error) {
	accepted, err := tx.accepted(contract.PublicationUnknown, nil, channel, since)
	if err != nil || accepted {
		return false, err
	}
	_, fresh, err = tx.OpenFinding(Incident{Cause: contract.PublicationUnknown, Channel: channel, Params: params}, at)
	return fresh, err
}

// accepted reports whether an operator accepted a finding after an instant.
func (tx *Tx) accepted(cause contract.Cause, certificateID *string, channel string, since time.Time) (bool, error) {
	var n int64
	err := tx.db.Table("resolutions r").Joins("JOIN incidents i ON i.id = r.incident_id").
		Where("i.cause = ? AND i.channel = ? AND NOT i.holds AND i.certificate_id IS NOT DISTINCT FROM ?", cause, channel, certificateID).
		Where("r.verb = ? AND r.requested_at > ?", contract.Override, since).Count(&n).Error
	return n > 0, found(err, "look for an accepted finding")
}

// settlePublication closes what was found wrong with a publication.
func (tx *Tx) settlePublication(p Publication, at time.Time) error {
	for _, cause := range publicationCauses {
		if _, err := tx.CloseFindings(cause, &p.CertificateID, p.Channel, ClosedByVanishing, at); err != nil {
			return err
		}
	}
	return nil
}

// FoundPublications reads the certificates of which something is found wrong on a channel, by cause.
func (tx *Tx) FoundPublications(channel string, cause contract.Cause) ([]string, error) {
	var ids []string
	err := tx.db.Model(&Incident{}).Where("cause = ? AND channel = ? AND NOT holds AND state <> ?", cause, channel, IncidentClosed).
		Where("certificate_id IS NOT NULL").Pluck("certificate_id", &ids).Error
	return ids, found(err, "read what is found about publications")
}

// retryPublication does again what a finding about a publication or a channel is about: the certificate is sent once more, the
// channel is tried at once.
func (tx *Tx) retryPublication(i Incident, at time.Time) error {
	switch {
	case slices.Contains(publicationCauses, i.Cause):
		if err := tx.Republish(*i.CertificateID, i.Channel, at); !errors.Is(err, ErrNotFound) {
			return err
		} // else it is not for the channel, and there is nothing to send
	case i.Cause == contract.ChannelDown:
		return tx.saveChannel(i.Channel, map[string]any{"not_before": nil, "wake_wanted_at": at})
	}
	return nil
}
