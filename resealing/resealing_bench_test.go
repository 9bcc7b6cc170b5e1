package resealing_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/resealing"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// BenchmarkResealing is a rotation of 500 people: a name and a number each sealed anew, and an index added.
func BenchmarkResealing(b *testing.B) {
	const people = 500
	file := identity.KeyFile{Path: filepath.Join(b.TempDir(), "keys.json")}
	keys, err := file.Create()
	require.NoError(b, err)
	record, err := store.Open(b.Context(), storetest.NewURL(b), keys)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, record.Close()) })
	a := &archive{t: b, store: record, file: file}
	for n := range people {
		a.person(keys, n)
	}
	for b.Loop() {
		b.StopTimer()
		a.rotate()
		fresh := a.keys()
		b.StartTimer()
		err := resealing.Resealing{Store: record, Keys: fresh, Report: func(resealing.Progress) {}}.Run(b.Context())
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.N*people*2)/b.Elapsed().Seconds(), "values/s")
}
