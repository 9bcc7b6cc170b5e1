package api

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// The bodies of results, by the kind of the task. They become the types of package contract once they are checked.

type enrolmentBody struct {
	AcceptedOn string `json:"accepted_on" format:"date" doc:"The day the trainee was enrolled."`
}

type trainingBody struct {
	CompletedModules []string `json:"completed_modules" maxItems:"200" doc:"The required content that is complete. Hours come from attendance."`
}

// MarkBody is the result of an exam or of one part of the evaluation.
type MarkBody struct {
	Score    *float64 `json:"score,omitempty" minimum:"0" maximum:"100" doc:"At most two decimals. Null when absent, which is not 0."`
	Absent   bool     `json:"absent,omitempty"`
	HeldOn   string   `json:"held_on" format:"date"`
	Evidence []string `json:"evidence,omitempty" maxItems:"10" uniqueItems:"true" doc:"Ids of files that were filed about the task and that the result rests on."`
}

// certifyingBody is the result that may earn a certificate, whose number the institution reports if it gave one.
type certifyingBody struct {
	MarkBody
	CertificateNumber   string `json:"certificate_number,omitempty" maxLength:"64" doc:"Of a certificate that the institution issued itself. Only with a passing score."`
	CertificateIssuedOn string `json:"certificate_issued_on,omitempty" format:"date" doc:"The day on that certificate, not before the mark's; without it, the day on which it is recorded."`
	CertificateFile     string `json:"certificate_file,omitempty" format:"uuid" doc:"The id of that certificate's file, filed about the task."`
}

type rejectionBody struct {
	ReasonCode string `json:"reason_code" enum:"class_full,wrong_person,not_our_occupation,other"`
	Note       string `json:"note,omitempty" maxLength:"500"`
}

// resultFields is what each kind of result consists of.
var resultFields = map[string][]string{
	contract.EnrolmentTask: {"accepted_on"},
	contract.TrainingTask:  {"completed_modules"},
	contract.ExamTask:      {"score", "absent", "held_on", "certificate_number", "certificate_issued_on", "certificate_file", "evidence"},
	contract.TheoryTask:    {"score", "absent", "held_on", "evidence"},
	contract.PracticalTask: {"score", "absent", "held_on", "certificate_number", "certificate_issued_on", "certificate_file", "evidence"},
}

// readResult reads a result by the kind of its task.
func (s *service) readResult(tx *store.Tx, t store.Task, parsed any, raw []byte) (sentAnswer, error) {
	if meantForAnother(parsed, t.Kind) {
		return sentAnswer{}, problem(taskKindMismatch)
	}
	switch t.Kind {
	case contract.EnrolmentTask:
		return s.readEnrolment(raw)
	case contract.TrainingTask:
		return s.readTraining(t, raw)
	case contract.TheoryTask:
		mark, found, err := s.bodies.mark.read(raw)
		if err != nil {
			return sentAnswer{}, err
		}
		return s.readMark(tx, t, certifyingBody{MarkBody: mark}, found)
	}
	mark, found, err := s.bodies.certifying.read(raw)
	if err != nil {
		return sentAnswer{}, err
	}
	return s.readMark(tx, t, mark, found)
}

// meantForAnother reports whether a body has fields that its task's kind does not have, and another kind has them all.
func meantForAnother(parsed any, kind string) bool {
	fields, ok := parsed.(map[string]any)
	if !ok || len(fields) == 0 || within(fields, resultFields[kind]) {
		return false
	}
	for other, known := range resultFields {
		// A theory result with a certificate number is a theory result with an unknown field.
		if isMark(kind) != isMark(other) && within(fields, known) {
			return true
		}
		if !isMark(kind) && !isMark(other) && other != kind && within(fields, known) {
			return true
		}
	}
	return false
}

func isMark(kind string) bool {
	return kind == contract.ExamTask || kind == contract.TheoryTask || kind == contract.PracticalTask
}

func within(fields map[string]any, known []string) bool {
	for name := range fields {
		in := false
		for _, k := range known {
			in = in || k == name
		}
		if !in {
			return false
		}
	}
	return true
}

func (s *service) readEnrolment(raw []byte) (sentAnswer, error) {
	body, found, err := s.bodies.enrolment.read(raw)
	if err != nil {
		return sentAnswer{}, err
	}
	dates := dateReader{found: found, latest: s.today()}
	result := contract.EnrolmentResult{AcceptedOn: dates.read("accepted_on", body.AcceptedOn)}
	return sentAnswer{body: result}, found.err()
}

func (s *service) readTraining(t store.Task, raw []byte) (sentAnswer, error) {
	body, found, err := s.bodies.training.read(raw)
	if err != nil {
		return sentAnswer{}, err
	}
	result := contract.TrainingResult{CompletedModules: []string{}}
	known, seen := setOf(t.Details.Modules), map[string]bool{}
	for i, module := range body.CompletedModules {
		field := fmt.Sprintf("completed_modules[%d]", i)
		switch {
		case len(known) > 0 && !known[module]: // a task that names none may have any
			found.add(field, fieldUnknownModule)
		case seen[module]:
			found.add(field, fieldDuplicate)
		}
		seen[module] = true
		result.CompletedModules = append(result.CompletedModules, module)
	}
	return sentAnswer{body: result}, found.err()
}

// certificateNumber is what a certificate number may consist of: what certificates print, without blanks.
var certificateNumber = regexp.MustCompile(`^[\p{Han}A-Za-z0-9][\p{Han}A-Za-z0-9()（）〔〕\[\]._/#-]{0,63}$`)

func (s *service) readMark(tx *store.Tx, t store.Task, b certifyingBody, found *faults) (sentAnswer, error) {
	dates := dateReader{found: found, latest: s.today()}
	result := contract.MarkResult{
		Score: b.Score, Absent: b.Absent, HeldOn: dates.read("held_on", b.HeldOn), CertificateNumber: b.CertificateNumber,
		Evidence: b.Evidence,
	}
	if result.HeldOn.Before(s.Calendar.Today(t.IssuedAt)) {
		found.add("held_on", fieldOutOfRange)
	}
	if (b.Score != nil) == b.Absent {
		found.add("score", fieldScoreOrAbsent)
	}
	if b.Score != nil && math.Round(*b.Score*100)/100 != *b.Score {
		found.add("score", fieldScorePrecision)
	}
	var cited []citation
	for i, id := range b.Evidence {
		cited = append(cited, citation{"evidence[" + strconv.Itoa(i) + "]", id})
	}
	if b.CertificateFile != "" {
		cited = append(cited, citation{"certificate_file", b.CertificateFile})
	}
	if err := checkCited(tx, t, cited, found); err != nil {
		return sentAnswer{}, err
	}
	s.readReported(t, b, &result, found)
	return sentAnswer{body: result, number: b.CertificateNumber}, found.err()
}

// readReported reads the day and the file of a certificate that an institution issued itself, which its number tells of.
func (s *service) readReported(t store.Task, b certifyingBody, result *contract.MarkResult, found *faults) {
	result.CertificateFile = b.CertificateFile
	if b.CertificateIssuedOn != "" {
		dates := dateReader{found: found, latest: s.today()}
		result.CertificateIssuedOn = dates.read("certificate_issued_on", b.CertificateIssuedOn)
		if result.CertificateIssuedOn.Before(result.HeldOn) {
			found.add("certificate_issued_on", fieldDateOrder)
		}
	}
	if b.CertificateNumber == "" {
		if b.CertificateIssuedOn != "" {
			found.add("certificate_issued_on", fieldConflict)
		}
		if b.CertificateFile != "" {
			found.add("certificate_file", fieldConflict)
		}
		return
	}
	passMark := numberOf(t.Details.PassMark)
	passed := b.Score != nil && (passMark == nil || *b.Score >= *passMark)
	switch {
	case !certificateNumber.MatchString(b.CertificateNumber):
		found.add("certificate_number", fieldFormat)
	case !passed:
		found.add("certificate_number", fieldConflict)
	}
}

// readRejection reads a refusal; it is the same for every kind of task.
func (s *service) readRejection(_ *store.Tx, _ store.Task, _ any, raw []byte) (sentAnswer, error) {
	body, found, err := s.bodies.rejection.read(raw)
	if err != nil {
		return sentAnswer{}, err
	}
	return sentAnswer{body: contract.Rejection{ReasonCode: body.ReasonCode, Note: body.Note}}, found.err()
}

// printable reports whether a text can stand on one line of a page, and does not only look like another.
func printable(s string) bool {
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return strings.TrimSpace(s) == s
}

func setOf(items []string) map[string]bool {
	set := make(map[string]bool, len(items))
	for _, item := range items {
		set[item] = true
	}
	return set
}
