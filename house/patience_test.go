package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever waits for another without an end can be kept waiting.
func TestEveryServerAndClientOfTheProductHasTimeLimits(t *testing.T) {
	t.Parallel()
	// What a literal must set, one of each line.
	wanted := map[string][]string{"http.Server": {"ReadHeaderTimeout"}, "http.Client": {"Timeout", "Transport"}}
	found := 0
	for _, path := range files(t, ".go") {
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "devstack/") {
			continue
		}
		source, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, 0)
		require.NoError(t, err)
		ast.Inspect(source, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if fields, checked := wanted[selector(n.Type)]; checked {
					found++
					require.True(t, sets(n, fields), "%s: a %s sets none of %v", path, selector(n.Type), fields)
				}
			case *ast.SelectorExpr:
				require.NotContains(t, []string{"http.DefaultClient", "http.Get", "http.Post", "http.ListenAndServe", "http.Serve"}, selector(n), path)
			}
			return true
		})
	}
	require.GreaterOrEqual(t, found, 4)
}

func selector(e ast.Expr) string {
	s, fine := e.(*ast.SelectorExpr)
	if !fine {
		return ""
	}
	x, fine := s.X.(*ast.Ident)
	if !fine {
		return ""
	}
	return x.Name + "." + s.Sel.Name
}

func sets(literal *ast.CompositeLit, fields []string) bool {
	for _, element := range literal.Elts {
		pair, keyed := element.(*ast.KeyValueExpr)
		if !keyed {
			continue
		}
		for _, field := range fields {
			if name, named := pair.Key.(*ast.Ident); named && name.Name == field {
				return true
			}
		}
	}
	return false
}
