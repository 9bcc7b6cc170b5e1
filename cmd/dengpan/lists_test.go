package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The year's work at the command line: the list that holds becomes a table, the table is changed, checked and imported.
func TestTheNextListIsMadeOfTheLastOneCheckedAndImported(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	table, err := d.run("", "lists", "show", "--csv")
	require.NoError(t, err)
	next := strings.NewReplacer("年度,2022", "年度,2027", "生效日期,2022-01-01", "生效日期,2027-03-01",
		"中国电子学会,评价机构", "中国电子协会,评价机构").Replace(table)
	path := filepath.Join(t.TempDir(), "2027.csv")
	write := func(content string) {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}

	write(strings.Replace(next, "国家开放大学,培训机构", "国家开放大学,办学机构", 1))
	out, err := d.run("", "lists", "check", path)
	require.EqualError(t, err, "the list: 1 found wrong")
	require.Equal(t, path+":9: role: 角色应为“培训机构”“评价机构”或“继续教育基地”", out)

	write(next)
	out, err = d.run("", "lists", "check", path)
	require.NoError(t, err)
	require.Contains(t, out, "nothing wrong: 京人社专技字〔2023〕91号, of 2027, from 2027-03-01, 40 rows")
	out, err = d.run("", "lists", "import", path)
	require.NoError(t, err)
	require.Contains(t, out, "institutions: 1 new, 0 renamed; names to decide on: 1\nlistings: 1 added, 1 removed, 18 unchanged")
	require.Contains(t, out, "CE bases: 0 added, 0 removed, 0 changed, 21 unchanged")
	out, err = d.run("", "lists", "show")
	require.NoError(t, err)
	require.Contains(t, out, "draft      2027  from 2027-03-01")
	require.Contains(t, out, "applied    2022  from 2022-01-01")
}
