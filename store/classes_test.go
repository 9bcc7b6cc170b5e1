package store_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

// What is promised of classes holds in the schema as well as in the code: this goes past the code.
func TestTheSchemaKeepsClassesWithinTheirCapacityTargetAndHistory(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	first, other := r.open("junior"), r.open("senior")
	exec := func(statement string, args ...any) error {
		_, err := r.sql.ExecContext(t.Context(), statement, args...)
		return err
	}
	class := func(ref, body, level string) string {
		id := uuid.NewString()
		require.NoError(t, exec(`INSERT INTO classes (id, institution_id, ref, name, occupation, level, policy_version, starts_on, ends_on, capacity, opened_by)
			VALUES ($1, $2, $3, 'K', 'big-data', $4, 'beijing-2023', '2026-01-01', '2026-02-01', 1, $5)`, id, body, ref, level, r.account))
		return id
	}
	const join = `INSERT INTO class_members (id, class_id, case_id, joined_by) VALUES (gen_random_uuid(), $1, $2, $3)`
	mine, second, senior := class("A", "ouc", "junior"), class("B", "ouc", "junior"), class("C", "ouc", "senior")
	r.refused("class_other_target", join, mine, other.ID, r.account)
	r.refused("class_other_target", join, class("A", "istic", "junior"), first.ID, r.account)
	require.NoError(t, exec(join, mine, first.ID, r.account))
	r.refused("class_members_one_class", join, second, first.ID, r.account)
	r.refused("classes_institution_id_ref_key", `INSERT INTO classes SELECT gen_random_uuid(), institution_id, ref, 'L', occupation, direction, level,
		policy_version, starts_on, ends_on, 1, '', opened_by FROM classes WHERE id = $1`, mine)

	require.NoError(t, exec(join, senior, other.ID, r.account))
	require.NoError(t, exec(`UPDATE class_members SET left_at = now(), left_how = 'removed', left_by = $2, left_reason = 'x' WHERE case_id = $1`, other.ID, r.account))
	require.ErrorContains(t, exec(`UPDATE class_members SET left_reason = 'y' WHERE case_id = $1`, other.ID), "append-only")
	require.ErrorContains(t, exec(`UPDATE class_members SET case_id = $2 WHERE case_id = $1`, first.ID, other.ID), "append-only")
	require.ErrorContains(t, exec(`DELETE FROM class_members`), "append-only")
	require.ErrorContains(t, exec(`UPDATE classes SET level = 'senior' WHERE id = $1`, mine), "append-only")
	require.NoError(t, exec(join, senior, other.ID, r.account), "who left may come back")

	third := r.newCase("senior")
	third.PersonID = r.anotherPerson()
	r.write(func(tx *store.Tx) error {
		_, err := tx.InsertCase(third, store.ActorOperator)
		return err
	})
	r.refused("class_full", join, senior, third.ID, r.account)
	require.NoError(t, exec(`UPDATE classes SET capacity = 2 WHERE id = $1`, senior))
	require.NoError(t, exec(join, senior, third.ID, r.account))
	r.refused("class_full", `UPDATE classes SET capacity = 1 WHERE id = $1`, senior)
	require.NoError(t, exec(`UPDATE classes SET closed_at = now(), closed_by = $2, close_reason = 'x' WHERE id = $1`, second, r.account))
	require.NoError(t, exec(`UPDATE class_members SET left_at = now(), left_how = 'case_ended' WHERE case_id = $1`, first.ID))
	r.refused("class_closed", join, second, first.ID, r.account)
	require.ErrorContains(t, exec(`UPDATE classes SET name = 'L' WHERE id = $1`, second), "append-only")
}

// anotherPerson writes one more person.
func (r *record) anotherPerson() string {
	id := uuid.NewString()
	r.write(func(tx *store.Tx) error {
		_, err := tx.InsertPerson(store.Person{ID: id, IDType: store.IDTypeResident, IDNumberSealed: []byte{3}, NameSealed: []byte{4}})
		return err
	})
	return id
}
