package sms_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/neighbour"
	"github.com/dengpan/dengpan/sms"
	"github.com/dengpan/dengpan/sms/gateway"
)

func message(t *testing.T) sms.Message {
	t.Helper()
	to, err := identity.ParsePhone("13812345678")
	require.NoError(t, err)
	return sms.Message{ID: "7e0cb2a4-93a8-4d34-9f4f-6dbb5cf0a7a2", To: to, Text: "验证码012345"}
}

func start(t *testing.T) (server *gateway.Server, url, secret string) {
	t.Helper()
	secret = delivery.NewSecret()
	server, address, err := gateway.Start("127.0.0.1:0", secret, "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return server, gateway.URL(address), secret
}

func sender(t *testing.T, url, secret string) *sms.Gateway {
	t.Helper()
	g, err := sms.NewGateway(neighbour.Address{URL: url, Secret: secret, Insecure: true})
	require.NoError(t, err)
	return g
}

func TestAMessageThatIsSentAgainArrivesOnce(t *testing.T) {
	t.Parallel()
	server, url, secret := start(t)
	g, m := sender(t, url, secret), message(t)
	server.Behave(gateway.Mute)
	var failure *sms.Error
	require.ErrorAs(t, g.Send(t.Context(), m), &failure)
	require.Equal(t, &sms.Error{Class: sms.ClassUnheard, Unsure: true}, failure)
	server.Behave(gateway.Polite)
	require.NoError(t, g.Send(t.Context(), m))
	require.Equal(t, []gateway.Message{{ID: m.ID, To: m.To.Number(), Text: m.Text}}, server.Messages())
	require.Equal(t, 1, server.Repeats())
}

func TestWhatTheGatewayAnswersSaysWhetherToSendAgain(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]*sms.Error{
		http.StatusTooManyRequests:     {Class: sms.ClassDelayed},
		http.StatusServiceUnavailable:  {Class: sms.ClassDelayed},
		http.StatusUnprocessableEntity: {Class: sms.ClassRefused, Final: true},
		http.StatusFound:               {Class: sms.ClassServer},
		http.StatusNotFound:            {Class: sms.ClassServer},
		http.StatusInternalServerError: {Class: sms.ClassUnheard, Unsure: true},
		http.StatusUnauthorized:        {Class: sms.ClassDenied},
	} {
		stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		var failure *sms.Error
		require.ErrorAs(t, sender(t, stranger.URL, delivery.NewSecret()).Send(t.Context(), message(t)), &failure)
		require.Equal(t, want, failure, status)
		stranger.Close()
		require.ErrorAs(t, sender(t, stranger.URL, delivery.NewSecret()).Send(t.Context(), message(t)), &failure)
		require.Equal(t, &sms.Error{Class: sms.ClassServer}, failure, "nobody is there")
	}
}

func TestAGatewayTakesOnlyWhatIsSignedForIt(t *testing.T) {
	t.Parallel()
	server, url, _ := start(t)
	var failure *sms.Error
	require.ErrorAs(t, sender(t, url, delivery.NewSecret()).Send(t.Context(), message(t)), &failure)
	require.Equal(t, sms.ClassDenied, failure.Class)
	require.Empty(t, server.Messages())
	require.NotContains(t, failure.Error(), "138")
}

func TestNumbersAreNotSentInClear(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://sms.example.cn/messages", "sms.example.cn", "https://name@sms.example.cn/", "https://sms.example.cn/?key=1"} {
		_, err := sms.NewGateway(neighbour.Address{URL: url, Secret: delivery.NewSecret()})
		require.Error(t, err, url)
	}
	_, err := sms.NewGateway(neighbour.Address{URL: "https://sms.example.cn/messages", Secret: "secret"})
	require.ErrorContains(t, err, "its secret")
}
