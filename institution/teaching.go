package institution

import (
	"context"
	"net/http"
	"time"
)

const mostLessons = 100 // reported at a time

// teach gives the lessons that a training asks for, and reports who came as each day passes; what passed before, while
// nobody was at work, is reported at once. A lesson that is not credited, or not in full, is made up for on a day after the
// last. It reports whether all is taught, and not broken off.
//
// After a restart it begins again: what was reported is reported once more, and changes nothing.
func (s *Simulator) teach(ctx context.Context, j *job, t *task, b Behaviour) bool {
	lessons := t.lessons(j.begins, b)
	if len(lessons) > 0 && !s.nameStaff(ctx, j.player) {
		return false
	}
	most := 2 * len(lessons)
	for given := 0; given < len(lessons); {
		if !pause(ctx, s.clock.until(lessons[given].closes())) {
			return false
		}
		due := given + 1
		for due < min(len(lessons), given+mostLessons) && s.clock.until(lessons[due].closes()) == 0 {
			due++
		}
		if given == 0 {
			s.misreport(ctx, j, t, b, lessons[0])
		}
		rows, ok := s.report(ctx, j, t, b, lessons[given:due])
		if !ok {
			return false
		}
		if given == 0 && len(rows) > 0 {
			s.claimAgain(ctx, j, t, b, lessons[0])
		}
		for i, row := range rows {
			l := &lessons[given+i]
			switch missing := row.missing(*l); {
			case missing <= 0:
			case len(lessons) < most:
				lessons = append(lessons, t.makeUp(lessons, *l, missing))
			default:
				l.missed = true
			}
		}
		given += len(rows)
	}
	t.taught = t.completed(lessons)
	return true
}

// report reports lessons, and gives what became of them, as far as they need not be reported again. It reports whether
// there is a training still.
func (s *Simulator) report(
	ctx context.Context, j *job, t *task, b Behaviour, lessons []lesson,
) (rows []rowReply, goOn bool) {
	var failed error
	copies(b, func(i int) {
		got, err := s.attend(ctx, j.player, entryOf(j, t, b, attendanceTaken), attendanceOf(t.CaseID, lessons...))
		if i == 0 { // the copies find the same in the record
			rows, failed = got, err
		}
	})
	if failed != nil {
		return nil, false
	}
	for i, row := range rows {
		switch row.Code {
		case inFuture: // by the API's clock
			return rows[:i], pause(ctx, jittered(firstBackOff))
		case attendeeUnknown, attendeeOver:
			return nil, false
		}
	}
	return rows, true
}

// misreport reports what should be refused, before what is right is reported.
func (s *Simulator) misreport(ctx context.Context, j *job, t *task, b Behaviour, l lesson) {
	wrong := attendanceOf(t.CaseID, l)
	as, row := j.player, &wrong.SignIns[0]
	switch b {
	case WrongScore:
		row.SignedInAt, row.SignedOutAt = row.SignedOutAt, row.SignedInAt
	case OutsideWindow:
		row.SignedInAt = l.opens().Add(-time.Minute)
	case WrongInstitution:
		if as = s.otherThan(as); as == nil || !s.nameStaff(ctx, as) {
			return
		}
	default:
		return
	}
	s.misattend(ctx, j, t, b, as, wrong)
}

// claimAgain claims the time of a lesson as another lesson's, too.
func (s *Simulator) claimAgain(ctx context.Context, j *job, t *task, b Behaviour, l lesson) {
	if b == ClaimsTwice {
		l.ref += "-again"
		s.misattend(ctx, j, t, b, j.player, attendanceOf(t.CaseID, l))
	}
}

// misattend reports attendance that should be refused, and notes whether it was.
func (s *Simulator) misattend(ctx context.Context, j *job, t *task, b Behaviour, as *player, wrong batch) {
	entry := entryOf(j, t, b, misstepRefused)
	rows, err := s.attend(ctx, as, entry, wrong)
	if err != nil {
		return
	}
	entry.Status, entry.Code = http.StatusOK, rows[0].Code
	if rows[0].Status != rowRefused {
		entry.Action = misstepTaken
	}
	s.journal.note(entry)
}
