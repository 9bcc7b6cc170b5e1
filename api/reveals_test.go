package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

func TestFreeTextKeepsNobodysNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	task := w.issue(c, contract.EnrolmentTask, trainingBodyID)
	r := w.post("/v1/tasks/"+task+"/rejection", w.institution(trainingBodyID), object{"reason_code": "other", "note": "请联系13812345678"})
	require.Less(t, r.status, http.StatusMultipleChoices, "%s", r.body)
	r = w.post("/v1/cases/"+c+"/withdrawal", w.operator, object{"reason": "本人（11010519491231002X）申请"})
	require.Less(t, r.status, http.StatusMultipleChoices, "%s", r.body)
	for query, masked := range map[string]string{
		"SELECT body->>'note' FROM task_answers": "请联系138****5678",
		"SELECT reason FROM withdrawals":         "本人（110***********002X）申请",
	} {
		var kept string
		require.NoError(t, w.sql.QueryRowContext(t.Context(), query).Scan(&kept))
		require.Equal(t, masked, kept)
	}
}

func TestARequestsKeyIsNobodysNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.counts()
	fields := w.register(w.operator, "register-11010519491231002X", registrationOf(2, nil)).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"Idempotency-Key": fieldReveals}, fields)
	require.Equal(t, before, w.counts())
}
