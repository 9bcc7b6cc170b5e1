package contract

import "slices"

// Cause is why a case is stuck: a stable code, explained in words by the message catalogue.
type Cause string

// The causes on the main path.
const (
	EligibilityNotMet           Cause = "eligibility_not_met"
	InstitutionNotListed        Cause = "institution_not_listed"
	EnrolmentRejected           Cause = "enrolment_rejected"
	TaskRejected                Cause = "task_rejected"
	ClassFull                   Cause = "class_full"
	WrongPerson                 Cause = "wrong_person"
	NotOurOccupation            Cause = "not_our_occupation"
	TaskOverdue                 Cause = "task_overdue"
	HoursInsufficient           Cause = "hours_insufficient"
	ExamAttemptsExhausted       Cause = "exam_attempts_exhausted"
	EvaluationEntryNotMet       Cause = "evaluation_entry_not_met"
	EvaluationAttemptsExhausted Cause = "evaluation_attempts_exhausted"
	TrainedByEvaluator          Cause = "trained_by_evaluator" // in an earlier case, for the same occupation
	RuleMissing                 Cause = "rule_missing"
	IssuerNotListed             Cause = "issuer_not_listed"
	CertificateNumberTaken      Cause = "certificate_number_taken"
	CertificateUndermined       Cause = "certificate_undermined"
	TrainingCertificateRevoked  Cause = "training_certificate_revoked"
	CertificateSuspended        Cause = "certificate_suspended"
	CEYearClosed                Cause = "ce_year_closed"
	MisconductPending           Cause = "misconduct_pending" // at an evaluation, until it is decided
	IdentityPending             Cause = "identity_pending"   // of who sat provisionally, until it is decided
	EvaluationBarred            Cause = "evaluation_barred"  // for misconduct, until a day
	StepFailed                  Cause = "step_failed"
)

// The causes of incidents that hold up no case: what is found about a certificate, or about a channel that certificates are
// published on.
const (
	PublicationRefused Cause = "publication_refused" // the channel will not have it
	PublicationMissing Cause = "publication_missing" // we published it, and the channel does not show it
	PublicationDiffers Cause = "publication_differs" // the channel shows it otherwise
	PublicationUnknown Cause = "publication_unknown" // the channel shows one that we do not know
	ChannelDown        Cause = "channel_down"        // the channel has taken nothing for days
	CertificateDiffers Cause = "certificate_differs" // its record is not what it was earned by
)

// The causes of incidents that are found of executions in Temporal. They hold up no case in the record: they say why its
// workflow makes no progress.
const (
	WorkflowFailing Cause = "workflow_failing" // our own code fails on it, again and again
	ActivityFailing Cause = "activity_failing" // work that it asked for fails, and is tried again
)

// The causes that keep a certificate from being issued.
const (
	PhotoMissing       Cause = "photo_missing"
	IdentityUnverified Cause = "identity_unverified" // nobody could say yet whose the document is
	PrintingNotSetUp   Cause = "printing_not_set_up"
	GlyphMissing       Cause = "glyph_missing"
	DocumentRefused    Cause = "document_refused"
	SigningFailed      Cause = "signing_failed"
)

// Kind is which of the four ways of being stuck a cause belongs to.
type Kind string

// The four kinds.
const (
	External Kind = "external" // work outside is failing and being retried
	Program  Kind = "program"  // our own code is failing
	Business Kind = "business" // a person must decide
	Overdue  Kind = "overdue"  // a wait has passed its deadline
)

// Kinds lists the four kinds.
func Kinds() []Kind { return []Kind{External, Program, Business, Overdue} }

// Verb is what an operator may do about an incident.
type Verb string

// The verbs.
const (
	Retry    Verb = "retry"    // do the step again, or ask the institution again
	Override Verb = "override" // go on in spite of it, on evidence
	Reassign Verb = "reassign" // give the work to another institution
	Extend   Verb = "extend"   // move the deadline
	Correct  Verb = "correct"  // replace the applicant's facts, and decide again
	Cancel   Verb = "cancel"   // give it up: the case ends with what it has
)

// CompletionCauses are what keeps a certificate that is prepared from being issued.
func CompletionCauses() []Cause {
	return []Cause{StepFailed, PrintingNotSetUp, GlyphMissing, DocumentRefused, SigningFailed}
}

// Overrides is the causes that a step which is asked again goes on in spite of: each as operators saw and overrode it, in that
// order, once. What else the step finds stops it.
type Overrides []Cause

// Has reports whether a cause was overridden.
func (o Overrides) Has(c Cause) bool { return slices.Contains(o, c) }

// Resolved is what is overridden once an incident was resolved by a verb.
func (o Overrides) Resolved(i Incident, by Verb) Overrides {
	if by != Override || o.Has(i.Cause) {
		return o
	}
	return append(slices.Clone(o), i.Cause)
}

type causeRow struct {
	cause Cause
	kind  Kind
	verbs []Verb
}

// What each cause is and what may be done about it. A verb that is not here is refused.
var causes = []causeRow{
	{EligibilityNotMet, Business, []Verb{Correct, Override, Retry, Cancel}},
	{InstitutionNotListed, Business, []Verb{Retry, Reassign, Cancel}},
	{EnrolmentRejected, Business, []Verb{Reassign, Retry, Cancel}},
	{TaskRejected, Business, []Verb{Reassign, Retry, Cancel}},
	{ClassFull, Business, []Verb{Reassign, Retry, Cancel}},
	{WrongPerson, Business, []Verb{Retry, Correct, Reassign, Cancel}},
	{NotOurOccupation, Business, []Verb{Reassign, Retry, Cancel}},
	{TaskOverdue, Overdue, []Verb{Extend, Retry, Reassign, Cancel}},
	{HoursInsufficient, Business, []Verb{Retry, Reassign, Cancel}},
	{ExamAttemptsExhausted, Business, []Verb{Retry, Reassign, Cancel}},
	{EvaluationEntryNotMet, Business, []Verb{Correct, Override, Retry, Cancel}},
	{EvaluationAttemptsExhausted, Business, []Verb{Retry, Reassign, Cancel}},
	{TrainedByEvaluator, Business, []Verb{Reassign, Override, Retry, Cancel}},
	{RuleMissing, Business, []Verb{Retry, Cancel}},
	{IssuerNotListed, Business, []Verb{Retry, Override, Cancel}},
	{CertificateNumberTaken, Business, []Verb{Override, Cancel}},
	{CertificateUndermined, Business, []Verb{Retry, Override, Cancel}},
	{TrainingCertificateRevoked, Business, []Verb{Retry, Override, Cancel}},
	{CertificateSuspended, Business, []Verb{Retry}},
	{MisconductPending, Business, []Verb{Retry}},
	{IdentityPending, Business, []Verb{Retry}},
	{EvaluationBarred, Business, []Verb{Retry, Cancel}},
	{CEYearClosed, Business, []Verb{Retry, Override}},
	{StepFailed, Program, []Verb{Retry, Cancel}},

	{PublicationRefused, External, []Verb{Retry, Override}},
	{PublicationMissing, External, []Verb{Retry, Override}},
	{PublicationDiffers, External, []Verb{Retry, Override}},
	{PublicationUnknown, Business, []Verb{Override}},
	{ChannelDown, External, []Verb{Retry, Override}},
	{CertificateDiffers, Business, []Verb{Retry, Override}},

	{WorkflowFailing, Program, []Verb{}}, // what helps is done to its execution
	{ActivityFailing, External, []Verb{Retry}},

	{PhotoMissing, Business, []Verb{Retry, Cancel}},
	{IdentityUnverified, Business, []Verb{Retry, Cancel}},
	{PrintingNotSetUp, Business, []Verb{Retry, Cancel}},
	{GlyphMissing, Business, []Verb{Retry, Cancel}},
	{DocumentRefused, Program, []Verb{Retry, Cancel}},
	{SigningFailed, External, []Verb{Retry, Cancel}},
}

// Causes lists every cause.
func Causes() []Cause {
	all := make([]Cause, len(causes))
	for i, row := range causes {
		all[i] = row.cause
	}
	return all
}

// Verbs lists what an operator may do about a cause, the suggested one first.
func (c Cause) Verbs() []Verb {
	for _, row := range causes {
		if row.cause == c {
			return slices.Clone(row.verbs)
		}
	}
	return nil
}

// Allows reports whether an operator may resolve a cause by a verb.
func (c Cause) Allows(v Verb) bool { return slices.Contains(c.Verbs(), v) }

// Kind is the way of being stuck that a cause belongs to.
func (c Cause) Kind() Kind {
	for _, row := range causes {
		if row.cause == c {
			return row.kind
		}
	}
	return Program
}

// Incident is an open incident, as a step reports it to the workflow.
type Incident struct {
	ID    string `json:"id"`
	Cause Cause  `json:"cause"`
}
