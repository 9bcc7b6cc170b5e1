package attended_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/attended"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/ledger"
)

func sample(lines int) attended.Proof {
	from, to := calendar.MustParseDate("2026-03-01"), calendar.MustParseDate("2026-03-31")
	proof := attended.Proof{
		Number: attended.Number("a case", from, to), Holder: "买买提·艾力", Class: "智能制造订单班", Institution: "北京开放大学", From: from, To: to,
	}
	for i := range lines {
		day := from.AddDays(i)
		nine := time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, calendar.Beijing)
		proof.Lines = append(proof.Lines, attended.Line{
			Ref: "S", Date: day, From: nine, To: nine.Add(150*time.Minute + 20*time.Second), Module: "装备与产线的数字化改造方案设计", Mode: "offline",
			Seconds: 9020,
		})
	}
	return proof
}

// printed is the text that poppler finds in a proof's page, without spaces, and how many pages there are.
func printed(t *testing.T, proof attended.Proof, page attended.Page) (text string, pages int) {
	t.Helper()
	digest, err := proof.Digest()
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, proof.Print(&file, &font.Fonts{Path: os.Getenv("DENGPAN_FONT")}, digest, page))
	path := filepath.Join(t.TempDir(), "proof.pdf")
	require.NoError(t, os.WriteFile(path, file.Bytes(), 0o600))
	out, err := exec.Command("pdftotext", "-raw", path, "-").CombinedOutput()
	require.NoError(t, err, "pdftotext: %s", out)
	return strings.Join(strings.Fields(string(out)), ""), strings.Count(string(out), "\f")
}

func TestAProofSaysWhoAttendedWhatAndWhenAndThatItIsNoCertificate(t *testing.T) {
	t.Parallel()
	proof := sample(2)
	digest, err := proof.Digest()
	require.NoError(t, err)
	text, pages := printed(t, proof, attended.Page{Hours: ledger.Tenths(66), PrintedOn: calendar.MustParseDate("2026-04-02")})
	require.Equal(t, 1, pages)
	for _, words := range []string{
		"参加培训情况证明", "2026-03-01至2026-03-31", "姓名：买买提·艾力", "证明编号：" + proof.Number, "班级：智能制造订单班", "培训机构：北京开放大学",
		"2026-03-0209:00–11:30", "线下150", "参加2次课，共300分钟，计6.6学时", "不是培训合格证书", "打印日期2026-04-02", "第1页，共1页", digest,
	} {
		require.Contains(t, text, words)
	}
	require.NotContains(t, text, "attended.")
	require.NotContains(t, text, "演示数据")
}

func TestALongProofGoesOnOverPagesAndADemonstrationsIsMarkedOnEach(t *testing.T) {
	t.Parallel()
	proof := sample(31)
	text, pages := printed(t, proof, attended.Page{Demonstration: true})
	require.Greater(t, pages, 1)
	require.Equal(t, pages, strings.Count(text, "演示数据，不具有任何效力"))
	require.Equal(t, 31, strings.Count(text, "09:00–11:30"), "no session is lost between pages")
	require.Equal(t, pages, strings.Count(text, proof.Number+"，打印日期"))
}

func TestAPeriodInWhichNothingWasAttendedIsProvedAsThat(t *testing.T) {
	t.Parallel()
	text, _ := printed(t, sample(0), attended.Page{})
	require.Contains(t, text, "此期间没有计入学时的课次")
	require.Contains(t, text, "参加0次课，共0分钟，计0学时")
}

func TestAProofOfTheSamePeriodKeepsItsNumberAndItsDigestShowsWhatChanged(t *testing.T) {
	t.Parallel()
	before, after := sample(2), sample(2)
	digest := func(p attended.Proof) string {
		d, err := p.Digest()
		require.NoError(t, err)
		return d
	}
	require.Equal(t, digest(before), digest(after))
	after.Lines = after.Lines[:1]
	require.NotEqual(t, digest(before), digest(after), "a session was voided")
	require.Equal(t, before.Number, after.Number)
	require.NotEqual(t, before.Number, attended.Number("a case", before.From, before.To.AddDays(1)))
	require.NotEqual(t, before.Number, attended.Number("another case", before.From, before.To))
	require.NotContains(t, before.Number, "case")
}

func TestMinutesThatWereNotWholeCountInTheSumOnly(t *testing.T) {
	t.Parallel()
	proof := sample(3)
	require.Equal(t, 150, proof.Lines[0].Minutes())
	require.Equal(t, 451*time.Minute, proof.Total(), "three times twenty seconds are a minute")
	require.Equal(t, "—", attended.Line{}.Times(), "a time that nobody wrote is not made up")
}
