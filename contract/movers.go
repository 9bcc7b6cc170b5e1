package contract

// Mover is who can clear an incident.
type Mover string

// The movers.
const (
	Operator    Mover = "operator"
	Engineer    Mover = "engineer" // who runs the system: its program, its settings, its keys
	Institution Mover = "institution"
	Trainee     Mover = "trainee"
	Nobody      Mover = "nobody" // it is tried again by itself
)

// movers are by the kind of a cause; what is otherwise has its own line in exceptions.
var movers = map[Kind]Mover{External: Nobody, Program: Engineer, Business: Operator, Overdue: Institution}

var exceptions = map[Cause]Mover{
	PublicationRefused: Operator, // it is sent once, until somebody has it sent again
	SigningFailed:      Operator, // the tries are over
	RuleMissing:        Engineer,
	PrintingNotSetUp:   Engineer,
	GlyphMissing:       Engineer,
	PhotoMissing:       Trainee,
	IdentityUnverified: Trainee,
}

// Mover is who can clear an incident of the cause.
func (c Cause) Mover() Mover {
	if who, named := exceptions[c]; named {
		return who
	}
	return movers[c.Kind()]
}

// Movers lists everybody who can clear an incident.
func Movers() []Mover { return []Mover{Operator, Engineer, Institution, Trainee, Nobody} }

// Repair is something that is done to a workflow's execution in Temporal.
type Repair string

// The repairs.
const (
	PauseExecution   Repair = "pause_execution"
	ResumeExecution  Repair = "resume_execution"
	ResetExecution   Repair = "reset_execution" // run it again from a point of its history
	PauseActivity    Repair = "pause_activity"
	ResumeActivity   Repair = "resume_activity"
	RetryActivity    Repair = "retry_activity" // now, with its tries counted anew
	ReoptionActivity Repair = "reoption_activity"
)

// Repairs lists every repair.
func Repairs() []Repair {
	return []Repair{PauseExecution, ResumeExecution, ResetExecution, PauseActivity, ResumeActivity, RetryActivity, ReoptionActivity}
}

// repairs are what may help with an execution, beside the verbs of its cause.
var repairs = map[Cause][]Repair{
	WorkflowFailing: {ResetExecution, PauseExecution},
	ActivityFailing: {RetryActivity, ReoptionActivity, PauseActivity},
}

// Repairs lists what may help with the execution that an incident of the cause is about, the suggested first.
func (c Cause) Repairs() []Repair { return repairs[c] }
