package store

import "slices"

// certificateNews are the events that tell of what became of a certificate that had been issued.
var certificateNews = map[string]string{
	CertificateSuspended: OutboxCertificateSuspended, CertificateValid: OutboxCertificateReinstated,
	CertificateSuperseded: OutboxCertificateSuperseded, CertificateRevoked: OutboxCertificateRevoked,
}

// TellOfCertificate tells its issuer, and the institutions of its case, what became of a certificate that had been issued.
// The events name nobody: what is to be known is asked for.
func (tx *Tx) TellOfCertificate(c Certificate, change CertificateChange) error {
	told, about := []string{c.Issuer}, OutboxPayload{CertificateID: c.ID, Kind: c.Kind}
	if c.CaseID != nil {
		about.CaseID = *c.CaseID
		of, err := tx.Case(*c.CaseID)
		if err != nil {
			return err
		}
		told = append(told, of.TrainingBody, of.EvaluationBody)
	}
	slices.Sort(told)
	for _, institution := range slices.Compact(told) {
		err := tx.queue(OutboxEvent{
			InstitutionID: institution, Kind: certificateNews[change.Status], SubjectID: c.ID, CreatedAt: change.At, Payload: about,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
