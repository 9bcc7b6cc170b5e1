package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/course"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// placeBody enrols a person in a course.
type placeBody struct {
	Name      string `json:"name" maxLength:"200" doc:"As on the identity document."`
	IDType    string `json:"id_type" enum:"resident_id,residence_permit,hong_kong_macao_permit,taiwan_permit,passport,permanent_resident_id"`
	IDNumber  string `json:"id_number" maxLength:"64"`
	IDCountry string `json:"id_country,omitempty" maxLength:"3" doc:"Of a passport, and only of it: who issued it, by ISO 3166-1, three letters, as the passport prints it."`
}

type placeOutput struct {
	Status int
	Body   PlaceView
}

// PlaceView is one person's place in a course, and how they stand in it. Who it is shows masked only.
type PlaceView struct {
	ID          string           `json:"id" doc:"The attendee of the course's sessions."`
	CourseID    string           `json:"course_id"`
	Name        string           `json:"name" doc:"Masked."`
	IDType      string           `json:"id_type"`
	IDTypeName  string           `json:"id_type_name"`
	State       string           `json:"state" enum:"enrolled,completed,incomplete"`
	StateName   string           `json:"state_name"`
	Text        string           `json:"text" doc:"How the person stands, in a sentence."`
	Hours       ledger.Hours     `json:"hours" doc:"Attended, as it stands."`
	Required    ledger.Hours     `json:"required"`
	Missing     ledger.Hours     `json:"missing"`
	CEHours     []ceHoursView    `json:"ce_hours"`
	PendingCE   []int            `json:"pending_years" doc:"Years whose hours are not credited, because they are closed."`
	Certificate *CertificateView `json:"certificate,omitempty"`
	Held        *coded           `json:"held,omitempty" doc:"Why a certificate that was earned is not issued."`
	Questioned  bool             `json:"questioned" doc:"Hours were taken back on which the certificate rests."`
	EnrolledAt  time.Time        `json:"enrolled_at"`
}

// enrol gives a person a place in a course. Enrolled again, the person has the place they have.
func (s *service) enrol(ctx context.Context, in *idBodyInput) (*placeOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.place.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	who := s.checkPerson(personBody(body), found)
	out := &placeOutput{Status: http.StatusCreated}
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
		known, err := s.named(tx, who)
		if err != nil {
			return err
		}
		place, fresh, err := tx.InsertPlace(store.CoursePlace{
			ID: uuid.NewString(), CourseID: c.ID, PersonID: known.Human, State: store.PlaceEnrolled, Document: who.idType,
			EnrolledBy: r.account.ID, EnrolledAt: s.Now().UTC(),
		})
		switch {
		case err != nil:
			return err
		case !fresh:
			out.Status = http.StatusOK
		case c.ClosedAt != nil:
			return problem(courseClosed)
		default:
			if err := course.MayHold(tx, c.InstitutionID, s.today()); err != nil {
				return mayNotIssue(err)
			}
			if err := s.audit(tx, r, "place.enrol", "place:"+place.ID, "", nil); err != nil {
				return err
			}
		}
		views, err := s.viewPlaces(tx, r, c, place)
		if err == nil {
			out.Body = views[0]
		}
		return err
	})
	return out, err
}

// ref is a text that may be missing.
func ref(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (s *service) viewPlaces(tx *store.Tx, r *request, c store.Course, places ...store.CoursePlace) ([]PlaceView, error) {
	standings, err := course.Look(tx, s.issuing(), c, s.today(), places...)
	if err != nil {
		return nil, err
	}
	ids, people := make([]string, len(places)), make([]string, len(places))
	for i, p := range places {
		ids[i], people[i] = p.ID, p.PersonID
	}
	names, err := s.names(tx, people)
	if err != nil {
		return nil, err
	}
	credited, err := tx.CEHoursOfPlaces(ids)
	if err != nil {
		return nil, err
	}
	v := reader{lang: r.lang}
	views := make([]PlaceView, len(standings))
	for i, at := range standings {
		p := at.Place
		views[i] = PlaceView{
			ID: p.ID, CourseID: c.ID, Name: maskName(names[p.PersonID]), IDType: p.Document,
			IDTypeName: v.say("id_type", p.Document), State: p.State, StateName: v.say("place_state", p.State),
			Text: placeText(v.lang, at), Hours: at.Hours, Required: at.Required, Missing: at.Missing(),
			CEHours: []ceHoursView{}, PendingCE: at.Pending, Questioned: at.Questioned, EnrolledAt: p.EnrolledAt,
		}
		for _, y := range credited {
			if deref(y.PlaceID) == p.ID {
				views[i].CEHours = append(views[i].CEHours, ceHoursView{
					PlaceID: p.ID, Course: c.Title, Year: y.Year, Subject: y.Subject, Hours: y.Hours,
				})
			}
		}
		if views[i].PendingCE == nil {
			views[i].PendingCE = []int{}
		}
		if at.Certificate != nil {
			views[i].Certificate = &v.certificates([]store.Certificate{*at.Certificate})[0]
		}
		views[i].Held = v.codedIf("held", string(at.Held))
	}
	return views, nil
}

func placeText(lang message.Lang, at course.Standing) string {
	key := "place." + at.Place.State
	if at.Questioned {
		key = "place.questioned"
	}
	return message.Text(lang, key, map[string]any{
		"hours": at.Hours.String(), "required": at.Required.String(), "missing": at.Missing().String(),
	})
}

// names opens the names of people. Who shows one in full writes down that it was read.
func (s *service) names(tx *store.Tx, ids []string) (map[string]string, error) {
	all, err := tx.PeopleByID(ids)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(all))
	for _, p := range all {
		if names[p.ID], err = people.Name(s.Keys, p); err != nil {
			return nil, err
		}
	}
	return names, nil
}

type placesInput struct {
	ID    string `path:"id"`
	After string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type placesOutput struct {
	Body struct {
		Places []PlaceView `json:"places"`
		Next   *string     `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// listPlaces lists who has a place in a course, in the order of their enrolment.
func (s *service) listPlaces(ctx context.Context, in *placesInput) (*placesOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	after := position(found, in.After)
	out := &placesOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		c, err := tx.Course(in.ID)
		if err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		places, err := tx.Places(c.ID, after, in.Limit+1)
		if err != nil {
			return err
		}
		places, out.Body.Next = upTo(in.Limit, places, func(p store.CoursePlace) (time.Time, string) { return p.EnrolledAt, p.ID })
		out.Body.Places, err = s.viewPlaces(tx, r, c, places...)
		return err
	})
	return out, err
}

// release lets the certificate of a place be issued that is held.
func (s *service) release(ctx context.Context, in *idBodyInput) (*placeOutput, error) {
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.decidePlace(ctx, in.ID, "place.release", reason,
		func(e course.Ending, c store.Course, p store.CoursePlace, _ string) error {
			return mayNotIssue(e.Release(c, p))
		})
}

type creditingBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
	Year   int    `json:"year,omitempty" minimum:"2000" maximum:"2200" doc:"Another year, in place of the one that is closed. Without it the hours go to their own year, when that was opened again."`
}

// credit credits hours that wait for a closed year.
func (s *service) credit(ctx context.Context, in *idBodyInput) (*placeOutput, error) {
	body, found, err := s.bodies.crediting.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	var instead hours.Instead
	if body.Year != 0 {
		instead = func(int) int { return body.Year }
		if body.Year > s.today().Year() {
			found.add("year", fieldOutOfRange)
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.decidePlace(ctx, in.ID, "place.credit", reason,
		func(e course.Ending, c store.Course, p store.CoursePlace, reason string) error {
			_, err := e.Credit(c, p, reason, instead)
			return yearClosed(err)
		})
}

// decidePlace carries out an operator's decision about a place.
func (s *service) decidePlace(
	ctx context.Context, id, action, reason string,
	decide func(course.Ending, store.Course, store.CoursePlace, string) error,
) (*placeOutput, error) {
	r := requestOf(ctx)
	if !isID(id) {
		return nil, problem(notFound)
	}
	out := &placeOutput{Status: http.StatusOK}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		p, err := tx.Place(id)
		if err != nil {
			return err
		}
		c, err := tx.LockCourse(p.CourseID)
		if err != nil {
			return err
		}
		if p, err = tx.Place(id); err != nil {
			return err
		}
		if err := decide(s.ending(tx, r), c, p, reason); err != nil {
			return err
		}
		if err := s.audit(tx, r, action, "place:"+p.ID, reason, nil); err != nil {
			return err
		}
		if p, err = tx.Place(id); err != nil {
			return err
		}
		views, err := s.viewPlaces(tx, r, c, p)
		if err == nil {
			out.Body = views[0]
		}
		return err
	})
	return out, err
}
