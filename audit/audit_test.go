package audit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/audit"
)

// logOf is a chain of n entries.
func logOf(t require.TestingT, key audit.Key, n int) []audit.Row {
	rows := make([]audit.Row, n)
	var link []byte
	for i := range rows {
		e := audit.Entry{
			ID: int64(10 + i), At: time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC), Actor: "system", Action: "test.do", Subject: fmt.Sprintf("test:%d", i),
			Reason: "a test", After: json.RawMessage(`{"hours": 1.50, "of": [1, "x", null]}`),
		}
		if i == 0 {
			e.Action = audit.Begun
		}
		seal, err := key.Seal(e)
		require.NoError(t, err)
		link = key.Link(link, seal)
		rows[i] = audit.Row{N: int64(i + 1), Entry: &e, Seal: seal, Link: link}
	}
	return rows
}

// check walks a chain, and says what is wrong with it.
func check(t require.TestingT, key audit.Key, rows []audit.Row, anchors ...audit.Anchor) []audit.Fault {
	var faults []audit.Fault
	checker := audit.NewChecker(key, anchors, func(f audit.Fault) { faults = append(faults, f) })
	for _, row := range rows {
		require.NoError(t, checker.Row(row))
	}
	_, counted := checker.End()
	require.Equal(t, len(faults), counted)
	return faults
}

func end(rows []audit.Row) audit.Anchor {
	last := rows[len(rows)-1]
	return audit.Anchor{N: last.N, Link: last.Link}
}

func TestAChainThatNobodyTouchedIsWhole(t *testing.T) {
	t.Parallel()
	key := audit.NewKey()
	rows := logOf(t, key, 20)
	require.Empty(t, check(t, key, rows, end(rows), end(rows[:7])))
	require.Empty(t, check(t, key, nil))
}

func TestEachKindOfTamperingIsNamed(t *testing.T) {
	t.Parallel()
	key := audit.NewKey()
	renumber := func(rows []audit.Row) []audit.Row {
		for i := range rows {
			rows[i].N = int64(i + 1)
		}
		return rows
	}
	for name, c := range map[string]struct {
		tamper func([]audit.Row) []audit.Row
		want   []audit.Fault
	}{
		"an entry is changed": {func(rows []audit.Row) []audit.Row {
			rows[4].Entry.Reason = "another"
			return rows
		}, []audit.Fault{{Kind: audit.Changed, N: 5, EntryID: 14}}},
		"an entry is gone, its row is not": {func(rows []audit.Row) []audit.Row {
			rows[4].Entry = nil
			return rows
		}, []audit.Fault{{Kind: audit.Missing, N: 5}}},
		"rows are gone": {func(rows []audit.Row) []audit.Row {
			return slices.Delete(rows, 4, 6)
		}, []audit.Fault{{Kind: audit.Missing, N: 5, Last: 6}}},
		"rows are gone, and the gap is closed": {func(rows []audit.Row) []audit.Row {
			return renumber(slices.Delete(rows, 4, 6))
		}, []audit.Fault{{Kind: audit.Reordered, N: 5, EntryID: 16}}},
		"a row is put in": {func(rows []audit.Row) []audit.Row {
			forged := audit.Row{Entry: &audit.Entry{ID: 99, Action: "x"}, Seal: []byte("seal"), Link: []byte("link")}
			return renumber(slices.Insert(rows, 4, forged))
		}, []audit.Fault{{Kind: audit.Inserted, N: 5, EntryID: 99}}},
		"two rows change places": {func(rows []audit.Row) []audit.Row {
			rows[4], rows[5] = rows[5], rows[4]
			return renumber(rows)
		}, []audit.Fault{{Kind: audit.Reordered, N: 5, EntryID: 15}, {Kind: audit.Reordered, N: 7, EntryID: 16}}},
		"the beginning is gone": {func(rows []audit.Row) []audit.Row {
			return rows[3:]
		}, []audit.Fault{{Kind: audit.Missing, N: 1, Last: 3}, {Kind: audit.CutOff, N: 1}}},
	} {
		require.Equal(t, c.want, check(t, key, c.tamper(logOf(t, key, 10))), name)
	}
}

func TestAnEndThatWasCutOffIsFoundByAnAnchor(t *testing.T) {
	t.Parallel()
	key := audit.NewKey()
	rows := logOf(t, key, 10)
	require.Empty(t, check(t, key, rows[:7]), "a shorter chain is a good one")
	require.Equal(t, []audit.Fault{{Kind: audit.CutOff, N: 8, Last: 10}}, check(t, key, rows[:7], end(rows)))
	other := logOf(t, audit.NewKey(), 10)
	require.Equal(t, []audit.Fault{{Kind: audit.CutOff, N: 10}}, check(t, key, rows, end(other)), "cut off, and grown again")
	again, err := audit.ParseAnchor(end(rows).String())
	require.NoError(t, err)
	require.Equal(t, end(rows), again)
	for _, bad := range []string{"", "1", "x:00", "0:" + fmt.Sprintf("%064x", 0), "1:00", "1:zz"} {
		_, err := audit.ParseAnchor(bad)
		require.Error(t, err, bad)
	}
}

func TestWithoutTheKeyNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, check(t, audit.NewKey(), logOf(t, audit.NewKey(), 3)))
	key := audit.NewKey()
	again, err := audit.KeyOf(key.Secret())
	require.NoError(t, err)
	require.Empty(t, check(t, again, logOf(t, key, 3)))
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", key, key, key), fmt.Sprint(key.Secret()[0], key.Secret()[1]))
	_, err = audit.KeyOf([]byte("short"))
	require.Error(t, err)
}

// The database writes documents in its own way: keys in another order, numbers in another form.
func TestAnEntryIsTheSameHoweverItsDocumentsAreWritten(t *testing.T) {
	t.Parallel()
	key := audit.NewKey()
	seal := func(document string) []byte {
		sealed, err := key.Seal(audit.Entry{After: json.RawMessage(document)})
		require.NoError(t, err)
		return sealed
	}
	require.Equal(t, seal(`{"a":1.50,"b":[1e2,-0.0]}`), seal(`{ "b" : [100, 0] , "a" : 15e-1 }`))
	require.NotEqual(t, seal(`{"a":9007199254740993}`), seal(`{"a":9007199254740992}`), "numbers are not rounded")
	require.NotEqual(t, seal(`{"a":"1"}`), seal(`{"a":1}`))
	require.NotEqual(t, seal(`null`), seal(`"null"`))
	require.Equal(t, seal(`null`), seal(``))
	_, err := key.Seal(audit.Entry{After: json.RawMessage(`{`)})
	require.Error(t, err)
}

// Whatever is done to a chain by somebody without the key, and without cutting off more than its end: it shows.
func TestNoTamperingWithAChainGoesUnseen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := audit.NewKey()
		rows := logOf(t, key, rapid.IntRange(3, 12).Draw(t, "length"))
		anchor := end(rows)
		before := written(rows)
		for range rapid.IntRange(1, 3).Draw(t, "acts") {
			rows = tamper(t, rows)
		}
		if len(rows) > 0 && written(rows) == before {
			return // what was done was undone
		}
		require.NotEmpty(t, check(t, key, rows, anchor))
	})
}

func written(rows []audit.Row) string {
	var text string
	for _, row := range rows {
		text += fmt.Sprintf("%d %x %x", row.N, row.Seal, row.Link)
		if row.Entry != nil {
			text += fmt.Sprintf("%+v", *row.Entry)
		}
	}
	return text
}

// tamper does one thing to a chain.
func tamper(t *rapid.T, rows []audit.Row) []audit.Row {
	if len(rows) == 0 {
		return rows
	}
	at := rapid.IntRange(0, len(rows)-1).Draw(t, "at")
	other := rapid.IntRange(0, len(rows)-1).Draw(t, "other")
	changed := func(change func(*audit.Entry)) {
		if rows[at].Entry != nil {
			e := *rows[at].Entry
			change(&e)
			rows[at].Entry = &e
		}
	}
	switch rapid.IntRange(0, 8).Draw(t, "act") {
	case 0:
		changed(func(e *audit.Entry) { e.Actor += "x" })
	case 1:
		changed(func(e *audit.Entry) { e.At = e.At.Add(time.Microsecond) })
	case 2:
		changed(func(e *audit.Entry) { e.After = json.RawMessage(`{"hours": 1.51}`) })
	case 3:
		rows = slices.Delete(rows, at, at+1)
	case 4:
		rows[at].Entry = nil
	case 5:
		rows[at].Entry, rows[other].Entry = rows[other].Entry, rows[at].Entry
	case 6:
		rows[at], rows[other] = rows[other], rows[at]
		rows[at].N, rows[other].N = rows[other].N, rows[at].N
	case 7:
		forged := rows[other]
		forged.N = rows[at].N
		rows = slices.Insert(rows, at, forged)
	case 8:
		rows[at].Link = rows[other].Link
	}
	if rapid.Bool().Draw(t, "renumber") {
		for i := range rows {
			rows[i].N = int64(i + 1)
		}
	}
	return rows
}
