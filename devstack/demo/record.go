package demo

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"

	"github.com/dengpan/dengpan/calendar"

	"github.com/dengpan/dengpan/devstack/files"
)

// Record is demo.json: what scripts need to try the running system.
type Record struct {
	API          string        `json:"api"`
	Operator     Login         `json:"operator"`
	Second       Login         `json:"second"` // another operator, who decides on what needs two
	Trainees     []Trainee     `json:"trainees"`
	Institutions []Institution `json:"institutions"`
	// Logins are for browsers: one of each role.
	Logins []WebLogin `json:"logins"`
}

// WebLogin is how one account is logged in to.
type WebLogin struct {
	Role        string `json:"role"`
	Login       string `json:"login"`
	Password    string `json:"password"`
	Institution string `json:"institution,omitempty"`
	District    string `json:"district,omitempty"`
	Name        string `json:"name,omitempty"` // of the trainee or the institution
}

// Login is how one account proves itself.
type Login struct {
	Token string `json:"token"`
}

// Trainee is one synthetic person and their case; CaseID is empty until the person is taken in.
type Trainee struct {
	Name   string `json:"name"`
	Token  string `json:"token"`
	CaseID string `json:"case_id"`
}

// Institution is one institution that the simulator plays.
type Institution struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	APIKey string `json:"api_key"`
}

// Files of the demonstration within the stack's folder.
const (
	RecordFile      = "demo.json"
	playersFile     = "institutions.json"
	progressFile    = "demo-progress.json"
	simulatorMemory = "institution-state.json"

	// MailFolder and SMSFolder are where what the product sends is kept.
	MailFolder = "mail"
	SMSFolder  = "sms"
)

// InstitutionFile is where the simulator finds whom to play.
func InstitutionFile(dir string) string { return filepath.Join(dir, playersFile) }

// InstitutionState is where the simulator keeps what it was told.
func InstitutionState(dir string) string { return filepath.Join(dir, simulatorMemory) }

// players is the simulator's own file: the same institutions, with what they verify callbacks by.
type players struct {
	Institutions []player `json:"institutions"`
	Delay        string   `json:"delay"`
}

type player struct {
	Institution
	WebhookSecret string `json:"webhook_secret"`
}

// steps is how far the demonstration has come, beyond what demo.json tells others.
type steps struct {
	// BeganOn fixes every date in the applicants' facts, so that a request sent again is the same.
	BeganOn  calendar.Date  `json:"began_on"`
	Trainees []traineeSteps `json:"trainees"`
	// Passwords are of log-ins that are being made.
	Passwords map[string]string `json:"passwords,omitempty"`
	Employer  employerSteps     `json:"employer"`
}

type employerSteps struct {
	EmployerID string `json:"employer_id"`
	ClassID    string `json:"class_id"`
	Started    bool   `json:"started"` // its intake
}

type traineeSteps struct {
	Scripted  bool `json:"scripted"`
	Withdrawn bool `json:"withdrawn"`
	Voided    bool `json:"voided"`
	Seen      bool `json:"seen"` // their document
}

// notebook keeps both files and hands out copies.
type notebook struct {
	dir string

	mu     sync.Mutex
	record Record
	steps  steps
}

// openNotebook reads what an earlier run left, or begins anew, with room for so many trainees.
func openNotebook(dir, api string, trainees int, today calendar.Date) (*notebook, error) {
	n := &notebook{dir: dir, steps: steps{BeganOn: today}}
	for name, into := range map[string]any{RecordFile: &n.record, progressFile: &n.steps} {
		if err := files.ReadJSON(filepath.Join(dir, name), into); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	n.record.API = api
	for i := len(n.record.Trainees); i < trainees; i++ {
		n.record.Trainees = append(n.record.Trainees, Trainee{Name: name(i)})
	}
	for i := len(n.steps.Trainees); i < len(n.record.Trainees); i++ {
		n.steps.Trainees = append(n.steps.Trainees, traineeSteps{})
	}
	return n, n.change(func(*Record, *steps) {})
}

// change alters the record and the steps, and writes both.
func (n *notebook) change(alter func(*Record, *steps)) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	alter(&n.record, &n.steps)
	return errors.Join(
		files.WriteJSON(filepath.Join(n.dir, RecordFile), n.record),
		files.WriteJSON(filepath.Join(n.dir, progressFile), n.steps),
	)
}

func (n *notebook) trainee(i int) (Trainee, traineeSteps) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.record.Trainees[i], n.steps.Trainees[i]
}

// hasLogin says whether the log-in of a name was made.
func (n *notebook) hasLogin(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.ContainsFunc(n.record.Logins, func(l WebLogin) bool { return l.Login == name })
}

func (n *notebook) operator() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.record.Operator.Token
}

// second is the token of another operator, who decides on what needs two.
func (n *notebook) second() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.record.Second.Token
}

// employed is how far the employer's part has come.
func (n *notebook) employed() employerSteps {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.steps.Employer
}

func (n *notebook) passwordOf(login string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.steps.Passwords[login]
}

func (n *notebook) trainees() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.record.Trainees)
}

// traineeOf finds the trainee of a case.
func (n *notebook) traineeOf(caseID string) (int, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, trainee := range n.record.Trainees {
		if trainee.CaseID == caseID {
			return i, true
		}
	}
	return 0, false
}
