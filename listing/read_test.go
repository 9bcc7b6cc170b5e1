package listing_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/policy"
)

func rules(t testing.TB) *policy.Policy {
	t.Helper()
	p, err := policy.Load("beijing-2023", false)
	require.NoError(t, err)
	return p
}

func sample(t testing.TB) string {
	t.Helper()
	content, err := os.ReadFile("testdata/2027.csv")
	require.NoError(t, err)
	return string(content)
}

func read(t testing.TB, format listing.Format, content string) listing.Snapshot {
	t.Helper()
	list, err := listing.Read(format, []byte(content), listing.TermsOf(rules(t)))
	require.NoError(t, err)
	return list
}

// workbook is a table as a workbook.
func workbook(t testing.TB, table string) string {
	t.Helper()
	book := excelize.NewFile()
	for n, line := range strings.Split(table, "\n") {
		cells := strings.Split(line, ",")
		cell, err := excelize.CoordinatesToCellName(1, n+1)
		require.NoError(t, err)
		require.NoError(t, book.SetSheetRow("Sheet1", cell, &cells))
	}
	var out bytes.Buffer
	require.NoError(t, book.Write(&out))
	return out.String()
}

func TestATableIsReadToTheLetterWithOurCodes(t *testing.T) {
	t.Parallel()
	one, nine := 1, 9
	list := read(t, listing.CSV, sample(t))
	require.Equal(t, listing.Snapshot{
		Document: "京人社专技字〔2027〕8号", ListYear: 2027,
		PublishedOn: calendar.MustParseDate("2027-02-15"), ValidFrom: calendar.MustParseDate("2027-03-01"),
		Bodies: []listing.Body{
			{Row: 6, Name: "中国机械工程学会", Occupation: "intelligent-manufacturing", Role: "evaluation"},
			{Row: 7, Name: "中国地质大学（北京）", Occupation: "intelligent-manufacturing", Role: "training"},
			{Row: 8, Name: "国家开放大学", Occupation: "intelligent-manufacturing", Role: "training", Level: "junior"},
			{Row: 9, Name: "国家开放大学", Occupation: "big-data", Role: "training"},
			{Row: 11, Name: "北京未来网络学院", Occupation: "artificial-intelligence", Role: "training"},
		},
		Bases: []listing.Base{
			{Row: 12, Name: "北京工业大学", Number: &one, National: true, Municipal: true, MayIssue: true},
			{Row: 13, Name: "北京市计算中心有限公司", Number: &nine, Municipal: true, MayIssue: true, Note: "由北京市计算中心更名"},
			{Row: 14, Name: "一个未编号的单位", Note: "公布名单未编号"},
		},
	}, list)
}

func TestTheFormOfAFileIsNoPartOfWhatItSays(t *testing.T) {
	t.Parallel()
	inChina, err := simplifiedchinese.GB18030.NewEncoder().String(sample(t))
	require.NoError(t, err)
	want := read(t, listing.CSV, sample(t))
	digest, err := want.Digest()
	require.NoError(t, err)
	for name, list := range map[string]listing.Snapshot{
		"workbook": read(t, listing.XLSX, workbook(t, sample(t))),
		"GB18030":  read(t, listing.CSV, inChina),
		"BOM":      read(t, listing.CSV, "\ufeff"+sample(t)),
	} {
		require.Equal(t, want, list, name)
	}
	other := read(t, listing.CSV, strings.Replace(sample(t), "2027/3/1", "2027-03-02", 1))
	changed, err := other.Digest()
	require.NoError(t, err)
	require.NotEqual(t, digest, changed)
}

func TestAListAsATableReadsAsTheSameList(t *testing.T) {
	t.Parallel()
	for _, list := range []listing.Snapshot{read(t, listing.CSV, sample(t)), listing.Of(rules(t).Lists())} {
		var table strings.Builder
		require.NoError(t, csv.NewWriter(&table).WriteAll(list.Table(rules(t))))
		want, err := list.Digest()
		require.NoError(t, err)
		again := read(t, listing.CSV, table.String())
		got, err := again.Digest()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestTheListThatTheRulesComeWithIsReadFromItsFileAsFromTheRules(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../policy/data/beijing-2023/institutions-2022.yaml")
	require.NoError(t, err)
	file := strings.Replace(string(content), "list_year: 2022}", "list_year: 2022, valid_from: 2022-01-01}", 1)
	list := read(t, listing.YAML, file)
	want := listing.Of(rules(t).Lists())
	digest, err := list.Digest()
	require.NoError(t, err)
	same, err := want.Digest()
	require.NoError(t, err)
	require.Equal(t, same, digest)
	require.Equal(t, want.IDs, list.IDs)
}

func TestWhatIsWrongIsSaidByRowAndColumnAllAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, changed string
		faults       listing.RowErrors
	}{
		"a role in short":            {"中国地质大学（北京）,培训机构", "中国地质大学（北京）,培训", nil},
		"a bad role":                 {"中国地质大学（北京）,培训机构", "中国地质大学（北京）,培训及评价", listing.RowErrors{{7, listing.Role, listing.UnknownRole}}},
		"no role":                    {"中国地质大学（北京）,培训机构", "中国地质大学（北京）,", listing.RowErrors{{7, listing.Role, listing.Required}}},
		"an occupation of nowhere":   {"人工智能", "养蜂", listing.RowErrors{{11, listing.Occupation, listing.UnknownOccupation}}},
		"no occupation":              {"人工智能", "", listing.RowErrors{{11, listing.Occupation, listing.Required}}},
		"a level of nowhere":         {"初级", "顶级", listing.RowErrors{{8, listing.Level, listing.UnknownLevel}}},
		"a blank name":               {"北京未来网络学院", "  ", listing.RowErrors{{11, listing.Name, listing.Required}}},
		"both roles":                 {"国家开放大学 ,培训机构,大数据", "国家开放大学,评价机构,智能制造", listing.RowErrors{{9, listing.Role, listing.TwoRoles}}},
		"both roles at other levels": {"国家开放大学 ,培训机构,大数据,全部", "国家开放大学,评价机构,智能制造,高级", nil},
		"the same row twice":         {"国家开放大学 ,培训机构,大数据,全部", "国家开放大学,培训机构,智能制造,初级", listing.RowErrors{{9, listing.Name, listing.Duplicate}}},
		"a base with an occupation":  {"北京工业大学,继续教育基地,", "北京工业大学,继续教育基地,大数据", listing.RowErrors{{12, listing.Occupation, listing.Conflict}}},
		"a body with a number":       {"人工智能,,", "人工智能,,7", listing.RowErrors{{11, listing.Number, listing.Conflict}}},
		"a base twice":               {"一个未编号的单位", "北京工业大学", listing.RowErrors{{14, listing.Name, listing.Duplicate}}},
		"a number twice":             {",9,市级", ",1,市级", listing.RowErrors{{13, listing.Number, listing.Duplicate}}},
		"no number":                  {",9,市级", ",九,市级", listing.RowErrors{{13, listing.Number, listing.Malformed}}},
		"a level of no base":         {"国家级、市级", "国家级、区级", listing.RowErrors{{12, listing.BaseLevel, listing.UnknownValue}}},
		"no document":                {"京人社专技字〔2027〕8号", "", listing.RowErrors{{0, listing.Document, listing.Required}}},
		"no such day":                {"2027/3/1", "2027/2/30", listing.RowErrors{{4, listing.ValidFrom, listing.NoDate}}},
		"no day":                     {"生效日期,2027/3/1\n", "", listing.RowErrors{{0, listing.ValidFrom, listing.Required}}},
		"an end before its beginning": {
			"生效日期,2027/3/1", "失效日期,2027-03-01\n生效日期,2027/3/1", listing.RowErrors{{4, listing.ValidTo, listing.DateOrder}},
		},
		"a column of nowhere":  {"基地级别", "级别", listing.RowErrors{{5, "", listing.UnknownColumn}, {12, "", listing.UnknownColumn}, {13, "", listing.UnknownColumn}}},
		"a number of a person": {"公布名单未编号", "联系人身份证号11010519491231002X", listing.RowErrors{{14, listing.Note, listing.Reveals}}},
		"an id that is no id": {"备注\n中国机械工程学会,评价机构,智能制造专业,,,,", "代码\n中国机械工程学会,评价机构,智能制造专业,,,,Q!", listing.RowErrors{
			{6, listing.ID, listing.Malformed}, {13, listing.ID, listing.Malformed}, {14, listing.ID, listing.Malformed},
		}},
	} {
		content := sample(t)
		require.Contains(t, content, c.old, name)
		_, err := listing.Read(listing.CSV, []byte(strings.Replace(content, c.old, c.changed, 1)), listing.TermsOf(rules(t)))
		if c.faults == nil {
			require.NoError(t, err, name)
			continue
		}
		require.Equal(t, c.faults, err, name)
	}
	two := strings.NewReplacer("人工智能", "养蜂", "初级", "顶级").Replace(sample(t))
	_, err := listing.Read(listing.CSV, []byte(two), listing.TermsOf(rules(t)))
	require.Equal(t, listing.RowErrors{{8, listing.Level, listing.UnknownLevel}, {11, listing.Occupation, listing.UnknownOccupation}}, err)
	require.EqualError(t, err, "row 8: level: unknown_level\nrow 11: occupation: unknown_occupation")
}

func TestAFileThatIsNoListIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		format  listing.Format
		content string
		fault   listing.Fault
	}{
		"nothing":              {listing.CSV, "", listing.Fault{Column: listing.Name, Code: listing.Required}},
		"no workbook":          {listing.XLSX, "PK", listing.Fault{Code: listing.Unreadable}},
		"no YAML":              {listing.YAML, "source: [", listing.Fault{Row: 1, Code: listing.Unreadable}},
		"a key of nowhere":     {listing.YAML, "source:\n  dokument: x", listing.Fault{Row: 2, Code: listing.Unreadable}},
		"a map for a name":     {listing.YAML, "cultivation_bodies:\n- training: [{x: y}]", listing.Fault{Row: 2, Code: listing.Unreadable}},
		"a format of nowhere":  {"docx", "", listing.Fault{Code: listing.Unreadable}},
		"a quote without end":  {listing.CSV, "a\n\"b", listing.Fault{Row: 2, Code: listing.Unreadable}},
		"a list without a row": {listing.YAML, "source: {document: x, list_year: 2027, valid_from: 2027-01-01}", listing.Fault{Column: listing.Name, Code: listing.Nothing}},
	} {
		_, err := listing.Read(c.format, []byte(c.content), listing.TermsOf(rules(t)))
		require.Equal(t, listing.RowErrors{c.fault}, err, name)
	}
}

// Whatever is sent, a list is read or its faults are said; what is read has no row that contradicts another.
func FuzzAListIsReadOrItsFaultsAreSaid(f *testing.F) {
	terms := listing.TermsOf(rules(f))
	f.Add("csv", []byte(sample(f)))
	f.Add("csv", []byte("单位名称,角色\nx,培训"))
	f.Add("yaml", []byte("source: {document: x, list_year: 2027, valid_from: 2027-01-01}\ncultivation_bodies:\n- {occupation: 大数据, training: [x], evaluation: [x]}"))
	f.Add("yaml", []byte("ce_bases: [{no: 1, id: a1, name: x, levels: [市级]}]\ninstitutions: [{id: a1, name: x}]"))
	f.Add("xlsx", []byte(workbook(f, sample(f))))
	f.Fuzz(func(t *testing.T, format string, content []byte) {
		list, err := listing.Read(listing.Format(format), content, terms)
		if err != nil {
			faults, said := errors.AsType[listing.RowErrors](err)
			require.True(t, said)
			require.NotEmpty(t, faults)
			return
		}
		require.NotEmpty(t, list.Names())
		require.NotContains(t, list.Names(), "")
		_, faults := listing.Resolve(list, nil, nil)
		require.Empty(t, faults)
		_, err = list.Digest()
		require.NoError(t, err)
	})
}
