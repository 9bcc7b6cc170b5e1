package api

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/store"
)

// limit is how often something may be asked for by one who is told from others by an address, an account or a number. All
// processes share it, in the database.
type limit struct {
	name  string
	every time.Duration // in which one request is given back
	burst int           // how many there are at once
	// share is how many a process takes at a time, to hand them out without asking the database again; 0 is one.
	share int
}

// The limits. Those that stand against guessing are tight; the others only keep one from taking what is there for all.
var (
	loginsByAddress     = limit{name: "log-in", every: 2 * time.Second, burst: 60}
	signUpsByAddress    = limit{name: "sign-up", every: 30 * time.Second, burst: 60}
	signUpsByLogin      = limit{name: "sign-up-name", every: 10 * time.Minute, burst: 5}
	checksByAddress     = limit{name: "check", every: 2 * time.Second, burst: 60}
	checksByCertificate = limit{name: "certificate", every: 30 * time.Second, burst: 20}
	checksByIDNumber    = limit{name: "id-number", every: 30 * time.Second, burst: 20}
	filesByAddress      = limit{name: "document-check", every: 5 * time.Second, burst: 30}
	bulkChecksByAccount = limit{name: "bulk-check", every: 5 * time.Minute, burst: 20}
	casesByIDNumber     = limit{name: "registration", every: 30 * time.Second, burst: 30}
	uploadsByAddress    = limit{name: "upload", every: 200 * time.Millisecond, burst: 300}
	readsByAddress      = limit{name: "public", every: 50 * time.Millisecond, burst: 600, share: 10}
	requestsByAccount   = limit{name: "account", every: 10 * time.Millisecond, burst: 6000, share: 50}
)

// limitsByAddress are the limits of operations that ask for no account. What is not here is read from memory, and unlimited.
var limitsByAddress = map[string]limit{
	"POST /v1/session":                loginsByAddress,
	"POST /v1/sign-ups":               signUpsByAddress,
	"POST /v1/join-checks":            checksByAddress,
	"GET /login/oidc":                 loginsByAddress,
	"GET /login/oidc/callback":        loginsByAddress,
	"POST /v1/invitations/reading":    loginsByAddress,
	"POST /v1/invitations/acceptance": loginsByAddress,
	"POST /v1/invitations/oidc":       loginsByAddress,
	"POST /v1/verifications":          checksByAddress,
	routeOrderCode:                    checksByAddress,
	routeCheckPage:                    readsByAddress,
	routeCheckForm:                    checksByAddress,
	routeCheckCode:                    checksByAddress,
	routeCheckFile:                    filesByAddress,
	routeShared:                       checksByAddress,
	routeSharedDocument:               checksByAddress,
	routeDocumentCheck:                filesByAddress,
	routeEvidence:                     uploadsByAddress,
	routeStatusList:                   readsByAddress,
	routeDID:                          readsByAddress,
	"GET /v1/consent-texts":           readsByAddress,
	"GET /v1/catalogue":               readsByAddress,
	"GET /v1/institutions":            readsByAddress,
	"GET /v1/institutions/{ref}":      readsByAddress,
	"GET /v1/programme":               readsByAddress,
	"GET /v1/policy-questions":        readsByAddress,
	"GET /v1/institution-directory":   readsByAddress,
	"GET /v1/offered-classes":         readsByAddress,
	"GET /v1/offered-classes/{id}":    readsByAddress,
	routeClassCalendar:                readsByAddress,
}

// limiter counts what is asked for.
type limiter struct {
	service *service
	factor  float64 // of every limit; 0: there are none

	asked  atomic.Int64
	mu     sync.Mutex
	shares map[string]share
}

// share is what a process has taken of a limit and not handed out yet.
type share struct {
	left  int
	until time.Time
}

// Limits are asked for again after a while, so that what one process holds back does not lie idle for long.
const (
	shareKept  = 10 * time.Second
	mostShares = 10_000
	forgetEach = 1000 // requests
)

func newLimiter(s *service) *limiter {
	factor := s.LimitFactor
	if factor == 0 {
		factor = 1
	}
	return &limiter{service: s, factor: max(factor, 0), shares: map[string]share{}}
}

// byAddress limits an operation that asks for no account.
func (l *limiter) byAddress(c *gin.Context, route string) error {
	which, limited := limitsByAddress[route]
	if !limited {
		return nil
	}
	return l.take(c, which, sender(c.ClientIP()))
}

// byAccount limits what one account asks for.
func (l *limiter) byAccount(c *gin.Context, account store.Account) error {
	return l.take(c, requestsByAccount, account.ID)
}

// take uses one of a limit, and tells the sender what is left.
func (l *limiter) take(c *gin.Context, which limit, whose string) error {
	if l.factor == 0 || l.fromShare(which, whose) {
		return nil
	}
	left, err := l.spend(c.Request.Context(), which, whose)
	if err != nil {
		return err
	}
	burst := l.burst(which)
	c.Header("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", which.name, burst, max(int((which.every*time.Duration(burst)).Seconds()), 1)))
	c.Header("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", which.name, left.Uses, int(left.Reset.Seconds())))
	return refusedBy(left)
}

// byNumber limits what is asked about one number, whoever asks.
func (l *limiter) byNumber(ctx context.Context, which limit, number string) error {
	if l.factor == 0 {
		return nil
	}
	left, err := l.spend(ctx, which, plainNumber(number))
	if err != nil {
		return err
	}
	return refusedBy(left)
}

// byNumbers limits what is asked about many numbers at once, and says which of them were asked about too often.
func (l *limiter) byNumbers(ctx context.Context, which limit, numbers []string) (map[string]bool, error) {
	refused, counts := map[string]bool{}, map[string]int{}
	for _, number := range numbers {
		counts[plainNumber(number)]++
	}
	if l.factor == 0 || len(counts) == 0 {
		return refused, nil
	}
	asked := slices.Sorted(maps.Keys(counts))
	uses := make([]store.Use, len(asked))
	for i, number := range asked {
		uses[i] = l.use(which, number, min(counts[number], l.burst(which)))
	}
	left, err := l.service.Store.Spend(ctx, l.service.Now(), uses...)
	for i, number := range asked {
		refused[number] = err == nil && left[i].Refused || counts[number] > l.burst(which)
	}
	return refused, err
}

// plainNumber is a number however it is typed.
func plainNumber(number string) string { return strings.ToUpper(strings.TrimSpace(number)) }

// use is so many of a limit.
func (l *limiter) use(which limit, whose string, count int) store.Use {
	return store.Use{
		Key: l.service.Keys.Fingerprint("limit/"+which.name, []byte(whose)), Every: which.every, Burst: l.burst(which), Count: count,
	}
}

func refusedBy(left store.Left) error {
	if left.Refused {
		return problem(tooManyRequests).after(max(left.Wait, time.Second))
	}
	return nil
}

func (l *limiter) burst(which limit) int { return max(int(float64(which.burst)*l.factor), 1) }

// fromShare hands one out of what the process has taken already.
func (l *limiter) fromShare(which limit, whose string) bool {
	if which.share == 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	held := l.shares[which.name+"/"+whose]
	if held.left == 0 || l.service.Now().After(held.until) {
		return false
	}
	held.left--
	l.shares[which.name+"/"+whose] = held
	return true
}

// spend asks the database.
func (l *limiter) spend(ctx context.Context, which limit, whose string) (store.Left, error) {
	now := l.service.Now()
	burst := l.burst(which)
	const shares = 10 // of a limit, at least: no process holds much of it
	count := max(min(which.share, burst/shares), 1)
	left, err := l.service.Store.Spend(ctx, now, l.use(which, whose, count))
	if err != nil {
		return store.Left{}, err
	}
	if count > 1 && !left[0].Refused {
		l.keep(which.name+"/"+whose, share{left: count - 1, until: now.Add(shareKept)})
	}
	if l.asked.Add(1)%forgetEach == 0 {
		if _, err := l.service.Store.ForgetLimits(ctx, now); err != nil {
			return store.Left{}, err
		}
	}
	return left[0], nil
}

func (l *limiter) keep(whose string, held share) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.shares) >= mostShares {
		clear(l.shares)
	}
	l.shares[whose] = held
}

// sender is an address as far as it tells senders apart: of IPv6 everybody has a network of their own.
func sender(address string) string {
	const network = 64
	parsed, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	parsed = parsed.Unmap()
	if parsed.Is6() {
		prefix, _ := parsed.Prefix(network) // 64 bits are there
		return prefix.String()
	}
	return parsed.String()
}
