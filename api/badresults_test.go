package api

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

func TestABadResultIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	token, evaluator := w.institution(trainingBodyID), w.institution(evaluationBodyID)
	enrolment, training := w.issue(c, contract.EnrolmentTask, trainingBodyID), w.issue(c, contract.TrainingTask, trainingBodyID)
	exam, theory := w.issue(c, contract.ExamTask, trainingBodyID), w.issue(c, contract.TheoryTask, evaluationBodyID)
	tasks := map[string]string{enrolment: token, training: token, exam: token, theory: evaluator}
	before := w.counts()
	twice := object{"sessions": []object{w.sessionOf(nil), w.sessionOf(nil)}, "completed_modules": []string{}}
	many := make([]object, 1001)
	for i := range many {
		many[i] = w.sessionOf(object{"ref": fmt.Sprint(i)})
	}
	for name, bad := range map[string]struct {
		task   string
		body   any
		status int
		code   string
		fields map[string]string
	}{
		"no JSON":       {exam, `{"score":`, 400, malformedJSON, nil},
		"no body":       {exam, ``, 400, malformedJSON, nil},
		"two values":    {exam, `{} {}`, 400, malformedJSON, nil},
		"no UTF-8":      {exam, "{\"score\":\"\xff\"}", 400, malformedJSON, nil},
		"NUL":           {training, `{"sessions":[{"ref":"a\u0000b"}]}`, 400, malformedJSON, nil},
		"huge number":   {exam, `{"score":1e999}`, 400, malformedJSON, nil},
		"array":         {exam, `[]`, 422, validationFailed, map[string]string{"$": "wrong_type"}},
		"null":          {exam, `null`, 422, validationFailed, map[string]string{"$": "wrong_type"}},
		"empty":         {exam, `{}`, 422, validationFailed, map[string]string{"held_on": "required", "score": "score_or_absent"}},
		"unknown":       {exam, w.markOf(object{"grade": "A"}), 422, unknownField, map[string]string{"grade": "unknown_field"}},
		"other case":    {exam, w.markOf(object{"Score": 1}), 422, unknownField, map[string]string{"Score": "unknown_field"}},
		"below 0":       {exam, w.markOf(object{"score": -1}), 422, validationFailed, map[string]string{"score": "out_of_range"}},
		"above 100":     {exam, w.markOf(object{"score": 101}), 422, validationFailed, map[string]string{"score": "out_of_range"}},
		"just above":    {exam, w.markOf(object{"score": 100.01}), 422, validationFailed, map[string]string{"score": "out_of_range"}},
		"3 decimals":    {exam, w.markOf(object{"score": 59.999}), 422, validationFailed, map[string]string{"score": "score_precision"}},
		"text":          {exam, w.markOf(object{"score": "88"}), 422, validationFailed, map[string]string{"score": "wrong_type"}},
		"absent too":    {exam, w.markOf(object{"absent": true}), 422, validationFailed, map[string]string{"score": "score_or_absent"}},
		"neither":       {exam, w.markOf(object{"score": nil}), 422, validationFailed, map[string]string{"score": "score_or_absent"}},
		"tomorrow":      {exam, w.markOf(object{"held_on": w.day(1)}), 422, validationFailed, map[string]string{"held_on": "date_future"}},
		"too early":     {exam, w.markOf(object{"held_on": w.day(-1)}), 422, validationFailed, map[string]string{"held_on": "out_of_range"}},
		"no date":       {exam, w.markOf(object{"held_on": "2026-02-30"}), 422, validationFailed, map[string]string{"held_on": "date"}},
		"year 0":        {exam, w.markOf(object{"held_on": "0000-01-01"}), 422, validationFailed, map[string]string{"held_on": "date"}},
		"number form":   {exam, w.markOf(object{"certificate_number": "a b"}), 422, validationFailed, map[string]string{"certificate_number": "format"}},
		"number failed": {exam, w.markOf(object{"certificate_number": "A1", "score": 59}), 422, validationFailed, map[string]string{"certificate_number": "conflict"}},
		"number theory": {theory, w.markOf(object{"certificate_number": "A1"}), 422, unknownField, map[string]string{"certificate_number": "unknown_field"}},
		"other kind":    {exam, object{"accepted_on": w.today()}, 422, taskKindMismatch, nil},
		"mark for training": {
			training, w.markOf(nil), 422, taskKindMismatch, nil,
		},
		"training for enrolment": {enrolment, w.trainingOf(nil), 422, taskKindMismatch, nil},
		"accepted tomorrow":      {enrolment, object{"accepted_on": w.day(1)}, 422, validationFailed, map[string]string{"accepted_on": "date_future"}},
		"hours above session": {
			training, w.trainingOf(object{"attended_hours": 8.5}), 422, validationFailed,
			map[string]string{"sessions[0].attended_hours": "hours_exceed_session"},
		},
		"long session": {
			training, w.trainingOf(object{"planned_hours": 12.5}), 422, validationFailed,
			map[string]string{"sessions[0].planned_hours": "out_of_range"},
		},
		"no session hours": {
			training, w.trainingOf(object{"planned_hours": 0}), 422, validationFailed,
			map[string]string{"sessions[0].planned_hours": "out_of_range"},
		},
		"negative hours": {
			training, w.trainingOf(object{"attended_hours": -1}), 422, validationFailed,
			map[string]string{"sessions[0].attended_hours": "out_of_range"},
		},
		"fine hours": {
			training, w.trainingOf(object{"attended_hours": 7.25}), 422, validationFailed,
			map[string]string{"sessions[0].attended_hours": "precision"},
		},
		"session tomorrow": {
			training, w.trainingOf(object{"date": w.day(1)}), 422, validationFailed,
			map[string]string{"sessions[0].date": "session_date"},
		},
		"session before the case": {
			training, w.trainingOf(object{"date": w.day(-1)}), 422, validationFailed,
			map[string]string{"sessions[0].date": "session_date"},
		},
		"unknown module": {
			training, w.trainingOf(object{"module": "太极拳"}), 422, validationFailed,
			map[string]string{"sessions[0].module": "unknown_module"},
		},
		"unknown completed module": {
			training,
			object{"sessions": []object{}, "completed_modules": []string{"太极拳"}},
			422, validationFailed,
			map[string]string{"completed_modules[0]": "unknown_module"},
		},
		"completed twice": {
			training,
			object{"sessions": []object{}, "completed_modules": []string{trainingModules[0], trainingModules[0]}},
			422, validationFailed,
			map[string]string{"completed_modules[1]": "duplicate"},
		},
		"mode": {
			training, w.trainingOf(object{"mode": "dream"}), 422, validationFailed,
			map[string]string{"sessions[0].mode": "unknown_value"},
		},
		"no ref": {
			training, w.trainingOf(object{"ref": ""}), 422, validationFailed, map[string]string{"sessions[0].ref": "too_short"},
		},
		"ref of two lines": {
			training, w.trainingOf(object{"ref": "a\nb"}), 422, validationFailed, map[string]string{"sessions[0].ref": "format"},
		},
		"one ref twice": {training, twice, 422, validationFailed, map[string]string{"sessions[1].ref": "duplicate_session"}},
		"too many sessions": {
			training,
			object{"sessions": many, "completed_modules": []string{}},
			422, validationFailed,
			map[string]string{"sessions": "too_many"},
		},
		"sessions of null": {
			training,
			object{"sessions": nil, "completed_modules": []string{}},
			422, validationFailed,
			map[string]string{"sessions": "wrong_type"},
		},
		"unknown in a session": {
			training, w.trainingOf(object{"teacher": "x"}), 422, unknownField,
			map[string]string{"sessions[0].teacher": "unknown_field"},
		},
	} {
		r := w.post("/v1/tasks/"+bad.task+"/result", tasks[bad.task], bad.body)
		require.Equal(t, bad.status, r.status, "%s: %s", name, r.body)
		fields := r.refused(t, bad.status, bad.code)
		if bad.fields != nil {
			require.Equal(t, bad.fields, fields, name)
		}
	}
	for name, bad := range map[string]struct {
		body   any
		fields map[string]string
	}{
		"no reason":      {object{}, map[string]string{"reason_code": "required"}},
		"unknown reason": {object{"reason_code": "tired"}, map[string]string{"reason_code": "unknown_value"}},
	} {
		require.Equal(t, bad.fields, w.post("/v1/tasks/"+exam+"/rejection", token, bad.body).
			refused(t, 422, validationFailed), name)
	}
	w.post("/v1/tasks/"+uuid.NewString()+"/result", token, w.markOf(nil)).refused(t, 404, notFound)
	w.post("/v1/tasks/nonsense/result", token, w.markOf(nil)).refused(t, 404, notFound)
	require.Equal(t, before, w.counts())
}
