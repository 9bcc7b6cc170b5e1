package store

// PublicationsOf reads the publications of certificates, by certificate and in the order of the channels.
func (tx *Tx) PublicationsOf(certificateIDs []string) (map[string][]Publication, error) {
	var rows []Publication
	if len(certificateIDs) > 0 {
		if err := tx.db.Order("channel").Find(&rows, "certificate_id IN ?", certificateIDs).Error; err != nil {
			return nil, found(err, "read publications")
		}
	}
	by := make(map[string][]Publication, len(rows))
	for _, row := range rows {
		by[row.CertificateID] = append(by[row.CertificateID], row)
	}
	return by, nil
}

// PublicationHistory reads what became of a certificate's publications, oldest first.
func (tx *Tx) PublicationHistory(certificateID string) ([]PublicationEvent, error) {
	var events []PublicationEvent
	err := tx.db.Order("id").Find(&events, "certificate_id = ?", certificateID).Error
	return events, found(err, "read the history of publications")
}

// SentPublications reads a channel's publications of which the register must hold something, in the order of their certificates
// and behind one of them, at most so many.
func (tx *Tx) SentPublications(channel, after string, limit int) ([]Publication, error) {
	q := tx.db.Order("certificate_id").Limit(limit).Where("channel = ? AND sent_version > 0", channel)
	if after != "" {
		q = q.Where("certificate_id > ?", after)
	}
	var rows []Publication
	return rows, found(q.Find(&rows).Error, "read publications that were sent")
}
