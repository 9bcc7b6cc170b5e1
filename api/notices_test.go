package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func TestNoticesAreShownInTheReadersWordsToTheirAudienceUntilSomebodySeesToThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff, others := w.institution(trainingBodyID), w.institution(otherTrainerID)
	body := trainingBodyID
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.InsertNotice(store.Notice{
			Audience: store.AudienceInstitution, InstitutionID: &body, Kind: "endpoint_disabled", Occasion: "one",
		})
	}))
	list := func(token, query string) (answer struct {
		Notices []NoticeView
		Total   int64
	},
	) {
		w.get("/v1/notices"+query, token).into(t, &answer)
		return answer
	}
	seen := list(staff, "?state=open")
	require.Len(t, seen.Notices, 1)
	require.Contains(t, seen.Notices[0].Title, "国家开放大学")
	require.Empty(t, list(others, "").Notices)
	require.Empty(t, list(w.operator, "").Notices)

	for range 2 {
		require.Equal(t, http.StatusOK, w.post("/v1/notices/"+seen.Notices[0].ID+"/acknowledgement", staff, nil).status)
	}
	require.Empty(t, list(staff, "?state=open").Notices)
	require.NotNil(t, list(staff, "?state=acknowledged").Notices[0].AcknowledgedBy)
	require.Equal(t, 1, w.count("SELECT count(*) FROM audit_entries WHERE action = 'notice.acknowledge'"))
}

func TestAMailboxIsNamedOnceALabelShownMaskedAndTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	named := w.post("/v1/mailboxes", staff, object{"label": "值班", "address": "duty.desk@example.cn"})
	require.Equal(t, http.StatusCreated, named.status, "%s", named.body)
	var box MailboxView
	named.into(t, &box)
	require.Equal(t, "d***@example.cn", box.Address)
	require.NotContains(t, string(w.get("/v1/mailboxes", staff).body), "duty.desk")
	require.Equal(t, 1, w.count("SELECT count(*) FROM notice_mails WHERE mailbox_id = $1", box.ID), "the new mailbox is told of itself")
	require.Contains(t, string(w.get("/v1/notices", staff).body), "值班")

	w.post("/v1/mailboxes", staff, object{"label": "值班", "address": "x@example.cn"}).refused(t, http.StatusConflict, labelTaken)
	fields := w.post("/v1/mailboxes", staff, object{"label": " ", "address": "nobody"}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"label": fieldFormat, "address": "email_format"}, fields)

	removed := w.post("/v1/mailboxes/"+box.ID+"/removal", staff, object{"reason": "left"})
	require.Equal(t, http.StatusOK, removed.status, "%s", removed.body)
	require.NotContains(t, string(w.get("/v1/mailboxes", staff).body), box.ID)
	require.Equal(t, 1, w.count("SELECT count(*) FROM notice_mails WHERE mailbox_id = $1 AND state = 'failed'", box.ID))

	for n := range mostMailboxes {
		require.Equal(t, http.StatusCreated,
			w.post("/v1/mailboxes", staff, object{"label": strings.Repeat("x", n+1), "address": "x@example.cn"}).status)
	}
	fields = w.post("/v1/mailboxes", staff, object{"label": "one more", "address": "x@example.cn"}).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"address": fieldTooMany}, fields)
}
