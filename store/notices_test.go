package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func TestANoticeIsToldOnceAnOccasionAndGoesToTheMailboxesOfItsAudience(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	body, other := "ouc", "istic"
	box := func(institution *string) string {
		id := uuid.NewString()
		r.write(func(tx *store.Tx) error {
			fresh, err := tx.InsertMailbox(store.Mailbox{
				ID: id, InstitutionID: institution, AddressSealed: []byte("x"), Label: "duty", NamedBy: r.account, NamedAt: time.Now().UTC(),
			})
			require.True(t, fresh)
			return err
		})
		return id
	}
	theirs, operators := box(&body), box(nil)
	box(&other)
	tell := func(audience string) {
		r.write(func(tx *store.Tx) error {
			return tx.InsertNotice(store.Notice{
				Audience: audience, InstitutionID: &body, Kind: "endpoint_disabled", Occasion: "one",
				Params: map[string]any{"institution": body},
			})
		})
	}
	for range 2 {
		tell(store.AudienceInstitution)
		tell(store.AudienceOperators)
	}
	told, err := r.store.Read(t.Context()).Notices(store.NoticeFilter{
		Within: store.Within{InstitutionID: body}, Audience: store.AudienceInstitution, State: store.NoticeOpen, Limit: 10,
	})
	require.NoError(t, err)
	require.Len(t, told, 1)
	require.Equal(t, map[string]any{"institution": body}, told[0].Params)

	mails, err := r.store.Read(t.Context()).ClaimMails(10, time.Minute)
	require.NoError(t, err)
	var to []string
	for _, m := range mails {
		to = append(to, m.MailboxID)
	}
	require.ElementsMatch(t, []string{theirs, operators}, to)
	again, err := r.store.Read(t.Context()).ClaimMails(10, time.Minute)
	require.NoError(t, err)
	require.Empty(t, again, "what is claimed is nobody else's for a while")

	r.write(func(tx *store.Tx) error { return tx.MarkMailed(mails[0], time.Now().UTC()) })
	r.write(func(tx *store.Tx) error { return tx.PostponeMail(mails[0], "refused", time.Now()) })
	r.write(func(tx *store.Tx) error { return tx.PostponeMail(mails[1], "refused", time.Now()) })
	again, err = r.store.Read(t.Context()).ClaimMails(10, time.Minute)
	require.NoError(t, err)
	require.Len(t, again, 1, "what was sent is not due again")
	require.Equal(t, mails[1].MailboxID, again[0].MailboxID)
	require.Equal(t, 2, again[0].Attempts)
}
