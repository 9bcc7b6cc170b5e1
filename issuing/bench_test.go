package issuing_test

import (
	"context"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/issuing/issuingtest"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// BenchmarkIssuance is certificates through their whole cycle, on two hands: number and frozen record, rendered and read
// back, signed, published. Rendering alone is the limit: it can be no faster.
func BenchmarkIssuance(b *testing.B) {
	w := newShop(b)
	orders := w.orders(b, b.N)
	render := func(o issuing.Order) error {
		facts := o.Facts
		facts.Number, facts.Template, facts.LookUp = "PX-OUC-2026-000001", document.Template(facts.Kind), []string{"https://www.example.gov.cn"}
		facts.VerifyURL = "https://dengpan.example.gov.cn/verify/0123456789abcdefghijklmn"
		holder := certificate.Holder{Name: "赵演示", IDType: store.IDTypeResident, IDNumber: "990000199205040017"}
		_, err := issuingtest.Printer().Render(facts, holder, document.Art{})
		return err
	}
	require.NoError(b, render(orders[0])) // the font is read once
	rendered, cpuRendered := measure(b, orders, render)
	signer := issuingtest.Signatures(b, w.store, w.keys)
	b.ResetTimer()
	issued, cpuIssued := measure(b, orders, func(o issuing.Order) error { return w.issue(b.Context(), o, signer.SignCertificate) })
	b.ReportMetric(rendered, "rendered/s")
	b.ReportMetric(cpuRendered, "cpu-ms/rendered")
	b.ReportMetric(issued, "certificates/s")
	b.ReportMetric(cpuIssued, "cpu-ms/certificate")
}

// measure does something with each order, two at a time, and says how many there were a second, and what of the processor
// each took.
func measure(b *testing.B, orders []issuing.Order, do func(issuing.Order) error) (rate, cpu float64) {
	b.Helper()
	began, before := time.Now(), spent(b)
	next := make(chan issuing.Order)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for o := range next {
				if err := do(o); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for _, o := range orders {
		next <- o
	}
	close(next)
	wg.Wait()
	n := float64(len(orders))
	return n / time.Since(began).Seconds(), float64((spent(b) - before).Microseconds()) / 1000 / n
}

// spent is the processor time of this process.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// shop is where the benchmark's certificates are issued.
type shop struct {
	store *store.Store
	keys  *identity.Keyring
	rules *policy.Policy
}

func newShop(b *testing.B) shop {
	b.Helper()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(b, err)
	keys, err := identity.NewKeyring()
	require.NoError(b, err)
	record, err := store.Open(b.Context(), storetest.Application(b, storetest.NewURL(b)), keys)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, record.Close()) })
	require.NoError(b, record.LoadLists(b.Context(), rules.Lists()))
	return shop{store: record, keys: keys, rules: rules}
}

// orders are as many certificates, each of a person and a case of their own.
func (w shop) orders(b *testing.B, n int) []issuing.Order {
	b.Helper()
	orders := make([]issuing.Order, n)
	on, born := calendar.NewDate(2026, time.March, 2), calendar.NewDate(1992, time.May, 4)
	require.NoError(b, w.store.Tx(b.Context(), func(tx *store.Tx) error {
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "bench")
		if err != nil {
			return err
		}
		for i := range orders {
			person, caseID := uuid.NewString(), uuid.NewString()
			document, err := identity.ParseDocument(identity.ResidentCard, identity.Synthetic(i+1, born).Number())
			require.NoError(b, err)
			name, err := w.keys.Seal([]byte("赵演示"+strconv.Itoa(i)), store.NameSeal(person))
			require.NoError(b, err)
			number, err := w.keys.Seal([]byte(document.Number()), store.IDNumberSeal(person))
			require.NoError(b, err)
			_, err = tx.InsertPerson(store.Person{
				ID: person, IDType: store.IDTypeResident, IDNumberSealed: number, NameSealed: name,
			}, people.ByDocument(w.keys, document, "")...)
			if err != nil {
				return err
			}
			_, err = tx.InsertCase(store.Case{
				ID: caseID, PersonID: person, Occupation: "big-data", Level: "junior", PolicyVersion: w.rules.ID(),
				TrainingBody: "ouc", EvaluationBody: "miit-education-exam", RegisteredBy: account.ID,
				RegisteredAt: time.Now().UTC(), RegisteredOn: on,
			}, store.ActorOperator)
			if err != nil {
				return err
			}
			orders[i] = issuing.Order{
				CaseID: &caseID, PersonID: person, PolicyVersion: w.rules.ID(), Actor: store.ActorSystem, Reason: "bench", At: time.Now().UTC(),
				Facts: certificate.Facts{
					Kind: contract.TrainingCertificate, IssuerID: "ouc", IssuerName: "国家开放大学", Occupation: "大数据工程技术人员",
					Direction: certificate.NoDirection, Level: "初级", From: on, To: on.AddDays(9), Hours: "80", IssuedOn: on.AddDays(20),
					Demonstration: true,
				},
			}
		}
		return nil
	}))
	return orders
}

// issue takes one certificate through its cycle, a transaction for each step, as the worker and the signer do.
func (w shop) issue(
	ctx context.Context, o issuing.Order, sign func(context.Context, contract.SignCertificateRequest) (struct{}, error),
) error {
	var c store.Certificate
	err := w.store.Tx(ctx, func(tx *store.Tx) (err error) {
		c, err = issuing.Desk{Keys: w.keys, Printing: issuingtest.Printing()}.Prepare(tx, o)
		return err
	})
	if err == nil {
		err = w.store.Tx(ctx, func(tx *store.Tx) error {
			return issuing.Press{Keys: w.keys, Printer: issuingtest.Printer()}.Print(tx, c.ID, time.Now().UTC())
		})
	}
	if err == nil {
		_, err = sign(ctx, contract.SignCertificateRequest{CertificateID: c.ID})
	}
	if err != nil {
		return err
	}
	return w.store.Tx(ctx, func(tx *store.Tx) error {
		_, _, err := issuing.Publish(tx, c.ID, time.Now().UTC())
		return err
	})
}
