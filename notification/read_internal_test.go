package notification

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestABookThatIsNotInOrderIsRefused(t *testing.T) {
	t.Parallel()
	for why, book := range map[string]string{
		"each is listed once":            "told: [{kind: a, urgency: now}, {kind: a, urgency: now}]",
		"listed once, told or untold":    "told: [{kind: a, urgency: now}]\nuntold: [{kind: a, because: own}]",
		"urgency is now or digest":       "told: [{kind: a, urgency: soon}]",
		`there is no act "b"`:            "told: [{kind: a, urgency: now, act: b}]",
		"only an act has a day":          "told: [{kind: a, urgency: now, due: until}]",
		"is no reason that is known":     "untold: [{kind: a, because: so}]",
		`there is no page "moon"`:        "acts: [{act: a, page: moon}]",
		"each is listed once, by its":    "acts: [{act: a, page: case}, {act: a, page: case}]",
		"field colour not found in type": "colour: red",
	} {
		_, err := read([]byte(book))
		require.ErrorContains(t, err, why)
	}
}
