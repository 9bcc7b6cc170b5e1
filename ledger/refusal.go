package ledger

// RefusalError is why attendance or a posting is not credited: a stable code, of which the error text is the English
// meaning.
type RefusalError string

// The refusals of offline attendance.
const (
	ErrSessionIncomplete RefusalError = "session_incomplete"
	ErrNotOnRoster       RefusalError = "not_on_roster"
	ErrSignInMissing     RefusalError = "sign_in_missing"
	ErrSignOutMissing    RefusalError = "sign_out_missing"
	ErrReporterUnknown   RefusalError = "reporter_unknown"
	ErrReportedBySelf    RefusalError = "reported_by_self"
	ErrOutsideWindow     RefusalError = "outside_window"
	ErrSignOutFirst      RefusalError = "sign_out_first"
	ErrSessionVoided     RefusalError = "session_voided"
)

// The refusals of postings.
const (
	ErrPostingInvalid   RefusalError = "posting_invalid"
	ErrPostedBefore     RefusalError = "posted_before"
	ErrTimeTaken        RefusalError = "time_taken"
	ErrReasonMissing    RefusalError = "reason_missing"
	ErrNothingToReverse RefusalError = "nothing_to_reverse"
	ErrReversedBefore   RefusalError = "reversed_before"
)

// Error is the refusal in English.
func (e RefusalError) Error() string {
	switch e {
	case ErrSessionIncomplete:
		return "the session has no name, place, instructor or window"
	case ErrNotOnRoster:
		return "the person is not on the session's roster"
	case ErrSignInMissing:
		return "there is no sign-in"
	case ErrSignOutMissing:
		return "there is no sign-out"
	case ErrReporterUnknown:
		return "the reporter is not one of the training body's named persons"
	case ErrReportedBySelf:
		return "nobody vouches for their own attendance"
	case ErrOutsideWindow:
		return "the sign-in or sign-out is outside the session's window"
	case ErrSignOutFirst:
		return "the sign-out is not after the sign-in"
	case ErrSessionVoided:
		return "the session was voided"
	case ErrPostedBefore:
		return "the session is credited by an earlier posting"
	case ErrTimeTaken:
		return "some of the time is credited by an earlier posting"
	case ErrPostingInvalid:
		return "the posting has no ID, no time of receipt, no session, no mode, or no positive amount of hours"
	case ErrReasonMissing:
		return "a reversal needs a reason"
	case ErrNothingToReverse:
		return "there is no posting that could be reversed"
	case ErrReversedBefore:
		return "the posting was reversed before"
	}
	return string(e)
}
