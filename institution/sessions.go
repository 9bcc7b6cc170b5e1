package institution

import (
	"fmt"
	"time"
)

const (
	sessionHours = hours(80) // eight hours a session
	anyModule    = "综合课程"    // what a session is about when the task names no modules
)

// taught reports the sessions that make up the hours still missing. Each required module gets a session at least.
func (t *task) taught(today date, b Behaviour) trainingResult {
	modules := t.toTeach()
	if len(modules) == 0 {
		modules = []string{anyModule}
	}
	plan := planHours(tenths(t.Details.RequiredHours)-tenths(t.Details.RecordedHours), len(modules))
	count := len(plan)
	if b == ShortHours && count > 1 {
		count /= 2
	}
	sessions := make([]session, count)
	refs := fmt.Sprintf("%08x", t.draw(1<<32))
	for i := range sessions {
		sessions[i] = session{
			Ref:           fmt.Sprintf("%s-%02d", refs, i+1),
			Date:          t.sessionDate(today, i, count),
			Module:        modules[i*len(modules)/len(plan)],
			Mode:          []string{"offline", "online"}[i%2],
			PlannedHours:  plan[i],
			AttendedHours: plan[i],
		}
	}
	if b == ShortHours && len(plan) == 1 {
		sessions[0].AttendedHours /= 2
	}
	if b == WrongScore && count > 0 {
		sessions[0].AttendedHours += 10
	}
	return trainingResult{Sessions: sessions, CompletedModules: t.completed(len(plan), count)}
}

// toTeach is what the sessions are about: what is missing, or everything once more if only hours are.
func (t *task) toTeach() []string {
	if len(t.Details.MissingModules) > 0 {
		return t.Details.MissingModules
	}
	return t.Details.Modules
}

// completed lists the required modules all of whose sessions, of those planned, were held.
func (t *task) completed(planned, held int) []string {
	modules := t.toTeach()
	done := []string{}
	for i, module := range modules {
		last := planned // the first session that belongs to a later module
		for session := range planned {
			if session*len(modules)/planned > i {
				last = session
				break
			}
		}
		if last <= held {
			done = append(done, module)
		}
	}
	return done
}

// planHours splits hours into sessions: full ones and a rest, or evenly when that would leave a module without any.
func planHours(total hours, modules int) []hours {
	if total <= 0 {
		return nil
	}
	full := int((total + sessionHours - 1) / sessionHours)
	count := min(max(full, modules), int(total))
	plan := make([]hours, count)
	for i := range plan {
		if count > full {
			plan[i] = total/hours(count) + hours(btoi(i < int(total)%count))
			continue
		}
		plan[i] = min(sessionHours, total-hours(i)*sessionHours)
	}
	return plan
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sessionDate gives the sessions a day each, one after the other up to today, or packs them closer when the task does not
// reach back that far.
func (t *task) sessionDate(today date, i, count int) date {
	days := count
	if earliest, err := time.Parse(time.DateOnly, t.Details.EarliestSession); err == nil {
		days = min(count, max(today.daysSince(date{earliest})+1, 1))
	}
	first := today.add(1 - days)
	return first.add(i * days / count)
}
