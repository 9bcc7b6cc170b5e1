package api

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

// A problem's code is stable: programs decide by it. Its words are for people and come from package message.
const (
	malformedJSON          = "malformed_json"
	unknownField           = "unknown_field"
	validationFailed       = "validation_failed"
	sameBody               = "same_body"
	duplicateCase          = "duplicate_case"
	personClaimed          = "person_claimed"
	claimNobody            = "claim_nobody"
	claimOpen              = "claim_open"
	accountBound           = "account_bound"
	personUnknown          = "person_unknown"
	phoneTaken             = "phone_taken"
	phoneUnknown           = "phone_unknown"
	channelAbsent          = "channel_absent"
	contactMissing         = "contact_missing"
	contactConfirmed       = "contact_confirmed"
	contactCodeUnknown     = "contact_code_unknown"
	contactCodeWrong       = "contact_code_wrong"
	personErased           = "person_erased"
	caseOpen               = "case_open"
	deletionPending        = "deletion_pending"
	deletionDecided        = "deletion_decided"
	unauthenticated        = "unauthenticated"
	forbidden              = "forbidden"
	notFound               = "not_found"
	methodNotAllowed       = "method_not_allowed"
	notAcceptable          = "not_acceptable"
	unsupportedMediaType   = "unsupported_media_type"
	requestTimeout         = "request_timeout"
	taskClosed             = "task_closed"
	lettersFull            = "letters_full"
	letterResolved         = "letter_resolved"
	letterTaskClosed       = "letter_task_closed"
	resultConflict         = "result_conflict"
	taskKindMismatch       = "task_kind_mismatch"
	certificateNumberTaken = "certificate_number_taken"
	idempotencyRequired    = "idempotency_key_required"
	idempotencyReused      = "idempotency_key_reused"
	idempotencyInUse       = "idempotency_key_in_use"
	idempotencyLost        = "idempotency_answer_lost"
	incidentClosed         = "incident_closed"
	verbNotAllowed         = "verb_not_allowed"
	resolutionPending      = "resolution_pending"
	badgePending           = "credential_pending"
	alreadyEnded           = "already_ended"
	runChanged             = "run_changed"
	executionOver          = "execution_over"
	pointUnknown           = "reset_point_unknown"
	activityGone           = "activity_gone"
	repairRefused          = "repair_refused"
	withdrawalPending      = "withdrawal_pending"
	caseAssigned           = "case_assigned"
	notTheAuthor           = "not_the_author"
	titleDecided           = "title_decided"
	staffConflict          = "staff_conflict"
	attendanceRefused      = "attendance_refused"
	attendanceConflict     = "attendance_conflict"
	courseConflict         = "course_conflict"
	courseClosed           = "course_closed"
	courseNotOver          = "course_not_over"
	baseMayNotIssue        = "base_may_not_issue"
	classConflict          = "class_conflict"
	classClosed            = "class_closed"
	classFull              = "class_full"
	classNotAgreed         = "class_not_agreed"
	classNotSponsored      = "class_not_sponsored"
	classSponsored         = "class_sponsored"
	orderCodeUnknown       = "order_code_unknown"
	employerKnown          = "employer_known"
	intakeEnded            = "intake_ended"
	intakeEmpty            = "intake_empty"
	intakeForgotten        = "intake_forgotten"
	classUnfinished        = "class_unfinished"
	ceYearClosed           = "ce_year_closed"
	ceYearOpen             = "ce_year_open"
	fontMissing            = "font_missing"
	tooManyLinks           = "too_many_links"
	linkOver               = "link_over"
	documentNotReady       = "document_not_ready"
	documentMissing        = "document_missing"
	printUnderWay          = "print_under_way"
	printEmpty             = "print_empty"
	printNotReady          = "print_not_ready"
	signUpOff              = "sign_up_off"
	draftMoved             = "draft_moved"
	draftsFull             = "drafts_full"
	placesFull             = "places_full"
	loginFailed            = "login_failed"
	loginLocked            = "login_locked"
	tooManyRequests        = "too_many_requests"
	sessionNeeded          = "session_needed"
	noPassword             = "no_password"
	codeRequired           = "code_required"
	codeWrong              = "code_wrong"
	secondFactorNeeded     = "second_factor_required"
	secondFactorEnrolled   = "second_factor_enrolled"
	secondFactorNone       = "second_factor_none"
	credentialsConflict    = "credentials_conflict"
	crossOrigin            = "cross_origin"
	labelTaken             = "label_taken"
	keyEnded               = "key_ended"
	keyReplaced            = "key_replaced"
	ownAccount             = "own_account"
	invitationEnded        = "invitation_ended"
	invitationInvalid      = "invitation_invalid"
	providerAway           = "oidc_away"
	providerFailed         = "oidc_failed"
	identityUnknown        = "identity_unknown"
	identityTaken          = "identity_taken"
	accountClosed          = "account_closed"
	cursorUnknown          = "cursor_unknown"
	workbookFaulty         = "workbook_faulty"
	workbookNoRows         = "workbook_no_rows"
	evidenceFull           = "evidence_full"
	evidenceMissing        = "evidence_missing"
	evidenceRemoved        = "evidence_removed"
	evidenceCited          = "evidence_cited"
	evidenceExpired        = "evidence_expired"
	evidenceSize           = "evidence_size"
	evidenceDigest         = "evidence_digest"
	evidenceMedia          = "evidence_media"
	endpointExists         = "endpoint_exists"
	endpointActive         = "endpoint_active"
	endpointPaused         = "endpoint_paused"
	endpointDisabled       = "endpoint_disabled"
	endpointHeld           = "endpoint_held"
	endpointRotating       = "endpoint_rotating"
	deliveryPending        = "delivery_pending"
	deliveryTest           = "delivery_test"
	redeliveryTooLarge     = "redelivery_too_large"
	profileOwn             = "profile_own"
	profileOvertaken       = "profile_overtaken"
	profileDecided         = "profile_decided"
	sealNone               = "seal_none"
	listSettled            = "list_settled"
	listUndecided          = "list_undecided"
	listChanged            = "list_changed"
	listLate               = "list_late"
	alreadySuspended       = "institution_suspended"
	certificateChanged     = "certificate_changed"
	certificateStatus      = "certificate_status"
	certificateReplacing   = "certificate_replacing"
	requestIsOpen          = "request_open"
	requestDecided         = "request_decided"
	secondPersonNeeded     = "second_person_needed"
	notTheRequester        = "not_the_requester"
	nothingToRevoke        = "nothing_to_revoke"
	caseChanged            = "case_changed"
	casePaused             = "case_paused"
	actNotPossible         = "act_not_possible"
	approvalPending        = "approval_pending"
	approvalOvertaken      = "approval_overtaken"
	notSuspended           = "institution_not_suspended"
	batchCountChanged      = "batch_count_changed"
	batchEmpty             = "batch_empty"
	batchTooLarge          = "batch_too_large"
	batchState             = "batch_state"
	batchUnderWay          = "batch_under_way"
	inspectionPassed       = "inspection_passed"
	findingPassed          = "finding_passed"
	suspensionProposed     = "suspension_proposed"
	sittingConflict        = "sitting_conflict"
	sittingCancelled       = "sitting_cancelled"
	sittingOver            = "sitting_over"
	sittingBegun           = "sitting_begun"
	sittingNotBegun        = "sitting_not_begun"
	sittingLate            = "sitting_late"
	sittingFull            = "sitting_full"
	sittingNotForCase      = "sitting_not_for_case"
	sittingOverlaps        = "sitting_overlaps"
	sittingNone            = "sitting_none"
	sittingFeeChosen       = "sitting_fee_chosen"
	doorCheckOpen          = "door_check_open"
	doorCheckDecided       = "door_check_decided"
	misconductOpen         = "misconduct_open"
	misconductStep         = "misconduct_step"
	misconductStated       = "misconduct_stated"
	misconductWindow       = "statement_window_open"
	misconductNoRule       = "misconduct_rule_missing"
	misconductNotJudge     = "misconduct_not_judge"
	otherPersonNeeded      = "other_person_needed"
	petitionAsked          = "petition_asked"
	petitionLate           = "petition_late"
	petitionStep           = "petition_step"
	petitionNotHandler     = "petition_not_handler"
	petitionMarker         = "petition_marker"
	certificatesHeld       = "certificates_held"
	ownCase                = "own_case"
	mergeInTheWay          = "merge_in_the_way"
	mergeChanged           = "merge_changed"
	mergeOpen              = "merge_open"
	transferChanged        = "transfer_changed"
	payloadTooLarge        = "payload_too_large"
	internal               = "internal"
	unavailable            = "unavailable"
	givenUp                = "given_up"
)

// statusGivenUp is the status, in logs and metrics, of a request whose sender went away before it was answered: neither we nor
// the record failed. Nobody reads it.
const statusGivenUp = 499

// statuses is the HTTP status of every problem there is.
var statuses = map[string]int{
	malformedJSON:          http.StatusBadRequest,
	unknownField:           http.StatusUnprocessableEntity,
	validationFailed:       http.StatusUnprocessableEntity,
	sameBody:               http.StatusUnprocessableEntity,
	duplicateCase:          http.StatusConflict,
	personClaimed:          http.StatusConflict,
	claimNobody:            http.StatusConflict,
	claimOpen:              http.StatusConflict,
	accountBound:           http.StatusConflict,
	personUnknown:          http.StatusConflict,
	phoneTaken:             http.StatusConflict,
	phoneUnknown:           http.StatusConflict,
	channelAbsent:          http.StatusConflict,
	contactMissing:         http.StatusConflict,
	contactConfirmed:       http.StatusConflict,
	contactCodeUnknown:     http.StatusConflict,
	contactCodeWrong:       http.StatusUnprocessableEntity,
	personErased:           http.StatusConflict,
	caseOpen:               http.StatusConflict,
	deletionPending:        http.StatusConflict,
	deletionDecided:        http.StatusConflict,
	unauthenticated:        http.StatusUnauthorized,
	forbidden:              http.StatusForbidden,
	notFound:               http.StatusNotFound,
	methodNotAllowed:       http.StatusMethodNotAllowed,
	notAcceptable:          http.StatusNotAcceptable,
	unsupportedMediaType:   http.StatusUnsupportedMediaType,
	requestTimeout:         http.StatusRequestTimeout,
	taskClosed:             http.StatusConflict,
	lettersFull:            http.StatusTooManyRequests,
	letterResolved:         http.StatusConflict,
	letterTaskClosed:       http.StatusConflict,
	resultConflict:         http.StatusConflict,
	taskKindMismatch:       http.StatusUnprocessableEntity,
	certificateNumberTaken: http.StatusConflict,
	idempotencyRequired:    http.StatusBadRequest,
	idempotencyReused:      http.StatusUnprocessableEntity,
	idempotencyInUse:       http.StatusConflict,
	idempotencyLost:        http.StatusConflict,
	incidentClosed:         http.StatusConflict,
	verbNotAllowed:         http.StatusUnprocessableEntity,
	resolutionPending:      http.StatusConflict,
	badgePending:           http.StatusConflict,
	alreadyEnded:           http.StatusConflict,
	runChanged:             http.StatusConflict,
	executionOver:          http.StatusConflict,
	pointUnknown:           http.StatusConflict,
	activityGone:           http.StatusConflict,
	repairRefused:          http.StatusConflict,
	withdrawalPending:      http.StatusConflict,
	caseAssigned:           http.StatusConflict,
	notTheAuthor:           http.StatusConflict,
	titleDecided:           http.StatusConflict,
	staffConflict:          http.StatusConflict,
	attendanceRefused:      http.StatusUnprocessableEntity,
	attendanceConflict:     http.StatusConflict,
	courseConflict:         http.StatusConflict,
	courseClosed:           http.StatusConflict,
	courseNotOver:          http.StatusConflict,
	baseMayNotIssue:        http.StatusConflict,
	classConflict:          http.StatusConflict,
	classClosed:            http.StatusConflict,
	classFull:              http.StatusConflict,
	classNotAgreed:         http.StatusConflict,
	classNotSponsored:      http.StatusConflict,
	classSponsored:         http.StatusConflict,
	orderCodeUnknown:       http.StatusNotFound,
	employerKnown:          http.StatusConflict,
	intakeEnded:            http.StatusConflict,
	intakeEmpty:            http.StatusConflict,
	intakeForgotten:        http.StatusConflict,
	classUnfinished:        http.StatusConflict,
	ceYearClosed:           http.StatusConflict,
	ceYearOpen:             http.StatusConflict,
	fontMissing:            http.StatusServiceUnavailable,
	tooManyLinks:           http.StatusConflict,
	linkOver:               http.StatusNotFound,
	documentNotReady:       http.StatusConflict,
	documentMissing:        http.StatusConflict,
	printUnderWay:          http.StatusConflict,
	printEmpty:             http.StatusConflict,
	printNotReady:          http.StatusConflict,
	signUpOff:              http.StatusConflict,
	draftMoved:             http.StatusConflict,
	draftsFull:             http.StatusConflict,
	placesFull:             http.StatusConflict,
	loginFailed:            http.StatusUnauthorized,
	loginLocked:            http.StatusTooManyRequests,
	tooManyRequests:        http.StatusTooManyRequests,
	sessionNeeded:          http.StatusConflict,
	noPassword:             http.StatusConflict,
	codeRequired:           http.StatusUnauthorized,
	codeWrong:              http.StatusUnauthorized,
	secondFactorNeeded:     http.StatusForbidden,
	secondFactorEnrolled:   http.StatusConflict,
	secondFactorNone:       http.StatusConflict,
	credentialsConflict:    http.StatusBadRequest,
	crossOrigin:            http.StatusForbidden,
	labelTaken:             http.StatusConflict,
	keyEnded:               http.StatusConflict,
	keyReplaced:            http.StatusConflict,
	ownAccount:             http.StatusConflict,
	invitationEnded:        http.StatusConflict,
	invitationInvalid:      http.StatusGone,
	providerAway:           http.StatusServiceUnavailable,
	providerFailed:         http.StatusForbidden,
	identityUnknown:        http.StatusForbidden,
	identityTaken:          http.StatusConflict,
	accountClosed:          http.StatusForbidden,
	cursorUnknown:          http.StatusGone,
	workbookFaulty:         http.StatusConflict,
	workbookNoRows:         http.StatusConflict,
	evidenceFull:           http.StatusConflict,
	evidenceMissing:        http.StatusConflict,
	evidenceRemoved:        http.StatusGone,
	evidenceCited:          http.StatusConflict,
	evidenceExpired:        http.StatusGone,
	evidenceSize:           http.StatusUnprocessableEntity,
	evidenceDigest:         http.StatusUnprocessableEntity,
	evidenceMedia:          http.StatusUnprocessableEntity,
	endpointExists:         http.StatusConflict,
	endpointActive:         http.StatusConflict,
	endpointPaused:         http.StatusConflict,
	endpointDisabled:       http.StatusConflict,
	endpointHeld:           http.StatusConflict,
	endpointRotating:       http.StatusConflict,
	deliveryPending:        http.StatusConflict,
	deliveryTest:           http.StatusConflict,
	redeliveryTooLarge:     http.StatusConflict,
	profileOwn:             http.StatusConflict,
	profileOvertaken:       http.StatusConflict,
	profileDecided:         http.StatusConflict,
	sealNone:               http.StatusConflict,
	listSettled:            http.StatusConflict,
	listUndecided:          http.StatusConflict,
	listChanged:            http.StatusConflict,
	listLate:               http.StatusConflict,
	alreadySuspended:       http.StatusConflict,
	certificateChanged:     http.StatusConflict,
	certificateStatus:      http.StatusConflict,
	certificateReplacing:   http.StatusConflict,
	requestIsOpen:          http.StatusConflict,
	requestDecided:         http.StatusConflict,
	secondPersonNeeded:     http.StatusConflict,
	mergeInTheWay:          http.StatusConflict,
	mergeChanged:           http.StatusConflict,
	mergeOpen:              http.StatusConflict,
	notTheRequester:        http.StatusConflict,
	nothingToRevoke:        http.StatusConflict,
	caseChanged:            http.StatusConflict,
	casePaused:             http.StatusConflict,
	actNotPossible:         http.StatusConflict,
	approvalPending:        http.StatusConflict,
	approvalOvertaken:      http.StatusConflict,
	notSuspended:           http.StatusConflict,
	batchCountChanged:      http.StatusConflict,
	batchEmpty:             http.StatusConflict,
	batchTooLarge:          http.StatusConflict,
	batchState:             http.StatusConflict,
	batchUnderWay:          http.StatusConflict,
	inspectionPassed:       http.StatusConflict,
	findingPassed:          http.StatusConflict,
	suspensionProposed:     http.StatusConflict,
	sittingConflict:        http.StatusConflict,
	sittingCancelled:       http.StatusConflict,
	sittingOver:            http.StatusConflict,
	sittingBegun:           http.StatusConflict,
	sittingNotBegun:        http.StatusConflict,
	sittingLate:            http.StatusConflict,
	sittingFull:            http.StatusConflict,
	sittingNotForCase:      http.StatusConflict,
	sittingOverlaps:        http.StatusConflict,
	sittingNone:            http.StatusConflict,
	sittingFeeChosen:       http.StatusConflict,
	doorCheckOpen:          http.StatusConflict,
	doorCheckDecided:       http.StatusConflict,
	misconductOpen:         http.StatusConflict,
	misconductStep:         http.StatusConflict,
	misconductStated:       http.StatusConflict,
	misconductWindow:       http.StatusConflict,
	misconductNoRule:       http.StatusConflict,
	misconductNotJudge:     http.StatusConflict,
	otherPersonNeeded:      http.StatusConflict,
	petitionAsked:          http.StatusConflict,
	petitionLate:           http.StatusConflict,
	petitionStep:           http.StatusConflict,
	petitionNotHandler:     http.StatusConflict,
	petitionMarker:         http.StatusConflict,
	certificatesHeld:       http.StatusConflict,
	ownCase:                http.StatusForbidden,
	transferChanged:        http.StatusConflict,
	payloadTooLarge:        http.StatusRequestEntityTooLarge,
	internal:               http.StatusInternalServerError,
	unavailable:            http.StatusServiceUnavailable,
	givenUp:                statusGivenUp,
}

// Problem is an error body (RFC 9457). It never repeats what was sent: a bad value may be somebody's ID number.
type Problem struct {
	Type     string       `json:"type" format:"uri-reference" doc:"Where the code is explained."`
	Title    string       `json:"title" doc:"What is wrong, in the reader's language."`
	Status   int          `json:"status" doc:"The HTTP status."`
	Detail   string       `json:"detail" doc:"What to do about it, in the reader's language."`
	Instance string       `json:"instance,omitempty" doc:"The request, as the server's log knows it."`
	Code     string       `json:"code" doc:"The stable code of the problem."`
	Errors   []FieldError `json:"errors,omitempty" doc:"What is wrong with single fields."`

	Count *int `json:"count,omitempty" doc:"How many cases they are now, where they were not as many as was said."`

	Late *lateView `json:"late,omitempty" doc:"Of what was asked for after its last day: how the days were counted."`

	LetterID     string `json:"letter_id,omitempty" doc:"What was sent is kept under this id, for an operator to decide on."`
	LetterReason string `json:"letter_reason,omitempty" doc:"Why it could not be taken."`

	wait time.Duration // before it is worth trying again
}

// FieldError says what is wrong with one field.
type FieldError struct {
	Field   string `json:"field" doc:"The field, as a path: applicant.education[0].degree."`
	Code    string `json:"code" doc:"The stable code of what is wrong."`
	Message string `json:"message" doc:"What is wrong, in the reader's language."`
}

// problem is the problem of a code; its words are added when the reader's language is known.
func problem(code string, fields ...FieldError) *Problem {
	return &Problem{Code: code, Status: statuses[code], Errors: fields}
}

// problemOf is the problem of what a package refuses, by its code. What is none of its refusals stays what it is.
func problemOf(err error, codes map[error]string) error {
	for refusal, code := range codes {
		if errors.Is(err, refusal) {
			return problem(code)
		}
	}
	return err
}

// after says how long to wait before trying again.
func (p *Problem) after(wait time.Duration) *Problem {
	p.wait = wait
	return p
}

// GetHeaders are the headers of the answer: when to try again.
func (p *Problem) GetHeaders() http.Header {
	if p.wait <= 0 {
		return nil
	}
	seconds := int(math.Ceil(p.wait.Seconds()))
	return http.Header{"Retry-After": {strconv.Itoa(seconds)}}
}

// Error is the problem's code: errors are logged, and words in the reader's language are not for the log.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status of the problem.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of problems.
func (*Problem) ContentType(string) string { return "application/problem+json" }

// said is the problem in words, for one request.
func (p *Problem) said(r *request) *Problem {
	words := *p
	words.Type = "/docs#" + p.Code
	words.Title = message.Text(r.lang, "problem."+p.Code+".title", nil)
	words.Detail = message.Text(r.lang, "problem."+p.Code+".detail", nil)
	words.Instance = "urn:dengpan:request:" + r.id
	if p.LetterID != "" {
		words.Detail += gap[r.lang] + message.Text(r.lang, "letter.told."+p.LetterReason, nil)
	}
	if l := p.Late; l != nil {
		words.Detail += gap[r.lang] + message.Text(r.lang, "petition_days", map[string]any{
			"from": l.From.String(), "last": l.Last.String(), "today": l.Today.String(),
		})
	}
	words.Errors = make([]FieldError, len(p.Errors))
	for i, field := range p.Errors {
		field.Message = sayField(r, field.Code)
		words.Errors[i] = field
	}
	return &words
}

// gap is what stands between two sentences.
var gap = map[message.Lang]string{message.English: " "}

// sayField is what is wrong with a field: by itself, or with what is reported in it.
func sayField(r *request, code string) string {
	if key := "field." + code; message.Has(key) {
		return message.Text(r.lang, key, nil)
	}
	return sayRefusal(r, code)
}

// say puts problems into words as they are written: huma calls it for every body.
func say(ctx huma.Context, _ string, body any) (any, error) {
	if p, ok := body.(*Problem); ok {
		return p.said(requestOf(ctx.Context())), nil
	}
	return body, nil
}

// asProblem is the problem an error comes down to. One that is nobody's mistake is logged, and shown as nothing more
// than that it happened.
func asProblem(r *request, err error) *Problem {
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, store.ErrNotFound):
		return problem(notFound)
	case errors.Is(err, store.ErrKeyInUse):
		return problem(idempotencyInUse)
	case errors.Is(err, context.Canceled):
		return problem(givenUp)
	case store.Away(err):
		r.log.Warn("the record is away", slog.Any("error", err))
		return problem(unavailable).after(time.Second)
	}
	r.log.Error("a request failed", slog.Any("error", err))
	return problem(internal)
}

// Whatever huma finds wrong with a request becomes a problem of ours. Its own errors repeat the value they are about.
var replaceErrors = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true // "Name" is not "name"
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError { return ofHuma(status, errs) }
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		if status < http.StatusInternalServerError || len(errs) == 0 {
			return ofHuma(status, errs)
		}
		return asProblem(requestOf(ctx.Context()), errors.Join(errs...))
	}
})

func ofHuma(status int, errs []error) *Problem {
	switch status {
	case http.StatusUnprocessableEntity:
		return faultsOf(errs).problem()
	case http.StatusBadRequest:
		return problem(malformedJSON)
	case http.StatusUnauthorized:
		return problem(unauthenticated)
	case http.StatusForbidden:
		return problem(forbidden)
	case http.StatusNotFound:
		return problem(notFound)
	case http.StatusNotAcceptable:
		return problem(notAcceptable)
	case http.StatusRequestTimeout:
		return problem(requestTimeout)
	case http.StatusRequestEntityTooLarge:
		return problem(payloadTooLarge)
	case http.StatusUnsupportedMediaType:
		return problem(unsupportedMediaType)
	}
	return problem(internal)
}

// withoutPlace takes off where in a request a field stands: a reader knows a field by its name.
func withoutPlace(location string) string {
	for _, place := range []string{"body", "query", "path", "header"} {
		if location == place {
			return ""
		}
		if field, found := strings.CutPrefix(location, place+"."); found {
			return field
		}
	}
	return location
}
