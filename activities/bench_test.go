package activities_test

import (
	"testing"

	"github.com/dengpan/dengpan/contract"
)

// BenchmarkStep is the cost of a step of a case: one transaction that locks the case, issues a task with its outbox
// event, and writes the stage, the timeline and the headline.
func BenchmarkStep(b *testing.B) {
	bundle := newBundle(b, graduate())
	bundle.admit(b)
	issue := 0
	for b.Loop() {
		issue++
		tasks := bundle.issue(b, "training", 1, issue, contract.EnrolmentTask)
		b.StopTimer()
		bundle.cancel(b, tasks)
		b.StartTimer()
	}
}

// BenchmarkStepAgain is the cost of a step that was done before, as after a crash.
func BenchmarkStepAgain(b *testing.B) {
	bundle := newBundle(b, graduate())
	bundle.admit(b)
	for b.Loop() {
		bundle.issue(b, "training", 1, 1, contract.EnrolmentTask)
	}
}
