package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// realm is a world in two halves: of every kind of object one that belongs to the callers, and one that does not.
type realm struct {
	*world

	own, foreign map[authority.Object]string
	tokens       map[string]string
}

// The callers that the table is tried with. Two are operators: of one district, and of the city.
const (
	districtOperator = "operator of a district"
	cityOperator     = "operator of the city"
)

func newRealm(t *testing.T) realm {
	t.Helper()
	w := newWorld(t)
	district := "haidian"
	r := realm{world: w, tokens: map[string]string{
		string(authority.Trainee):       w.trainee,
		string(authority.Institution):   w.institution(trainingBodyID),
		districtOperator:                w.token(store.Account{Role: store.RoleOperator, District: &district}),
		cityOperator:                    w.operator,
		string(authority.Administrator): w.token(store.Account{Role: store.RoleAdministrator}),
	}}
	mine, theirs := w.employer(1, district), w.employer(2, "xicheng")
	r.tokens[string(authority.Employer)] = w.token(store.Account{Role: store.RoleEmployer, EmployerID: &mine})
	registered := w.register(w.trainee, "own", registrationOf(1, object{"district": district}))
	require.Equal(t, http.StatusCreated, registered.status, "%s", registered.body)
	var own struct{ ID string }
	registered.into(t, &own)
	other := w.register(w.operator, "foreign", registrationOf(2, object{"district": "xicheng", "training_body": otherTrainerID}))
	require.Equal(t, http.StatusCreated, other.status, "%s", other.body)
	var foreign struct{ ID string }
	other.into(t, &foreign)
	w.exec("UPDATE institutions SET district = 'haidian' WHERE id = $1", trainingBodyID)
	w.exec("UPDATE institutions SET district = 'xicheng' WHERE id = $1", otherTrainerID)
	r.own, r.foreign = w.objects(own.ID, trainingBodyID, mine), w.objects(foreign.ID, otherTrainerID, theirs)
	return r
}

// ownOf is the object of a kind that belongs to a caller. A session and a mention belong to one account; asking may end it.
func (r realm) ownOf(kind authority.Object, caller string) string {
	r.t.Helper()
	if kind == authority.Mention {
		id := uuid.NewString()
		r.exec("INSERT INTO case_mentions (id, note_id, account_id) VALUES ($1, $2, $3)", id, r.own[authority.Note], r.accountOf(r.tokens[caller]))
		return id
	}
	if kind == authority.Draft {
		return r.draftOf(r.accountOf(r.tokens[caller]))
	}
	if kind == authority.View {
		return r.view(r.tokens[caller])
	}
	if kind == authority.PersonClaim && caller == string(authority.Trainee) { // theirs is what they said themselves
		r.exec("UPDATE person_claims SET state = 'withdrawn' WHERE account_id = $1 AND state = 'asked'", r.accountOf(r.tokens[caller]))
		return r.claimOf(r.accountOf(r.tokens[caller]), r.own[authority.Case])
	}
	if kind == authority.Evidence && caller == string(authority.Trainee) { // theirs goes with what they asked for
		content := scoreSheet(1000)
		at := r.askFor(r.tokens[caller], filing(r.own[authority.Petition], content, object{"subject_kind": "petition", "kind": "other"}))
		require.Equal(r.t, http.StatusOK, r.sendFile(at.Upload, content).status)
		return at.ID
	}
	if kind == authority.Intake && caller == string(authority.Employer) {
		return r.intakeOf(r.own[authority.Class], "", r.own[authority.EmployerRecord])
	}
	if kind != authority.WebSession {
		return r.own[kind]
	}
	return r.session(func(tx *store.Tx) (string, error) {
		account, err := tx.AccountByToken(r.tokens[caller])
		return account.ID, err
	})
}

// draftOf begins a registration of an account, with a photo; asking may send or remove it.
func (w *world) draftOf(account string) string {
	w.t.Helper()
	id := uuid.NewString()
	w.exec("INSERT INTO registration_drafts (id, account_id, step, contents_sealed, photo_sealed) VALUES ($1, $2, 'about', $3, $4)",
		id, account, w.sealed("{}", store.DraftSeal(id)), w.sealed("x", store.DraftPhotoSeal(id)))
	return id
}

// claimOf has an account say that it is the person of a case; asking may take it back.
func (w *world) claimOf(account, caseID string) string {
	w.t.Helper()
	id := uuid.NewString()
	w.exec(`INSERT INTO person_claims (id, account_id, person_id, name_sealed, text_sealed, asked_at)
		SELECT $1, $2, person_id, $4, $5, now() FROM cases WHERE id = $3`,
		id, account, caseID, w.sealed("王小明", store.ClaimNameSeal(id)), w.sealed("x", store.ClaimTextSeal(id)))
	return id
}

// view keeps a view of a list for an account; asking may remove it.
func (w *world) view(token string) string {
	w.t.Helper()
	v := store.SavedView{ID: uuid.NewString(), List: "cases", Name: uuid.NewString(), Columns: []string{}}
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		account, err := tx.AccountByToken(token)
		if err != nil {
			return err
		}
		v.Owner = account.ID
		return tx.KeepView(v)
	}))
	return v.ID
}

// session begins a session of an account.
func (w *world) session(accountOf func(*store.Tx) (string, error)) string {
	w.t.Helper()
	now, id := time.Now().UTC(), uuid.NewString()
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		account, err := accountOf(tx)
		if err != nil {
			return err
		}
		return tx.SaveWebSession(store.WebSession{
			ID: id, AccountID: account, Method: store.MethodLocal, Browser: "?", Data: []byte{}, CreatedAt: now, LastSeenAt: now,
		}, id, store.SessionLimits{Idle: time.Hour, Lifetime: time.Hour})
	}))
	return id
}

// employer registers an employer, and gives its id.
func (w *world) employer(n int, district string) string {
	w.t.Helper()
	id := uuid.NewString()
	w.exec(`INSERT INTO employers (id, name, uscc, district, registered_by, registered_at)
		VALUES ($1, $2, $3, $4, (SELECT id FROM accounts WHERE role = 'operator' LIMIT 1), now())`,
		id, fmt.Sprintf("第%d公司", n), creditCode(n), district)
	return id
}

// intakeOf is an intake for a class, of its training body or its sponsor.
func (w *world) intakeOf(classID, body, sponsor string) string {
	w.t.Helper()
	id := uuid.NewString()
	w.exec(`INSERT INTO intakes (id, class_id, employer_id, institution_id, digest, rows, uploaded_by, uploaded_at)
		SELECT $1::uuid, $2, nullif($3, '')::uuid, nullif($4, ''), sha256($1::uuid::text::bytea), 1, id, now() FROM accounts WHERE role = 'operator' LIMIT 1`,
		id, classID, sponsor, body)
	w.exec(`INSERT INTO intake_rows (intake_id, number, state, faults) VALUES ($1, 2, 'refused', '[{"column":"name","code":"required"}]')`, id)
	return id
}

// creditCode is a valid unified social credit code, another for each number.
func creditCode(n int) string {
	for _, check := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if code, err := identity.ParseUSCC(fmt.Sprintf("91110108%09d%c", n, check)); err == nil {
			return code.String()
		}
	}
	panic("every code has a check character")
}

// objects makes one object of every kind, of a case, its training body and the employer that sponsors its class.
func (w *world) objects(caseID, body, sponsor string) map[authority.Object]string {
	w.t.Helper()
	id := map[authority.Object]string{authority.Case: caseID}
	id[authority.Task] = w.issue(caseID, contract.EnrolmentTask, body)
	id[authority.Evidence] = w.filed(w.institution(body), id[authority.Task], scoreSheet(1000))
	id[authority.WebSession] = w.session(func(tx *store.Tx) (string, error) {
		a, err := tx.CreateAccount(store.Account{Role: store.RoleTrainee})
		return a.ID, err
	})
	id[authority.View] = w.view(w.token(store.Account{Role: store.RoleOperator}))
	id[authority.Incident] = w.stick(caseID, progress.Training, contract.TaskOverdue, store.Incident{})
	for _, kind := range []authority.Object{authority.Session, authority.Correction, authority.Course, authority.Place} {
		id[kind] = uuid.NewString()
	}
	id[authority.Letter] = uuid.NewString()
	first := uuid.NewString()
	by := "(SELECT id FROM accounts WHERE role = 'operator' LIMIT 1)"
	person := "(SELECT person_id FROM cases WHERE id = $2)"
	w.exec(`INSERT INTO dead_letters (id, institution_id, account_id, kind, named_task, task_id, reason, body_sealed, digest, received_at, last_at)
		VALUES ($1, $2, `+by+`, 'result', $3, $3, 'second_opinion', $4, 'x', now(), now())`, id[authority.Letter], body, id[authority.Task],
		w.sealed(`{"accepted_on":"2026-01-01"}`, store.LetterSeal(id[authority.Letter])))
	w.exec(`INSERT INTO staff (institution_id, ref, name_sealed, named_by) VALUES ($1, 'T1', 'x', `+by+`)`, body)
	w.exec(`INSERT INTO sessions (id, institution_id, ref, module, mode, opens_at, closes_at, announced_by)
		VALUES ($1, $2, 'S1', 'M', 'online', now(), now() + interval '1 hour', `+by+`)`, id[authority.Session], body)
	w.exec(`INSERT INTO session_roster (session_id, person_id, case_id) VALUES ($1, `+person+`, $2)`, id[authority.Session], caseID)
	w.exec(`INSERT INTO attendance (id, session_id, institution_id, person_id, reporter, received_by)
		VALUES ($1, $3, $4, `+person+`, 'T1', `+by+`)`, first, caseID, id[authority.Session], body)
	w.exec(`INSERT INTO attendance (id, session_id, institution_id, person_id, reporter, received_by, corrects, reason, state)
		VALUES ($1, $3, $4, `+person+`, 'T1', `+by+`, $5, 'late', 'pending')`,
		id[authority.Correction], caseID, id[authority.Session], body, first)
	w.exec(`INSERT INTO courses (id, institution_id, ref, title, seconds, minutes_per_hour, starts_on, ends_on, policy_version, opened_by)
		VALUES ($1, $2, 'C1', 'C', 3600, 45, current_date, current_date, 'beijing-2023', `+by+`)`, id[authority.Course], body)
	w.exec(`INSERT INTO course_places (id, course_id, person_id, enrolled_by) VALUES ($1, $3, `+person+`, `+by+`)`,
		id[authority.Place], caseID, id[authority.Course])
	w.certify(caseID, contract.TrainingCertificate, body, "C-1", "王小明", 1)
	issued, err := w.store.Read(w.t.Context()).Certificates(caseID)
	require.NoError(w.t, err)
	id[authority.Certificate] = issued[0].ID
	id[authority.Print] = uuid.NewString()
	w.exec(`INSERT INTO certificate_prints (id, institution_id, certificate_ids, requested_by, requested_at, state, expires_at)
		VALUES ($1, $2, jsonb_build_array($3::text), `+by+`, now(), 'waiting', now() + interval '1 hour')`,
		id[authority.Print], body, id[authority.Certificate])
	id[authority.CertificateRequest] = uuid.NewString()
	w.exec(`INSERT INTO certificate_requests (id, certificate_id, kind, reason_class, reason, certificate_since, requested_by, requested_at)
		SELECT $1, id, 'suspension', 'result_disputed', 'r', status_since, `+by+`, now() FROM certificates WHERE id = $2`,
		id[authority.CertificateRequest], id[authority.Certificate])
	id[authority.Revocation] = uuid.NewString()
	w.exec(`INSERT INTO certificate_revocations (id, institution_id, reason_class, reason, requested_by, requested_at)
		VALUES ($1, $2, 'issued_in_error', 'r', `+by+`, now())`, id[authority.Revocation], body)
	id[authority.Batch] = uuid.NewString()
	w.exec(`INSERT INTO batches (id, name, reason, verb, params, selection, district, counted, per_minute, watch_seconds, state, requested_by,
		requested_at, act_after) SELECT $1, 'n', 'r', 'retry', '{}', '{"cause":"task_overdue"}', district, 1, 60, 0, 'running', `+by+`, now(), now()
		FROM cases WHERE id = $2`, id[authority.Batch], caseID)
	var registrant string
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), "SELECT registered_by FROM cases WHERE id = $1", caseID).Scan(&registrant))
	id[authority.Draft] = w.draftOf(registrant)
	id[authority.Sitting], id[authority.Booking], id[authority.DoorCheck] = uuid.NewString(), uuid.NewString(), uuid.NewString()
	w.exec(`INSERT INTO sittings (id, institution_id, ref, occupations, levels, starts_at, ends_at, venue, capacity, book_until, made_by, made_at)
		VALUES ($1, $2, 'N1', '["x"]', '["junior"]', now() + interval '1 day', now() + interval '2 days', 'v', 1, now(), `+by+`, now())`,
		id[authority.Sitting], body)
	w.exec(`INSERT INTO sitting_bookings (id, sitting_id, case_id, attempt, starts_at, ends_at, booked_by, booked_at, state)
		SELECT $1, id, $3, 1, starts_at, ends_at, `+by+`, now(), 'moved' FROM sittings WHERE id = $2`, id[authority.Booking], id[authority.Sitting], caseID)
	w.exec(`INSERT INTO door_checks (id, booking_id, case_id, institution_id, attempt, outcome, ground, note, recorded_by, recorded_at, due_at, changed_at)
		VALUES ($1, $2, $3, $4, 1, 'provisional', 'other', 'n', `+by+`, now(), now(), now())`,
		id[authority.DoorCheck], id[authority.Booking], caseID, body)
	id[authority.Misconduct] = uuid.NewString()
	w.exec(`INSERT INTO misconduct_cases (id, case_id, task_id, institution_id, report_id, part, attempt, act, occurred_on, account_sealed, state,
		recorded_by, recorded_at, confirmed_by, confirmed_at, changed_at)
		SELECT $1::uuid, $2, $3, $4, $1::uuid, 'theory', 1, 'cheating', current_date, $5, 'noticed', a.id, now(), b.id, now(), now()
		FROM accounts a JOIN accounts b ON a.id < b.id WHERE NOT a.machine AND NOT b.machine LIMIT 1`,
		id[authority.Misconduct], caseID, id[authority.Task], body, w.sealed("x", store.MisconductSeal(id[authority.Misconduct])))
	id[authority.Petition] = uuid.NewString()
	w.exec(`INSERT INTO petitions (id, kind, person_id, case_id, institution_id, topic, handled_by, district, second, text_sealed, asked_by,
		asked_at, statement_due_at, heard_by, due_at, changed_at) SELECT $1, 'complaint', person_id, id, $3, 'fees', 'district', district, false, $4,
		`+by+`, now(), now(), `+by+`, now(), now() FROM cases WHERE id = $2`,
		id[authority.Petition], caseID, body, w.sealed("x", store.PetitionSeal(id[authority.Petition])))
	id[authority.PersonClaim] = w.claimOf(w.accountOf(w.token(store.Account{Role: store.RoleTrainee})), caseID)
	id[authority.Merge] = uuid.NewString()
	w.exec(`INSERT INTO merges (id, kept, merged, kept_case, merged_case, reason, legal_basis, evidence, seen, requested_by, requested_at, state,
		decided_at) SELECT $1, c.person_id, o.person_id, c.id, o.id, 'r', 'l', 'e', 's', `+by+`, now(), 'overtaken', now()
		FROM cases c JOIN cases o ON o.person_id <> c.person_id WHERE c.id = $2 LIMIT 1`, id[authority.Merge], caseID)
	id[authority.Approval] = uuid.NewString()
	w.exec(`INSERT INTO approvals (id, case_id, verb, seen, reason, legal_basis, requested_by, requested_at)
		SELECT $1, id, 'cancel', last_event, 'r', 'l', `+by+`, now() FROM cases WHERE id = $2`, id[authority.Approval], caseID)
	id[authority.Class] = uuid.NewString()
	w.exec(`INSERT INTO classes (id, institution_id, ref, name, occupation, level, policy_version, starts_on, ends_on, capacity, opened_by,
		mode, sponsor, agreed_by, agreed_at, order_code)
		SELECT $1::uuid, $2, 'K1', 'K', occupation, level, policy_version, current_date, current_date, 1, `+by+`, 'order', $4, `+by+`, now(), $1::uuid::text
		FROM cases WHERE id = $3`, id[authority.Class], body, caseID, sponsor)
	w.exec(`INSERT INTO sponsored_places (case_id, class_id, way, consent_version, given_by, given_at)
		VALUES ($1, $2, 'code', '1', `+by+`, now())`, caseID, id[authority.Class])
	id[authority.EmployerRecord], id[authority.Intake] = sponsor, w.intakeOf(id[authority.Class], body, "")
	w.exec(`INSERT INTO class_members (id, class_id, case_id, joined_by) VALUES (gen_random_uuid(), $1, $2, `+by+`)`, id[authority.Class], caseID)
	id[authority.Note], id[authority.Mention] = uuid.NewString(), uuid.NewString()
	w.exec(`INSERT INTO case_notes (id, case_id, author, written_at, text, shown_to) VALUES ($1, $2, `+by+`, now(), 'x', $3)`,
		id[authority.Note], caseID, body)
	w.exec(`INSERT INTO case_mentions (id, note_id, account_id) VALUES ($1, $2, (SELECT id FROM accounts WHERE role = 'trainee' LIMIT 1))`,
		id[authority.Mention], id[authority.Note])
	for _, kind := range []authority.Object{authority.APIKey, authority.Account, authority.Invitation} {
		id[kind] = uuid.NewString()
	}
	id[authority.Workbook] = uuid.NewString()
	w.workbook(id[authority.Workbook], body)
	id[authority.List] = uuid.NewString()
	w.exec(`INSERT INTO list_snapshots (id, document, list_year, valid_from, content, digest, state, imported_by)
		VALUES ($1, 'x', 2030, '2030-01-01', '{}', sha256($2::text::bytea), 'draft', 'system')`, id[authority.List], id[authority.List])
	id[authority.IssuerProfile] = uuid.NewString()
	w.exec(`INSERT INTO issuer_profiles (id, institution_id, kind, version, number_scheme, seal_name, stand_in, extra, proposed_by, reason, proposed_at)
		VALUES ($1, $2, 'training', 1, '', '', false, '[]', `+by+`, 'x', now())`, id[authority.IssuerProfile], body)
	id[authority.Inspection], id[authority.InspectionFinding], id[authority.Proposal] = uuid.NewString(), uuid.NewString(), uuid.NewString()
	w.exec(`INSERT INTO inspections (id, institution_id, role, scope, planned_on, planned_by, planned_at, state, visited_on, report)
		VALUES ($1, $2, 'training', 'x', current_date, `+by+`, now(), 'visited', current_date, 'x')`, id[authority.Inspection], body)
	w.exec(`INSERT INTO inspection_findings (id, inspection_id, number, severity, what, citation, due_on, state)
		VALUES ($1, $2, 1, 'grave', 'x', 'x', current_date, 'escalated')`, id[authority.InspectionFinding], id[authority.Inspection])
	w.exec(`INSERT INTO suspension_proposals (id, institution_id, finding_id, reason, legal_basis, proposed_by, proposed_at)
		VALUES ($1, $2, $3, 'x', 'x', `+by+`, now())`, id[authority.Proposal], body, id[authority.InspectionFinding])
	id[authority.Deletion] = uuid.NewString()
	w.exec(`INSERT INTO deletion_requests (id, person_id, requested_by) VALUES ($1, `+person+`, `+by+`)`, id[authority.Deletion], caseID)
	for _, kind := range []authority.Object{authority.Notice, authority.Mailbox} {
		id[kind] = uuid.NewString()
	}
	w.exec(`INSERT INTO notices (id, audience, institution_id, kind, occasion) VALUES ($1, 'institution', $2, 'endpoint_disabled', $2)`,
		id[authority.Notice], body)
	w.exec(`INSERT INTO mailboxes (id, institution_id, address_sealed, label, named_by) VALUES ($1, $2, $3, 'desk', `+by+`)`,
		id[authority.Mailbox], body, w.sealed("duty@example.cn", store.MailboxSeal(id[authority.Mailbox])))
	w.exec(`INSERT INTO accounts (id, role, institution_id, label, machine) VALUES ($1, 'institution', $2, 'payroll', true)`,
		id[authority.Account], body)
	w.exec(`INSERT INTO access_tokens (id, account_id, token_hash, label, scopes) VALUES ($1, $2, sha256($3::text::bytea), 'payroll', '{read}')`,
		id[authority.APIKey], id[authority.Account], id[authority.APIKey])
	w.exec(`INSERT INTO invitations (id, token_hash, role, institution_id, label, invited_by, invited_at, expires_at)
		VALUES ($1, sha256($3::text::bytea), 'institution', $2, 'desk', `+by+`, now(), now() + interval '1 hour')`,
		id[authority.Invitation], body, id[authority.Invitation])
	id[authority.Endpoint], id[authority.AllowedHost] = uuid.NewString(), uuid.NewString()
	w.exec(`INSERT INTO endpoints (id, institution_id, url) VALUES ($1, $2, 'https://example.org/')`, id[authority.Endpoint], body)
	w.exec(`INSERT INTO allowed_hosts (id, host, port, reason, allowed_by) VALUES ($1, $2, 443, 'x', `+by+`)`, id[authority.AllowedHost], body)
	var event string
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), "SELECT id FROM outbox WHERE subject_id = $1", id[authority.Task]).Scan(&event))
	id[authority.Delivery] = event
	return id
}

// sealed is a text sealed for a purpose.
func (w *world) sealed(text, purpose string) []byte {
	w.t.Helper()
	sealed, err := w.keys.Seal([]byte(text), purpose)
	require.NoError(w.t, err)
	return sealed
}

// ask sends a request that means nothing to an operation, on an object; streams are left once they have begun.
func (r realm) ask(row authority.Row, id, token string) reply {
	r.t.Helper()
	method, _ := splitRoute(row.Route)
	path := r.pathOf(row, id)
	c := call{method: method, path: path, token: token}
	if method == http.MethodPost || method == http.MethodPut {
		c.body = object{}
	}
	ctx, leave := context.WithCancel(r.t.Context())
	defer leave()
	recorder := &leaving{ResponseRecorder: httptest.NewRecorder(), leave: leave, streams: strings.HasSuffix(path, "/stream")}
	r.handler.ServeHTTP(recorder, c.request(r.t).WithContext(ctx))
	return reply{status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
}

// pathOf is the path of an operation on an object.
func (r realm) pathOf(row authority.Row, id string) string {
	_, path := splitRoute(row.Route)
	return strings.NewReplacer("{id}", id, "{token}", "0123456789abcdef", "{year}", "2025", "{ref}", "nobody").Replace(path)
}

// leaving is a reader that leaves a stream at its first words.
type leaving struct {
	*httptest.ResponseRecorder

	leave   func()
	streams bool
}

func (l *leaving) Write(p []byte) (int, error) {
	l.heard()
	return l.ResponseRecorder.Write(p)
}

func (l *leaving) WriteString(text string) (int, error) {
	l.heard()
	return l.ResponseRecorder.WriteString(text)
}

func (l *leaving) Flush() {
	l.heard()
	l.ResponseRecorder.Flush()
}

func (l *leaving) heard() {
	if l.streams {
		l.leave()
	}
}

// reaches is what the table promises a caller: whether the operation is open, and whether it reaches foreign objects.
func reaches(row authority.Row, caller string) (open, foreign bool) {
	role := authority.Role(caller)
	if caller == districtOperator || caller == cityOperator {
		role = authority.Operator
	}
	switch row.Scopes[role] {
	case authority.Own, authority.Ours:
		return true, false
	case authority.Area:
		return true, caller == cityOperator
	case authority.City:
		return caller == cityOperator, caller == cityOperator
	case authority.Unlimited:
		return true, true
	case authority.None:
	}
	return false, false
}

func TestEveryOperationAsEveryRoleOnOwnAndForeignObjects(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for _, row := range authority.Table() {
		if row.Public {
			require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, r.ask(row, uuid.NewString(), "").status, row.Route)
			continue
		}
		own, foreign := r.own[row.About], r.foreign[row.About]
		if row.About != authority.Nothing {
			require.NotEmpty(t, own, "no object of the kind %q to try %s with", row.About, row.Route)
		}
		r.ask(row, own, "").refused(t, http.StatusUnauthorized, unauthenticated)
		for caller, token := range r.tokens {
			name := fmt.Sprintf("%s as %s", row.Route, caller)
			open, reachesForeign := reaches(row, caller)
			if !open {
				r.ask(row, own, token).refused(t, http.StatusForbidden, forbidden)
				continue
			}
			if row.About == authority.Nothing {
				require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, r.ask(row, own, token).status, name)
				continue
			}
			unknown := r.ask(row, uuid.NewString(), token)
			unknown.refused(t, http.StatusNotFound, notFound)
			if !reachesForeign {
				got := r.ask(row, foreign, token)
				got.refused(t, http.StatusNotFound, notFound)
				require.Equal(t, withoutInstance(t, unknown), withoutInstance(t, got), name)
			} else {
				require.NotContains(t, []int{401, 403, 404}, r.ask(row, foreign, token).status, name)
			}
			got := r.ask(row, r.ownOf(row.About, caller), token)
			require.NotContains(t, []int{401, 403, 404}, got.status, "%s: %s", name, got.body)
		}
	}
}

func TestNoListShowsWhatLiesOutsideItsReadersScope(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	listed := map[string]authority.Object{
		"GET /v1/cases": authority.Case, "GET /v1/tasks": authority.Task, "GET /v1/incidents": authority.Incident, "GET /v1/dead-letters": authority.Letter,
		"GET /v1/sessions": authority.Session, "GET /v1/attendance/corrections": authority.Correction,
		"GET /v1/courses": authority.Course, "GET /v1/me/cases": authority.Case, "GET /v1/api-keys": authority.APIKey,
		"GET /v1/endpoints": authority.Endpoint, "GET /v1/deliveries": authority.Delivery, "GET /v1/allowed-hosts": authority.AllowedHost,
		"GET /v1/events": authority.Task, "GET /v1/accounts": authority.Account, "GET /v1/invitations": authority.Invitation,
		"GET /v1/evidence": authority.Evidence, "GET /v1/issuer-profiles": authority.IssuerProfile,
		"GET /v1/certificate-prints": authority.Print, "GET /v1/incident-batches": authority.Batch,
		"GET /v1/certificates": authority.Case, // each names the case that led to it
		"GET /v1/inspections":  authority.Inspection, "GET /v1/suspension-proposals": authority.Proposal,
		"GET /v1/classes": authority.Class, "GET /v1/sittings": authority.Sitting, "GET /v1/list-snapshots": authority.List,
		"GET /v1/approvals": authority.Approval, "GET /v1/me/registration-drafts": authority.Draft,
	}
	for _, row := range authority.Table() {
		if row.Public || row.About != authority.Nothing || !strings.HasPrefix(row.Route, http.MethodGet) {
			continue
		}
		for caller, token := range r.tokens {
			open, foreign := reaches(row, caller)
			if !open {
				continue
			}
			body := string(r.ask(row, "", token).body)
			name := fmt.Sprintf("%s as %s", row.Route, caller)
			if kind, lists := listed[row.Route]; lists {
				require.Contains(t, body, r.own[kind], name)
				require.Equal(t, foreign, strings.Contains(body, r.foreign[kind]), name)
			}
			if !foreign {
				for kind, id := range r.foreign {
					require.NotContains(t, body, id, "%s shows a foreign %s", name, kind)
				}
			}
		}
	}
}

func TestGroupedIncidentsCountOnlyADistrictsOwn(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	var answer struct{ Groups []struct{ Count int } }
	r.get("/v1/incidents?group_by=cause", r.tokens[districtOperator]).into(t, &answer)
	require.Len(t, answer.Groups, 1)
	require.Equal(t, 1, answer.Groups[0].Count)
}

func TestAnInstitutionCannotAskForAnothersSessions(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	got := r.get("/v1/sessions?institution="+otherTrainerID, r.tokens[string(authority.Institution)])
	require.Contains(t, string(got.body), r.own[authority.Session])
	require.NotContains(t, string(got.body), r.foreign[authority.Session])
}

func TestOnlyALiveTokenOfAnOpenAccountIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	closed := w.token(store.Account{Role: store.RoleOperator})
	w.exec(`UPDATE accounts SET state = 'closed', closed_at = now() WHERE id =
		(SELECT account_id FROM access_tokens ORDER BY created_at DESC, id LIMIT 1)`)
	w.exec(`INSERT INTO access_tokens (id, account_id, token_hash, label, revoked_at)
		SELECT gen_random_uuid(), id, sha256('revoked'), 'x', now() FROM accounts WHERE state = 'active' AND role = 'operator' LIMIT 1`)
	for _, bad := range []string{closed, "revoked", "nonsense", strings.Repeat("x", 300), "a b", "\x01"} {
		w.get("/v1/cases", bad).refused(t, http.StatusUnauthorized, unauthenticated)
	}
	basic := w.do(call{method: http.MethodGet, path: "/v1/cases", header: map[string]string{"Authorization": "Basic " + w.operator}})
	basic.refused(t, http.StatusUnauthorized, unauthenticated)
	require.Equal(t, "Bearer", basic.header.Get("WWW-Authenticate"))
}

func TestAnOperatorOfADistrictRegistersCasesOfItOnly(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	token := r.tokens[districtOperator]
	fields := r.register(token, "k1", registrationOf(11, object{"district": "xicheng"})).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"district": fieldForeignDistrict}, fields)
	fields = r.register(r.operator, "k2", registrationOf(11, object{"district": "atlantis"})).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"district": fieldUnknownValue}, fields)
	got := r.register(token, "k3", registrationOf(11, nil))
	require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
	var c struct{ ID string }
	got.into(t, &c)
	require.Equal(t, http.StatusOK, r.get("/v1/cases/"+c.ID, token).status)
}
