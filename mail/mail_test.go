package mail_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/mail"
	"github.com/dengpan/dengpan/mail/postbox"
)

// sending makes a server and a sender for it, and what sends one letter.
func sending(t *testing.T) (*postbox.Server, func() error) {
	t.Helper()
	box, address, err := postbox.Start("127.0.0.1:0", "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, box.Close()) })
	sender, err := mail.NewSender(mail.Server{Address: address, From: "dengpan@example.com", TLS: mail.Plain})
	require.NoError(t, err)
	to, err := identity.ParseEmail("reader@example.com")
	require.NoError(t, err)
	return box, func() error {
		return sender.Send(t.Context(), mail.Letter{ID: "one", To: to, Subject: "您好", Text: "正文\n", At: time.Now()})
	}
}

func TestALetterThatWasTakenIsSentHoweverTheConversationEnds(t *testing.T) {
	t.Parallel()
	box, send := sending(t)
	box.Behave(postbox.Abrupt)
	require.NoError(t, send())
	require.Len(t, box.Letters(), 1)
}

func TestOfALetterWhoseServerWentAwayNobodyKnowsWhetherItArrived(t *testing.T) {
	t.Parallel()
	box, send := sending(t)
	box.Behave(postbox.Mute)
	var failure *mail.Error
	require.ErrorAs(t, send(), &failure)
	require.Equal(t, &mail.Error{Class: mail.ClassUnheard, Unsure: true}, failure)
	require.Len(t, box.Letters(), 1)
}

func TestALetterThatIsRefusedSaysWhetherToSendItAgain(t *testing.T) {
	t.Parallel()
	box, send := sending(t)
	for forGood, want := range map[bool]*mail.Error{true: {Class: mail.ClassRefused, Final: true}, false: {Class: mail.ClassDelayed}} {
		box.Refuse(forGood)
		var failure *mail.Error
		require.ErrorAs(t, send(), &failure)
		require.Equal(t, want, failure)
	}
	require.Empty(t, box.Letters())
}
