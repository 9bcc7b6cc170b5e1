package main

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/password"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// desk is a command line before a record of its own.
type desk struct {
	t     *testing.T
	url   string
	keys  string // a file
	store *store.Store
	sql   *sql.DB
}

const aPassword = "小舟从此逝，江海寄余生。"

func newDesk(t *testing.T) desk {
	t.Helper()
	d := desk{t: t, url: storetest.NewURL(t), keys: filepath.Join(t.TempDir(), "keyset.json")}
	keys, err := identity.CreateKeyring(d.keys)
	require.NoError(t, err)
	d.store, err = store.Open(t.Context(), d.url, keys)
	require.NoError(t, err)
	d.sql, err = sql.Open("pgx", d.url)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, d.store.Close())
		require.NoError(t, d.sql.Close())
	})
	rules, err := policy.Load("beijing-2023", false)
	require.NoError(t, err)
	require.NoError(t, d.store.LoadLists(t.Context(), rules.Lists()))
	return d
}

// run runs a command that reads a line, and returns what it printed.
func (d desk) run(line string, args ...string) (string, error) {
	d.t.Helper()
	cmd := root()
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetIn(strings.NewReader(line + "\n"))
	cmd.SetArgs(append(args, "--database-url", d.url, "--keyset-file", d.keys))
	err := cmd.ExecuteContext(d.t.Context())
	return strings.TrimSpace(out.String()), err
}

func (d desk) done(line string, args ...string) string {
	d.t.Helper()
	out, err := d.run(line, args...)
	require.NoError(d.t, err)
	return out
}

// matches reports whether a password is a log-in's.
func (d desk) matches(login, secret string) bool {
	d.t.Helper()
	c, err := d.store.Read(d.t.Context()).CredentialByLogin(login)
	require.NoError(d.t, err)
	hasher, err := password.NewHasher()
	require.NoError(d.t, err)
	right, _, err := hasher.Matches(d.t.Context(), secret, c.PasswordHash)
	require.NoError(d.t, err)
	return right
}

// session begins a session of an account; ended says whether it has ended since.
func (d desk) session(account, token string) (ended func() bool) {
	d.t.Helper()
	now, limits := time.Now().UTC(), store.SessionLimits{Idle: time.Hour, Lifetime: time.Hour}
	id := strings.Replace(account, account[:8], "00000000", 1)
	require.NoError(d.t, d.store.Tx(d.t.Context(), func(tx *store.Tx) error {
		return tx.SaveWebSession(store.WebSession{
			ID: id, AccountID: account, Method: store.MethodLocal, Browser: "?", Data: []byte{}, CreatedAt: now, LastSeenAt: now,
		}, token, limits)
	}))
	return func() bool {
		lives, err := d.store.Read(d.t.Context()).WebSessionLives(id, now, limits)
		require.NoError(d.t, err)
		return !lives
	}
}

func (d desk) audited(action, account string) (n int) {
	d.t.Helper()
	require.NoError(d.t, d.sql.QueryRowContext(d.t.Context(),
		"SELECT count(*) FROM audit_entries WHERE action = $1 AND subject = $2 AND reason <> ''", action, "account:"+account).Scan(&n))
	return n
}

func TestAnAccountIsMadeWithALogInFromTheCommandLine(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for login, args := range map[string][]string{
		"city":     {"--role", "operator"},
		"haidian":  {"--role", "operator", "--district", "haidian"},
		"staff":    {"--role", "institution", "--institution", "ouc"},
		"accounts": {"--role", "administrator"},
		"trainee":  {"--role", "trainee"},
	} {
		id := d.done(aPassword, append([]string{"account", "create", "--login", login, "--label", "desk " + login}, args...)...)
		account, err := d.store.Read(t.Context()).Account(id)
		require.NoError(t, err)
		require.Equal(t, args[1], account.Role)
		require.Equal(t, "desk "+login, account.Label)
		require.True(t, d.matches(login, aPassword))
		require.Equal(t, 1, d.audited("account.create", id))
	}
}

func TestAnAccountThatIsWrongIsNotMade(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	create := func(args ...string) []string { return append([]string{"account", "create"}, args...) }
	d.done(aPassword, create("--role", "operator", "--label", "x", "--login", "taken")...)
	for name, bad := range map[string]struct {
		password, says string
		args           []string
	}{
		"weak":        {"password1234", "password_guessable", create("--role", "operator", "--label", "x", "--login", "city")},
		"no password": {"", "too_short", create("--role", "operator", "--label", "x", "--login", "city")},
		"taken":       {aPassword, "another account's", create("--role", "operator", "--label", "x", "--login", "TAKEN")},
		"a number":    {aPassword, "a letter first", create("--role", "operator", "--label", "x", "--login", "13800138000")},
		"no role":     {aPassword, "--role", create("--label", "x", "--login", "city")},
		"no label":    {aPassword, "--label", create("--role", "operator", "--login", "city")},
		"no body":     {aPassword, "--institution", create("--role", "institution", "--label", "x", "--login", "city")},
		"no such":     {aPassword, "--institution nowhere", create("--role", "institution", "--institution", "nowhere", "--label", "x", "--login", "city")},
		"atlantis":    {aPassword, "--district", create("--role", "operator", "--district", "atlantis", "--label", "x", "--login", "city")},
	} {
		_, err := d.run(bad.password, bad.args...)
		require.ErrorContains(t, err, bad.says, name)
		require.NotContains(t, err.Error(), "password1234")
	}
	var n int
	require.NoError(t, d.sql.QueryRowContext(t.Context(), "SELECT count(*) FROM accounts").Scan(&n))
	require.Equal(t, 1, n)
}

func TestAnAccountThatHasATokenIsGivenALogInOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	token := d.done("", "token", "--role", "trainee", "--label", "x")
	account, err := d.store.Read(t.Context()).AccountByToken(token)
	require.NoError(t, err)
	args := []string{"account", "login", "--id", account.ID, "--login", "trainee"}
	_, err = d.run(aPassword, args...)
	require.ErrorContains(t, err, "--reason")
	args = append(args, "--reason", "asked for at the desk")
	d.done(aPassword, args...)
	require.True(t, d.matches("trainee", aPassword))
	args[5] = "second"
	_, err = d.run(aPassword, args...)
	require.ErrorContains(t, err, "has a log-in")
}

func TestWhatWasForgottenOrLostIsSetAnewAndEndsTheSessions(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.done(aPassword, "account", "create", "--role", "operator", "--label", "x", "--login", "city")
	now := time.Now().UTC()
	require.NoError(t, d.store.Tx(t.Context(), func(tx *store.Tx) error {
		require.NoError(t, tx.SaveRecoveryCodes(id, []string{"one"}))
		return tx.SaveSecondFactor(store.SecondFactor{AccountID: id, SecretSealed: []byte("x"), BegunAt: now, ConfirmedAt: &now})
	}))
	const next = "一蓑烟雨任平生，也无风雨"
	ended := d.session(id, "a")
	d.done(next, "account", "password", "--login", "CITY", "--reason", "forgotten; seen at the desk")
	require.True(t, d.matches("city", next))
	require.True(t, ended())
	ended = d.session(id, "b")
	d.done("", "account", "reset-second-factor", "--login", "city", "--reason", "telephone lost; seen at the desk")
	require.True(t, ended())
	_, err := d.store.Read(t.Context()).SecondFactor(id)
	require.ErrorIs(t, err, store.ErrNotFound)
	ended = d.session(id, "c")
	d.done("", "account", "close", "--login", "city", "--reason", "left")
	require.True(t, ended())
	account, err := d.store.Read(t.Context()).Account(id)
	require.NoError(t, err)
	require.Equal(t, store.AccountClosed, account.State)
	for _, action := range []string{"password.reset", "second_factor.reset", "account.close"} {
		require.Equal(t, 1, d.audited(action, id), action)
	}
	for _, args := range [][]string{
		{"account", "reset-second-factor", "--login", "nobody", "--reason", "x"},
		{"account", "close", "--login", "city"},
	} {
		_, err := d.run("", args...)
		require.Error(t, err)
	}
}

func TestAnInstitutionsDistrictIsSet(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.done("", "district", "--institution", "ouc", "--district", "haidian", "--reason", "registered seat")
	body, err := d.store.Read(t.Context()).Institution("ouc")
	require.NoError(t, err)
	require.Equal(t, "haidian", *body.District)
	for _, args := range [][]string{
		{"district", "--institution", "nowhere", "--district", "haidian", "--reason", "x"},
		{"district", "--institution", "ouc", "--district", "atlantis", "--reason", "x"},
		{"district", "--institution", "ouc", "--district", "chaoyang"},
	} {
		_, err := d.run("", args...)
		require.Error(t, err)
	}
	rules, err := policy.Load("beijing-2023", false)
	require.NoError(t, err)
	require.NoError(t, d.store.LoadLists(t.Context(), rules.Lists()))
	body, err = d.store.Read(t.Context()).Institution("ouc")
	require.NoError(t, err)
	require.Equal(t, "haidian", *body.District, "the lists, loaded again, leave it")
}
