package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/xapi"
)

// xapiVersions are the versions of the Experience API whose statements are read.
var xapiVersions = []string{"1.0.3", "2.0.0"}

type statementsInput struct {
	Version string `header:"X-Experience-API-Version"`
	Answer  string `query:"answer" enum:"ids,full" default:"ids" doc:"ids: the statements' ids, as the convention has it. full: what became of each, and the challenges to be shown, as of heartbeats."`
	RawBody []byte
}

type statementsOutput struct {
	Version string `header:"X-Experience-API-Version"`
	Refused string `header:"Dengpan-Refused" doc:"How many of the statements do not count; answer=full says which and why."`
	Body    any
}

// statementsView is the full answer to a batch of statements.
type statementsView struct {
	beatsView
	IDs []string `json:"ids"`
}

type aboutOutput struct {
	Version string `header:"X-Experience-API-Version"`
	Body    struct {
		Version []string `json:"version"`
	}
}

// aboutXAPI says which versions of the convention are spoken.
func (s *service) aboutXAPI(context.Context, *struct{}) (*aboutOutput, error) {
	out := &aboutOutput{Version: xapiVersions[0]}
	out.Body.Version = xapiVersions
	return out, nil
}

// statementsSchema describes one statement or an array of them. What a statement is the convention says.
func statementsSchema() *huma.Schema {
	one := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "A statement of the Experience API."}
	return &huma.Schema{OneOf: []*huma.Schema{one, {Type: huma.TypeArray, Items: one}}}
}

// postStatements takes statements as heartbeats. As the convention has it, a batch with a statement that is wrong in
// itself is refused whole; what a heartbeat would be refused for, statement by statement, is not.
func (s *service) postStatements(ctx context.Context, in *statementsInput) (*statementsOutput, error) {
	received := s.Now()
	if !speaks(in.Version) {
		return nil, problem(validationFailed, FieldError{Field: "X-Experience-API-Version", Code: fieldUnknownValue})
	}
	statements, err := xapi.Parse(in.RawBody, mostBeats)
	if faults := xapi.FaultsError(nil); errors.As(err, &faults) {
		return nil, statementProblem(faults)
	} else if err != nil {
		return nil, err
	}
	r := requestOf(ctx)
	b := newBatch()
	ids := make([]string, len(statements))
	for i, st := range statements {
		ids[i] = st.ID
		if st.ID == "" {
			ids[i] = uuid.NewString()
		}
		if st.Counts {
			b.add(i, hours.Beat{
				Session: st.Session, Attendee: st.Attendee, PositionMS: int32(st.Position / time.Millisecond), Playing: st.Playing,
				Answers: st.Answers, Statement: ids[i],
			})
		}
	}
	if err := s.take(ctx, r, b, received); err != nil {
		return nil, err
	}
	out := &statementsOutput{Version: xapiVersions[0], Refused: strconv.Itoa(b.view.Refused), Body: ids}
	if strings.HasPrefix(in.Version, "2.") {
		out.Version = xapiVersions[1]
	}
	if in.Answer == "full" {
		out.Body = statementsView{beatsView: b.view, IDs: ids}
	}
	return out, nil
}

// speaks reports whether a version of the convention is one of those that are read; who names none means any.
func speaks(version string) bool {
	return version == "" || version == "1.0" || version == "2.0" ||
		slices.ContainsFunc([]string{"1.0.", "2.0."}, func(known string) bool { return strings.HasPrefix(version, known) })
}

// statementProblem is the problem that faulty statements make. Its fields are JSON pointers.
func statementProblem(faults xapi.FaultsError) *Problem {
	codes := map[xapi.Code]string{
		xapi.Required: fieldRequired, xapi.WrongType: fieldWrongType, xapi.Format: fieldFormat, xapi.OutOfRange: fieldOutOfRange,
		xapi.TooMany: fieldTooMany, xapi.TooFew: fieldTooFew, xapi.Unknown: fieldUnknown, xapi.Duplicate: fieldDuplicate,
		xapi.Unsupported: fieldUnsupported,
	}
	var fields []FieldError
	for _, f := range faults {
		if f.Code == xapi.Malformed {
			return problem(malformedJSON)
		}
		fields = append(fields, FieldError{Field: f.Pointer, Code: codes[f.Code]})
	}
	p := problem(validationFailed, fields...)
	p.Status = http.StatusBadRequest // as the convention has it
	return p
}
