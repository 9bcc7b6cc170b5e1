// Package queue names the queues of the operators. Every open case stands in exactly one, by its state alone: the record
// computes which (the generated column cases.queue), and this package says what each of them is.
package queue

import "github.com/dengpan/dengpan/contract"

// Queue is where an open case stands; empty for one that has ended.
type Queue string

// The queues, from what an operator must see first to what needs nobody.
const (
	None        Queue = ""            // the case has ended
	Approval    Queue = "approval"    // what one operator asked for waits for another
	Paused      Queue = "paused"      // an operator holds it where it is
	Program     Queue = "program"     // our own code is failing
	External    Queue = "external"    // work outside is failing and being retried
	Overdue     Queue = "overdue"     // a wait has passed its deadline
	Decision    Queue = "decision"    // a business problem waits for a person
	Institution Queue = "institution" // an institution owes something, in time
	Trainee     Queue = "trainee"     // the trainee owes something, in time
	Calendar    Queue = "calendar"    // only time is missing
	Running     Queue = "running"     // the system is at work on it
)

// All lists the queues that an open case can stand in, in order.
func All() []Queue {
	return []Queue{Approval, Paused, Program, External, Overdue, Decision, Institution, Trainee, Calendar, Running}
}

// Stuck is which of the four ways of being stuck a queue is of; empty for the queues of cases that are not stuck.
func (q Queue) Stuck() contract.Kind {
	switch q {
	case Program:
		return contract.Program
	case External:
		return contract.External
	case Overdue:
		return contract.Overdue
	case Decision:
		return contract.Business
	case None, Approval, Paused, Institution, Trainee, Calendar, Running:
	}
	return ""
}
