package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const dockerfile = "deploy/Dockerfile"

// instruction is one line of a Dockerfile, continued lines joined.
type instruction struct {
	name string
	args []string
}

func instructions(t *testing.T) []instruction {
	t.Helper()
	var all []instruction
	text := strings.ReplaceAll(read(t, dockerfile), "\\\n", " ")
	for line := range strings.SplitSeq(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		all = append(all, instruction{name: fields[0], args: fields[1:]})
	}
	require.NotEmpty(t, all)
	return all
}

func TestTheImageIsBuiltInStagesOnPinnedBases(t *testing.T) {
	t.Parallel()
	var bases []string
	for _, i := range instructions(t) {
		if i.name == "FROM" {
			require.Regexp(t, pinned, i.args[0])
			bases = append(bases, i.args[0])
		}
	}
	require.Greater(t, len(bases), 1, "the compiler stays out of the image")
	require.NotEqual(t, bases[0], bases[len(bases)-1])
}

var goDirective = regexp.MustCompile(`(?m)^go (\S+)$`)

func TestTheImageIsBuiltByTheGoThatTheCodeIsTestedWith(t *testing.T) {
	t.Parallel()
	wanted := goDirective.FindStringSubmatch(read(t, "devstack/go.mod"))
	require.NotNil(t, wanted)
	require.True(t, strings.HasPrefix(instructions(t)[0].args[0], "golang:"+wanted[1]+"-"), instructions(t)[0].args[0])
}

func TestTheImageRunsAsAnUnprivilegedUser(t *testing.T) {
	t.Parallel()
	user := ""
	for _, i := range instructions(t) {
		switch i.name {
		case "FROM":
			user = ""
		case "USER":
			user = i.args[0]
		}
	}
	uid, err := strconv.Atoi(strings.Split(user, ":")[0])
	require.NoError(t, err, "the user is a number, so that an orchestrator can see that it is not root")
	require.Positive(t, uid)
}

func TestEveryFileTheImageIsBuiltFromExists(t *testing.T) {
	t.Parallel()
	for _, i := range instructions(t) {
		if i.name != "COPY" || strings.HasPrefix(i.args[0], "--from=") {
			continue
		}
		for _, from := range i.args[:len(i.args)-1] {
			_, err := os.Stat(filepath.Join(root, from))
			require.NoError(t, err)
		}
	}
	for path := range strings.FieldsSeq(read(t, ".dockerignore")) {
		require.NotContains(t, []string{"go.mod", "go.sum", "cmd", "deploy"}, path)
	}
}
