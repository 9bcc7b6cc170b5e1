package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

// still is a world whose clock stands, so that nothing is given back.
func still(t *testing.T, configure func(*Config)) *world {
	t.Helper()
	now := time.Now()
	return newWorldWith(t, func(c *Config) {
		c.Now, c.LimitFactor = func() time.Time { return now }, 1
		if configure != nil {
			configure(c)
		}
	})
}

// from is a request that comes from an address.
func (w *world) from(address string, c call, header map[string]string) reply {
	w.t.Helper()
	c.header = header
	req := c.request(w.t)
	req.RemoteAddr = address
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, req)
	return reply{status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
}

// until asks again and again, and says how many times it was answered before it was refused.
func until(t *testing.T, most int, ask func() reply) (answered int, refused reply) {
	t.Helper()
	for answered < most {
		r := ask()
		if r.status == http.StatusTooManyRequests {
			return answered, r
		}
		answered++
	}
	require.Fail(t, "never refused", "%d requests", most)
	return 0, reply{}
}

func TestWhoGuessesPasswordsOfManyIsStoppedByTheirAddress(t *testing.T) {
	t.Parallel()
	w := still(t, func(c *Config) { c.LimitFactor = 0.1 })
	n := 0
	guess := func(address string) func() reply {
		return func() reply {
			n++
			return w.from(address, call{
				method: http.MethodPost, path: "/v1/session", body: object{"login": fmt.Sprintf("nobody%d", n), "password": "x"},
			}, nil)
		}
	}
	answered, refused := until(t, 100, guess("192.0.2.7:1000"))
	require.Equal(t, loginsByAddress.burst/10, answered)
	refused.refused(t, http.StatusTooManyRequests, tooManyRequests)
	wait, err := strconv.Atoi(refused.header.Get("Retry-After"))
	require.NoError(t, err)
	require.Positive(t, wait)
	require.Contains(t, refused.header.Get("Ratelimit"), `"log-in";r=0`)
	require.NotEqual(t, http.StatusTooManyRequests, guess("192.0.2.8:1000")().status, "others are not kept from it")
	require.Equal(t, http.StatusTooManyRequests, guess("192.0.2.7:2000")().status, "nor does another port help")
}

func TestWhoTriesNumbersOnACertificateIsStoppedWhereverTheyAskFrom(t *testing.T) {
	t.Parallel()
	w := still(t, nil)
	n := 0
	ask := func(certificate, number string) reply {
		n++
		return w.from(fmt.Sprintf("198.51.100.%d:1", n), call{
			method: http.MethodPost, path: "/v1/verifications",
			body: object{"name": "王小明", "id_number": number, "certificate_number": certificate},
		}, nil)
	}
	answered, refused := until(t, 200, func() reply { return ask("C-1", fmt.Sprintf("99%016d", n)) })
	require.Equal(t, checksByCertificate.burst, answered)
	refused.refused(t, http.StatusTooManyRequests, tooManyRequests)
	require.NotContains(t, string(refused.body), "C-1")
	require.Equal(t, http.StatusOK, ask("C-2", "990000199001010017").status)
	answered, _ = until(t, 200, func() reply { return ask(fmt.Sprintf("C-%d", n), " 99000019900101002x") })
	require.Equal(t, checksByIDNumber.burst, answered, "nor are a number's certificates to be found by trying")
}

func TestOneAccountCannotTakeWhatIsThereForAll(t *testing.T) {
	t.Parallel()
	w := still(t, func(c *Config) { c.LimitFactor = 0.01 })
	answered, refused := until(t, 200, func() reply { return w.get("/v1/cases", w.operator) })
	require.Equal(t, requestsByAccount.burst/100, answered)
	refused.refused(t, http.StatusTooManyRequests, tooManyRequests)
	require.NotEqual(t, http.StatusTooManyRequests, w.get("/v1/me/cases", w.trainee).status)
}

func TestTheSameNumberCannotBeRegisteredForEver(t *testing.T) {
	t.Parallel()
	w := still(t, nil)
	n := 0
	answered, _ := until(t, 100, func() reply {
		n++
		return w.register(w.token(store.Account{Role: store.RoleTrainee}), strconv.Itoa(n), registrationOf(1, nil))
	})
	require.Equal(t, casesByIDNumber.burst, answered)
}

func TestWithoutLimitsThereAreNone(t *testing.T) {
	t.Parallel()
	w := still(t, func(c *Config) { c.LimitFactor = -1 })
	for range checksByCertificate.burst + 5 {
		r := w.post("/v1/verifications", "", object{"name": "王小明", "id_number": "x", "certificate_number": "C-1"})
		require.Equal(t, http.StatusOK, r.status)
		require.Empty(t, r.header.Get("Ratelimit"))
	}
}

func TestAnAddressIsWhatATrustedProxySaysAndNobodyElse(t *testing.T) {
	t.Parallel()
	check := call{method: http.MethodPost, path: "/v1/verifications", body: object{"name": "x", "id_number": "x", "certificate_number": "x"}}
	for name, c := range map[string]struct {
		proxies []string
		same    bool // whether two forwarded addresses are one sender
	}{
		"nobody is trusted":   {nil, true},
		"the proxy is":        {[]string{"10.0.0.0/8"}, false},
		"another proxy is":    {[]string{"172.16.0.0/12"}, true},
		"a whole chain isn't": {[]string{"10.9.9.9/32"}, true},
	} {
		w := still(t, func(cfg *Config) { cfg.TrustedProxies, cfg.LimitFactor = c.proxies, 0.02 }) // one request at a time
		require.Equal(t, http.StatusOK, w.from("10.1.1.1:5", check, map[string]string{"X-Forwarded-For": "203.0.113.1"}).status, name)
		other := check
		other.body = object{"name": "x", "id_number": "y", "certificate_number": "y"}
		got := w.from("10.1.1.1:5", other, map[string]string{"X-Forwarded-For": "203.0.113.2"})
		require.Equal(t, c.same, got.status == http.StatusTooManyRequests, name)
	}
	_, err := New(Config{})
	require.Error(t, err)
}

func TestSendersOfOneNetworkOfIPv6AreOne(t *testing.T) {
	t.Parallel()
	require.Equal(t, sender("2001:db8:1:2::1"), sender("2001:db8:1:2:ffff::9"))
	require.NotEqual(t, sender("2001:db8:1:2::1"), sender("2001:db8:1:3::1"))
	require.Equal(t, sender("192.0.2.1"), sender("::ffff:192.0.2.1"))
	require.NotEqual(t, sender("192.0.2.1"), sender("192.0.2.2"))
	require.Equal(t, "unknown", sender("nonsense"))
}

// What is not limited is what is read from memory, and health.
func TestEveryOperationThatAsksForNoAccountIsLimitedOrReadFromMemory(t *testing.T) {
	t.Parallel()
	unlimited := []string{
		"GET /", "GET /app", "GET /app/{page}", "GET /docs", "GET /docs/docs.js", "GET /docs/page.css", "GET /openapi.json", "GET /healthz",
		"GET /readyz", "GET /metrics", "GET /v1/session/ways", "GET /v1/xapi/about", "OPTIONS /v1/codec/decode",
	}
	for _, row := range authority.Table() {
		if _, limited := limitsByAddress[row.Route]; row.Public {
			require.NotEqual(t, limited, slices.Contains(unlimited, row.Route), row.Route)
		}
	}
}
