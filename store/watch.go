package store

// Blocked counts the sessions of this database that wait for a lock.
func (tx *Tx) Blocked() (int, error) {
	var n int
	err := tx.db.Raw(`SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n).Error
	return n, found(err, "count blocked sessions")
}
