package main

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

func TestPolicyDiffCountsTheOpenCasesThatKeepTheOlderVersion(t *testing.T) {
	t.Parallel()
	address := storetest.NewURL(t)
	db, err := store.Open(t.Context(), storetest.Application(t, address), storetest.Keys(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, db.LoadLists(t.Context(), rules.Lists()))
	person := uuid.NewString()
	require.NoError(t, db.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertPerson(store.Person{
			ID: person, IDType: store.IDTypeResident, IDNumberSealed: []byte{1},
			NameSealed: []byte{2}, CreatedAt: time.Now().UTC(),
		})
		if err != nil {
			return err
		}
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		if err != nil {
			return err
		}
		for level, version := range map[string]string{
			policy.Junior: "beijing-2023", policy.Intermediate: "beijing-2023", policy.Senior: "beijing-2023+demo",
		} {
			_, err := tx.InsertCase(store.Case{
				ID: uuid.NewString(), PersonID: person, Occupation: "big-data", Level: level, PolicyVersion: version,
				TrainingBody: "ouc", EvaluationBody: "miit-education-exam", RegisteredBy: account.ID,
				RegisteredAt: time.Now().UTC(), RegisteredOn: calendar.MustParseDate("2026-11-23"),
			}, store.ActorOperator)
			if err != nil {
				return err
			}
		}
		return nil
	}))
	out, err := run(t, "policy", "diff", "beijing-2023", "beijing-2023", "--database-url", address)
	require.NoError(t, err)
	require.Equal(t, "no rule changes\n\nopen cases that keep beijing-2023: 2, affected: 0\n", out)
	next := versionAt(t, "beijing-2026", "title.yaml", "years_since_graduation: 1}", "years_since_graduation: 2}")
	out, err = run(t, "policy", "diff", "beijing-2023", next, "--database-url", address)
	require.NoError(t, err)
	require.Contains(t, out, "\n\nopen cases that keep beijing-2023: 2, affected: 1\n"+
		"  big-data                   junior        registration  active   1\n", "the change is of the junior level's title")
	out, err = run(t, "policy", "diff", "beijing-2023+demo", "beijing-2023", "--database-url", address)
	require.NoError(t, err)
	require.Contains(t, out, "open cases that keep beijing-2023+demo: 1, affected: 1\n")
}
