package api

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/message"
)

// silent are the operations that leave no row in the audit log when they succeed, each with the reason.
var silent = map[string]string{
	// They change nothing.
	"OPTIONS /v1/codec/decode":                  "what a browser asks before it asks",
	"POST /v1/cases/{id}/acts/preview":          "says what an act would do",
	"POST /v1/incident-batches/preview":         "says what a batch would do",
	"POST /v1/institutions/{ref}/transfer-plan": "says who would go where",
	"POST /v1/invitations/reading":              "says what an invitation is for",
	"POST /v1/join-checks":                      "says whether somebody might join, and keeps nothing of it",
	"POST /v1/order-codes/lookup":               "says which class a code is of",

	// They begin what leaves its row when somebody comes back from the identity provider.
	"POST /v1/invitations/oidc": "the account's row is invitation.accept",
	"POST /v1/me/identity":      "the account's row is identity.link",

	// Nobody is logged in; that a certificate was checked is counted by day, and by whom is not to be known.
	"POST /v1/document-checks": "a check is counted",
	"POST /v1/verifications":   "a check is counted",
	"POST /verify":             "a check is counted",
	"POST /verify/file":        "a check is counted",

	// What they write says itself whose it is and since when, and comes again and again.
	"POST /v1/me/notifications/reading":   "since when somebody has read a message stands in it",
	"PUT /v1/me/registration-drafts/{id}": "it is saved as its owner types; what they register is audited",
}

// Every operation that changes something leaves a row that says who did so and why. What all tests together show of it is
// looked at when they are over: an operation that none of them had succeed is not known to leave one.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && wholeRun() {
		if faults := audited.faults(); len(faults) > 0 {
			fmt.Fprintf(os.Stderr, "FAIL: the audit log does not hold what was done:\n\t%s\n", strings.Join(faults, "\n\t"))
			code = 1
		}
	}
	os.Exit(code)
}

// wholeRun says whether every test was run: of a few, no operation is known by.
func wholeRun() bool {
	for _, picks := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(picks).Value.String() != "" {
			return false
		}
	}
	return true
}

// audited is what became of the operations that tests called.
var audited = operations{left: map[string]bool{}, actions: map[string]bool{}}

// operations are those that succeeded at least once, and whether one of their requests left a row.
type operations struct {
	mu      sync.Mutex
	left    map[string]bool
	actions map[string]bool // of rows
}

// changes says whether an operation is one that changes something.
func changes(route string) bool { return !strings.HasPrefix(route, "GET ") }

// faults are the operations of which it is not known that they leave a row, and those that are said not to, and do.
func (o *operations) faults() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var faults []string
	routes := map[string]bool{}
	for _, row := range authority.Table() {
		if !changes(row.Route) {
			continue
		}
		routes[row.Route] = true
		left, succeeded := o.left[row.Route]
		switch _, excepted := silent[row.Route]; {
		case !succeeded:
			faults = append(faults, row.Route+" succeeded in no test")
		case !left && !excepted:
			faults = append(faults, row.Route+" left no row")
		case left && excepted:
			faults = append(faults, row.Route+" leaves a row, and is said not to")
		}
	}
	for route := range silent {
		if !routes[route] {
			faults = append(faults, route+" is said to leave no row, and is no operation")
		}
	}
	for action := range o.actions {
		thing, did, _ := strings.Cut(action, ".")
		worded := message.Has("audit_action."+action) || message.Has("audit_thing."+thing) && message.Has("audit_did."+did)
		if !worded {
			faults = append(faults, "the action "+action+" has no words")
		}
	}
	slices.Sort(faults)
	return faults
}

// learn takes from the log of an interface what succeeded there, and from its record whether it was audited.
func (o *operations) learn(t testing.TB, log string, record *sql.DB) {
	t.Helper()
	succeeded := map[string][]string{} // ids of requests, by their operation
	lines := json.NewDecoder(strings.NewReader(log))
	for {
		var line struct {
			Msg, Route string
			Status     int
			RequestID  string `json:"request_id"`
		}
		err := lines.Decode(&line)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if line.Msg == "request" && line.Status/100 == 2 && changes(line.Route) {
			succeeded[line.Route] = append(succeeded[line.Route], line.RequestID)
		}
	}
	ctx := context.WithoutCancel(t.Context())
	o.mu.Lock()
	defer o.mu.Unlock()
	for route, requests := range succeeded {
		if o.left[route] {
			continue
		}
		var left bool
		require.NoError(t, record.QueryRowContext(ctx,
			"SELECT EXISTS (SELECT FROM audit_entries WHERE request_id = ANY ($1))", requests).Scan(&left))
		o.left[route] = left
	}
	var actions []string
	require.NoError(t, record.QueryRowContext(ctx, "SELECT coalesce(array_agg(DISTINCT action), '{}') FROM audit_entries").
		Scan(pgtype.NewMap().SQLScanner(&actions)))
	for _, action := range actions {
		o.actions[action] = true
	}
}

func TestAnOperationThatLeavesNoRowIsFoundOnceAllTestsHaveRun(t *testing.T) {
	t.Parallel()
	o := operations{left: map[string]bool{}, actions: map[string]bool{"case.register": true}}
	for _, row := range authority.Table() {
		_, excepted := silent[row.Route]
		o.left[row.Route] = !excepted
	}
	require.Empty(t, o.faults())
	o.left["POST /v1/cases"] = false
	delete(o.left, "POST /v1/staff")
	o.left["POST /v1/join-checks"] = true
	o.actions["case.juggle"] = true
	require.Equal(t, []string{
		"POST /v1/cases left no row", "POST /v1/join-checks leaves a row, and is said not to", "POST /v1/staff succeeded in no test",
		"the action case.juggle has no words",
	}, o.faults())
}
