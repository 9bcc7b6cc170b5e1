package api

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/dengpan/dengpan/registering"
)

// Codes of what is wrong with a field. Those of names and ID numbers are package identity's.
const (
	fieldRequired        = "required"
	fieldUnknown         = unknownField
	fieldUnknownValue    = "unknown_value"
	fieldForeignDistrict = "foreign_district"
	fieldWrongType       = "wrong_type"
	fieldFormat          = "format"
	fieldOutOfRange      = "out_of_range"
	fieldPrecision       = "precision"
	fieldScorePrecision  = "score_precision"
	fieldTooShort        = "too_short"
	fieldTooLong         = "too_long"
	fieldTooFew          = "too_few"
	fieldTooMany         = "too_many"
	fieldDuplicate       = "duplicate"
	fieldConflict        = "conflict"
	fieldNoPhoto         = "photo_missing"
	fieldNoDocument      = "document_missing"
	fieldReveals         = "reveals"
	fieldUnsupported     = "unsupported"
	fieldDate            = "date"
	fieldDateFuture      = "date_future"
	fieldDatePast        = "date_past"
	fieldInstant         = "instant"
	fieldInstantPast     = "instant_past"
	fieldDateOrder       = "date_order"
	fieldURL             = "url"
	fieldURLInsecure     = "url_insecure"
	fieldURLPort         = "url_port"
	fieldURLPrivate      = "url_private"
	fieldUnknownModule   = "unknown_module"
	fieldUnknownTask     = "unknown_task"
	fieldUnknownCase     = "unknown_case"
	fieldScoreOrAbsent   = "score_or_absent"
	fieldNameMismatch    = "name_mismatch"
	fieldNotListed       = registering.CodeNotListed
	fieldNoInstitution   = registering.CodeNoInstitution
	fieldNoEmployer      = "unknown_employer"
	fieldNoOccupation    = "unknown_occupation"
	fieldNoLevel         = "unknown_level"
	fieldNoDirection     = "unknown_direction"
	fieldSameBody        = sameBody
	fieldTrainedBy       = registering.CodeTrainedBy
	fieldNumberTaken     = certificateNumberTaken
	fieldLabelTaken      = labelTaken
	fieldSealName        = "seal_name_mismatch"
	fieldNoSeal          = "seal_missing"
	fieldUnprintable     = "unprintable"
	fieldLoginTaken      = "login_taken"
	fieldUnknownSubject  = "unknown_subject"
	fieldNoEvidence      = "unknown_evidence"
	fieldUnknownOperator = "unknown_operator"
	fieldNotOfCase       = "not_of_case"
	fieldUnknownEndpoint = "unknown_endpoint"
	fieldNoCertificate   = "unknown_certificate"
	fieldCodeWrong       = codeWrong
	fieldPasswordWrong   = "password_wrong"
	fieldSamePassword    = "password_unchanged"
	fieldElsewhere       = "workbook_elsewhere"
	fieldTooManyChecks   = "too_many_checks"
	fieldShortened       = "digits_lost"
	fieldAskedTooOften   = "asked_too_often"
	fieldTooDeep         = "page_too_deep"
	fieldViewTaken       = "view_name_taken"
	fieldRefundOrder     = "refund_order"
	fieldConsentOutdated = "consent_outdated"
	fieldConsentNeeded   = "consent_needed"
	fieldUnknownDraft    = "unknown_draft"
	mostFaults           = 100 // what is listed; a body that is wrong throughout needs no more
	unnamed              = "?" // a field whose name is not repeated
	whole                = "$" // the body as a whole
	locationBody         = "body"
	requiredBeforeName   = "expected required property "
	requiredAfterName    = " to be present"
	missingParameterText = "parameter is missing"
)

// faults collects what is wrong with a request's fields, one fault a field: the first that was found.
type faults struct{ list []FieldError }

// add notes a fault, unless the field has one already.
func (f *faults) add(field, code string) {
	if len(f.list) < mostFaults && !f.has(field) {
		f.list = append(f.list, FieldError{Field: field, Code: code})
	}
}

// has reports whether a field, or one that it is part of, has a fault.
func (f *faults) has(field string) bool {
	return slices.ContainsFunc(f.list, func(e FieldError) bool {
		if e.Field == whole {
			return true
		}
		rest, within := strings.CutPrefix(field, e.Field)
		return within && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// err is the problem that the faults make; nil when there are none.
func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return f.problem()
}

// problem is the faults as one problem. A fault that has a problem of its own gives it its code when nothing else is
// wrong; an unknown field always does, since what was meant by the request is then unclear.
func (f *faults) problem() *Problem {
	code := validationFailed
	only := func(e FieldError) bool { return e.Code != f.list[0].Code }
	switch {
	case slices.ContainsFunc(f.list, func(e FieldError) bool { return e.Code == fieldUnknown }):
		code = unknownField
	case len(f.list) > 0 && f.list[0].Code == fieldSameBody && !slices.ContainsFunc(f.list, only):
		code = sameBody
	}
	slices.SortStableFunc(f.list, func(a, b FieldError) int { return cmp.Compare(a.Field, b.Field) })
	return problem(code, f.list...)
}

// faultsOf reads huma's validation errors. The value they carry is left behind.
func faultsOf(errs []error) *faults {
	found := &faults{}
	for _, err := range errs {
		var detailed huma.ErrorDetailer
		if !errors.As(err, &detailed) {
			found.add(whole, fieldFormat)
			continue
		}
		detail := detailed.ErrorDetail()
		field, code := withoutPlace(detail.Location), codeOf(detail.Message)
		if name, ok := requiredName(detail.Message); ok {
			field = join(field, name)
		}
		if code == fieldUnknown {
			field = nameable(field)
		}
		found.add(cmp.Or(field, whole), code)
	}
	return found
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// requiredName is the property that a message says is missing.
func requiredName(text string) (string, bool) {
	name, found := strings.CutPrefix(text, requiredBeforeName)
	if !found {
		return "", false
	}
	return strings.CutSuffix(name, requiredAfterName)
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,39}(\[\d+\])*$`)

// nameable is an unknown field's path, if its name is one that a programmer would write. Anything else was put there by
// mistake, and may be a value. Whether a dot divides a path or is part of a value cannot be seen: what has an odd name
// before its last dot is not named at all.
func nameable(path string) string {
	names := strings.Split(path, ".")
	odd := slices.IndexFunc(names, func(name string) bool { return !plainName.MatchString(name) })
	switch {
	case odd < 0:
		return path
	case odd < len(names)-1:
		return unnamed
	}
	names[odd] = unnamed
	return strings.Join(names, ".")
}

// wordings pairs what huma's messages begin with and our code for them, as far as they go before their first parameter.
var wordings = wordingsOf(map[string][]string{
	fieldUnknown:  {validation.MsgUnexpectedProperty, "unknown query parameter"},
	fieldRequired: {validation.MsgExpectedRequiredProperty, validation.MsgExpectedDependentRequiredProperty},
	fieldUnknownValue: {
		validation.MsgExpectedOneOf, validation.MsgExpectedMatchAtLeastOneSchema, validation.MsgExpectedMatchExactlyOneSchema,
	},
	fieldWrongType: {
		validation.MsgExpectedBoolean, validation.MsgExpectedNumber, validation.MsgExpectedInteger, validation.MsgExpectedString,
		validation.MsgExpectedArray, validation.MsgExpectedObject, "invalid integer", "invalid float", "invalid boolean",
	},
	fieldDate:    {validation.MsgExpectedRFC3339Date},
	fieldInstant: {validation.MsgExpectedRFC3339DateTime},
	fieldOutOfRange: {
		validation.MsgExpectedMinimumNumber, validation.MsgExpectedMaximumNumber,
		validation.MsgExpectedExclusiveMinimumNumber, validation.MsgExpectedExclusiveMaximumNumber,
	},
	fieldPrecision: {validation.MsgExpectedNumberBeMultipleOf},
	fieldTooShort:  {validation.MsgExpectedMinLength},
	fieldTooLong:   {validation.MsgExpectedMaxLength},
	fieldTooFew:    {validation.MsgExpectedMinItems, validation.MsgExpectedMinProperties},
	fieldTooMany:   {validation.MsgExpectedMaxItems, validation.MsgExpectedMaxProperties},
	fieldDuplicate: {validation.MsgExpectedArrayItemsUnique},
	fieldFormat:    {validation.MsgExpectedMatchPattern, validation.MsgExpectedBePattern, validation.MsgExpectedRFC4122UUID},
})

type phrase struct{ prefix, code string }

func wordingsOf(codes map[string][]string) []phrase {
	var all []phrase
	for code, templates := range codes {
		for _, template := range templates {
			prefix, _, _ := strings.Cut(template, "%")
			all = append(all, phrase{prefix, code})
		}
	}
	// "expected array" begins "expected array length" and "expected array items": the longest prefix is meant.
	slices.SortFunc(all, func(a, b phrase) int { return len(b.prefix) - len(a.prefix) })
	return all
}

// codeOf is our code for one of huma's messages. What it does not know is a matter of form.
func codeOf(text string) string {
	if strings.HasSuffix(text, missingParameterText) {
		return fieldRequired
	}
	for _, w := range wordings {
		if strings.HasPrefix(text, w.prefix) {
			return w.code
		}
	}
	return fieldFormat
}
