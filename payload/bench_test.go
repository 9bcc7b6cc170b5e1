package payload

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
)

// message is about as large as what a case's workflow is sent and answers.
var message = map[string]string{
	"case_id": "477ca4b6-bbc8-40d9-82e8-881eedd2212f", "task_id": "0d7c1f6e-9f54-4d2a-8a0e-8f8f0a2b6d55", "stage": "training",
	"due_at": "2026-03-16T09:00:00Z",
}

// BenchmarkSeal turns a value into a sealed payload, by a key that the process has.
func BenchmarkSeal(b *testing.B) {
	its := of(newWorld(b).keys, one)
	_, err := its.ToPayload(message)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := its.ToPayload(message); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen turns a sealed payload into a value, by a key that the process has.
func BenchmarkOpen(b *testing.B) {
	its := of(newWorld(b).keys, one)
	sealed, err := its.ToPayload(message)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		var opened map[string]string
		if err := its.FromPayload(sealed, &opened); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(sealed.GetData())), "bytes")
}

// BenchmarkFirstSeal is the first payload of a workflow: its key is looked for, made and written.
func BenchmarkFirstSeal(b *testing.B) {
	w := newWorld(b)
	n := 0
	for b.Loop() {
		n++
		seal(b, w.keys, "case/"+strconv.Itoa(n))
	}
}

// BenchmarkFirstOpen is the first payload that a process opens of a workflow: its key is read.
func BenchmarkFirstOpen(b *testing.B) {
	w := newWorld(b)
	sealed := seal(b, w.keys, one)
	for b.Loop() {
		if _, err := w.process().Codec().Decode([]*commonpb.Payload{sealed}); err != nil {
			b.Fatal(err)
		}
	}
}
