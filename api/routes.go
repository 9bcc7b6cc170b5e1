package api

import (
	"context"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// bodies read what is sent.
type bodies struct {
	registration body[registrationBody]
	withdrawal   body[withdrawalBody]
	facts        body[factsBody]
	rules        body[rulesBody]
	enrolment    body[enrolmentBody]
	training     body[trainingBody]
	mark         body[MarkBody]
	certifying   body[certifyingBody]
	rejection    body[rejectionBody]
	resolution   body[resolutionBody]
	verification body[verificationBody]
	staff        body[staffBody]
	reason       body[reasonBody]
	attendance   body[attendanceBody]
	session      body[sessionRow]
	signIn       body[signInRow]
	correction   body[correctionBody]
	decision     body[decisionBody]
	course       body[courseBody]
	place        body[placeBody]
	completion   body[completionBody]
	crediting    body[creditingBody]
	beats        body[heartbeatsBody]
	beat         body[beatRow]
	classes      classBodies
	offer        body[offerBody]
	view         body[viewBody]
	share        body[shareBody]
}

func newBodies(schemas huma.Registry) bodies {
	return bodies{
		registration: bodyFor[registrationBody](schemas),
		withdrawal:   bodyFor[withdrawalBody](schemas),
		facts:        bodyFor[factsBody](schemas),
		rules:        bodyFor[rulesBody](schemas),
		enrolment:    bodyFor[enrolmentBody](schemas),
		training:     bodyFor[trainingBody](schemas),
		mark:         bodyFor[MarkBody](schemas),
		certifying:   bodyFor[certifyingBody](schemas),
		rejection:    bodyFor[rejectionBody](schemas),
		resolution:   bodyFor[resolutionBody](schemas),
		verification: bodyFor[verificationBody](schemas),
		staff:        bodyFor[staffBody](schemas),
		reason:       bodyFor[reasonBody](schemas),
		attendance:   bodyFor[attendanceBody](schemas),
		session:      bodyFor[sessionRow](schemas),
		signIn:       bodyFor[signInRow](schemas),
		correction:   bodyFor[correctionBody](schemas),
		decision:     bodyFor[decisionBody](schemas),
		course:       bodyFor[courseBody](schemas),
		place:        bodyFor[placeBody](schemas),
		completion:   bodyFor[completionBody](schemas),
		crediting:    bodyFor[creditingBody](schemas),
		beats:        bodyFor[heartbeatsBody](schemas),
		beat:         bodyFor[beatRow](schemas),
	}
}

// civilDate describes dates: calendar.Date reads itself from text, which a schema cannot know.
type civilDate string

// Schema is a date.
func (civilDate) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date"}
}

// registerCases adds cases, and what trainees have of theirs.
func (s *service) registerCases(api huma.API) {
	const cases, mine = "cases", "me"
	sent(api, "POST /v1/cases", cases, "Register a case", s.bodies.registration.schema, http.StatusCreated, s.registerCase)
	read(api, "GET /v1/cases", cases, "List cases", s.listCases)
	read(api, "GET /v1/cases/{id}", cases, "Where a case stands", s.getCase)
	read(api, "GET /v1/cases/{id}/hours", cases, "A case's hours, line by line, with what they rest on", s.caseHours)
	read(api, "GET /v1/cases/{id}/events", cases, "A case's timeline", s.events)
	read(api, streamRoute, cases, "A case's timeline as it grows (server-sent events)", s.stream)
	sent(api, "POST /v1/cases/{id}/withdrawal", cases, "Withdraw from a case", s.bodies.withdrawal.schema, http.StatusOK, s.withdraw)
	read(api, "GET /v1/cases/{id}/facts", cases, "What is known of the applicant", s.readFacts)
	sent(api, "POST /v1/cases/{id}/facts", cases, "Give new facts about the applicant", s.bodies.facts.schema, http.StatusOK, s.giveFacts)
	sent(api, "POST /v1/cases/{id}/rules", cases, "Decide a case by another version of the rules", s.bodies.rules.schema, http.StatusOK, s.changeRules)
	read(api, "GET /v1/me/cases", mine, "My cases", s.myCases)
	read(api, "GET /v1/me/ce-hours", mine, "My CE hours by year", s.myCEHours)
	read(api, "GET /v1/me/certificates", mine, "My certificates", s.myCertificates)
}

// register adds every operation.
func (s *service) register(api huma.API) {
	schemas := api.OpenAPI().Components.Schemas
	schemas.RegisterTypeAlias(reflect.TypeFor[calendar.Date](), reflect.TypeFor[civilDate]())
	schemas.RegisterTypeAlias(reflect.TypeFor[ledger.Hours](), reflect.TypeFor[float64]())
	s.bodies = newBodies(schemas)
	result := &huma.Schema{
		Description: "By the kind of the task: enrolment, training, exam or practical, theory.",
		OneOf: []*huma.Schema{
			s.bodies.enrolment.schema, s.bodies.training.schema, s.bodies.certifying.schema, s.bodies.mark.schema,
		},
	}

	const tasks, incidents, public = "tasks", "incidents", "public"
	s.registerCases(api)
	s.registerActs(api)
	s.registerOwnActs(api)

	s.registerCredentials(api)
	s.registerShares(api)

	s.registerCasework(api)

	s.registerCE(api)
	s.registerAudit(api)
	s.registerPolicy(api)

	s.registerAccounts(api)
	s.registerPrivacy(api)

	s.registerFeed(api)
	s.registerEndpoints(api)
	read(api, "GET /v1/tasks/{id}", tasks, "A task, and whom it is about", s.getTask)
	sent(api, "POST /v1/tasks/{id}/result", tasks, "Report a task's result", result, http.StatusOK, s.postResult)
	sent(api, "POST /v1/tasks/{id}/rejection", tasks, "Refuse a task", s.bodies.rejection.schema, http.StatusOK, s.postRejection)

	s.registerEvidence(api)
	s.registerLetters(api)

	s.registerAttendance(api)
	s.registerClasses(api)
	s.registerTimetables(api)
	s.registerEmployers(api)

	read(api, "GET /v1/incidents", incidents, "Stuck cases, listed or counted by cause", s.listIncidents)
	read(api, "GET /v1/incidents/{id}", incidents, "Why a case is stuck", s.getIncident)
	sent(api, "POST /v1/incidents/{id}/resolution", incidents, "Resolve an incident", s.bodies.resolution.schema, http.StatusOK, s.resolve)

	s.registerBatches(api)

	s.registerExecutions(api)
	s.registerCertificates(api)
	s.registerPublications(api)
	s.registerCertificateFiles(api)
	s.registerPrints(api)
	s.registerLists(api)
	s.registerViews(api)
	s.registerExports(api)
	s.registerOverview(api)
	s.registerIssuers(api)
	s.registerSupervision(api)
	s.registerProcedures(api)
	s.registerDuties(api)

	s.registerDeadlines(api)
	s.registerNotices(api)
	s.registerCodec(api)
	s.registerWorkbooks(api)

	read(api, "GET /v1/catalogue", public, "Occupations, levels, hours and conditions", s.catalogue)
	read(api, "GET /v1/institutions", public, "The published lists", s.institutions)
	s.registerChecks(api)
}

// registerProcedures adds what goes from one person to the next until it is decided: sittings, misconduct, and what trainees ask for.
func (s *service) registerProcedures(api huma.API) {
	s.registerSittings(api)
	s.registerMisconduct(api)
	s.registerPetitions(api)
}

// registerAttendance adds the operations of sessions and who attended them.
func (s *service) registerAttendance(api huma.API) {
	const attendance = "attendance"
	sent(api, "POST /v1/staff", attendance, "Name a person who teaches or takes attendance", s.bodies.staff.schema, http.StatusCreated, s.nameStaff)
	read(api, "GET /v1/staff", attendance, "The named persons of an institution", s.listStaff)
	sent(api, "POST /v1/staff/{ref}/removal", attendance, "A named person has left", s.bodies.reason.schema, http.StatusOK, s.removeStaff)
	sent(api, "POST /v1/attendance", attendance, "Report sessions and sign-ins", s.bodies.attendance.schema, http.StatusOK, s.postAttendance)
	sent(api, "POST /v1/attendance/corrections", attendance, "Correct what was reported", s.bodies.correction.schema, http.StatusCreated, s.postCorrection)
	read(api, "GET /v1/attendance/corrections", attendance, "Corrections, with what held before them", s.listCorrections)
	sent(api, "POST /v1/attendance/corrections/{id}/decision", attendance, "Decide on a late correction", s.bodies.decision.schema,
		http.StatusOK, s.decideCorrection)
	read(api, "GET /v1/sessions", attendance, "Sessions", s.listSessions)
	read(api, "GET /v1/sessions/{id}", attendance, "A session, its roster, and what was reported", s.getSession)
	read(api, "GET /v1/sessions/{id}/roster", attendance, "Who is on a session's roster, by name", s.nameRoster)
	sent(api, "POST /v1/sessions/{id}/voiding", attendance, "Take a session out of the ledger", s.bodies.reason.schema, http.StatusOK, s.voidSession)

	sent(api, "POST /v1/heartbeats", attendance, "Report what players say of themselves", s.bodies.beats.schema, http.StatusOK, s.postHeartbeats)
	sent(api, "POST /v1/xapi/statements", attendance, "Report it as statements of the Experience API", statementsSchema(), http.StatusOK, s.postStatements)
	read(api, "GET /v1/xapi/about", attendance, "Which versions of the Experience API are spoken", s.aboutXAPI)
}

// registerCE adds the operations of continuing education: years, courses of CE bases.
func (s *service) registerCE(api huma.API) {
	const mine, years, courses = "me", "ce", "courses"
	read(api, "GET /v1/me/ce-statements/{year}", mine, "My CE hours of a year, against what it asks", s.ownStatement)
	file(api, "GET /v1/me/ce-statements/{year}/pdf", mine, "My page of the CE register, to be printed", mediaPDF, s.ownPage)
	read(api, "GET /v1/cases/{id}/ce-statements/{year}", years, "The CE hours of a case's person", s.statementOfCase)
	file(api, "GET /v1/cases/{id}/ce-statements/{year}/pdf", years, "The page of the CE register of a case's person", mediaPDF, s.pageOfCase)
	read(api, "GET /v1/ce-report", years, "A year's CE hours and certificates, by occupation, level and institution", s.ceReport)
	file(api, "GET /v1/ce-report/csv", years, "The same as a table for a spreadsheet", mediaCSV, s.ceReportFile)
	read(api, "GET /v1/ce-years", years, "The CE years, open and closed", s.listCEYears)
	sent(api, "POST /v1/ce-years/{year}/closing", years, "Close a CE year", s.bodies.reason.schema, http.StatusOK, s.closeCEYear)
	sent(api, "POST /v1/ce-years/{year}/reopening", years, "Open a closed CE year again", s.bodies.reason.schema, http.StatusOK, s.reopenCEYear)

	sent(api, "POST /v1/courses", courses, "Open a course of a CE base", s.bodies.course.schema, http.StatusCreated, s.openCourse)
	read(api, "GET /v1/courses", courses, "Courses of CE bases", s.listCourses)
	read(api, "GET /v1/courses/{id}", courses, "A course, and how many stand how in it", s.getCourse)
	sent(api, "POST /v1/courses/{id}/places", courses, "Enrol a person", s.bodies.place.schema, http.StatusCreated, s.enrol)
	read(api, "GET /v1/courses/{id}/places", courses, "Who has a place in a course, and how they stand", s.listPlaces)
	sent(api, "POST /v1/courses/{id}/completion", courses, "Declare a course complete", s.bodies.completion.schema, http.StatusOK, s.complete)
	sent(api, "POST /v1/places/{id}/release", courses, "Let a certificate be issued that is held", s.bodies.reason.schema, http.StatusOK, s.release)
	sent(api, "POST /v1/places/{id}/crediting", courses, "Credit hours that wait for a closed year",
		s.bodies.crediting.schema, http.StatusOK, s.credit)
}

// read adds an operation that changes nothing.
func read[In, Out any](
	api huma.API, route, tag, summary string, handle func(context.Context, *In) (*Out, error),
) {
	huma.Register(api, operation(route, tag, summary), handle)
}

// bare adds an operation that changes something, and is sent nothing.
func bare[In, Out any](
	api huma.API, route, tag, summary string, handle func(context.Context, *In) (*Out, error),
) {
	op := operation(route, tag, summary)
	op.Errors = append(op.Errors, http.StatusConflict)
	huma.Register(api, op, handle)
}

// The media of files.
const (
	mediaPDF = "application/pdf"
	mediaCSV = "text/csv"
)

// file adds an operation that answers with a file.
func file[In, Out any](api huma.API, route, tag, summary, media string, handle func(context.Context, *In) (*Out, error)) {
	op := operation(route, tag, summary)
	op.Responses = map[string]*huma.Response{strconv.Itoa(http.StatusOK): {
		Description: summary,
		Content:     map[string]*huma.MediaType{media: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	huma.Register(api, op, handle)
}

// sent adds an operation that takes a body.
func sent[In, Out any](
	api huma.API, route, tag, summary string, schema *huma.Schema, status int,
	handle func(context.Context, *In) (*Out, error),
) {
	op := operation(route, tag, summary)
	op.DefaultStatus = status
	op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	tidy := documented(&op, schema)
	huma.Register(api, op, handle)
	tidy()
}

// uploaded adds an operation that takes a file, of the media and of the size that are said of it in [uploads] and [larger].
func uploaded[In, Out any](
	api huma.API, route, tag, summary string, status int, handle func(context.Context, *In) (*Out, error), more ...int,
) {
	op := operation(route, tag, summary)
	op.DefaultStatus = status
	op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	op.Errors = append(op.Errors, more...)
	tidy := documented(&op, &huma.Schema{Type: huma.TypeString, Format: "binary"}, uploads[route]...)
	if most, told := larger[route]; told {
		op.MaxBodyBytes = most
	}
	huma.Register(api, op, handle)
	tidy()
}

// operation describes an operation; who may call it is in the table of authority.
func operation(route, tag, summary string) huma.Operation {
	method, path := splitRoute(route)
	op := huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: path, Summary: summary, Tags: []string{tag},
		Errors: []int{http.StatusServiceUnavailable},
	}
	if row, _ := authority.Of(route); !row.Public {
		op.Security = []map[string][]string{{"bearer": {}}, {"session": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)
	}
	return op
}
