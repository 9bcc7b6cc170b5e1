package store

import (
	"fmt"
	"time"
)

// OneNamePerView is the constraint that a view's name is its owner's once in a list.
const OneNamePerView = "saved_views_one_name"

// SavedView is how an operator likes to look at a list.
type SavedView struct {
	ID        string
	Owner     string
	List      string
	Name      string
	Search    string   // the address's query
	Columns   []string `gorm:"serializer:json"`
	Shared    bool     // with every operator
	CreatedAt time.Time
	ChangedAt time.Time
}

// SavedViews reads an account's views and those that others share, by their names; an empty list reads those of all.
func (tx *Tx) SavedViews(owner, list string) ([]SavedView, error) {
	q := tx.db.Order("list, shared, name, id").Where("owner = ? OR shared", owner)
	if list != "" {
		q = q.Where("list = ?", list)
	}
	var views []SavedView
	err := q.Find(&views).Error
	return views, found(err, "list saved views")
}

// SavedView reads a view.
func (tx *Tx) SavedView(id string) (SavedView, error) {
	return byID[SavedView](tx.db, id, "read a saved view")
}

// KeepView writes a view, new or in place of what it was.
func (tx *Tx) KeepView(v SavedView) error {
	if err := tx.db.Save(&v).Error; err != nil {
		return fmt.Errorf("keep a view: %w", err)
	}
	return nil
}

// RemoveView removes a view.
func (tx *Tx) RemoveView(id string) error {
	return found(tx.db.Delete(&SavedView{}, "id = ?", id).Error, "remove a view")
}
