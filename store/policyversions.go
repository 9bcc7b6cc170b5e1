package store

// OpenCasesByVersion counts the open cases that keep each version of the rules.
func (tx *Tx) OpenCasesByVersion(within Within) (map[string]int64, error) {
	var rows []struct {
		PolicyVersion string
		Count         int64
	}
	err := within.cases(tx.db.Model(&Case{})).Select("policy_version, count(*) AS count").Where("outcome IS NULL").
		Group("policy_version").Scan(&rows).Error
	counts := make(map[string]int64, len(rows))
	for _, row := range rows {
		counts[row.PolicyVersion] = row.Count
	}
	return counts, found(err, "count open cases by version")
}
