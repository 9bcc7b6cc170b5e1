package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/store"
)

// What people tell of themselves, who may see it whole, and what they may have taken away. Whatever is shown of a person is
// masked, unless it is unmasked field by field, with a reason that is written down.

// privacyBodies read what is sent about people's own data.
type privacyBodies struct {
	contacts  body[contactsBody]
	search    body[searchBody]
	unmasking body[unmaskingBody]

	code         body[contactCodeBody]
	confirmation body[contactConfirmationBody]

	deletion         body[deletionBody]
	deletionDecision body[deletionDecisionBody]
}

// registerPrivacy adds the operations on people's own data.
func (s *service) registerPrivacy(api huma.API) {
	const mine, cases, people = "me", "cases", "people"
	schemas := api.OpenAPI().Components.Schemas
	s.privacy = privacyBodies{
		contacts:  bodyFor[contactsBody](schemas),
		search:    bodyFor[searchBody](schemas),
		unmasking: bodyFor[unmaskingBody](schemas),

		deletion:         bodyFor[deletionBody](schemas),
		deletionDecision: bodyFor[deletionDecisionBody](schemas),
	}
	read(api, "GET /v1/me/contacts", mine, "How I can be reached, masked", s.ownContacts)
	sent(api, "PUT /v1/me/contacts", mine, "Say how I can be reached, in place of all that was said before", s.privacy.contacts.schema,
		http.StatusOK, s.setContacts)
	s.registerContactCodes(api)
	file(api, "GET /v1/me/photo", mine, "My photo", mediaJPEG, s.ownPhoto)
	uploaded(api, routePut, mine, "Send my photo, in place of the one before", http.StatusOK, s.setPhoto, http.StatusConflict)
	bare(api, "DELETE /v1/me/photo", mine, "Remove my photo", s.removePhoto)
	sent(api, "POST /v1/person-search", people, "Find a person by the exact ID number or telephone number", s.privacy.search.schema,
		http.StatusOK, s.searchPerson)
	sent(api, "POST /v1/cases/{id}/unmasking", cases, "See what is masked of a case's person, for a reason", s.privacy.unmasking.schema,
		http.StatusOK, s.unmask)

	sent(api, "POST /v1/cases/{id}/phone-release", cases, "The telephone number of a case's person is theirs no more", s.bodies.reason.schema,
		http.StatusOK, s.releasePhone)

	bare(api, "POST /v1/me/export", mine, "Everything that is kept of me", s.export)
	read(api, "GET /v1/me/deletion-requests", mine, "My requests to be forgotten, and their answers", s.ownDeletions)
	sent(api, "POST /v1/me/deletion-requests", mine, "Ask to be forgotten", s.privacy.deletion.schema, http.StatusCreated, s.requestDeletion)
	read(api, "GET /v1/deletion-requests", people, "Requests to be forgotten", s.listDeletions)
	sent(api, "POST /v1/deletion-requests/{id}/decision", people, "Answer a request to be forgotten", s.privacy.deletionDecision.schema,
		http.StatusOK, s.decideDeletion)
	s.registerMerges(api)
	s.registerPersonClaims(api)
}

// person is who the trainee that asks is. An account is nobody's until it has registered a case.
func (r *request) person() (string, error) {
	if r.account.PersonID == nil {
		return "", problem(personUnknown)
	}
	return *r.account.PersonID, nil
}

func personSubject(id string) string { return "person:" + id }

// auditSelf writes that somebody changed or read what is kept of themselves.
func (s *service) auditSelf(tx *store.Tx, r *request, action, personID string, after any) error {
	return s.audit(tx, r, action, personSubject(personID), "at their own request", after)
}
