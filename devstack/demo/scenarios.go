package demo

import "github.com/dengpan/dengpan/progress"

// scenario is one trainee's way through the programme, good or bad.
type scenario struct {
	occupation string
	level      string
	applicant  facts
	// scripts make the institutions misbehave over this case.
	scripts []script
	// withdrawsIn is the stage in which the trainee gives up, if any.
	withdrawsIn string
	// voided makes the operator void a session while the case is in its exam.
	voided bool
	// unknown keeps the register of persons from knowing the trainee: people look at the document.
	unknown bool
	// correction is what the operator corrects the applicant's facts to, if they were stated wrong.
	correction facts
	// ends is how the case is meant to end.
	ends progress.Outcome
	// hopeless makes the operator give up rather than try another way.
	hopeless bool
}

// script is one misbehaviour, as the simulator's control interface takes it.
type script struct {
	TaskKind  string `json:"task_kind"`
	Attempt   int    `json:"attempt"`
	Behaviour string `json:"behaviour"`
	Delay     string `json:"delay,omitempty"`
}

func once(kind, behaviour string) []script {
	return []script{{TaskKind: kind, Attempt: 1, Behaviour: behaviour}}
}

// late answers so long after the deadline.
func late(kind, delay string) []script {
	return []script{{TaskKind: kind, Attempt: 1, Behaviour: "late", Delay: delay}}
}

// slow answers no sooner than after so long.
func slow(kind, delay string) []script {
	return []script{{TaskKind: kind, Attempt: 1, Behaviour: "slow", Delay: delay}}
}

const (
	manufacturing = "intelligent-manufacturing"
	bigData       = "big-data"
	blockchain    = "blockchain"

	junior       = "junior"
	intermediate = "intermediate"
	senior       = "senior"
)

// scenarios are thirty ways, those that take longest first. More trainees begin again from the top.
var scenarios = []scenario{
	// Only time is missing for the title: the case waits for the day and maps by itself.
	{occupation: manufacturing, level: junior, applicant: graduatesSoon, ends: progress.Mapped},
	{occupation: bigData, level: intermediate, applicant: mastersSoon, ends: progress.Mapped},
	// The evaluation body answers long after the deadline; the operator extends it.
	{occupation: bigData, level: senior, applicant: seniorTitled, ends: progress.Certified, scripts: late("practical", "12s")},
	// The training body never answers; the operator gives the trainee to another.
	{occupation: blockchain, level: junior, applicant: juniorBachelor, ends: progress.Mapped, scripts: once("enrolment", "silent")},
	// An inspection voids a session when the training is over: back to it, make up for the hours, and on.
	{occupation: bigData, level: junior, applicant: juniorMaster, ends: progress.Mapped, scripts: slow("exam", "6s"), voided: true},
	{occupation: manufacturing, level: junior, applicant: juniorMaster, ends: progress.Mapped, scripts: once("exam", "fail")},
	{occupation: bigData, level: intermediate, applicant: intermediateTitled, ends: progress.Mapped, scripts: once("theory", "fail")},
	// The class is full: one operator finds another class, another gives up.
	{occupation: manufacturing, level: intermediate, applicant: intermediateDoctor, ends: progress.Mapped, scripts: once("enrolment", "reject")},
	{occupation: bigData, level: junior, applicant: juniorAssociate, ends: progress.Untrained, scripts: once("enrolment", "reject"), hopeless: true},
	{occupation: blockchain, level: senior, applicant: wrongLevel, ends: progress.Rejected, hopeless: true},
	{occupation: blockchain, level: intermediate, applicant: intermediateGraded, ends: progress.Mapped, scripts: once("training", "short_hours")},
	{occupation: manufacturing, level: intermediate, applicant: noTitlePath, ends: progress.Certified},
	{occupation: bigData, level: junior, applicant: tooNew, ends: progress.Mapped, correction: veteran},
	{occupation: blockchain, level: intermediate, applicant: intermediateTitled, ends: progress.Withdrawn, withdrawsIn: "training"},
	{occupation: manufacturing, level: senior, applicant: seniorGraded, ends: progress.Certified, scripts: once("training", "error500")},

	// The rest go well, though some institutions are clumsy about it.
	{occupation: bigData, level: junior, applicant: juniorBachelor, ends: progress.Mapped, scripts: once("exam", "duplicate")},
	{occupation: blockchain, level: junior, applicant: juniorMaster, ends: progress.Mapped, scripts: once("theory", "wrong_score")},
	{occupation: manufacturing, level: senior, applicant: seniorTitled, ends: progress.Certified, scripts: once("practical", "absent")},
	{occupation: bigData, level: intermediate, applicant: intermediateDoctor, ends: progress.Mapped, unknown: true},
	{occupation: blockchain, level: intermediate, applicant: intermediateTitled, ends: progress.Mapped},
	{occupation: manufacturing, level: junior, applicant: juniorAssociate, ends: progress.Mapped, scripts: once("training", "claims_twice")},
	{occupation: bigData, level: senior, applicant: seniorGraded, ends: progress.Certified, scripts: once("training", "outside_window")},
	{occupation: blockchain, level: senior, applicant: seniorTitled, ends: progress.Certified, scripts: once("training", "duplicate")},
	{occupation: manufacturing, level: intermediate, applicant: intermediateGraded, ends: progress.Mapped},
	{occupation: blockchain, level: junior, applicant: juniorAssociate, ends: progress.Mapped},
	{occupation: manufacturing, level: intermediate, applicant: intermediateTitled, ends: progress.Mapped},
	{occupation: bigData, level: senior, applicant: seniorSkilledWorker, ends: progress.Certified},
	{occupation: blockchain, level: senior, applicant: seniorGraded, ends: progress.Certified},
	{occupation: manufacturing, level: junior, applicant: juniorBachelor, ends: progress.Mapped, scripts: once("enrolment", "wrong_institution")},
	{occupation: blockchain, level: junior, applicant: juniorBachelor, ends: progress.Mapped, scripts: once("training", "out_of_order")},
}

func scenarioOf(n int) scenario { return scenarios[n%len(scenarios)] }
