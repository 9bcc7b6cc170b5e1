package store

import (
	"time"

	"github.com/dengpan/dengpan/calendar"
)

// Found is an institution that is on a published list today, as the public finds it.
type Found struct {
	ID             string
	Name           string
	District       *string
	SuspendedSince *time.Time // nil: it is not suspended
	Classes        int        // that the public can join
	Notices        int        // that were published of inspections
	Raters         float64    // whose ratings of its training the public sees
	RatingSum      float64
	Roles          []InstitutionRole `gorm:"-"`
	Base           *CEBase           `gorm:"-"`
}

// Directory reads the institutions that are on a published list on a day, suspended ones too, by their names.
func (tx *Tx) Directory(on calendar.Date) ([]Found, error) {
	const holds = "valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)"
	var roles []InstitutionRole
	if err := tx.db.Order("occupation, role DESC, id").Find(&roles, holds, on, on).Error; err != nil {
		return nil, found(err, "read the published list")
	}
	bases, err := tx.CEBases(on)
	if err != nil {
		return nil, err
	}
	var all []Found
	err = tx.db.Raw(`SELECT i.id, i.name, i.district,
			(SELECT suspended_at FROM institution_suspensions s WHERE s.institution_id = i.id AND s.lifted_at IS NULL) AS suspended_since,
			(SELECT count(*) FROM (?) o WHERE o.institution_id = i.id) AS classes,
			(SELECT count(*) FROM inspections n WHERE n.institution_id = i.id AND n.published_at IS NOT NULL) AS notices,
			coalesce((SELECT value FROM institution_figures g WHERE g.institution_id = i.id AND g.year = 0 AND g.measure = 'ratings.raters'), 0) AS raters,
			coalesce((SELECT value FROM institution_figures g WHERE g.institution_id = i.id AND g.year = 0 AND g.measure = 'ratings.sum'), 0) AS rating_sum
		FROM institutions i WHERE EXISTS (SELECT 1 FROM institution_roles WHERE institution_id = i.id AND `+holds+`)
			OR EXISTS (SELECT 1 FROM ce_bases WHERE institution_id = i.id AND `+holds+`) ORDER BY i.name, i.id`,
		OfferedFilter{Today: on}.offered(tx.db).Select("k.institution_id"), on, on, on, on).Scan(&all).Error
	if err != nil {
		return nil, found(err, "read the institutions of the published lists")
	}
	place := make(map[string]int, len(all))
	for i, f := range all {
		place[f.ID] = i
	}
	for _, r := range roles {
		all[place[r.InstitutionID]].Roles = append(all[place[r.InstitutionID]].Roles, r)
	}
	for i, b := range bases {
		if b.InstitutionID != nil {
			all[place[*b.InstitutionID]].Base = &bases[i]
		}
	}
	return all, nil
}
