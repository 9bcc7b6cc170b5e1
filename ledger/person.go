package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
)

// DayCredit is a part of a credit that lies within one day in Beijing.
type DayCredit struct {
	Credit

	Date calendar.Date `json:"date"`
}

// Settle makes of all credits of one person, from any number of sessions and institutions and in any order, what counts:
// every instant once, no more than DailyCap for any day in Beijing, split by day. Time that two sessions claim goes to the
// one whose claim began first; of two that began together to the one whose name sorts first. What is over the cap is the
// end of the day.
func (r CreditRule) Settle(credits []Credit) []DayCredit {
	sorted := slices.SortedFunc(slices.Values(credits), compareCredits)
	settled := []DayCredit{}
	var covered time.Time
	var day calendar.Date
	var left time.Duration
	for _, credit := range sorted {
		from := later(credit.From, covered)
		for from.Before(credit.To) {
			date := calendar.DateOf(from.In(calendar.Beijing))
			if date != day {
				day, left = date, r.DailyCap
			}
			to := earlier(credit.To, calendar.Real().Wall(date.AddDays(1)))
			if counts := (Interval{From: from, To: earlier(to, from.Add(left))}); counts.Length() > 0 {
				left -= counts.Length()
				settled = append(settled, DayCredit{Credit: credit.within(counts), Date: date})
			}
			from = to
		}
		covered = later(covered, credit.To)
	}
	return settled
}

// Hours is the 学时 that a length of time is worth: the time divided by MinutesPerHour, rounded down to a tenth, so that
// no rounding ever credits what was not attended. Rounding a sum loses less than summing what was rounded: what the ledger
// keeps is time, and it is made hours of once, of a sum.
func (r CreditRule) Hours(length time.Duration) Hours {
	return Hours(min(limit, max(0, length)/r.tenth()))
}

// Length is the time that hours last.
func (r CreditRule) Length(h Hours) time.Duration { return time.Duration(h) * r.tenth() }

// tenth is the length of a tenth of a 学时.
func (r CreditRule) tenth() time.Duration {
	const usual, tenths = 45, 10
	minutes := r.MinutesPerHour
	if minutes <= 0 {
		minutes = usual
	}
	return time.Duration(minutes) * time.Minute / tenths
}

// SessionHours is what a person is credited for one session on one day.
type SessionHours struct {
	Session  string        `json:"session"`
	Date     calendar.Date `json:"date"`
	Length   time.Duration `json:"-"`
	Hours    Hours         `json:"hours"`
	Evidence []Evidence    `json:"evidence"`
}

// BySession sums what counts by session and day, in that order.
func (r CreditRule) BySession(settled []DayCredit) []SessionHours {
	sorted := slices.SortedFunc(slices.Values(settled), func(a, b DayCredit) int {
		return cmp.Or(cmp.Compare(a.Session, b.Session), a.Date.Compare(b.Date), compareCredits(a.Credit, b.Credit))
	})
	rows := []SessionHours{}
	for _, c := range sorted {
		if last := len(rows) - 1; last < 0 || rows[last].Session != c.Session || rows[last].Date != c.Date {
			rows = append(rows, SessionHours{Session: c.Session, Date: c.Date})
		}
		row := &rows[len(rows)-1]
		row.Length += c.Length()
		row.Hours = r.Hours(row.Length)
		row.Evidence = append(row.Evidence, c.Evidence...)
	}
	for i := range rows {
		slices.SortFunc(rows[i].Evidence, compareEvidence)
		rows[i].Evidence = slices.Compact(rows[i].Evidence)
	}
	return rows
}

// compareCredits orders credits by when they begin; the rest makes the order one and the same for the same credits.
func compareCredits(a, b Credit) int {
	return cmp.Or(
		a.From.Compare(b.From), cmp.Compare(a.Session, b.Session), b.To.Compare(a.To),
		slices.CompareFunc(a.Evidence, b.Evidence, compareEvidence),
	)
}

func compareEvidence(a, b Evidence) int {
	return cmp.Or(
		a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last),
		cmp.Compare(a.Reporter, b.Reporter),
	)
}
