package certificate

import "slices"

// Measure is what can be asked for about a certificate that was issued.
type Measure string

// The measures.
const (
	Correction    Measure = "correction"    // 变更: another is issued in its place
	Suspension    Measure = "suspension"    // 暂扣: it does not hold until something is settled
	Reinstatement Measure = "reinstatement" // 暂扣发还: it holds again
	Revocation    Measure = "revocation"    // 撤销: it holds no longer
)

// Measures are all measures.
func Measures() []Measure { return []Measure{Correction, Suspension, Reinstatement, Revocation} }

// Reason is a class of reasons that a measure is asked for with. Its code is public: whoever checks a certificate that was
// suspended or revoked is told it. What exactly was found stands in words beside it, and is not.
type Reason struct {
	Code string
	For  Measure
	// Unearned says that the training was not done as the certificate says: the hours it was issued on count for nothing.
	Unearned bool
}

// What each measure may be asked for with. A code belongs to one measure.
var reasons = []Reason{
	{Code: "misprint", For: Correction},
	{Code: "legal_change", For: Correction}, // the name or the number of the document changed by law
	{Code: "photo_outdated", For: Correction},

	{Code: "under_investigation", For: Suspension},
	{Code: "result_disputed", For: Suspension},

	{Code: "cleared", For: Reinstatement},
	{Code: "settled", For: Reinstatement},

	// 人社部令第31号, article 10: obtained by false material.
	{Code: "false_material", For: Revocation, Unearned: true},
	{Code: "undeserved", For: Revocation, Unearned: true}, // an inspection found that the training was not done
	{Code: "exam_misconduct", For: Revocation},
	{Code: "mark_corrected", For: Revocation},  // a review came to a mark that does not pass
	{Code: "issued_in_error", For: Revocation}, // by the issuer's own slip
	{Code: "holder_request", For: Revocation},
}

// Reasons are the reasons that a measure may be asked for with.
func Reasons(m Measure) []Reason {
	return slices.DeleteFunc(slices.Clone(reasons), func(r Reason) bool { return r.For != m })
}

// UnearnedReasons are the codes of the reasons that say that the hours were not earned.
func UnearnedReasons() []string {
	var codes []string
	for _, r := range reasons {
		if r.Unearned {
			codes = append(codes, r.Code)
		}
	}
	return codes
}

// Unearned reports whether a reason says that the hours were not earned.
func Unearned(code string) bool { return slices.Contains(UnearnedReasons(), code) }

// Serves reports whether a measure may be asked for with a reason.
func (m Measure) Serves(code string) bool {
	return slices.ContainsFunc(reasons, func(r Reason) bool { return r.For == m && r.Code == code })
}

// Of is the status that a measure is taken of, one of them, in the words of the record.
func (m Measure) Of(status string) bool {
	switch m {
	case Correction, Suspension:
		return status == "valid"
	case Reinstatement:
		return status == "suspended"
	case Revocation:
		return status == "valid" || status == "suspended"
	}
	return false
}
