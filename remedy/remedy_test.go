package remedy_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/issuing/issuingtest"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

const base = "ouc" // 国家开放大学

// office is a record in which a base issues certificates of its courses, and people who ask and decide.
type office struct {
	t      *testing.T
	record *store.Store
	keys   *identity.Keyring
	desk   remedy.Desk
	people []string // accounts
	n      int
}

func newOffice(t *testing.T) *office {
	t.Helper()
	keys := storetest.Keys(t)
	record, err := store.Open(t.Context(), storetest.Application(t, storetest.NewURL(t)), keys)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, record.Close()) })
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, record.LoadLists(t.Context(), rules.Lists()))
	o := &office{
		t: t, record: record, keys: keys,
		desk: remedy.Desk{Keys: keys, Calendar: calendar.Real(), Printing: issuingtest.Printing()},
	}
	require.NoError(t, record.Tx(t.Context(), func(tx *store.Tx) error {
		for range 3 {
			account, err := tx.CreateAccount(store.Account{Role: store.RoleOperator})
			require.NoError(t, err)
			o.people = append(o.people, account.ID)
		}
		return nil
	}))
	return o
}

// issue is the certificate of somebody who has a place in a course of their own, and is valid.
func (o *office) issue() (id, placeID string) {
	o.t.Helper()
	o.n++
	now := time.Now().UTC().Truncate(time.Microsecond)
	today := calendar.Real().Today(now)
	person, course, place, id := uuid.NewString(), uuid.NewString(), uuid.NewString(), uuid.NewString()
	document, err := identity.ParseDocument(identity.ResidentCard, identity.Synthetic(o.n, calendar.NewDate(1992, time.May, 4)).Number())
	require.NoError(o.t, err)
	seal := func(text, purpose string) []byte {
		sealed, err := o.keys.Seal([]byte(text), purpose)
		require.NoError(o.t, err)
		return sealed
	}
	holder := certificate.Holder{Name: "赵演示", IDType: store.IDTypeResident, IDNumber: document.Number()}
	plain, err := json.Marshal(holder)
	require.NoError(o.t, err)
	facts := certificate.Facts{
		Kind: certificate.KindCEBase, Number: id, IssuerID: base, IssuerName: "国家开放大学", Course: "班", From: today, To: today, Hours: "8",
		IssuedOn: today, Demonstration: true, Template: "ce_base/1", VerifyURL: "https://dengpan.example.gov.cn/verify/" + id,
		LookUp: issuingtest.Printing().LookUp[certificate.KindCEBase],
	}
	digest, err := certificate.Digest(facts, holder)
	require.NoError(o.t, err)
	require.NoError(o.t, o.record.Tx(o.t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertPerson(store.Person{
			ID: person, IDType: store.IDTypeResident, IDNumberSealed: seal(document.Number(), store.IDNumberSeal(person)),
			NameSealed: seal("赵演示", store.NameSeal(person)), CreatedAt: now,
		}, people.ByDocument(o.keys, document, "")...)
		require.NoError(o.t, err)
		_, err = tx.InsertCourse(store.Course{
			ID: course, InstitutionID: base, Ref: course, Title: "班", Seconds: 3600, MinutesPerHour: 45, StartsOn: today, EndsOn: today,
			PolicyVersion: "beijing-2023+demo", OpenedBy: o.people[0], OpenedAt: now,
		})
		require.NoError(o.t, err)
		_, _, err = tx.InsertPlace(store.CoursePlace{
			ID: place, CourseID: course, PersonID: person, State: store.PlaceEnrolled, Document: store.IDTypeResident,
			EnrolledBy: o.people[0], EnrolledAt: now,
		})
		require.NoError(o.t, err)
		return tx.InsertCertificate(store.Certificate{
			ID: id, PlaceID: &place, Kind: facts.Kind, Issuer: base, Number: id, Origin: store.CertificateIssued,
			Status: store.CertificateValid, Facts: facts, HolderSealed: seal(string(plain), store.HolderSeal(id)), Digest: digest,
			VerifyToken: id, PolicyVersion: "beijing-2023+demo", IssuedOn: today, RecordedAt: now,
		}, store.ActorSystem)
	}))
	return id, place
}

// refusals are what may be said to who asks for what is not allowed.
var refusals = []error{
	remedy.ErrChanged, remedy.ErrStatus, remedy.ErrOpen, remedy.ErrDecided, remedy.ErrSame, remedy.ErrNotAsker, remedy.ErrReplacing,
}

// attempt does something that is taken or refused; anything else is a defect.
func (o *office) attempt(t *rapid.T, do func(tx *store.Tx) error) {
	err := o.record.Tx(o.t.Context(), do)
	for _, refusal := range refusals {
		if errors.Is(err, refusal) {
			return
		}
	}
	require.NoError(t, err)
}

func TestWhateverIsAskedForAndDecidedAtMostOneCertificateHoldsAndItsHistoryTellsWhy(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	rapid.Check(t, func(t *rapid.T) {
		_, place := o.issue()
		var asked []store.CertificateRequest
		for range rapid.IntRange(1, 12).Draw(t, "acts") {
			all := o.certificates(t, place)
			about := rapid.SampledFrom(all).Draw(t, "about")
			who := rapid.SampledFrom(o.people).Draw(t, "who")
			now := time.Now().UTC().Truncate(time.Microsecond)
			switch act := rapid.SampledFrom([]string{"ask", "ask", "decide", "decide", "withdraw", "issue"}).Draw(t, "act"); {
			case act == "ask":
				measure := rapid.SampledFrom(certificate.Measures()).Draw(t, "measure")
				reason := rapid.SampledFrom(certificate.Reasons(measure)).Draw(t, "reason").Code
				o.attempt(t, func(tx *store.Tx) error {
					r, err := o.desk.Ask(tx, remedy.Asking{
						CertificateID: about.ID, Measure: measure, ReasonClass: reason, Reason: "r", By: who, At: now,
						Proposal: remedy.Proposal{Name: "赵更正"},
					})
					if err == nil {
						asked = append(asked, r)
					}
					return err
				})
			case act == "issue" && about.Status == store.CertificatePrepared:
				o.attempt(t, func(tx *store.Tx) error { return sign(tx, about.ID, now) })
				o.attempt(t, func(tx *store.Tx) error {
					_, _, err := issuing.Publish(tx, about.ID, now)
					return err
				})
			case len(asked) == 0 || act == "issue":
			default:
				r := rapid.SampledFrom(asked).Draw(t, "request")
				approve := rapid.Bool().Draw(t, "approve")
				o.attempt(t, func(tx *store.Tx) (err error) {
					if act == "withdraw" {
						_, err = o.desk.Withdraw(tx, r.ID, who, now)
						return err
					}
					_, err = o.desk.Decide(tx, remedy.Decision{
						ID: r.ID, Version: r.CertificateSince, Approve: approve, Reason: "r", By: who, At: now,
					})
					return err
				})
			}
			o.isSound(t, place)
		}
	})
}

// sign puts a document in the record as if it was signed: what is signed is another test's.
func sign(tx *store.Tx, id string, at time.Time) error {
	if err := tx.SaveRendered(id, []byte{1}, 1, at); err != nil {
		return err
	}
	sum, err := certificate.Digest(certificate.Facts{Number: id}, certificate.Holder{})
	if err != nil {
		return err
	}
	_, err = tx.SignDocument(id, []byte{1}, sum, 1, "key", at)
	return err
}

func (o *office) certificates(t *rapid.T, place string) []store.Certificate {
	all, err := o.record.Read(o.t.Context()).CertificatesOfPlaces([]string{place})
	require.NoError(t, err)
	return all[place]
}

// isSound holds what must be true of a place's certificates at any time.
func (o *office) isSound(t *rapid.T, place string) {
	tx := o.record.Read(o.t.Context())
	holding, numbers := 0, map[string]bool{}
	for _, c := range o.certificates(t, place) {
		if c.Status == store.CertificateValid || c.Status == store.CertificateSuspended {
			holding++
		}
		require.False(t, numbers[c.Number], "a number is used once")
		numbers[c.Number] = true
		changes, err := tx.CertificateChanges(c.ID)
		require.NoError(t, err)
		require.Equal(t, c.Status, changes[len(changes)-1].Status, "the history comes to what the certificate is")
		for _, change := range changes {
			if change.RequestID == nil {
				continue
			}
			r, err := tx.CertificateRequest(*change.RequestID)
			require.NoError(t, err)
			require.Equal(t, store.RequestApproved, r.State)
			require.NotEqual(t, r.RequestedBy, *r.DecidedBy, "two people stand behind it")
		}
	}
	require.LessOrEqual(t, holding, 1)
}
