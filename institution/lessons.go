package institution

import (
	"fmt"
	"slices"
	"time"
)

const (
	dayHours   = hours(80)        // 学时 of one day: nobody is credited more
	hourLength = 45 * time.Minute // of a 学时
	anyModule  = "综合课程"           // what a lesson is about when the task names no modules

	// A lesson's day in Beijing. Eight 学时 from the sign-in end before it closes.
	opensAt  = 9 * time.Hour
	signsAt  = opensAt + 5*time.Minute
	closesAt = 16 * time.Hour
)

// lesson is one day's session of a training.
type lesson struct {
	ref      string
	date     date
	module   string
	hours    hours
	attended hours // fewer when the trainee leaves early; 0: absent
	missed   bool  // it was not credited, and is not made up for
}

// The lesson's window, in the programme's time.
func (l lesson) opens() time.Time  { return l.date.at(opensAt) }
func (l lesson) closes() time.Time { return l.date.at(closesAt) }

// signs is when the trainee signs in and out.
func (l lesson) signs() (in, out time.Time) {
	return l.date.at(signsAt), l.date.at(signsAt + l.attended.length())
}

// lessons plans what is still missing, a lesson a day from the first day on. Each module that is missing gets a lesson at
// least. The same task that begins on the same day always gets the same plan.
func (t *task) lessons(first date, b Behaviour) []lesson {
	modules := t.toTeach()
	plan := planHours(tenths(t.Details.RequiredHours)-tenths(t.Details.RecordedHours), len(modules))
	lessons := make([]lesson, len(plan))
	for i := range plan {
		day := first.add(i)
		lessons[i] = lesson{
			ref: t.lessonRef(day), date: day, module: t.subject(modules, i, len(plan)), hours: plan[i], attended: plan[i],
		}
		if half := len(plan) / 2; b == ShortHours && i >= half {
			lessons[i].attended = 0
			if i == half {
				lessons[i].attended = plan[i] / 2
			}
		}
	}
	return lessons
}

// lessonRef is a lesson's name: there is one a day.
func (t *task) lessonRef(day date) string {
	return fmt.Sprintf("%08x-%s", t.draw(1<<32), day.Format("20060102"))
}

// makeUp is a lesson in the place of so much of one as did not count, the day after the last.
func (t *task) makeUp(lessons []lesson, of lesson, missing hours) lesson {
	of.date = lessons[len(lessons)-1].date.add(1)
	of.ref, of.hours, of.attended = t.lessonRef(of.date), missing, missing
	return of
}

// toTeach is the modules still to be taught. There is none when some hours were recorded and only hours are missing.
func (t *task) toTeach() []string {
	if len(t.Details.MissingModules) > 0 || t.Details.RecordedHours > 0 {
		return t.Details.MissingModules
	}
	return t.Details.Modules
}

// subject is what a lesson is about: the modules share the lessons, in their order.
func (t *task) subject(modules []string, i, count int) string {
	switch {
	case len(modules) > 0:
		return modules[i*len(modules)/count]
	case len(t.Details.Modules) > 0:
		return t.Details.Modules[t.draw(len(t.Details.Modules))]
	}
	return anyModule
}

// completed lists the modules that were to be taught of which every lesson was attended to its end, and credited.
func (t *task) completed(lessons []lesson) []string {
	done := []string{}
	for _, module := range t.toTeach() {
		unfinished := slices.ContainsFunc(lessons, func(l lesson) bool {
			return l.module == module && (l.attended < l.hours || l.missed)
		})
		if !unfinished {
			done = append(done, module)
		}
	}
	return done
}

// planHours splits hours into days: full ones and a rest, or evenly when that would leave a module without any. Modules
// that are missing though no hours are get an hour each.
func planHours(total hours, modules int) []hours {
	const one = hours(10)
	total = max(total, one*hours(modules), 0)
	full := int((total + dayHours - 1) / dayHours)
	count := max(full, modules)
	plan := make([]hours, count)
	for i := range plan {
		if count > full {
			plan[i] = total/hours(count) + hours(btoi(i < int(total)%count))
			continue
		}
		plan[i] = min(dayHours, total-hours(i)*dayHours)
	}
	return plan
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
