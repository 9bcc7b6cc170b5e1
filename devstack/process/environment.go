package process

import (
	"os"
	"slices"
	"strings"
)

// secret are the words by which the name of a variable says that its value is not for everybody who can look at a process.
var secret = []string{"PASSWORD", "PASSWD", "PGPASS", "SECRET", "TOKEN", "DATABASE_URL", "API_KEY", "CREDENTIAL"}

// Environment is our own environment without what is secret in it. Children are told secrets by the names of files.
func Environment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return !strings.HasSuffix(name, "_FILE") &&
			slices.ContainsFunc(secret, func(word string) bool { return strings.Contains(strings.ToUpper(name), word) })
	})
}
