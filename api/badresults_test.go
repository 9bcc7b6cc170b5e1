package api

import (
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
		"NUL":           {training, `{"completed_modules":["a\u0000b"]}`, 400, malformedJSON, nil},
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
		"training for enrolment": {enrolment, trainingOf(nil), 422, taskKindMismatch, nil},
		"accepted tomorrow":      {enrolment, object{"accepted_on": w.day(1)}, 422, validationFailed, map[string]string{"accepted_on": "date_future"}},
		"unknown completed module": {
			training,
			object{"completed_modules": []string{"太极拳"}},
			422, validationFailed,
			map[string]string{"completed_modules[0]": "unknown_module"},
		},
		"completed twice": {
			training,
			object{"completed_modules": []string{trainingModules[0], trainingModules[0]}},
			422, validationFailed,
			map[string]string{"completed_modules[1]": "duplicate"},
		},
		"hours that are claimed": {
			training, trainingOf(object{"sessions": []object{{"ref": "s1", "attended_hours": 8}}}), 422, unknownField,
			map[string]string{"sessions": "unknown_field"},
		},
		"no list":      {training, trainingOf(object{"completed_modules": "x"}), 422, validationFailed, map[string]string{"completed_modules": "wrong_type"}},
		"list of null": {training, `{"completed_modules":null}`, 422, validationFailed, map[string]string{"completed_modules": "wrong_type"}},
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
	w.post("/v1/tasks/nonsense/result", token, w.markOf(nil)).refused(t, 404, notFound)
	w.post("/v1/tasks/"+uuid.NewString()+"/result", token, object{"score": 101}).refused(t, 404, notFound) // in good form, it would be kept
	require.Equal(t, before, w.counts())
}
