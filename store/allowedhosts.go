package store

import (
	"errors"
	"time"

	"gorm.io/gorm/clause"
)

// AllowedHost is a host that callbacks may go to though it is not public, or not on a usual port: by its name, and the port.
type AllowedHost struct {
	ID        string
	Host      string // in small letters
	Port      int
	Reason    string
	AllowedBy string
	AllowedAt time.Time
	RemovedBy *string
	RemovedAt *time.Time
}

// AllowedHosts reads the hosts that are allowed, by name.
func (tx *Tx) AllowedHosts() ([]AllowedHost, error) {
	var all []AllowedHost
	err := tx.db.Order("host, port").Find(&all, "removed_at IS NULL").Error
	return all, found(err, "list allowed hosts")
}

// AllowedHost reads an allowed host, removed or not.
func (tx *Tx) AllowedHost(id string) (AllowedHost, error) {
	return byID[AllowedHost](tx.db, id, "read an allowed host")
}

// AllowedHostAt reads the host that an operator allows at a port; ErrNotFound when none does.
func (tx *Tx) AllowedHostAt(host string, port int) (AllowedHost, error) {
	var h AllowedHost
	err := tx.db.Take(&h, "host = ? AND port = ? AND removed_at IS NULL", host, port).Error
	return h, found(err, "look up an allowed host")
}

// HostAllowed reports whether an operator allows a host at a port.
func (tx *Tx) HostAllowed(host string, port int) (bool, error) {
	_, err := tx.AllowedHostAt(host, port)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// InsertAllowedHost allows a host at a port, and reports whether it was not allowed before.
func (tx *Tx) InsertAllowedHost(h AllowedHost) (fresh bool, err error) {
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&h)
	return res.RowsAffected == 1, found(res.Error, "allow a host")
}

// RemoveAllowedHost allows a host no longer, and reports whether it was allowed.
func (tx *Tx) RemoveAllowedHost(id, account string, at time.Time) (bool, error) {
	res := tx.db.Model(&AllowedHost{}).Where("id = ? AND removed_at IS NULL", id).
		Updates(map[string]any{"removed_by": account, "removed_at": at})
	return res.RowsAffected == 1, found(res.Error, "allow a host no longer")
}
