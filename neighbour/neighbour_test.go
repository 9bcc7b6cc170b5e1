package neighbour

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/delivery"
)

const longest = 1 << 10

// beside is a neighbour that answers as told.
func beside(t *testing.T, answers http.HandlerFunc) (n *Neighbour, secret string) {
	t.Helper()
	server := httptest.NewServer(answers)
	t.Cleanup(server.Close)
	secret = delivery.NewSecret()
	n, err := New(Address{URL: server.URL + "/office", Secret: secret, Insecure: true}, longest)
	require.NoError(t, err)
	return n, secret
}

func ask(t *testing.T, n *Neighbour) (Answer, error) {
	t.Helper()
	return n.Ask(t.Context(), Request{Body: []byte(`{"name":"王小明"}`), ID: "q"})
}

func TestWhatIsSentIsSignedAndSoIsWhereSomethingIsFetchedFrom(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body []byte
	n, secret := beside(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		_, _ = w.Write([]byte(`{"a":1}`))
	})
	verifier, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	answer, err := ask(t, n)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status)
	var said struct{ A int }
	require.NoError(t, answer.Decode(&said))
	require.Equal(t, 1, said.A)
	require.Equal(t, []string{http.MethodPost, "/office", "q", "application/json", "dengpan"},
		[]string{got.Method, got.RequestURI, got.Header.Get("Webhook-Id"), got.Header.Get("Content-Type"), got.UserAgent()})
	require.JSONEq(t, `{"name":"王小明"}`, string(body))
	require.NoError(t, verifier.Verify(body, got.Header))

	_, err = n.Ask(t.Context(), Request{Path: "records", Query: url.Values{"after": {"7"}}})
	require.NoError(t, err)
	require.Equal(t, []string{http.MethodGet, "/office/records?after=7", ""}, []string{got.Method, got.RequestURI, got.Header.Get("Content-Type")})
	require.Empty(t, body)
	require.NoError(t, verifier.Verify([]byte(got.RequestURI), got.Header))
}

func TestWhoIsSlowIsNotWaitedForAndMayHaveTheRequest(t *testing.T) {
	t.Parallel()
	for began, want := range map[bool]int{false: 0, true: http.StatusOK} {
		n, _ := beside(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body) // so that who hangs up is noticed
			if began {
				w.WriteHeader(http.StatusOK)
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
		})
		n.client.Timeout = 200 * time.Millisecond
		answer, err := ask(t, n)
		require.Equal(t, &Error{Class: delivery.ClassTimeout, Unsure: true}, err)
		require.Equal(t, want, answer.Status, "a status that came stands")
	}
}

func TestAnAnswerIsReadToItsLongestAndNoFurther(t *testing.T) {
	t.Parallel()
	for more, want := range map[int]error{0: nil, 1: &Error{Class: ClassUnreadable, Unsure: true}} {
		n, _ := beside(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `"`+strings.Repeat("x", longest-2+more)+`"`)
		})
		answer, err := ask(t, n)
		require.Equal(t, http.StatusOK, answer.Status)
		if want == nil {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, want, err)
	}
}

func TestARedirectIsAnAnswerAndIsNotFollowed(t *testing.T) {
	t.Parallel()
	asked := 0
	n, _ := beside(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	answer, err := ask(t, n)
	require.NoError(t, err)
	require.Equal(t, http.StatusTemporaryRedirect, answer.Status)
	require.Equal(t, 1, asked, "what was sent is sent nowhere else")
}

func TestWhoIsBusySaysForHowLongAndNotForLongerThanADay(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]time.Duration{"": 0, "90": 90 * time.Second, "-1": 0, "soon": 0, "1000000": 24 * time.Hour} {
		n, _ := beside(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", said)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		answer, err := ask(t, n)
		require.NoError(t, err)
		require.True(t, answer.Busy())
		require.False(t, answer.Denied())
		require.Equal(t, want, answer.RetryAfter, said)
	}
}

func TestWhatIsNotTheJSONThatWasAskedForIsUnreadable(t *testing.T) {
	t.Parallel()
	for _, said := range []string{"", "<html>王小明</html>", `{"result":7}`, `["matches"]`} {
		n, _ := beside(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, said) })
		answer, err := ask(t, n)
		require.NoError(t, err)
		var into struct{ Result string }
		err = answer.Decode(&into)
		require.Equal(t, &Error{Class: ClassUnreadable, Unsure: true}, err, said)
		require.NotContains(t, err.Error(), "王")
	}
}

func TestWhomNobodyReachedHasNothing(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	n, err := New(Address{URL: server.URL, Secret: delivery.NewSecret(), Insecure: true}, longest)
	require.NoError(t, err)
	answer, err := ask(t, n)
	require.Equal(t, &Error{Class: delivery.ClassRefused}, err)
	require.Zero(t, answer.Status)
	_, err = n.Ask(t.Context(), Request{Body: []byte("{}"), ID: "no id"})
	var broken *Error
	require.Error(t, err)
	require.NotErrorAs(t, err, &broken, "what cannot be signed is our own mistake")
}

func TestWhatSaysWhoPeopleAreIsNotSentInClear(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"http://sms.example.cn/messages", "sms.example.cn", "https://name@sms.example.cn/", "https://sms.example.cn/?key=1"} {
		_, err := New(Address{URL: at, Secret: delivery.NewSecret()}, longest)
		require.ErrorContains(t, err, "its address", at)
	}
	_, err := New(Address{URL: "https://sms.example.cn/messages", Secret: "secret"}, longest)
	require.ErrorContains(t, err, "its secret")
	_, err = New(Address{URL: "https://sms.example.cn/messages", Secret: delivery.NewSecret()}, longest)
	require.NoError(t, err)
}
