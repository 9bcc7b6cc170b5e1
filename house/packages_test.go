package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the top of the repository, seen from this package.
const root = ".."

// maxLines is where a file of code stops fitting in a reader's head.
const maxLines = 600

// files lists the repository's files with one of the given endings, as paths from the root.
func files(t *testing.T, endings ...string) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && path != "." &&
			(name == "node_modules" || name == "testdata" || name == "dist" || (strings.HasPrefix(name, ".") && name != ".ci")) {
			return fs.SkipDir
		}
		for _, ending := range endings {
			if !entry.IsDir() && strings.HasSuffix(path, ending) {
				found = append(found, path)
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, found, "no files with the endings %v", endings)
	return found
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	return string(content)
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{} // by folder
	for _, path := range files(t, ".go") {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.ParseComments|parser.PackageClauseOnly)
		require.NoError(t, err)
		folder := filepath.Dir(path)
		documented[folder] = documented[folder] || saysWhatItIsFor(source)
	}
	require.Contains(t, documented, "house", "the walk found this package")
	for folder, says := range documented {
		require.True(t, says, "package %s has no comment that begins with `Package %s` or `Command %[2]s` and says what it is for",
			folder, filepath.Base(folder))
	}
}

func saysWhatItIsFor(source *ast.File) bool {
	text := source.Doc.Text()
	if source.Name.Name == "main" {
		return strings.HasPrefix(text, "Command ")
	}
	return strings.HasPrefix(text, "Package "+source.Name.Name+" ")
}

func TestEveryFileOfCodeFitsInAReadersHead(t *testing.T) {
	t.Parallel()
	for _, path := range files(t, ".go") {
		source := read(t, path)
		if strings.HasPrefix(source, "// Code generated ") {
			continue
		}
		require.LessOrEqual(t, strings.Count(source, "\n"), maxLines, "%s has more lines than %d: it holds two things", path, maxLines)
	}
}

func TestCheckedProgramsCanBeRun(t *testing.T) {
	t.Parallel()
	for _, path := range []string{".ci/run", "deploy/needs"} {
		info, err := os.Stat(filepath.Join(root, path))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o111), info.Mode().Perm()&0o111, "%s is executable", path)
		require.True(t, strings.HasPrefix(read(t, path), "#!"), "%s names its interpreter", path)
	}
}
