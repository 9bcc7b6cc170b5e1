package publication_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/neighbour"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/publication"
	"github.com/dengpan/dengpan/registry"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

const (
	issuer   = "ouc"
	holder   = "赵演示"
	idNumber = "11010519491231002X"
	day      = 24 * time.Hour
)

// world is a record and the registers that its certificates must be found in, in time that the test lets pass.
type world struct {
	t       testing.TB
	store   *store.Store
	url     string
	keys    *identity.Keyring
	sender  *publication.Sender
	play    string // where the registers are
	account string
	issued  int

	mu  sync.Mutex
	now time.Time
}

// newWorld opens registers that publish a record so long after they have taken it.
func newWorld(t testing.TB, delay time.Duration) *world {
	t.Helper()
	w := &world{t: t, now: time.Now().UTC().Truncate(time.Second), url: storetest.NewURL(t), keys: storetest.Keys(t)}
	var err error
	w.store, err = store.Open(t.Context(), storetest.Application(t, w.url), w.keys)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.store.Close()) })
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, w.store.LoadLists(t.Context(), rules.Lists()))
	secret := "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	server, err := registry.New(registry.Config{
		Secrets: map[string]string{certificate.BeijingCE: secret, certificate.National: secret}, Delay: delay, Now: w.clock,
		Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	listener := httptest.NewServer(server.Handler())
	t.Cleanup(listener.Close)
	w.play = listener.URL
	w.sender = &publication.Sender{Store: w.store, Keys: w.keys, Calendar: calendar.Real(), Now: w.clock, Channels: map[string]publication.Channel{}}
	for _, name := range certificate.Channels() {
		w.sender.Channels[name], err = publication.NewHTTP(name, neighbour.Address{URL: listener.URL + "/registers/" + name, Secret: secret, Insecure: true})
		require.NoError(t, err)
	}
	w.write(func(tx *store.Tx) error {
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		w.account = account.ID
		return err
	})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) write(fn func(*store.Tx) error) {
	w.t.Helper()
	require.NoError(w.t, w.store.Tx(w.t.Context(), fn))
}

func (w *world) read() *store.Tx { return w.store.Read(w.t.Context()) }

// issue issues a certificate of a kind to a person of its own.
func (w *world) issue(kind string) store.Certificate {
	w.t.Helper()
	return w.certify(kind, nil)
}

// certify writes a certificate and, unless it takes the place of another, makes it valid.
func (w *world) certify(kind string, before *store.Certificate) store.Certificate {
	w.t.Helper()
	w.issued++
	c := store.Certificate{
		ID: uuid.NewString(), Kind: kind, Issuer: issuer, Number: fmt.Sprintf("N-%d", w.issued), Origin: store.CertificateReported,
		Status: store.CertificatePrepared, Digest: []byte{1}, VerifyToken: uuid.NewString(), PolicyVersion: "x",
		IssuedOn: calendar.NewDate(2026, time.November, 20).AddDays(w.issued), RecordedAt: w.clock(),
	}
	c.Facts = certificate.Facts{
		Kind: kind, Number: c.Number, IssuerID: issuer, IssuerName: "国家开放大学", Occupation: "大数据工程技术人员",
		Direction: certificate.NoDirection, Level: "初级", IssuedOn: c.IssuedOn, Demonstration: true,
	}
	sealed, err := json.Marshal(certificate.Holder{Name: holder, IDType: store.IDTypeResident, IDNumber: idNumber})
	require.NoError(w.t, err)
	c.HolderSealed, err = w.keys.Seal(sealed, store.HolderSeal(c.ID))
	require.NoError(w.t, err)
	w.write(func(tx *store.Tx) error {
		if before == nil {
			person := store.Person{ID: uuid.NewString(), IDType: store.IDTypeResident, IDNumberSealed: []byte{1}, NameSealed: []byte{2}, CreatedAt: w.clock()}
			if _, err := tx.InsertPerson(person); err != nil {
				return err
			}
			caseID := uuid.NewString()
			c.CaseID = &caseID
			_, err := tx.InsertCase(store.Case{
				ID: caseID, PersonID: person.ID, Occupation: "big-data", Level: "junior", PolicyVersion: "beijing-2023+demo", TrainingBody: issuer,
				EvaluationBody: "miit-education-exam", RegisteredBy: w.account, RegisteredAt: w.clock(), RegisteredOn: c.IssuedOn,
			}, store.ActorOperator)
			if err != nil {
				return err
			}
		} else {
			c.CaseID, c.Supersedes = before.CaseID, &before.ID
		}
		return tx.InsertCertificate(c, store.ActorSystem)
	})
	if before == nil {
		w.change(&c, store.CertificateValid)
	}
	return c
}

// change makes a certificate what it is to be.
func (w *world) change(c *store.Certificate, status string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		return tx.ChangeCertificate(*c, store.CertificateChange{
			Status: status, ReasonClass: "test", Actor: store.ActorSystem, At: w.clock(),
		})
	})
	c.Status = status
}

// turn has a channel's queue worked on once.
func (w *world) turn(channel string) *time.Time {
	w.t.Helper()
	next, err := w.sender.Turn(w.t.Context(), channel, func() {})
	require.NoError(w.t, err)
	return next
}

// publication is how a certificate stands on a channel.
func (w *world) publication(c store.Certificate, channel string) store.Publication {
	w.t.Helper()
	all, err := w.read().PublicationsOf([]string{c.ID})
	require.NoError(w.t, err)
	for _, p := range all[c.ID] {
		if p.Channel == channel {
			return p
		}
	}
	require.Fail(w.t, "it is not to be found there", channel)
	return store.Publication{}
}

func (w *world) reconciler() *publication.Reconciler {
	return &publication.Reconciler{Sender: w.sender}
}

// reconcile compares a channel.
func (w *world) reconcile(channel string) publication.Comparison {
	w.t.Helper()
	found, err := w.reconciler().Reconcile(w.t.Context(), channel, func() {})
	require.NoError(w.t, err)
	return found
}

// findings are the causes of what is open about a channel.
func (w *world) findings(channel string) []store.Incident {
	w.t.Helper()
	all, err := w.read().Incidents(store.IncidentFilter{States: []string{store.IncidentOpen}, Limit: 100})
	require.NoError(w.t, err)
	var found []store.Incident
	for _, i := range all {
		if i.Channel == channel {
			found = append(found, i)
		}
	}
	return found
}

// finding is the one thing that is open about a channel.
func (w *world) finding(channel string) store.Incident {
	w.t.Helper()
	found := w.findings(channel)
	require.Len(w.t, found, 1)
	return found[0]
}

// resolve decides on a finding.
func (w *world) resolve(i store.Incident, verb contract.Verb) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		r := store.Resolution{
			ID: uuid.NewString(), IncidentID: i.ID, Verb: verb, Reason: "looked at", RequestedBy: w.account, RequestedAt: w.clock(),
		}
		if verb.NeedsApproval() {
			r.ApprovalID = storetest.Approved(w.t, tx, verb, w.account)
		}
		return tx.ResolveFinding(r)
	})
}

type object = map[string]any

// tell tells a register how to act, or what befalls it.
func (w *world) tell(channel, what string, how object) {
	w.t.Helper()
	method := http.MethodPut
	if what == "accidents" {
		method = http.MethodPost
	}
	body, err := json.Marshal(how)
	require.NoError(w.t, err)
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.play+"/control/"+channel+"/"+what, bytes.NewReader(body))
	require.NoError(w.t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	require.NoError(w.t, response.Body.Close())
	require.Equal(w.t, http.StatusOK, response.StatusCode)
}

// register is what a register says of itself.
type register struct {
	Counts  map[string]int
	Records map[string]struct {
		Version   int    `json:"version"`
		State     string `json:"state"`
		CertState string `json:"cert_state"`
	}
}

func (w *world) register(channel string) register {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.play+"/control/"+channel, http.NoBody)
	require.NoError(w.t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer response.Body.Close()
	var r register
	require.NoError(w.t, json.NewDecoder(response.Body).Decode(&r))
	return r
}
