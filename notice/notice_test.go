package notice_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/mail"
	"github.com/dengpan/dengpan/mail/postbox"
	"github.com/dengpan/dengpan/notice"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

const body = "ouc" // 国家开放大学

// office is a record with a mailbox of an institution, and a mailer beside it.
type office struct {
	t       *testing.T
	store   *store.Store
	postbox *postbox.Server
	box     string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	keys, err := identity.NewKeyring()
	require.NoError(t, err)
	record, err := store.Open(t.Context(), storetest.NewURL(t), keys)
	require.NoError(t, err)
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, record.LoadLists(t.Context(), rules.Lists()))
	server, address, err := postbox.Start("127.0.0.1:0", t.TempDir())
	require.NoError(t, err)
	sender, err := mail.NewSender(mail.Server{Address: address, From: "dengpan@example.cn", TLS: mail.Plain})
	require.NoError(t, err)
	o := &office{t: t, store: record, postbox: server, box: uuid.NewString()}
	sealed, err := keys.Seal([]byte("duty@example.cn"), store.MailboxSeal(o.box))
	require.NoError(t, err)
	institution := body
	require.NoError(t, record.Tx(t.Context(), func(tx *store.Tx) error {
		account, err := tx.CreateAccount(store.Account{Role: store.RoleOperator})
		if err != nil {
			return err
		}
		_, err = tx.InsertMailbox(store.Mailbox{
			ID: o.box, InstitutionID: &institution, AddressSealed: sealed, Label: "duty", NamedBy: account.ID, NamedAt: time.Now().UTC(),
		})
		return err
	}))
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		(&notice.Mailer{
			Store: record, Keys: keys, Sender: sender, Console: "https://dengpan.example.cn", Logger: slog.New(slog.DiscardHandler),
		}).Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
		require.NoError(t, server.Close())
		require.NoError(t, record.Close())
	})
	return o
}

// tell tells the institution of an occasion.
func (o *office) tell(occasion string) {
	o.t.Helper()
	institution := body
	require.NoError(o.t, o.store.Tx(o.t.Context(), func(tx *store.Tx) error {
		return tx.InsertNotice(store.Notice{
			Audience: store.AudienceInstitution, InstitutionID: &institution, Kind: "endpoint_disabled", Occasion: occasion,
		})
	}))
}

func TestANoticeIsMailedOnceInBothLanguagesWithTheInstitutionsName(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.tell("first")
	o.tell("first")
	require.Eventually(t, func() bool { return len(o.postbox.Letters()) == 1 }, time.Minute, 20*time.Millisecond)
	letter := o.postbox.Letters()[0]
	require.Equal(t, "duty@example.cn", letter.To)
	require.Equal(t, "回调地址已停用：国家开放大学", letter.Subject)
	require.Contains(t, letter.Text, "发往国家开放大学回调地址的通知持续失败")
	require.Contains(t, letter.Text, "Callbacks to the address of 国家开放大学 have gone on failing")
	require.Contains(t, letter.Text, "https://dengpan.example.cn/app/notices")
	require.Contains(t, letter.ID, o.box)

	o.tell("second")
	require.Eventually(t, func() bool { return len(o.postbox.Letters()) == 2 }, time.Minute, 20*time.Millisecond)
	require.NotEqual(t, letter.ID, o.postbox.Letters()[1].ID)
}

func TestAMailThatIsPutOffIsSentLaterAndOneThatIsRefusedIsGivenUp(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	mailed := func() (state, class string) {
		mail, err := o.store.Read(t.Context()).MailsTo(o.box)
		require.NoError(t, err)
		if len(mail) == 0 {
			return "", ""
		}
		return mail[len(mail)-1].State, mail[len(mail)-1].Error
	}
	o.postbox.Refuse(false)
	o.tell("first")
	require.Eventually(t, func() bool { _, class := mailed(); return class == mail.ClassDelayed }, time.Minute, 20*time.Millisecond)
	o.postbox.Accept()
	require.Empty(t, o.postbox.Letters())
	o.postbox.Refuse(true)
	o.tell("second")
	require.Eventually(t, func() bool {
		state, class := mailed()
		return state == store.MailFailed && class == mail.ClassRefused
	}, time.Minute, 20*time.Millisecond)
}
