package payload

import (
	"context"
	"errors"
	"maps"
	"slices"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/dengpan/dengpan/store"
)

// Open opens payloads for somebody to read, and says whose workflows' it opened. Keys are as the record has them at this
// moment, so a key that was destroyed opens nothing from then on; what does not open stays sealed.
func (k *Keys) Open(ctx context.Context, payloads []*commonpb.Payload) (opened []*commonpb.Payload, workflows []string, err error) {
	opened, read := slices.Clone(payloads), map[string]key{}
	for i, p := range payloads {
		workflow, sealed := sealedFor(p)
		if !sealed {
			continue
		}
		its, known := read[workflow]
		if !known {
			its, err = k.read(ctx, workflow, false)
			if errors.Is(err, ErrDestroyed) || errors.Is(err, ErrNoWorkflow) || errors.Is(err, store.ErrNotFound) {
				continue
			} else if err != nil {
				return nil, nil, err
			}
		}
		if plain, err := its.open(p, workflow); err == nil {
			opened[i], read[workflow] = plain, its
		}
	}
	return opened, slices.Sorted(maps.Keys(read)), nil
}
