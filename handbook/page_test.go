package handbook_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/handbook"
	"github.com/dengpan/dengpan/ledger"
)

func sample(rows int) handbook.Page {
	page := handbook.Page{
		Statement: handbook.Statement{
			Number: "XS-2026-ABCDEFGHIJ", Year: 2026, Version: 2, Latest: 2, Holder: "买买提·艾力",
		},
		Digest: strings.Repeat("0f", 32), IDNumber: "110***********002X", Document: "居民身份证",
		CrossYear: true, PrintedOn: calendar.MustParseDate("2027-01-05"), Rule: "年度规定的依据：人社部令第25号 第八条（据转引，未核对原件）。",
		BySession: handbook.Totals{
			Total:        handbook.Asked{Have: ledger.Tenths(645), Need: ledger.Whole(90), Missing: ledger.Tenths(255)},
			Professional: handbook.Asked{Have: ledger.Tenths(645), Need: ledger.Whole(60), Met: true},
		},
	}
	for range rows {
		page.Rows = append(page.Rows, handbook.Row{
			Title: "智能制造工程技术人员（初级）规范化培训", Institution: "中国软件评测中心(工业和信息化部软件与集成电路促进中心)",
			From: calendar.MustParseDate("2026-03-01"), To: calendar.MustParseDate("2026-11-20"), Subject: "专业课", Hours: "32.5",
			Note: "跨年度，待确认",
		})
	}
	return page
}

// printed is what a reader's program takes out of a page, each piece of text on a line.
func printed(t *testing.T, fonts *font.Fonts, page handbook.Page) (text string, pages int) {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, handbook.Print(&file, fonts, page))
	return extract(t, file.Bytes())
}

func extract(t *testing.T, file []byte) (text string, pages int) {
	t.Helper()
	glyphs := map[uint16]rune{}
	var drawn []string
	for _, stream := range regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`).FindAllSubmatch(file, -1) {
		content := stream[1]
		if r, err := zlib.NewReader(bytes.NewReader(content)); err == nil {
			content, err = io.ReadAll(r)
			require.NoError(t, err)
		}
		for _, m := range regexp.MustCompile(`<([0-9A-F]{4})><[0-9A-F]{4}><([0-9A-F]+)>`).FindAllSubmatch(content, -1) {
			glyphs[units(t, m[1])[0]] = utf16.Decode(units(t, m[2]))[0]
		}
		for _, m := range regexp.MustCompile(`<([0-9A-F]+)>\] TJ`).FindAllSubmatch(content, -1) {
			drawn = append(drawn, string(m[1]))
		}
	}
	var all strings.Builder
	for _, line := range drawn {
		for _, glyph := range units(t, []byte(line)) {
			require.Contains(t, glyphs, glyph)
			require.NotZero(t, glyph, "an empty box was drawn")
			all.WriteRune(glyphs[glyph])
		}
		all.WriteByte('\n')
	}
	return all.String(), bytes.Count(file, []byte("/Type /Page\n"))
}

func units(t *testing.T, digits []byte) []uint16 {
	t.Helper()
	raw, err := hex.DecodeString(string(digits))
	require.NoError(t, err)
	all := make([]uint16, len(raw)/2)
	for i := range all {
		all[i] = binary.BigEndian.Uint16(raw[2*i:])
	}
	return all
}

// fonts fails where no font is installed, and says what to install.
func fonts(t *testing.T) *font.Fonts {
	t.Helper()
	f := &font.Fonts{Path: os.Getenv("DENGPAN_FONT")}
	_, err := f.Find()
	require.NoError(t, err)
	return f
}

func TestAPageSaysAllThatTheStatementDoes(t *testing.T) {
	t.Parallel()
	text, pages := printed(t, fonts(t), sample(2))
	require.Equal(t, 1, pages)
	for _, words := range []string{
		"专业技术人员继续教育登记手册", "2026年度继续教育学时登记页", "姓名：买买提·艾力", "居民身份证：110***********002X",
		"登记页编号：XS-2026-ABCDEFGHIJ", "版本：第2版", "至2026-11-20", "专业课", "32.5", "第1页，共1页", strings.Repeat("0f", 32),
		"合计64.5学时，年度规定90学时，尚缺25.5学时。", "其中专业课64.5学时，年度规定60学时，已达到。", "人社部令第25号 第八条（据转引，未核对原件）",
		"如按结业所在年度计", "不含印章",
	} {
		require.Contains(t, text, words)
	}
	require.NotContains(t, text, "handbook.")
	require.NotContains(t, text, "演示数据")
	require.NotContains(t, text, "〓")
	require.NotContains(t, text, "取代")
}

func TestADemonstrationIsMarkedOnEveryPage(t *testing.T) {
	t.Parallel()
	page := sample(40)
	page.Demonstration, page.Latest = true, 3
	text, pages := printed(t, fonts(t), page)
	require.Greater(t, pages, 2)
	require.Equal(t, pages, strings.Count(text, "演示数据，不具有任何效力"))
	require.Equal(t, pages, strings.Count(text, "学习内容"), "the table's heading is on every page")
	require.Equal(t, pages, strings.Count(text, "XS-2026-ABCDEFGHIJ 第2版"))
	require.Equal(t, 40, strings.Count(text, "至2026-11-20"), "no row is lost between pages")
	require.Contains(t, text, "本页已由第3版取代")
}

// A character that the font lacks must not vanish from a name.
func TestARareCharacterShowsThatItIsMissing(t *testing.T) {
	t.Parallel()
	page := sample(1)
	page.Holder = "王\U0001F600明"
	text, _ := printed(t, fonts(t), page)
	require.Contains(t, text, "姓名：王〓明")
	require.Contains(t, text, "〓 代表打印字体中没有的字")
}

func TestAnEmptyYearHasAPageToo(t *testing.T) {
	t.Parallel()
	page := sample(0)
	page.CrossYear, page.Version, page.Latest = false, 0, 0
	text, _ := printed(t, fonts(t), page)
	require.Contains(t, text, "本年度没有已记入的学时")
	require.NotContains(t, text, "按结业")
}

func TestWithoutAFontNothingIsPrintedAndTheErrorSaysWhatToInstall(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "font.ttf")
	require.NoError(t, os.WriteFile(broken, []byte("no font"), 0o600))
	for _, path := range []string{filepath.Join(t.TempDir(), "none.ttf"), t.TempDir(), broken} {
		var file bytes.Buffer
		err := handbook.Print(&file, &font.Fonts{Path: path}, sample(1))
		require.ErrorIs(t, err, font.ErrNone)
		require.ErrorContains(t, err, "apt-get install -y fonts-lxgw-wenkai")
		require.Zero(t, file.Len())
	}
}

func TestPagesArePrintedAtOnceInOneFont(t *testing.T) {
	t.Parallel()
	f := fonts(t)
	var done sync.WaitGroup
	files, errs := make([]bytes.Buffer, 4), make([]error, 4)
	for i := range files {
		done.Go(func() { errs[i] = handbook.Print(&files[i], f, sample(i)) })
	}
	done.Wait()
	for i := range files {
		require.NoError(t, errs[i])
		text, _ := extract(t, files[i].Bytes())
		require.Equal(t, i, strings.Count(text, "至2026-11-20"))
	}
}
