package policy

import "github.com/dengpan/dengpan/calendar"

// Outcome is what a decision came to.
type Outcome string

// The outcomes.
const (
	Met    Outcome = "met"
	NotMet Outcome = "not_met"
	// InsufficientRule says that the rule which would decide has not been entered: neither yes nor no is known.
	InsufficientRule Outcome = "insufficient_rule"
	// Withdrawn says that what was decided before holds no longer: what it rested on is gone.
	Withdrawn Outcome = "withdrawn"
)

// The kinds of decision.
const (
	DecisionAdmission       = "admission"
	DecisionEvaluationEntry = "evaluation_entry"
	DecisionTitle           = "title"
	DecisionTitleWithdrawal = "title_withdrawal"
)

// Decision is a decision as it was made, to be stored and shown. It rests on nothing but the inputs and the policy
// version, and can be derived again from them.
type Decision struct {
	Kind    string  `json:"kind"`
	Outcome Outcome `json:"outcome"`
	// Rested is the alternative that was met, when one was: the first, in the rule's order.
	Rested *Alternative `json:"rested,omitempty"`
	// Missing is what each alternative still needs, when none was met.
	Missing []Unmet `json:"missing,omitempty"`
	// EarliestDate is the day on which time alone will have met an alternative; nil when more than time is missing.
	EarliestDate *calendar.Date `json:"earliest_date,omitempty"`
	Citation     Citation       `json:"citation"`
	AsOf         calendar.Date  `json:"as_of"`
}

// Alternative is one of the ways in which a rule can be met.
type Alternative struct {
	Code     string   `json:"code"`
	Text     Text     `json:"text"`
	Citation Citation `json:"citation"`
}

// Unmet is an alternative that is not met, and why.
type Unmet struct {
	Alternative  string         `json:"alternative"` // its code
	Text         Text           `json:"text"`
	Need         []Need         `json:"need"`
	EarliestDate *calendar.Date `json:"earliest_date,omitempty"`
}

// Need is one thing that is missing: what the person has, and what is asked, as codes, names or whole years.
type Need struct {
	Code string `json:"code"`
	Have string `json:"have"`
	Need string `json:"need"`
}

// The codes of needs.
const (
	NeedCategory             = "category"
	NeedStudying             = "studying"      // to be in the final year of a school that counts
	NeedFullTime             = "full_time"     // the study to be full-time
	NeedEducation            = "education"     // a degree
	NeedRelatedMajor         = "related_major" // the degree to be in a related subject
	NeedGraduation           = "graduation"    // the degree to be finished
	NeedYearsSinceGraduation = "years_since_graduation"
	NeedTitle                = "title"
	NeedYearsSinceTitle      = "years_since_title"
	NeedWorkSinceTitle       = "work_years_since_title"
	NeedGrade                = "grade"
	NeedWorkSinceGrade       = "work_years_since_grade"
	NeedWorkYears            = "work_years"
	NeedWorkStarted          = "work_started" // to have begun work in the occupation
	NeedSkillGrade           = "skill_grade"
	NeedCertificate          = "certificate"      // the grade certificate
	NeedRule                 = "rule_not_entered" // a rule that this version does not have
)

// TitleKind is what a grade certificate leads to.
type TitleKind string

// The kinds.
const (
	TitleEquivalent TitleKind = "title_equivalent"  // corresponds to the title
	EligibleToApply TitleKind = "eligible_to_apply" // may apply for the title's review; not the title itself
)

// TitleDecision is the decision about the title a grade certificate leads to.
type TitleDecision struct {
	Decision
	// Kind is empty unless the outcome is Met. (The decision's own kind is Decision.Kind.)
	Kind TitleKind `json:"title_kind"`
	// Title is the title concerned, whatever the outcome.
	Title string `json:"title"`
	// Effects is what follows, when the outcome is Met.
	Effects []Text `json:"effects,omitempty"`
	// Information is what the person may want to know when the outcome is not Met; nothing was decided by it.
	Information []Information `json:"information,omitempty"`
}

// Information is a rule that is shown and not decided by.
type Information struct {
	Text     Text     `json:"text"     yaml:"text"`
	Citation Citation `json:"citation" yaml:"citation"`
}
