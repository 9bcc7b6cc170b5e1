package house_test

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

var (
	codeBlock  = regexp.MustCompile("(?s)```.*?```")
	codeSpan   = regexp.MustCompile("`[^`\n]*`")
	inlineLink = regexp.MustCompile(`\]\(([^)\s]+)(?:\s+"[^"]*")?\)`)
	heading    = regexp.MustCompile(`(?m)^#{1,6}\s+(.+?)\s*$`)
	testName   = regexp.MustCompile(`\bTest[A-Z]\w+`)
	makeTarget = regexp.MustCompile("(?m)(?:`|^\\s*)make ([a-z-]+)")
)

func TestEveryLinkInTheDocumentsLeadsSomewhere(t *testing.T) {
	t.Parallel()
	for _, document := range files(t, ".md") {
		text := codeSpan.ReplaceAllString(codeBlock.ReplaceAllString(read(t, document), ""), "")
		for _, link := range inlineLink.FindAllStringSubmatch(text, -1) {
			target, err := url.Parse(link[1])
			require.NoError(t, err, "%s: the link %s", document, link[1])
			if target.Scheme != "" {
				continue // another site's pages are not ours to keep
			}
			file := document
			if target.Path != "" {
				file = path.Join(path.Dir(document), target.Path)
			}
			_, err = os.Stat(filepath.Join(root, file))
			require.NoError(t, err, "%s: the link %s leads nowhere", document, link[1])
			if target.Fragment != "" {
				require.Contains(t, anchors(read(t, file)), target.Fragment, "%s: the link %s names no heading", document, link[1])
			}
		}
	}
}

// anchors lists the fragments a document's headings can be linked by, as forges make them.
func anchors(text string) []string {
	var names []string
	for _, match := range heading.FindAllStringSubmatch(codeBlock.ReplaceAllString(text, ""), -1) {
		var name strings.Builder
		for _, r := range strings.ToLower(match[1]) {
			switch {
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				name.WriteRune(r)
			case r == ' ':
				name.WriteRune('-')
			}
		}
		names = append(names, name.String())
	}
	return names
}

// A guarantee is worth the test that injects its failure.
func TestEveryTestADocumentNamesExists(t *testing.T) {
	t.Parallel()
	var tests strings.Builder
	for _, file := range files(t, "_test.go") {
		tests.WriteString(read(t, file))
	}
	for _, document := range files(t, ".md") {
		for _, name := range testName.FindAllString(read(t, document), -1) {
			require.Contains(t, tests.String(), "func "+name+"(", "%s names the test %s", document, name)
		}
	}
}

func TestEveryMakeTargetADocumentNamesExists(t *testing.T) {
	t.Parallel()
	makefile := read(t, "Makefile")
	for _, document := range files(t, ".md") {
		for _, match := range makeTarget.FindAllStringSubmatch(read(t, document), -1) {
			require.Regexp(t, `(?m)^`+match[1]+`:`, makefile, "%s names make %s", document, match[1])
		}
	}
}
