package api

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/store"
)

const (
	trainee     = store.RoleTrainee
	operator    = store.RoleOperator
	institution = store.RoleInstitution
	anybody     = "" // no token is asked for
)

// authority says who may call what. An operation that has no row here is refused to everybody.
//
// A role opens an operation; within it, a trainee sees the cases of their own person, an institution its own tasks, and
// an operator everything. What lies outside is not found, exactly as if it were not there.
var authority = map[string][]string{
	"POST /v1/cases":                 {trainee, operator},
	"GET /v1/cases":                  {operator},
	"GET /v1/cases/{id}":             {trainee, operator},
	"GET /v1/cases/{id}/hours":       {trainee, operator},
	"GET /v1/cases/{id}/events":      {trainee, operator},
	"GET /v1/cases/{id}/stream":      {trainee, operator},
	"POST /v1/cases/{id}/withdrawal": {trainee, operator},
	"POST /v1/cases/{id}/facts":      {trainee, operator},
	"POST /v1/cases/{id}/rules":      {operator},

	"GET /v1/me/cases":        {trainee},
	"GET /v1/me/ce-hours":     {trainee},
	"GET /v1/me/certificates": {trainee},

	"GET /v1/me/ce-statements/{year}":             {trainee},
	"GET /v1/me/ce-statements/{year}/pdf":         {trainee},
	"GET /v1/cases/{id}/ce-statements/{year}":     {operator},
	"GET /v1/cases/{id}/ce-statements/{year}/pdf": {operator},
	"GET /v1/ce-report":                           {operator},
	"GET /v1/ce-report/csv":                       {operator},

	"GET /v1/ce-years":                   {operator},
	"POST /v1/ce-years/{year}/closing":   {operator},
	"POST /v1/ce-years/{year}/reopening": {operator},

	"POST /v1/courses":                 {institution},
	"GET /v1/courses":                  {institution, operator},
	"GET /v1/courses/{id}":             {institution, operator},
	"POST /v1/courses/{id}/places":     {institution},
	"GET /v1/courses/{id}/places":      {institution, operator},
	"POST /v1/courses/{id}/completion": {institution, operator},
	"POST /v1/places/{id}/release":     {operator},
	"POST /v1/places/{id}/crediting":   {operator},

	"GET /v1/tasks":                 {institution, operator},
	"GET /v1/tasks/{id}":            {institution, operator},
	"POST /v1/tasks/{id}/result":    {institution},
	"POST /v1/tasks/{id}/rejection": {institution},

	"POST /v1/staff":               {institution},
	"GET /v1/staff":                {institution},
	"POST /v1/staff/{ref}/removal": {institution},
	"POST /v1/attendance":          {institution},
	"POST /v1/heartbeats":          {institution},
	"POST /v1/xapi/statements":     {institution},
	"GET /v1/xapi/about":           {anybody},

	"POST /v1/attendance/corrections":               {institution},
	"GET /v1/attendance/corrections":                {institution, operator},
	"POST /v1/attendance/corrections/{id}/decision": {operator},

	"GET /v1/sessions":               {institution, operator},
	"GET /v1/sessions/{id}":          {institution, operator},
	"POST /v1/sessions/{id}/voiding": {institution, operator},

	"GET /v1/incidents":                  {operator},
	"GET /v1/incidents/{id}":             {operator},
	"POST /v1/incidents/{id}/resolution": {operator},

	"GET /v1/catalogue":      {anybody},
	"GET /v1/institutions":   {anybody},
	"POST /v1/verifications": {anybody},
	"GET /verify/{token}":    {anybody},

	"GET /healthz":       {anybody},
	"GET /readyz":        {anybody},
	"GET /metrics":       {anybody},
	"GET /openapi.json":  {anybody},
	"GET /docs":          {anybody},
	"GET /docs/docs.js":  {anybody},
	"GET /docs/page.css": {anybody},
}

// routeOf names the operation of a request as the table does.
func routeOf(c *gin.Context) string {
	segments := strings.Split(c.FullPath(), "/")
	for i, segment := range segments {
		if name, found := strings.CutPrefix(segment, ":"); found {
			segments[i] = "{" + name + "}"
		}
	}
	return c.Request.Method + " " + strings.Join(segments, "/")
}

// authorise lets a request through to its operation, or refuses it.
func (s *service) authorise(c *gin.Context) {
	if c.FullPath() == "" {
		c.Next() // there is no operation: 404 or 405
		return
	}
	allowed, listed := authority[routeOf(c)]
	if !listed {
		fail(c, problem(forbidden))
		return
	}
	if slices.Contains(allowed, anybody) {
		c.Next()
		return
	}
	r := requestOf(c.Request.Context())
	account, err := s.authenticate(c)
	if err != nil {
		fail(c, asProblem(r, err))
		return
	}
	r.account = account
	if !slices.Contains(allowed, account.Role) {
		fail(c, problem(forbidden))
		return
	}
	c.Next()
}

// sees checks that the request's account may see a case. One it may not see is not found.
func sees(tx *store.Tx, r *request, caseID string) error {
	if !isID(caseID) {
		return problem(notFound)
	}
	c, err := tx.Case(caseID)
	if err != nil {
		return err
	}
	if r.account.Role == trainee && (r.account.PersonID == nil || *r.account.PersonID != c.PersonID) {
		return problem(notFound)
	}
	return nil
}

// owns reports whether a task is the request's account's to see.
func owns(r *request, t store.Task) bool {
	switch r.account.Role {
	case operator:
		return true
	case institution:
		return r.account.InstitutionID != nil && *r.account.InstitutionID == t.InstitutionID
	}
	return false
}
