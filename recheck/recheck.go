// Package recheck derives every certificate anew from what it rests on: the ledger of hours, results as they were
// acknowledged, the published lists, the rules, the issuer's scheme of numbers, the document and its signature. It shares
// with the code that issues certificates nothing but the type of their record, so that a mistake there is not made here, too.
//
// It reads the record in pages, in the order of ids, and keeps nothing but the page: what it takes does not grow with the
// record. It names certificates by their ids only.
package recheck

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Difference is what of a certificate is not what it rests on: a stable code.
type Difference string

// The differences.
const (
	Rules         Difference = "rules"          // no such version, or it does not know the occupation
	Facts         Difference = "facts"          // printed and kept otherwise, or not what the case was for
	Digest        Difference = "digest"         // the facts or the holder were changed
	Holder        Difference = "holder"         // somebody else than the case's person
	Hours         Difference = "hours"          // the ledger has less than was printed, or than is needed
	Days          Difference = "days"           // nothing stands on the first or the last day
	Content       Difference = "content"        // a module is missing
	Result        Difference = "result"         // not passed, or another score than was acknowledged
	Issuer        Difference = "issuer"         // not the body that did the work, or the other body, too
	Listing       Difference = "listing"        // not on the published list on the day, or suspended
	IssuerName    Difference = "issuer_name"    // not as on the published list on the day
	Number        Difference = "number"         // not of the scheme, or beyond the sequence
	NumberTwice   Difference = "number_twice"   // another certificate of the issuer has it
	Document      Difference = "document"       // none, or not signed
	DocumentBytes Difference = "document_bytes" // not the file that was signed
	Signature     Difference = "signature"      // does not verify
	Key           Difference = "key"            // not one that may sign for the issuer
	Text          Difference = "text"           // the document does not say what it should
	Art           Difference = "art"            // other images than were frozen
	Link          Difference = "link"           // the code leads elsewhere
	Changes       Difference = "changes"        // the status is not what the changes come to
	InForce       Difference = "in_force"       // another of the same kind holds, too
	Succession    Difference = "succession"     // superseded by nothing, or in the place of one that holds still
	Publication   Difference = "publication"    // not queued for every channel
	Unreadable    Difference = "unreadable"     // sealed under a key that is not here
)

// Finding is a certificate that differs.
type Finding struct {
	CertificateID string       `json:"certificate_id"`
	CaseID        string       `json:"case_id,omitempty"`
	InstitutionID string       `json:"institution_id"`
	Differences   []Difference `json:"differences"`
}

// Checker checks certificates.
type Checker struct {
	Store *store.Store
	Keys  *identity.Keyring
	// Page is how many certificates are read at once; 100 unless set.
	Page int
	// Found is called for each page, with the ids that it lies between and what differs in it.
	Found func(after, last string, findings []Finding) error
	// After is the id of a certificate after which to begin; with the first unless set.
	After string
	// Progress is called after each page with the id of its last certificate and how many were checked; it may be nil.
	Progress func(last string, checked int)

	rules map[string]*policy.Policy
}

// Run checks every certificate, and says how many there were.
func (c *Checker) Run(ctx context.Context) (checked int, err error) {
	const usual = 100
	limit := c.Page
	if limit <= 0 {
		limit = usual
	}
	c.rules = map[string]*policy.Policy{}
	for after := cmp.Or(c.After, store.BeforeAllCertificates); ; {
		page, err := c.Store.Read(ctx).CertificateEvidence(after, limit)
		if err != nil {
			return checked, err
		}
		if len(page) == 0 {
			return checked, nil
		}
		var findings []Finding
		for i := range page {
			if found := c.Check(&page[i]); len(found) > 0 {
				findings = append(findings, finding(&page[i], found))
			}
		}
		last := page[len(page)-1].ID
		if err := c.Found(after, last, findings); err != nil {
			return checked, fmt.Errorf("report certificates that differ: %w", err)
		}
		after, checked = last, checked+len(page)
		if c.Progress != nil {
			c.Progress(last, checked)
		}
	}
}

func finding(e *store.CertificateEvidence, found []Difference) Finding {
	f := Finding{CertificateID: e.ID, InstitutionID: e.Issuer, Differences: found}
	if e.CaseID != nil {
		f.CaseID = *e.CaseID
	}
	return f
}

// Check lists how a certificate differs from what it rests on, each difference once, in alphabetical order.
func (c *Checker) Check(e *store.CertificateEvidence) []Difference {
	k := &check{e: e, keys: c.Keys}
	k.decode()
	k.record()
	k.status()
	k.number()
	k.file()
	rules, err := c.rulesOf(e.PolicyVersion)
	if err != nil {
		k.differs(Rules)
	} else if k.attests() {
		k.rules = rules
		k.earned()
	}
	slices.Sort(k.found)
	return slices.Compact(k.found)
}

func (c *Checker) rulesOf(version string) (*policy.Policy, error) {
	if c.rules == nil {
		c.rules = map[string]*policy.Policy{}
	}
	if rules, known := c.rules[version]; known {
		return rules, nil
	}
	rules, err := policy.ByID(version)
	if err == nil {
		c.rules[version] = rules
	}
	return rules, err
}

// check is one certificate that is being checked.
type check struct {
	e     *store.CertificateEvidence
	keys  *identity.Keyring
	rules *policy.Policy
	found []Difference

	changes    []change
	lines      []line
	marks      []mark
	modules    []string
	accepted   []string
	successors []string
	channels   []string
}

// As the record's lists have them.
type (
	change struct {
		Status string    `json:"status"`
		At     time.Time `json:"at"`
	}
	line struct {
		Date    string `json:"date"`
		Module  string `json:"module"`
		Seconds int    `json:"seconds"`
	}
	mark struct {
		Kind        string   `json:"kind"`
		Attempt     int      `json:"attempt"`
		Institution string   `json:"institution"`
		Score       *float64 `json:"score"`
		PassMark    float64  `json:"pass_mark"`
		Passed      bool     `json:"passed"`
		Answered    *float64 `json:"answered"`
	}
)

func (k *check) differs(d Difference) { k.found = append(k.found, d) }

// unless notes a difference unless all is well.
func (k *check) unless(well bool, d Difference) {
	if !well {
		k.differs(d)
	}
}
