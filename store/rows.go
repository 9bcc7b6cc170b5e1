package store

import (
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// How rows are read that are known by their ids.

// byID reads the row that has an id, held as db holds what it reads.
func byID[T any](db *gorm.DB, id, operation string) (T, error) {
	var row T
	err := db.Take(&row, "id = ?", id).Error
	return row, found(err, operation)
}

// ofIDs reads the rows that have these ids, by id. What is gone is not among them.
func ofIDs[T any](db *gorm.DB, ids []string, id func(T) string, operation string) (map[string]T, error) {
	var rows []T
	if len(ids) > 0 {
		if err := db.Find(&rows, "id IN ?", ids).Error; err != nil {
			return nil, found(err, operation)
		}
	}
	return keyed(rows, id), nil
}

// keyed are rows by what each is found by; of two, the later.
func keyed[K comparable, T any](rows []T, key func(T) K) map[K]T {
	all := make(map[K]T, len(rows))
	for _, row := range rows {
		all[key(row)] = row
	}
	return all
}

// held is for reading rows that nobody else changes until the transaction ends. Others may refer to them meanwhile.
func (tx *Tx) held() *gorm.DB {
	return tx.db.Clauses(clause.Locking{Strength: "NO KEY UPDATE"})
}

// ByIDs reads rows by their ids, in the order of these. What is gone is left out.
func ByIDs[T any](tx *Tx, ids []string, idOf func(T) string) ([]T, error) {
	var rows []T
	if len(ids) == 0 {
		return rows, nil
	}
	if err := tx.db.Find(&rows, "id IN ?", ids).Error; err != nil {
		return nil, found(err, "read rows by their ids")
	}
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(rows, func(a, b T) int { return place[idOf(a)] - place[idOf(b)] })
	return rows, nil
}
