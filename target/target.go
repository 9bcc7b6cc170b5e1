// Package target says how many the programme means to train in a year, and where that is written.
package target

import (
	_ "embed"
	"errors"
	"fmt"
	"sync"

	"github.com/dengpan/dengpan/datafile"
	"github.com/dengpan/dengpan/policy"
)

//go:embed target.yaml
var data []byte

// Plan is what a year is measured against.
type Plan struct {
	Annual   int             `yaml:"annual"`
	Citation policy.Citation `yaml:"citation"`
}

// Beijing is the city's plan. It panics when the embedded data are not in order, which a test sees first.
var Beijing = sync.OnceValue(func() Plan {
	p, err := read(data)
	if err != nil {
		panic(fmt.Sprintf("target: target.yaml: %v", err))
	}
	return p
})

func read(data []byte) (Plan, error) {
	var p Plan
	if err := datafile.Read(data, &p); err != nil {
		return Plan{}, err
	}
	if p.Annual < 1 || p.Citation.Document == "" || p.Citation.Clause == "" {
		return Plan{}, errors.New("a plan is a number of people with a source")
	}
	return p, nil
}
