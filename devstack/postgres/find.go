package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrNotInstalled says that no usable PostgreSQL programs were found, and what to do about it.
var ErrNotInstalled = errors.New("PostgreSQL's server programs were not found; install them as root with: apt-get install -y postgresql")

// oldestMajor is the oldest release that still has what the product's schema uses.
const oldestMajor = 13

// binaries is a folder holding one release's server programs.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

// find returns the newest PostgreSQL on this machine, or the given major version if it is not 0.
func find(major int) (binaries, error) {
	found := installed()
	for _, candidate := range found {
		if candidate.major == major || (major == 0 && candidate.major >= oldestMajor) {
			return candidate, nil
		}
	}
	switch {
	case len(found) == 0:
		return binaries{}, ErrNotInstalled
	case major != 0:
		return binaries{}, fmt.Errorf("the cluster was made by PostgreSQL %d, which is not installed: install it as root with: apt-get install -y postgresql-%d (or remove the cluster to begin anew)", major, major)
	default:
		return binaries{}, fmt.Errorf("PostgreSQL %d in %s is too old, %d or newer is needed: apt-get install -y postgresql", found[0].major, found[0].dir, oldestMajor)
	}
}

// installed lists the releases found, the newest first.
func installed() []binaries {
	candidates, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	more, _ := filepath.Glob("/usr/pgsql-*/bin")
	candidates = append(candidates, more...)
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		candidates = append(candidates, strings.TrimSpace(string(out)))
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		candidates = append(candidates, filepath.Dir(path))
	}
	var found []binaries
	for _, dir := range candidates {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
			continue
		}
		out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
		if err != nil {
			continue
		}
		if major, ok := majorVersion(string(out)); ok {
			found = append(found, binaries{dir: dir, major: major})
		}
	}
	slices.SortStableFunc(found, func(a, b binaries) int { return b.major - a.major })
	return found
}

var versionNumber = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// majorVersion reads the answer of `postgres --version`.
func majorVersion(answer string) (int, bool) {
	match := versionNumber.FindStringSubmatch(answer)
	if match == nil {
		return 0, false
	}
	major, err := strconv.Atoi(match[1])
	return major, err == nil
}
