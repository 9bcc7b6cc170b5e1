package policy

import (
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// The files of a policy version, as YAML has them. Keys that are not here are refused.

type policyFile struct {
	layerFile `yaml:",inline"`

	EffectiveFrom calendar.Date `yaml:"effective_from"`
	// EffectiveUntil is the last day on which cases register under the version; nil while it is in force, or until the
	// next version begins.
	EffectiveUntil *calendar.Date `yaml:"effective_until"`
}

// layerFile is what a folder of rules says of itself.
type layerFile struct {
	ID       string   `yaml:"id"`
	Name     Text     `yaml:"name"`
	Citation Citation `yaml:"citation"`
	// Over is the layer or version that this one is laid over; empty for the ground.
	Over string `yaml:"over"`
	// Without names rules of the layers beneath that do not apply here, as policy diff names them.
	Without []string `yaml:"without"`
}

type occupationsFile struct {
	Levels      []Level      `yaml:"levels"`
	Occupations []Occupation `yaml:"occupations"`
}

type admissionFile struct {
	Citation   Citation       `yaml:"citation"`
	Categories []categoryFile `yaml:"categories"`
}

type categoryFile struct {
	Category    Category         `yaml:"category"`
	Text        Text             `yaml:"text"`
	Citation    *Citation        `yaml:"citation"`
	Studying    *studyingFile    `yaml:"studying"`
	SkillGrades []skillGradeFile `yaml:"skill_grades"`
}

type studyingFile struct {
	FullTime bool     `yaml:"full_time"`
	Degrees  []Degree `yaml:"degrees"`
}

type skillGradeFile struct {
	Grade SkillGrade `yaml:"grade"`
	Level string     `yaml:"level"`
}

type trainingFile struct {
	Standards []standardFile `yaml:"standards"`
	Exam      examFile       `yaml:"exam"`
}

type standardFile struct {
	contentFile `yaml:",inline"`

	Occupation string   `yaml:"occupation"`
	Level      string   `yaml:"level"`
	Citation   Citation `yaml:"citation"`
}

// contentFile is what a training must consist of.
type contentFile struct {
	Hours          ledger.Hours `yaml:"hours"`
	OnlineAtMost   ledger.Hours `yaml:"online_at_most"`
	OfflineAtLeast ledger.Hours `yaml:"offline_at_least"`
	Modules        []string     `yaml:"modules"`
}

type examFile struct {
	Text                 Text     `yaml:"text"`
	PassMark             float64  `yaml:"pass_mark"`
	AttemptsBeforeReview int      `yaml:"attempts_before_review"`
	Citation             Citation `yaml:"citation"`
}

type evaluationFile struct {
	KnownFor    []string            `yaml:"known_for"`
	AssumedNote Text                `yaml:"assumed_note"`
	Exam        evaluationExamFile  `yaml:"exam"`
	Entry       evaluationEntryFile `yaml:"entry"`
}

type evaluationExamFile struct {
	Clause               string `yaml:"clause"`
	Parts                []Part `yaml:"parts"`
	KeepPassedPart       bool   `yaml:"keep_passed_part"`
	ResitWithinDays      *int   `yaml:"resit_within_days"`
	ReviewDays           *int   `yaml:"review_days"`
	CertificateAfterDays *int   `yaml:"certificate_after_days"`
	AttemptsBeforeReview int    `yaml:"attempts_before_review"`
}

type evaluationEntryFile struct {
	Clause string           `yaml:"clause"`
	Always Text             `yaml:"always"`
	Levels []entryLevelFile `yaml:"levels"`
}

type entryLevelFile struct {
	Level        string      `yaml:"level"`
	Alternatives []condition `yaml:"alternatives"`
}

type titleFile struct {
	Citation Citation      `yaml:"citation"`
	Always   Text          `yaml:"always"`
	Effects  []effectsFile `yaml:"effects"`
	Mappings []mappingFile `yaml:"mappings"`
}

type effectsFile struct {
	Kind  TitleKind `yaml:"kind"`
	Texts []Text    `yaml:"texts"`
}

type mappingFile struct {
	Level        string        `yaml:"level"`
	Kind         TitleKind     `yaml:"kind"`
	Title        string        `yaml:"title"`
	Citation     Citation      `yaml:"citation"`
	Alternatives []condition   `yaml:"alternatives"`
	Information  []Information `yaml:"information"`
}

type hoursFile struct {
	Credit creditFile `yaml:"credit"`
	Annual annualFile `yaml:"annual"`
}

type creditFile struct {
	Text     Text     `yaml:"text"`
	Subject  string   `yaml:"subject"`
	Citation Citation `yaml:"citation"`
	// Unfinished is what counts of a training that was not completed.
	Unfinished unfinishedFile `yaml:"unfinished"`
}

type unfinishedFile struct {
	Counts   string   `yaml:"counts"`
	Citation Citation `yaml:"citation"`
}

type annualFile struct {
	Total             ledger.Hours `yaml:"total"`
	ProfessionalShare shareFile    `yaml:"professional_share"`
	Citation          Citation     `yaml:"citation"`
}

type shareFile struct {
	Numerator   int `yaml:"numerator"`
	Denominator int `yaml:"denominator"`
}

type operationFile struct {
	Citation         Citation       `yaml:"citation"`
	Deadlines        []deadlineFile `yaml:"deadlines"`
	DeliverySchedule []string       `yaml:"delivery_schedule"`
}

type deadlineFile struct {
	Wait string `yaml:"wait"`
	Days int    `yaml:"days"`
}

// overlayFile is the demonstration's numbers, laid over a version.
type overlayFile struct {
	Over             string                `yaml:"over"`
	Label            Text                  `yaml:"label"`
	Citation         Citation              `yaml:"citation"`
	Training         []overlayStandardFile `yaml:"training"`
	Attendance       *attendanceNumbers    `yaml:"attendance"`
	Deadlines        []deadlineFile        `yaml:"deadlines"`
	DeliverySchedule []string              `yaml:"delivery_schedule"`
}

type overlayStandardFile struct {
	contentFile `yaml:",inline"`

	Level string `yaml:"level"`
}

// listsFile is the published lists of one year.
type listsFile struct {
	Source            listsSourceFile       `yaml:"source"`
	Institutions      []institutionFile     `yaml:"institutions"`
	CultivationBodies []cultivationBodyFile `yaml:"cultivation_bodies"`
	CEBases           []ceBaseFile          `yaml:"ce_bases"`
}

type listsSourceFile struct {
	Document string `yaml:"document"`
	Annexes  []int  `yaml:"annexes"`
	ListYear int    `yaml:"list_year"`
}

type institutionFile struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
}

type ceBaseFile struct {
	No     *int     `yaml:"no"`
	ID     string   `yaml:"id"`
	Name   string   `yaml:"name"`
	Levels []string `yaml:"levels"`
	Note   string   `yaml:"note"`
	// MayIssue is true unless it is said, and has to be said where there is no number.
	MayIssue *bool `yaml:"may_issue"`
}

type cultivationBodyFile struct {
	Occupation string   `yaml:"occupation"`
	Evaluation []string `yaml:"evaluation"`
	Training   []string `yaml:"training"`
}
