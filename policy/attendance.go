package policy

import (
	"errors"
	"time"

	"github.com/dengpan/dengpan/ledger"
)

// AttendanceRule is how attendance becomes credit, and for how long it may be corrected.
type AttendanceRule struct {
	// Credit turns heartbeats into time, and time into 学时.
	Credit ledger.CreditRule
	// ChallengeEvery is after how much watching a presence challenge is put.
	ChallengeEvery time.Duration
	// MinInterval is how soon after the last heartbeat that was kept of a watch the next one is kept.
	MinInterval time.Duration
	// CorrectWithin is for how many days after a session's end its institution may correct attendance alone; later a second
	// person must approve.
	CorrectWithin int
	Citation      Citation
}

// Attendance is how attendance becomes credit.
func (p *Policy) Attendance() AttendanceRule {
	numbers, citation := p.attendance.attendanceNumbers, p.attendance.Citation
	if p.overlay != nil && p.overlay.Attendance != nil {
		numbers, citation = *p.overlay.Attendance, p.overlay.Citation
	}
	return AttendanceRule{
		Credit: ledger.CreditRule{
			MaxGap: numbers.Online.MaxGap, MaxRate: numbers.Online.MaxRate, MinRate: numbers.Online.MinRate,
			AnswerWithin: numbers.Online.AnswerWithin, DailyCap: numbers.dailyCap(), MinutesPerHour: numbers.MinutesPerHour,
		},
		ChallengeEvery: numbers.Online.ChallengeEvery, MinInterval: numbers.Online.MinInterval,
		CorrectWithin: numbers.CorrectWithin, Citation: citation,
	}
}

type attendanceFile struct {
	attendanceNumbers `yaml:",inline"`

	Citation Citation `yaml:"citation"`
}

// attendanceNumbers is the rule without its citation; the demonstration's overlay has one citation for all it says.
type attendanceNumbers struct {
	Online         onlineFile   `yaml:"online"`
	DailyCap       ledger.Hours `yaml:"daily_cap"`
	MinutesPerHour int          `yaml:"minutes_per_hour"`
	CorrectWithin  int          `yaml:"correct_within"`
}

type onlineFile struct {
	MaxGap         time.Duration `yaml:"max_gap"`
	MaxRate        int           `yaml:"max_rate"`
	MinRate        int           `yaml:"min_rate"`
	MinInterval    time.Duration `yaml:"min_interval"`
	ChallengeEvery time.Duration `yaml:"challenge_every"`
	AnswerWithin   time.Duration `yaml:"answer_within"`
}

// dailyCap is the cap as time; a tenth of a 学时 may be a fraction of a minute.
func (n attendanceNumbers) dailyCap() time.Duration {
	return time.Duration(n.DailyCap.Tenths()*n.MinutesPerHour) * time.Minute / 10
}

func (p *Policy) checkAttendance() error {
	return errors.Join(p.attendance.check(), p.attendance.Citation.real())
}

// check refuses numbers by which nobody could be credited, or nobody caught.
func (n attendanceNumbers) check() error {
	switch {
	case n.DailyCap <= 0:
		return at(errors.New("daily_cap: hours are needed"), "daily_cap")
	case n.MinutesPerHour < 1 || n.MinutesPerHour > 60:
		return at(errors.New("minutes_per_hour: it must be from 1 to 60"), "minutes_per_hour")
	case n.dailyCap() > 24*time.Hour:
		return at(errors.New("daily_cap: it is longer than a day"), "daily_cap")
	case n.CorrectWithin < 1:
		return at(errors.New("correct_within: days are needed"), "correct_within")
	}
	return at(n.Online.check(), "online")
}

func (o onlineFile) check() error {
	switch {
	case o.MaxGap <= 0:
		return at(errors.New("max_gap: a time is needed"), "max_gap")
	case o.MaxRate < 100:
		return at(errors.New("max_rate: it can never hold: nobody watches slower than the clock"), "max_rate")
	case o.MinRate < 0 || o.MinRate > 100:
		return at(errors.New("min_rate: it must be from 0 to 100"), "min_rate")
	case o.MinInterval < 0 || o.MinInterval >= o.MaxGap:
		return at(errors.New("min_interval: it can never hold: of heartbeats within max_gap one must be kept"), "min_interval")
	case o.AnswerWithin <= 0:
		return at(errors.New("answer_within: a time is needed"), "answer_within")
	case o.ChallengeEvery <= o.AnswerWithin:
		return at(errors.New("challenge_every: it must be longer than answer_within"), "challenge_every")
	}
	return nil
}
