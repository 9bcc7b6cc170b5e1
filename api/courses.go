package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/course"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// courseBody opens a course of a CE base.
type courseBody struct {
	Ref      string        `json:"ref" minLength:"1" maxLength:"64" doc:"The base's own name for the course; a repeat with the same content changes nothing."`
	Title    string        `json:"title" minLength:"1" maxLength:"100" doc:"培训班名称, as the certificate prints it."`
	Hours    float64       `json:"hours" exclusiveMinimum:"0" maximum:"1000" doc:"学时 that must be attended, at most one decimal."`
	StartsOn calendar.Date `json:"starts_on"`
	EndsOn   calendar.Date `json:"ends_on"`
}

type courseOutput struct {
	Status int
	Body   courseView
}

// courseView is a course of a CE base.
type courseView struct {
	ID            string          `json:"id"`
	Institution   bodyView        `json:"institution"`
	Ref           string          `json:"ref"`
	Title         string          `json:"title"`
	Hours         ledger.Hours    `json:"hours"`
	StartsOn      calendar.Date   `json:"starts_on"`
	EndsOn        calendar.Date   `json:"ends_on"`
	PolicyVersion string          `json:"policy_version"`
	Demonstration bool            `json:"demonstration" doc:"The course rests on 演示数据."`
	State         string          `json:"state" enum:"open,closed"`
	OpenedAt      time.Time       `json:"opened_at"`
	ClosedAt      *time.Time      `json:"closed_at,omitempty" doc:"When the base first declared it complete."`
	Places        *course.Summary `json:"places,omitempty"`
}

// openCourse opens a course of the CE base that asks. Opened again with the same content it is as it was.
func (s *service) openCourse(ctx context.Context, in *bodyInput) (*courseOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.course.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	asked := s.checkCourse(body, found)
	asked.InstitutionID, asked.OpenedBy = deref(r.account.InstitutionID), r.account.ID
	out := &courseOutput{Status: http.StatusCreated}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := course.MayHold(tx, asked.InstitutionID, s.today()); err != nil {
			return mayNotIssue(err)
		}
		if err := checkWording(tx, asked.InstitutionID, found, map[string]string{"title": asked.Title}); err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		fresh, err := tx.InsertCourse(asked)
		if err != nil {
			return err
		}
		c, err := tx.CourseByRef(asked.InstitutionID, asked.Ref)
		if err != nil {
			return err
		}
		if !fresh {
			out.Status = http.StatusOK
			if c.Title != asked.Title || c.Seconds != asked.Seconds || c.StartsOn != asked.StartsOn || c.EndsOn != asked.EndsOn {
				return problem(courseConflict)
			}
		} else if err := s.audit(tx, r, "course.open", "course:"+c.ID, "", body); err != nil {
			return err
		}
		out.Body, err = s.viewCourse(tx, r, c, true)
		return err
	})
	return out, err
}

// checkCourse reads a course's fields, and lists what is wrong with any of them.
func (s *service) checkCourse(body courseBody, found *faults) store.Course {
	asked := store.Course{
		ID: uuid.NewString(), Ref: strings.TrimSpace(body.Ref), Title: strings.TrimSpace(body.Title),
		MinutesPerHour: s.Policy.Attendance().Credit.MinutesPerHour, StartsOn: body.StartsOn, EndsOn: body.EndsOn,
		PolicyVersion: s.Policy.ID(), OpenedAt: s.Now().UTC(),
	}
	for field, text := range map[string]string{"ref": asked.Ref, "title": asked.Title} {
		if text == "" {
			found.add(field, fieldRequired)
		}
	}
	required, err := ledger.FromFloat(body.Hours)
	if err != nil {
		found.add("hours", fieldPrecision)
	}
	rule := ledger.CreditRule{MinutesPerHour: asked.MinutesPerHour}
	asked.Seconds = int(rule.Length(required) / time.Second)
	const longest = 2 // years
	if body.EndsOn.Before(body.StartsOn) || body.EndsOn.After(body.StartsOn.AddYears(longest)) {
		found.add("ends_on", fieldDateOrder)
	}
	return asked
}

// mayNotIssue is the problem of an institution that may hold no course.
func mayNotIssue(err error) error {
	if errors.Is(err, course.ErrMayNotIssue) {
		return problem(baseMayNotIssue)
	}
	return err
}

func (s *service) viewCourse(tx *store.Tx, r *request, c store.Course, counted bool) (courseView, error) {
	v, err := newReader(tx, r, c.InstitutionID)
	if err != nil {
		return courseView{}, err
	}
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return courseView{}, err
	}
	view := courseView{
		ID: c.ID, Institution: v.institution(c.InstitutionID), Ref: c.Ref, Title: c.Title, Hours: course.Hours(c),
		StartsOn: c.StartsOn, EndsOn: c.EndsOn, PolicyVersion: c.PolicyVersion, Demonstration: rules.Demonstration(),
		State: "open", OpenedAt: c.OpenedAt, ClosedAt: c.ClosedAt,
	}
	if c.ClosedAt != nil {
		view.State = "closed"
	}
	if !counted {
		return view, nil
	}
	places, err := tx.Places(c.ID, nil, -1)
	if err != nil {
		return courseView{}, err
	}
	standings, err := course.Look(tx, s.issuing(), c, s.today(), places...)
	summary := course.Summarise(standings)
	view.Places = &summary
	return view, err
}

// getCourse shows a course, and how many people stand how in it.
func (s *service) getCourse(ctx context.Context, in *idInput) (*courseOutput, error) {
	out := &courseOutput{Status: http.StatusOK}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		c, err := tx.Course(in.ID)
		if err != nil {
			return err
		}
		out.Body, err = s.viewCourse(tx, requestOf(ctx), c, true)
		return err
	})
	return out, err
}

type coursesInput struct {
	Institution string `query:"institution" maxLength:"64" doc:"For operators; a base sees its own."`
	State       string `query:"state" enum:"open,closed"`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type coursesOutput struct {
	Body struct {
		Courses []courseView `json:"courses"`
		Next    *string      `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// listCourses lists courses in the order in which they were opened.
func (s *service) listCourses(ctx context.Context, in *coursesInput) (*coursesOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	filter := store.CourseFilter{Within: r.within(in.Institution), After: position(found, in.After), Limit: in.Limit + 1}
	if err := found.err(); err != nil {
		return nil, err
	}
	if in.State != "" {
		closed := in.State == "closed"
		filter.Closed = &closed
	}
	tx := s.Store.Read(ctx)
	courses, err := tx.Courses(filter)
	if err != nil {
		return nil, err
	}
	out := &coursesOutput{}
	courses, out.Body.Next = upTo(in.Limit, courses, func(c store.Course) (time.Time, string) { return c.OpenedAt, c.ID })
	out.Body.Courses = make([]courseView, len(courses))
	for i, c := range courses {
		if out.Body.Courses[i], err = s.viewCourse(tx, r, c, false); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type completionBody struct {
	Note string `json:"note,omitempty" maxLength:"500" doc:"Whatever should stand beside it in the record."`
}

type completionOutput struct {
	Body struct {
		Course courseView  `json:"course"`
		Places []PlaceView `json:"places"`
	}
}

// complete ends a course: certificates for those whose hours suffice, and everybody's hours to their years. Declared again,
// it does what could not be done before, and nothing twice.
func (s *service) complete(ctx context.Context, in *idBodyInput) (*completionOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.completion.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &completionOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.Course(in.ID)
		if err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		if c, err = tx.LockCourse(c.ID); err != nil {
			return err
		}
		if s.today().Before(c.EndsOn) {
			return problem(courseNotOver)
		}
		if err := s.ending(tx, r).Complete(c); err != nil {
			return err
		}
		if err := s.audit(tx, r, "course.complete", "course:"+c.ID, body.Note, nil); err != nil {
			return err
		}
		if c, err = tx.Course(c.ID); err != nil {
			return err
		}
		if out.Body.Course, err = s.viewCourse(tx, r, c, true); err != nil {
			return err
		}
		places, err := tx.Places(c.ID, nil, -1)
		if err != nil {
			return err
		}
		out.Body.Places, err = s.viewPlaces(tx, r, c, places...)
		return err
	})
	return out, err
}

func (s *service) ending(tx *store.Tx, r *request) course.Ending {
	return course.Ending{Tx: tx, Desk: s.issuing(), Today: s.today(), At: s.Now().UTC(), Actor: r.account.ID}
}

// yearClosed is the problem of hours whose year is closed.
func yearClosed(err error) error {
	if _, closed := errors.AsType[*hours.YearClosedError](err); closed || store.Constraint(err) == "ce_year_closed" {
		return problem(ceYearClosed)
	}
	return err
}

// issuing is where the certificates of courses are prepared.
func (s *service) issuing() issuing.Desk { return issuing.Desk{Keys: s.Keys, Printing: s.Printing} }
