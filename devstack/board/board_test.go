package board

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/progress"
)

func TestEveryRowIsAsWideInCellsWhateverTheScript(t *testing.T) {
	t.Parallel()
	s := demonstration()
	for _, lang := range []message.Lang{message.Chinese, message.English} {
		s.Lang = lang
		lines := Draw(s, 200, 100, false)
		header := line(t, lines, wordsOf(lang).work)
		before, _, found := strings.Cut(header, wordsOf(lang).waits)
		require.True(t, found, header)
		column := cells.StringWidth(before)
		for _, c := range s.Cases {
			row := line(t, lines, c.Name)
			status := message.Text(lang, "status."+string(c.Status), nil)
			before, after, found := strings.Cut(row, pad(status, stateCells))
			require.True(t, found, row)
			require.Equal(t, column, cells.StringWidth(before)+stateCells, row)
			require.NotEmpty(t, strings.TrimSpace(after), row)
		}
	}
}

func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	t.Parallel()
	for width := 1; width < 160; width++ {
		for _, drawn := range Draw(demonstration(), width, 40, true) {
			require.LessOrEqual(t, cells.StringWidth(uncolored(drawn)), width)
		}
	}
}

func TestAClippedColourEnds(t *testing.T) {
	t.Parallel()
	require.Equal(t, "\x1b[31m登\x1b[0m", clip("\x1b[31m登攀\x1b[0m", 3))
	require.Equal(t, "ab", clip("ab\x1b[31mcd\x1b[0m", 2)[:2])
}

func TestACaseSaysWhomItWaitsOnOrWhyItIsStuckOrHowItEnded(t *testing.T) {
	t.Parallel()
	lines := Draw(demonstration(), 200, 100, false)
	require.Contains(t, line(t, lines, "赵示甲"), "国家开放大学")
	require.Contains(t, line(t, lines, "赵示甲"), "剩 4 天")
	require.Contains(t, line(t, lines, "钱示乙"), message.Text(message.Chinese, "cause.task_overdue.title", nil))
	require.Contains(t, line(t, lines, "孙示丙"), "职称贯通")
	require.NotContains(t, strings.Join(lines, "\n"), "补课")
}

func TestACaseThatLostHoursSaysThatTheyAreMadeUpFor(t *testing.T) {
	t.Parallel()
	s := demonstration()
	s.Cases[0].Again = true
	row := line(t, Draw(s, 200, 100, false), "赵示甲")
	require.Contains(t, row, "学时作废，补课  ← 国家开放大学  剩 4 天")
}

func TestInALowWindowTheStuckCasesStayAndTheEndedGoFirst(t *testing.T) {
	t.Parallel()
	s := demonstration()
	lines := Draw(s, 120, 4+2+2+len(s.Lines), false)
	text := strings.Join(lines, "\n")
	require.Contains(t, text, "钱示乙", "stuck")
	require.NotContains(t, text, "孙示丙", "ended")
	require.Contains(t, text, "2 件未显示")
}

func TestAServiceInTroubleIsShownWithItsLog(t *testing.T) {
	t.Parallel()
	s := demonstration()
	s.Services = []Service{{Name: "worker", Problem: "exit status 2", Restarts: 3, LogPath: ".dengpan/log/worker.log"}, {Name: "api", Up: true}}
	text := strings.Join(Draw(s, 120, 40, false), "\n")
	require.Contains(t, text, "worker: exit status 2")
	require.Contains(t, text, ".dengpan/log/worker.log")
	require.NotContains(t, text, "api:")
	require.Contains(t, Summary(s), "worker: exit status 2")
}

func TestTheSummaryCountsEveryStatus(t *testing.T) {
	t.Parallel()
	summary := Summary(demonstration())
	require.NotContains(t, summary, "\n")
	require.Contains(t, summary, "个案 3/30")
	require.Contains(t, summary, "职称贯通 1")
}

func demonstration() Snapshot {
	return Snapshot{
		Lang: message.Chinese, Date: "2027-01-14", Day: time.Second, Running: 52 * time.Second, Intended: 30,
		Cases: []Case{
			{
				Name: "赵示甲", Occupation: "智能制造", Level: "初级", Status: progress.CaseWaiting, Stage: progress.Training,
				Stages: map[progress.Stage]progress.State{progress.Registration: progress.Done, progress.Training: progress.Waiting},
				Party:  progress.ByInstitution, PartyName: "国家开放大学", DueAt: time.Now().Add(4*time.Second + 500*time.Millisecond),
			},
			{
				Name: "钱示乙", Occupation: "大数据", Level: "中级", Status: progress.CaseStuck, Stage: progress.Evaluation,
				Cause: "task_overdue", Party: progress.ByOperator,
			},
			{Name: "孙示丙", Occupation: "区块链", Level: "高级", Status: progress.CaseEnded, Stage: progress.Title, Outcome: progress.Mapped},
		},
		Lines: []Line{{"API", "http://127.0.0.1:8080"}},
		News:  []string{"经办人将钱示乙改派"},
	}
}

func line(t *testing.T, lines []string, part string) string {
	t.Helper()
	for _, candidate := range lines {
		if strings.Contains(candidate, part) {
			return candidate
		}
	}
	require.Fail(t, "no line has "+part, strings.Join(lines, "\n"))
	return ""
}

func uncolored(line string) string {
	for {
		start := strings.Index(line, "\x1b[")
		if start < 0 {
			return line
		}
		end := start + strings.IndexByte(line[start:], 'm')
		line = line[:start] + line[end+1:]
	}
}
