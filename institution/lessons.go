package institution

import (
	"fmt"
	"slices"
	"time"
)

const (
	dayHours  = hours(80) // eight hours a day, which is what a person is credited at most
	anyModule = "综合课程"    // what a lesson is about when the task names no modules
	opensAt   = 9         // o'clock in Beijing
	perTenth  = 45 * time.Minute / 10
)

// lesson is one day's session of a training.
type lesson struct {
	ref    string
	date   date
	module string
	hours  hours
	absent bool // the trainee does not come
	missed bool // it was not recorded, whatever the reason
}

// opens is when the lesson begins, and closes when it ends.
func (l lesson) opens() time.Time {
	year, month, day := l.date.Date()
	return time.Date(year, month, day, opensAt, 0, 0, 0, beijing)
}

func (l lesson) closes() time.Time { return l.opens().Add(time.Duration(l.hours) * perTenth) }

// lessons plans what is still missing, a lesson a day from the day after the task was issued. Each required module gets a
// lesson at least. The same task always gets the same plan.
func (t *task) lessons(b Behaviour) ([]lesson, error) {
	issued, err := t.issuedOn()
	if err != nil {
		return nil, err
	}
	modules := t.toTeach()
	if len(modules) == 0 {
		modules = []string{anyModule}
	}
	plan := planHours(tenths(t.Details.RequiredHours)-tenths(t.Details.RecordedHours), modules)
	lessons := make([]lesson, len(plan))
	for i := range plan {
		lessons[i] = lesson{
			ref: t.lessonRef(i), date: issued.add(1 + i), module: modules[i*len(modules)/len(plan)], hours: plan[i],
			absent: b == ShortHours && i >= len(plan)/2,
		}
	}
	return lessons, nil
}

func (t *task) lessonRef(i int) string { return fmt.Sprintf("%08x-%02d", t.draw(1<<32), i+1) }

// makeUp is a lesson in the place of one that did not count, the day after the last.
func (t *task) makeUp(lessons []lesson, of lesson) lesson {
	of.ref, of.date = t.lessonRef(len(lessons)), lessons[len(lessons)-1].date.add(1)
	return of
}

// toTeach is what the lessons are about: what is missing, or everything once more if only hours are.
func (t *task) toTeach() []string {
	if len(t.Details.MissingModules) > 0 {
		return t.Details.MissingModules
	}
	return t.Details.Modules
}

// completed lists the modules of which every lesson was attended and recorded.
func completed(lessons []lesson) []string {
	done := []string{}
	for _, l := range lessons {
		whole := !slices.ContainsFunc(lessons, func(other lesson) bool {
			return other.module == l.module && (other.absent || other.missed)
		})
		if whole && l.module != anyModule && !slices.Contains(done, l.module) {
			done = append(done, l.module)
		}
	}
	return done
}

// planHours splits hours into days: full ones and a rest, or evenly when that would leave a module without any. Modules
// that are missing though no hours are get an hour each.
func planHours(total hours, modules []string) []hours {
	total = max(total, hours(10*len(modules)))
	full := int((total + dayHours - 1) / dayHours)
	count := max(full, len(modules))
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
