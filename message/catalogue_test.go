package message

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// What the rest of the product sends here to be put into words.
var promised = map[string][]string{
	"problem.*.title": problemCodes, "problem.*.detail": problemCodes,
	"attendance.*": {
		"session_conflict", "attendance_conflict", "session_unknown", "session_voided", "session_window", "session_incomplete",
		"online_by_heartbeat", "not_on_roster", "instructor_unknown", "reporter_unknown", "reported_by_self", "course_unknown",
		"attendee_unknown", "attendee_elsewhere", "attendee_not_admitted", "attendee_over", "before_registration",
		"after_course", "not_listed_for_role", "unknown_module", "person_twice", "sign_in_missing", "sign_out_missing",
		"in_future", "outside_window", "sign_out_first", "time_taken", "posted_before", "daily_cap", "nothing_to_correct",
		"nothing_changed", "correction_pending", "decided_before", "same_person", "reason_missing", "ce_year_closed",
	},
	"field.*": {
		"required", "unknown_field", "unknown_value", "wrong_type", "format", "out_of_range", "precision", "score_precision",
		"too_short", "too_long", "too_few", "too_many", "duplicate", "conflict", "foreign_district", "date", "date_future", "instant",
		"unknown_module", "unknown_task", "score_or_absent", "same_body", "trained_by_evaluator", "not_listed_for_role",
		"unknown_institution", "unknown_occupation", "unknown_level", "unknown_direction", "certificate_number_taken",
		"id_length", "id_legacy", "id_characters", "id_date", "id_future", "id_check_digit",
		"id_type", "id_passport", "id_residence_permit", "id_hong_kong_macao_permit", "id_taiwan_permit", "id_permanent_resident",
		"uscc_length", "uscc_characters", "uscc_check",
		"name_required", "name_length", "name_characters", "name_mismatch",
		"phone_format", "phone_taken", "email_format", "address_characters",
		"date_past", "case_ended", "act_pending", "resolution_pending", "approval_pending", "case_paused", "not_paused", "not_for_cause",
		"nothing_asked", "nothing_to_waive", "no_mark", "no_earlier_stage", "stage_not_earlier", "certificate_in_force", "case_closing",
		"step_failed", "incident_closed", "verb_not_allowed",
		"document_missing", "photo_missing", "photo_format", "photo_too_small", "photo_too_large", "photo_shape", "photo_background",
		"consent_outdated", "consent_needed", "unknown_draft",
		"paused_often", "not_own_pause", "not_own", "training_over", "in_no_class", "in_this_class", "class_of_sponsor", "moved_often",
		"training_not_over", "rated",
		"class_not_offered", "enrolment_over", "offer_changed", "page_too_deep", "view_name_taken", "filter_syntax", "filter_field", "filter_operator", "filter_deep",
	},
	"stage.*":             {"registration", "training", "exam", "evaluation", "certificate", "title", "ce_hours"},
	"stage_state.*":       {"pending", "active", "waiting", "stuck", "done", "failed", "skipped"},
	"status.*":            {"active", "stuck", "waiting", "withdrawn", "ended"},
	"outcome.*":           {"rejected", "withdrawn", "untrained", "trained", "certified", "mapped"},
	"machine.*":           {"enrolment", "training", "evaluation", "certificates", "effects"},
	"role.*":              {"training", "evaluation", "trainee", "operator", "institution"},
	"level.*":             {"junior", "intermediate", "senior"},
	"certificate.*":       {"training", "grade"},
	"part.*":              {"theory", "practical"},
	"task_kind.*":         {"enrolment", "training", "exam", "theory", "practical"},
	"task_state.*":        {"open", "answered", "rejected", "cancelled"},
	"rejection.*":         {"class_full", "wrong_person", "not_our_occupation", "other"},
	"cause.*.title":       causeCodes,
	"cause.*.explanation": causeCodes,
	"notice.*.title":      noticeKinds,
	"notice.*.text":       noticeKinds,
	"letter.reason.*": {
		"task_unknown", "task_foreign", "second_opinion", "task_cancelled", "task_reassigned", "asked_again", "case_ended", "case_erased",
	},
	"letter.told.*": {
		"task_unknown", "second_opinion", "task_cancelled", "task_reassigned", "asked_again", "case_ended", "case_erased",
	},
	"mover.*": {"operator", "engineer", "institution", "trainee", "nobody"},
	"repair.*": {
		"pause_execution", "resume_execution", "reset_execution", "pause_activity", "resume_activity", "retry_activity", "reoption_activity",
	},
	"suggestion.*": {
		"retry.effect", "override.effect", "reassign.effect", "extend.effect", "correct.effect", "cancel.effect",
		"reset_execution", "pause_execution", "retry_activity", "reoption_activity", "pause_activity",
	},
	"repair_refusal.*":   {"run_changed", "not_running", "no_such_point", "activity_gone", "not_possible"},
	"execution_point.*":  {"start", "first_failure"},
	"activity_state.*":   {"scheduled", "started", "paused"},
	"failing.*":          {"nondeterministic", "panicked", "timed_out", "not_taken", "failed"},
	"verb.*":             {"retry", "override", "reassign", "extend", "correct", "cancel"},
	"petition_carried.*": {"done", "pending", "not_done"},
	"rating_remark.*": {
		"clear", "practical", "well_organised", "too_fast", "too_little_practice", "poorly_organised",
	},
	"own_reason.*": {"illness", "family", "work", "service", "other", "return"},
	"act_verb.*": {
		"retry", "extend", "reassign", "correct", "return", "pause", "resume", "waive", "override", "cancel", "withdraw",
	},
	"act_state.*":      {"awaiting_approval", "pending", "applied", "refused", "rejected", "withdrawn", "overtaken"},
	"merge_state.*":    {"open", "approved", "refused", "withdrawn", "overtaken"},
	"approval_state.*": {"pending", "approved", "rejected", "withdrawn", "overtaken"},
	"effect.*": {
		"incident_closed", "asked_anew", "told_again", "deadline_moved", "task_cancelled", "certificate_cancelled", "asked_next",
		"decided_anew", "condition_passed", "stage_reopened", "stage_passed", "still_not_passed", "mark_replaced", "case_paused",
		"case_paused_until", "case_resumed", "case_ends", "hours_kept", "ce_hours_kept", "certificate_kept",
	},
	"category.*":              {"in_post", "intending", "final_year_student", "skilled_worker"},
	"degree.*":                {"doctor", "master", "second_bachelor", "bachelor", "associate", "secondary", "technician_school"},
	"skill_grade.*":           {"高级工", "技师", "高级技师"},
	"basis.*":                 {"notice", "recalled", "assumed", "design", "demonstration"},
	"explain.kind.*":          {"admission", "training_gate", "evaluation_entry", "title", "title_withdrawal"},
	"explain.training_gate.*": {"met", "not_met", "insufficient_rule"}, "explain.training.*": {"hours", "online", "offline", "modules"},
	"explain.admission.*": {"met", "not_met", "insufficient_rule"}, "explain.evaluation_entry.*": {"met", "not_met", "insufficient_rule"},
	"explain.need.*": {
		"category", "studying", "full_time", "education", "related_major", "graduation", "years_since_graduation", "title",
		"years_since_title", "work_years_since_title", "grade", "work_years_since_grade", "work_years", "work_started",
		"skill_grade", "certificate", "rule_not_entered",
	},
	"channel.*": {"beijing_ce", "national"}, "publication.event.*": {
		"queued", "sent", "missed", "acknowledged", "published", "refused", "outdated",
	},
	"publication.syncing.*": {"text", "refused", "not_connected"}, "publication.changing.*": {"text", "refused", "not_connected"},
	"publication.found.*": {"text"}, "publication.changed.*": {"text"},
	"certificate_measure.*": {"correction", "suspension", "reinstatement", "revocation"},
	"certificate_reason.*": {
		"misprint", "legal_change", "photo_outdated", "under_investigation", "result_disputed", "cleared", "settled",
		"false_material", "undeserved", "exam_misconduct", "mark_corrected", "issued_in_error", "holder_request",
	},
	"certificate_request.state.*": {"open", "approved", "refused", "withdrawn", "done"},
	"list_fate.*":                 {"stops", "finishes", "held"},
	"printing.*":                  {"public_url", "look_up", "seal", "font"},
	"held.*":                      {"document", "issuer", "printing"},
	"reminder.*": {
		"task_near_due", "task_overdue", "task_long_overdue", "incident_near_due", "incident_overdue", "incident_escalated",
		"approval_overdue", "approval_escalated", "case_overdue", "whole_case",
	},
	"incident_kind.*":  {"external", "program", "business", "overdue"},
	"incident_state.*": {"open", "resolving", "closed"},
	"petition_kind.*":  {"score_review", "appeal", "complaint", "identity_correction", "body_move", "identity_check"},
	"identity_check.*": {"differs", "unknown", "not_same"},
	"claim_state.*":    {"asked", "proposed", "agreed", "refused", "withdrawn"},
	"sitting_state.*":  {"open", "closed", "over", "cancelled"},
	"booking_state.*": {
		"booked", "moved", "changed", "given_up", "declined", "cancelled", "turned_away", "answered", "not_asked",
	},
	"sitting_fee.*":      {"kept", "refunded"},
	"door_outcome.*":     {"turned_away", "provisional"},
	"door_ground.*":      {"no_document", "document_expired", "photo_differs", "details_differ", "other"},
	"petition_state.*":   {"asked", "proposed", "answered", "withdrawn"},
	"petition_handler.*": {"institution", "district", "city", "supervisor"},
	"petition_outcome.*": {
		"upheld", "corrected", "dismissed", "again", "founded", "partly_founded", "unfounded", "agreed", "refused", "verified", "not_same",
	},
	"petition_topic.*": {"teaching", "conduct", "fees", "refund", "evaluation", "other"},
	"queue.*": {
		"approval", "paused", "program", "external", "overdue", "decision", "institution", "trainee", "calendar", "running",
	},
	"owes.*": {"trainee", "institution", "operator", "system", "calendar"},
}

var problemCodes = []string{
	"malformed_json", "unknown_field", "validation_failed", "same_body", "duplicate_case", "person_claimed", "claim_nobody", "claim_open",
	"unauthenticated", "forbidden", "not_found", "task_closed", "result_conflict", "task_kind_mismatch",
	"idempotency_key_required", "idempotency_key_reused", "incident_closed", "verb_not_allowed", "resolution_pending",
	"run_changed", "execution_over", "reset_point_unknown", "activity_gone", "repair_refused",
	"already_ended", "withdrawal_pending", "title_decided", "payload_too_large", "internal", "unavailable",
	"account_bound", "certificate_number_taken", "idempotency_key_in_use", "idempotency_answer_lost", "letters_full", "letter_resolved", "letter_task_closed", "method_not_allowed", "not_acceptable",
	"request_timeout", "unsupported_media_type", "person_unknown", "phone_taken", "phone_unknown", "person_erased", "case_open",
	"deletion_pending", "deletion_decided",
	"certificate_changed", "certificate_status", "request_open", "request_decided", "second_person_needed", "not_the_requester",
	"certificate_replacing", "nothing_to_revoke",
	"sitting_conflict", "sitting_cancelled", "sitting_over", "sitting_begun", "sitting_not_begun", "sitting_late", "sitting_full",
	"sitting_not_for_case", "sitting_overlaps", "sitting_none", "sitting_fee_chosen", "door_check_open", "door_check_decided",
	"petition_asked", "petition_late", "petition_step", "petition_not_handler", "petition_marker", "certificates_held",
	"sign_up_off", "draft_moved", "drafts_full", "places_full",
	"merge_in_the_way", "merge_changed", "merge_open",
	"case_changed", "case_paused", "act_not_possible", "approval_pending", "approval_overtaken",
}

var noticeKinds = []string{
	"mailbox_named", "endpoint_failing", "endpoint_disabled", "letters_waiting",
	"certificate_asked", "certificate_decided", "certificates_asked", "certificates_revoked",
	"task_near_due", "task_overdue", "task_long_overdue", "incident_near_due", "incident_overdue", "incident_escalated",
	"approval_overdue", "approval_escalated", "case_overdue",
	"misconduct_overdue", "door_check_overdue", "petition_asked", "petition_heard", "petition_near_due", "petition_overdue",
	"approval_asked", "approval_overtaken", "merge_asked",
}

var causeCodes = []string{
	"eligibility_not_met", "institution_not_listed", "enrolment_rejected", "task_rejected", "class_full", "wrong_person", "not_our_occupation", "task_overdue",
	"hours_insufficient", "exam_attempts_exhausted", "evaluation_entry_not_met", "evaluation_attempts_exhausted",
	"rule_missing", "issuer_not_listed", "trained_by_evaluator", "certificate_number_taken", "certificate_undermined", "ce_year_closed", "step_failed",
	"photo_missing", "identity_unverified", "printing_not_set_up", "glyph_missing", "document_refused", "signing_failed",
	"publication_refused", "publication_missing", "publication_differs", "publication_unknown", "channel_down", "certificate_differs",
	"training_certificate_revoked", "certificate_suspended", "misconduct_pending", "identity_pending", "evaluation_barred",
	"workflow_failing", "activity_failing",
}

// The parameters each kind of event in a case's timeline comes with.
var events = map[string][]string{
	"case_registered":          nil,
	"eligibility_met":          nil,
	"eligibility_not_met":      nil,
	"task_issued":              {"task:task_kind", "institution", "attempt", "due"},
	"task_answered":            {"task:task_kind", "institution"},
	"answer_applied":           {"task:task_kind", "institution"},
	"task_rejected":            {"task:task_kind", "institution", "reason:rejection"},
	"task_cancelled":           {"task:task_kind", "institution"},
	"task_overdue":             {"task:task_kind", "institution", "due"},
	"enrolled":                 {"institution"},
	"hours_recorded":           {"hours", "required"},
	"training_completed":       {"hours"},
	"hours_insufficient":       {"have", "need"},
	"ce_hours_credited":        {"year", "hours"},
	"exam_passed":              {"score", "attempt"},
	"exam_failed":              {"score", "attempt"},
	"exam_absent":              {"attempt"},
	"certificate_issued":       {"certificate:certificate", "issuer", "number"},
	"certificate_prepared":     {"certificate:certificate", "issuer", "number"},
	"certificate_cancelled":    {"certificate:certificate", "number"},
	"identity_unverified":      nil,
	"evaluation_entry_met":     nil,
	"evaluation_entry_not_met": nil,
	"part_passed":              {"part:part", "score", "attempt"},
	"part_failed":              {"part:part", "score", "attempt"},
	"part_absent":              {"part:part", "attempt"},
	"part_again":               {"part:part"},
	"evaluation_passed":        {"attempt"},
	"evaluation_failed":        {"attempt"},
	"title_mapped":             {"title:title"},
	"title_eligible":           {"title:title"},
	"title_not_met":            nil,
	"certificate_waiting":      {"until"},
	"title_waiting":            {"until"},
	"title_rule_missing":       {"title:title"},
	"title_withdrawn":          nil,
	"certificate_suspended":    {"certificate:certificate", "issuer", "number"},
	"certificate_reinstated":   {"certificate:certificate", "issuer", "number"},
	"certificate_revoked":      {"certificate:certificate", "issuer", "number"},
	"incident_opened":          {"cause:cause"},
	"incident_resolved":        {"verb:verb"},
	"resolution_refused":       {"verb:verb"},
	"deadline_extended":        {"due"},
	"overdue_over":             {"due"},
	"body_reassigned":          {"role:role", "institution"},
	"facts_corrected":          nil,
	"facts_given":              nil,
	"rules_changed":            {"before", "after"},
	"ce_hours_corrected":       {"year", "before", "hours"},
	"ce_hours_moved":           {"taken_year", "hours", "year"},
	"ce_hours_cross_year":      nil,
	"ce_hours_pending":         {"year"},
	"training_reopened":        {"have", "need"},
	"hours_accepted":           {"have", "need"},
	"condition_overridden":     nil,
	"withdrawn":                nil,
	"case_ended":               {"outcome:outcome"},
	"listing_ended":            {"document", "institution", "role:role", "fate:list_fate"},
	"institution_renamed":      {"document", "institution", "role:role"},
	"institution_suspended":    {"institution", "role:role", "fate:list_fate"},
	"institution_reinstated":   {"institution", "role:role"},

	"sitting_booked":                {"institution", "starts", "venue"},
	"sitting_agreed":                {"institution", "starts", "venue"},
	"sitting_given_up":              {"institution", "starts", "venue"},
	"sitting_moved":                 {"institution", "starts", "venue"},
	"sitting_cancelled":             {"institution", "starts", "venue"},
	"sitting_fee_chosen":            {"institution", "fee:sitting_fee"},
	"sitting_turned_away":           {"institution", "starts", "ground:door_ground"},
	"sitting_provisional":           {"institution", "starts", "ground:door_ground", "until"},
	"identity_accepted":             {"attempt"},
	"identity_refused":              {"attempt"},
	"misconduct_noticed":            {"part:part", "attempt", "act:misconduct_act"},
	"misconduct_stated":             {"part:part", "attempt"},
	"misconduct_reviewed":           {"part:part", "attempt"},
	"misconduct_founded":            {"part:part", "attempt", "act:misconduct_act"},
	"misconduct_founded_barred":     {"part:part", "attempt", "act:misconduct_act", "until"},
	"misconduct_unfounded":          {"part:part", "attempt"},
	"misconduct_delivered":          {"part:part", "attempt", "how:misconduct_how"},
	"score_review_asked":            {"part:part", "attempt"},
	"score_review_upheld":           {"part:part", "attempt"},
	"score_review_corrected":        {"part:part", "attempt", "was", "score"},
	"score_review_corrected_absent": {"part:part", "attempt", "score"},
	"score_appeal_asked":            {"part:part", "attempt"},
	"score_appeal_dismissed":        {"part:part", "attempt"},
	"score_appeal_again":            {"part:part", "attempt"},
	"petition_answered":             {"petition:petition_kind", "institution", "outcome:petition_outcome"},

	"evaluation_voided": {"attempt"},
	"act_refused":       {"verb:act_verb"},
	"told_again":        {"institution"},
	"case_paused":       nil,
	"case_paused_until": {"until"},
	"case_paused_own":   {"until", "reason:own_reason"},
	"class_changed":     {"class"},

	"identity_corrected": nil,
	"case_resumed":       nil,
	"case_returned":      {"stage:stage"},
	"case_cancelled":     nil,
	"mark_replaced":      {"attempt", "part:task_kind", "score"},
}

// placeholders lists what a message asks for, as written.
func placeholders(message template) []string {
	var names []string
	for _, part := range message {
		switch {
		case part.name == "":
		case part.family == "":
			names = append(names, part.name)
		default:
			names = append(names, part.name+":"+part.family)
		}
	}
	return names
}

func TestBothLanguagesSayTheSameThings(t *testing.T) {
	t.Parallel()
	zh, en := catalogueOf(Chinese), catalogueOf(English)
	require.ElementsMatch(t, keysOf(zh), keysOf(en))
	for key, message := range zh {
		require.ElementsMatch(t, placeholders(message), placeholders(en[key]), key)
	}
}

func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	for pattern, codes := range promised {
		for _, code := range codes {
			require.True(t, Has(strings.Replace(pattern, "*", code, 1)), "%s: %s", pattern, code)
		}
	}
	for kind, params := range events {
		require.ElementsMatch(t, params, placeholders(catalogueOf(Chinese)["event."+kind]), kind)
		require.True(t, Has("event."+kind), kind)
	}
	require.Len(t, Keys("event."), len(events), "an event is in the catalogue that no timeline has")
}

func TestACauseIsExplainedByItsOwnParametersOnly(t *testing.T) {
	t.Parallel()
	allowed := []string{
		"institution", "channel:channel", "differences:difference", "task:task_kind", "have", "need", "attempts", "due", "year", "missing:printing", "field:printed",
		"part:part", "until", "failure:failing", "ground:door_ground",
	}
	for _, key := range Keys("cause.") {
		require.Subset(t, allowed, placeholders(catalogueOf(Chinese)[key]), key)
	}
}

func TestWhatIsSaidOfManyStuckCasesHoldsForAllOfThem(t *testing.T) {
	t.Parallel()
	for _, cause := range causeCodes {
		key := "cause." + cause + ".group"
		if !Has(key) {
			key = "cause." + cause + ".explanation"
		}
		require.Subset(t, []string{"institution"}, placeholders(catalogueOf(Chinese)[key]), key)
	}
}

func TestEveryFamilyThatAMessageNamesIsThereAndPlain(t *testing.T) {
	t.Parallel()
	for lang, words := range catalogues() {
		for key, message := range words {
			for _, part := range message {
				if part.family == "" {
					continue
				}
				members := Keys(part.family + ".")
				require.NotEmpty(t, members, "%s: %s names the family %s", lang, key, part.family)
				for _, member := range members {
					if !strings.HasSuffix(member, ".explanation") && !strings.HasSuffix(member, ".group") {
						require.Empty(t, placeholders(words[member]), "%s is shown inside %s", member, key)
					}
				}
			}
		}
	}
}

func TestEachLanguageKeepsToItsOwnScriptAndPunctuation(t *testing.T) {
	t.Parallel()
	for key, message := range catalogueOf(Chinese) {
		require.NotContains(t, message.plain(), ",", key)
		require.NotContains(t, message.plain(), ";", key)
		require.NotContains(t, message.plain(), "(", key)
		require.True(t, strings.ContainsFunc(message.plain(), isHan), key)
	}
	for key, message := range catalogueOf(English) {
		if !strings.HasPrefix(key, "title.") {
			require.False(t, strings.ContainsFunc(message.plain(), isHan), key)
		}
	}
}

func TestTheSeniorTitleOutcomeOnlySaysThatOneMayApply(t *testing.T) {
	t.Parallel()
	text := Text(Chinese, "event.title_eligible", map[string]any{"title": "高级工程师"})
	require.Contains(t, text, "可申报评审")
	for _, key := range []string{"event.title_eligible", "event.title_mapped"} {
		require.NotContains(t, catalogueOf(Chinese)[key].plain(), "取得", key)
		require.NotContains(t, catalogueOf(Chinese)[key].plain(), "颁发", key)
	}
	require.Contains(t, catalogueOf(Chinese)["event.title_mapped"].plain(), "无需换发北京市职称证书")
	for key, message := range catalogueOf(Chinese) {
		require.NotContains(t, message.plain(), "取得职称", key)
	}
}

func TestACatalogueWithAMistakeIsRefused(t *testing.T) {
	t.Parallel()
	for mistake, data := range map[string]string{
		"twice":       "a: {b: x}\na.b: y\n",
		"empty":       "a: ' '\n",
		"brace":       "a: 'x {b'\n",
		"neither":     "a: [x]\n",
		"placeholder": "a: '{B}'\n",
		"mapping":     "a: x\n b: y\n",
	} {
		_, err := parse([]byte(data))
		require.ErrorContains(t, err, mistake)
	}
	words, err := parse(nil)
	require.NoError(t, err)
	require.Empty(t, words)
}

func keysOf(words catalogue) []string {
	keys := make([]string, 0, len(words))
	for key := range words {
		keys = append(keys, key)
	}
	return keys
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }
