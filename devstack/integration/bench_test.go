package integration_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkCases is the whole system at work on one machine: PostgreSQL, Temporal, API, worker and institutions, a case
// from registration to its title per operation, all of them at once. It reports the cases that ended per second, and the
// processor time of API and worker that each took.
func BenchmarkCases(b *testing.B) {
	s := newSystem(b, options{})
	s.ended(b, s.register(b, 0)) // the first waits for caches
	before := s.spent(b)
	b.ResetTimer()
	all := s.registerMany(b, 1, b.N)
	for _, who := range all {
		s.ended(b, who)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cases/s")
	b.ReportMetric(float64((s.spent(b)-before).Milliseconds())/float64(b.N), "cpu-ms/case")
	b.StopTimer()
	s.requireRightEnd(b, all)
}

// spent is the processor time that the API and the worker have used.
func (s *system) spent(t testing.TB) time.Duration {
	t.Helper()
	const tick = 10 * time.Millisecond // what Linux counts in
	var sum time.Duration
	for _, pid := range []int{s.api.PID(), s.worker.PID()} {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		require.NoError(t, err)
		_, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest)
		for _, field := range fields[11:13] { // user and system time
			ticks, err := strconv.Atoi(field)
			require.NoError(t, err)
			sum += time.Duration(ticks) * tick
		}
	}
	return sum
}
