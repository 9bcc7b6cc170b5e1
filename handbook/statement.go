// Package handbook is a person's page of the 专业技术人员继续教育登记手册: what CE hours stand for a year (notice, section
// 四（二）), as data and in print.
//
// A statement is made of the ledger of credits and nothing else, so it changes exactly when they do. Each change of what a
// year's statement says is a new version of it; older versions stay readable, and a digest tells any two apart.
package handbook

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
)

// ErrNoVersion says that a statement has no version of that number.
var ErrNoVersion = errors.New("the statement has no such version")

// Entry is a line of a person's ledger of credits: hours credited to a year, or taken back.
type Entry struct {
	ID int64
	// EarnedIn is the case, or the place in a course.
	EarnedIn string
	Year     int
	// TakenYear is the year the hours were taken in: another than Year only by somebody's decision.
	TakenYear    int
	Subject      string
	Hours        ledger.Hours // negative in a reversal
	Reverses     int64        // the entry that is taken back; 0 for none
	From         calendar.Date
	To           calendar.Date
	Institutions []string // ids
	Recorded     time.Time
}

// Line is one course or case in a year's statement.
type Line struct {
	EarnedIn     string        `json:"earned_in"`
	Subject      string        `json:"subject"`
	Hours        ledger.Hours  `json:"hours"`
	From         calendar.Date `json:"from,omitzero"` // first and last day of what was taken
	To           calendar.Date `json:"to,omitzero"`
	Institutions []string      `json:"institutions,omitempty"`
	TakenYear    int           `json:"taken_year"`
	// CrossYear says that hours were taken in another year too: which year they belong to wants confirmation.
	CrossYear bool `json:"cross_year,omitempty"`
	// ByCompletion is what the year would have of this if hours belonged to the year in which the last of them was taken.
	ByCompletion ledger.Hours `json:"by_completion"`
}

// Statement is a person's CE hours of a year, in one version.
type Statement struct {
	Number  string `json:"number"`
	Year    int    `json:"year"`
	Version int    `json:"version"` // from 1; 0 while nothing was ever credited
	Holder  string `json:"holder"`
	Lines   []Line `json:"lines"`
	// Latest is the newest version there is.
	Latest int `json:"-"`
	// Since is when this version came about.
	Since time.Time `json:"-"`
}

// Of is the statement of a person for a year, in a version; 0 asks for the latest. The entries are all of the person's, in
// the order in which they were written. The error is ErrNoVersion.
func Of(personID, holder string, entries []Entry, year, version int) (Statement, error) {
	s := Statement{Number: number(personID, year), Year: year, Holder: holder, Lines: []Line{}}
	var versions []Statement
	for end := 1; end <= len(entries); end++ {
		if end < len(entries) && entries[end].together(entries[end-1]) {
			continue // what was written together changed at once
		}
		lines := linesOf(entries[:end], year)
		if reflect.DeepEqual(lines, s.Lines) {
			continue
		}
		s.Lines, s.Version, s.Since = lines, len(versions)+1, entries[end-1].Recorded
		versions = append(versions, s)
	}
	if version < 0 || version > len(versions) {
		return Statement{}, ErrNoVersion
	}
	if version > 0 {
		s = versions[version-1]
	}
	s.Latest = len(versions)
	return s, nil
}

// together reports whether two entries are of one settlement: written at one instant for one case or place.
func (e Entry) together(before Entry) bool {
	return e.EarnedIn == before.EarnedIn && e.Recorded.Equal(before.Recorded)
}

// linesOf is what stands of a year.
func linesOf(entries []Entry, year int) []Line {
	reversed := map[int64]bool{}
	for _, e := range entries {
		reversed[e.Reverses] = true
	}
	standing := map[string][]Entry{}
	for _, e := range entries {
		if e.Reverses == 0 && !reversed[e.ID] {
			standing[e.EarnedIn] = append(standing[e.EarnedIn], e)
		}
	}
	lines := []Line{}
	for earnedIn, of := range standing {
		last := slices.MaxFunc(of, func(a, b Entry) int { return a.To.Compare(b.To) })
		var total ledger.Hours
		for _, e := range of {
			total += e.Hours
		}
		first := true
		for _, e := range of {
			if e.Year != year {
				continue
			}
			line := Line{
				EarnedIn: earnedIn, Subject: e.Subject, Hours: e.Hours, From: e.From, To: e.To,
				Institutions: e.Institutions, TakenYear: e.TakenYear,
				CrossYear: slices.ContainsFunc(of, func(o Entry) bool { return o.TakenYear != e.TakenYear }),
			}
			if last.Year == year && first {
				line.ByCompletion = total
			}
			first = false
			lines = append(lines, line)
		}
	}
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.EarnedIn, b.EarnedIn), cmp.Compare(a.TakenYear, b.TakenYear))
	})
	return lines
}

// number names a person's statement of a year; it tells nothing of the person.
func number(personID string, year int) string {
	const length = 10
	sum := sha256.Sum256([]byte("ce-statement/" + personID + "/" + strconv.Itoa(year)))
	return "XS-" + strconv.Itoa(year) + "-" + base32.StdEncoding.EncodeToString(sum[:])[:length]
}

// Digest is the SHA-256 of the statement: its number, year, version, holder and lines, in canonical form (JSON in field
// order). Whoever holds a page can have it read again and compared.
func (s Statement) Digest() (string, error) {
	canonical, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("digest a statement: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}

// Asked is what a year asks of a person, and what they have of it.
type Asked struct {
	Have    ledger.Hours `json:"have"`
	Need    ledger.Hours `json:"need"`
	Missing ledger.Hours `json:"missing"`
	Met     bool         `json:"met"`
}

func asked(have, need ledger.Hours) Asked {
	return Asked{Have: have, Need: need, Missing: max(0, need-have), Met: have >= need}
}

// Totals is a statement summed up against what a year asks.
type Totals struct {
	Total        Asked `json:"total"`
	Professional Asked `json:"professional" doc:"Of the professional subject (专业课)."`
}

// Totals sums the statement up: by the year in which hours were taken, and by the year of completion.
func (s Statement) Totals(rule policy.HoursRule) (bySession, byCompletion Totals) {
	var total, professional, completed, completedProfessional ledger.Hours
	for _, line := range s.Lines {
		total += line.Hours
		completed += line.ByCompletion
		if line.Subject == rule.Subject {
			professional += line.Hours
			completedProfessional += line.ByCompletion
		}
	}
	return Totals{Total: asked(total, rule.AnnualTotal), Professional: asked(professional, rule.AnnualProfessional)},
		Totals{Total: asked(completed, rule.AnnualTotal), Professional: asked(completedProfessional, rule.AnnualProfessional)}
}
