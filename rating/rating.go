// Package rating is how trainees rate the training that they completed: from one to five, with remarks of a list, and from how many
// on the public sees an average: data. Nobody writes words of their own, and nobody sees who said what. Pure.
package rating

import (
	_ "embed" // how trainees rate
	"slices"

	"github.com/dengpan/dengpan/datafile"
)

// The worst and the best rating.
const (
	Worst = 1
	Best  = 5
)

type rules struct {
	ShownBy int      `yaml:"shown_by"`
	Remarks []string `yaml:"remarks"`
}

//go:embed rating.yaml
var written []byte

var file = datafile.MustRead[rules]("rating/rating.yaml", written)

// ShownBy is by how many ratings the public's average grows: it is of so many, or a multiple of it.
func ShownBy() int { return file.ShownBy }

// Remarks are what may be remarked besides.
func Remarks() []string { return slices.Clone(file.Remarks) }
