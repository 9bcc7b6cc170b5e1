package store

// What an institution was not told. While its endpoint takes nothing, the cases that wait for it are stuck on work outside,
// though none has an incident: they are marked as untold, until the institution was told or the task is no longer owed. What
// is set here is set for all of an institution's cases at once, and opens no file of theirs: it follows from its outbox.

// untoldTask is a task of a case that is owed, and of which its institution was sent something that it did not take.
const untoldTask = `SELECT 1 FROM tasks k JOIN outbox o ON o.payload->>'task_id' = k.id::text AND NOT o.test AND o.state <> 'delivered'
	WHERE k.case_id = cases.id AND k.state = 'open'`

// MarkUntold marks the cases of an institution that takes nothing: those that wait for a task of which it does not know.
func (tx *Tx) MarkUntold(institutionID string) error {
	err := tx.db.Exec(`UPDATE cases SET untold = true WHERE id IN (
		SELECT id FROM cases WHERE NOT untold AND outcome IS NULL
			AND id IN (SELECT case_id FROM tasks WHERE institution_id = ? AND state = 'open') AND EXISTS (`+untoldTask+`)
		ORDER BY id FOR NO KEY UPDATE)`, institutionID).Error
	return found(err, "mark the cases that an institution was not told of")
}

// MarkTold takes the mark off the cases that an institution knows all of.
func (tx *Tx) MarkTold(institutionID string) error {
	err := tx.db.Exec(`UPDATE cases SET untold = false WHERE id IN (
		SELECT id FROM cases WHERE untold AND ? IN (training_body, evaluation_body) AND NOT EXISTS (`+untoldTask+`)
		ORDER BY id FOR NO KEY UPDATE)`, institutionID).Error
	return found(err, "mark the cases that an institution was told of")
}

// markPolled takes the mark off the cases of an institution that is to fetch by itself what it was not told.
func (tx *Tx) markPolled(institutionID string) error {
	err := tx.db.Exec(`UPDATE cases SET untold = false WHERE id IN (
		SELECT id FROM cases WHERE untold AND id IN (SELECT case_id FROM outbox WHERE institution_id = ? AND state = 'failed')
		ORDER BY id FOR NO KEY UPDATE)`, institutionID).Error
	return found(err, "mark the cases that an institution fetches")
}

// stillUntold reports whether a case that was marked as untold still is.
func (tx *Tx) stillUntold(caseID string) (bool, error) {
	var still bool
	err := tx.db.Raw("SELECT EXISTS (SELECT 1 FROM cases WHERE id = ? AND EXISTS ("+untoldTask+"))", caseID).Scan(&still).Error
	return still, found(err, "look for what an institution was not told")
}
