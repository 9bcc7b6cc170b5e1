package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
)

// visited is the trainee whose case can be looked at in a browser: only time is missing for the title.
const visited = 0

// ownDistrict is the district whose operator can be logged in as. Some trainees work there, and the institution whose
// staff can be logged in as lies there.
const ownDistrict = "haidian"

// districtOf is where the n-th trainee works.
func districtOf(n int) string { return []string{ownDistrict, "chaoyang", "xicheng"}[n%3] }

// ensureLogins makes the log-ins of those who do not register, unless an earlier run did.
func (d *Demo) ensureLogins(ctx context.Context) error {
	busiest := d.busiest()
	if !d.notes.hasLogin("staff") {
		if err := d.options.Administrator.District(ctx, busiest, ownDistrict); err != nil {
			return fmt.Errorf("set the district of %s: %w", busiest, err)
		}
	}
	for _, wanted := range []WebLogin{
		{Role: "institution", Login: "staff", Institution: busiest, Name: d.offers.named(busiest)},
		{Role: "operator", Login: "operator"},
		{Role: "operator", Login: "district", District: ownDistrict},
		{Role: "administrator", Login: "admin"},
	} {
		err := d.ensureLogin(ctx, wanted, func(password string) error {
			return d.options.Administrator.Account(ctx, wanted.Role, wanted.Institution, wanted.District, wanted.Login, password)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ensureTraineeLogin gives the account of the trainee who is visited a log-in.
func (d *Demo) ensureTraineeLogin(ctx context.Context, trainee Trainee) error {
	var who struct {
		Account struct {
			ID string `json:"id"`
		} `json:"account"`
	}
	if err := d.api.get(ctx, "/v1/session", trainee.Token, &who); err != nil {
		return fmt.Errorf("ask for the trainee's account: %w", err)
	}
	return d.ensureLogin(ctx, WebLogin{Role: "trainee", Login: "trainee", Name: trainee.Name}, func(password string) error {
		return d.options.Administrator.Login(ctx, who.Account.ID, "trainee", password)
	})
}

// ensureLogin makes a log-in once. Its password is noted before: a run that was cut short goes on with the same.
func (d *Demo) ensureLogin(ctx context.Context, wanted WebLogin, create func(password string) error) error {
	if d.notes.hasLogin(wanted.Login) {
		return nil
	}
	noted := false
	err := d.notes.change(func(_ *Record, s *steps) {
		if wanted.Password, noted = s.Passwords[wanted.Login]; noted {
			return
		}
		if s.Passwords == nil {
			s.Passwords = make(map[string]string)
		}
		wanted.Password = newPassword()
		s.Passwords[wanted.Login] = wanted.Password
	})
	if err != nil {
		return err
	}
	if !noted || !d.logsIn(ctx, wanted) {
		if err := create(wanted.Password); err != nil {
			return fmt.Errorf("make the log-in %s: %w", wanted.Login, err)
		}
	}
	return d.notes.change(func(r *Record, _ *steps) { r.Logins = append(r.Logins, wanted) })
}

// logsIn says whether a log-in is there already.
func (d *Demo) logsIn(ctx context.Context, login WebLogin) bool {
	sent := map[string]string{"login": login.Login, "password": login.Password}
	return d.api.post(ctx, "/v1/session", "", "", sent, nil) == nil
}

// busiest is the training body that most trainees register with.
func (d *Demo) busiest() string {
	counts, busiest := make(map[string]int), ""
	for n := range d.notes.trainees() {
		body := d.register(n).TrainingBody
		counts[body]++
		if counts[body] > counts[busiest] {
			busiest = body
		}
	}
	if busiest == "" { // nobody registers
		busiest = d.offers.of(manufacturing, "training")[0]
	}
	return busiest
}

// newPassword is a password that is easily typed: 80 bits.
func newPassword() string {
	text := strings.ToLower(rand.Text())
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:16]
}
