package api

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// known registers a case of a trainee, and says which.
func (w *world) known(token string, n int) (caseID, personID string) {
	w.t.Helper()
	r := w.register(token, "known", registrationOf(n, nil))
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var c struct{ ID string }
	r.into(w.t, &c)
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), "SELECT person_id FROM cases WHERE id = $1", c.ID).Scan(&personID))
	return c.ID, personID
}

func (w *world) put(path, token string, body any) reply {
	w.t.Helper()
	return w.do(call{method: http.MethodPut, path: path, token: token, body: body})
}

// reach is how the people of these tests can be reached.
var reach = object{"phone": "138 0013 5678", "email": "wang.xiaoming@example.com", "address": "北京市海淀区中关村大街 1 号"}

// lastAudit is the newest entry of an action.
func (w *world) lastAudit(action string) store.AuditEntry {
	w.t.Helper()
	var e store.AuditEntry
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(),
		`SELECT actor, subject, reason, coalesce(after, 'null') FROM audit_entries WHERE action = $1 ORDER BY id DESC LIMIT 1`, action).
		Scan(&e.Actor, &e.Subject, &e.Reason, &e.After))
	return e
}

func TestContactsAreSealedAndShownMasked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, person := w.known(w.trainee, 1)
	require.JSONEq(t, `{"phone":"","email":"","address":"","updated_at":null}`, string(w.get("/v1/me/contacts", w.trainee).body))
	r := w.put("/v1/me/contacts", w.trainee, reach)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	for _, shown := range []reply{r, w.get("/v1/me/contacts", w.trainee)} {
		var view contactsView
		shown.into(t, &view)
		require.Equal(t, "138****5678", view.Phone)
		require.Equal(t, "w***@example.com", view.Email)
		require.Equal(t, "北京市****", view.Address)
	}
	audit := w.lastAudit("contacts.set")
	require.Equal(t, "person:"+person, audit.Subject)
	require.NotEmpty(t, audit.Reason)
	for _, text := range []string{string(audit.After), w.log.String(), w.dump("contacts"), w.dump("person_indexes")} {
		for _, whole := range []string{"13800135678", "138 0013 5678", "wang.xiaoming", "中关村"} {
			require.NotContains(t, text, whole)
		}
	}
	r = w.put("/v1/me/contacts", w.trainee, object{"email": "w@example.com"})
	require.Equal(t, http.StatusOK, r.status)
	var view contactsView
	w.get("/v1/me/contacts", w.trainee).into(t, &view)
	require.Empty(t, view.Phone, "what is left out is not known any more")
	require.Empty(t, w.search(w.operator, object{"phone": "13800135678"}), "and finds nobody")
}

func TestOneOfTheContactsIsChangedWhileTheOthersStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.known(w.trainee, 1)
	require.Equal(t, http.StatusOK, w.put("/v1/me/contacts", w.trainee, reach).status)
	r := w.put("/v1/me/contacts", w.trainee, object{"email": "neu@example.org", "keep": []string{"phone"}})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var view contactsView
	w.get("/v1/me/contacts", w.trainee).into(t, &view)
	require.Equal(t, "138****5678", view.Phone)
	require.Equal(t, "n***@example.org", view.Email)
	require.Empty(t, view.Address, "what is neither given nor kept is not known any more")
	require.Len(t, w.search(w.operator, object{"phone": "13800135678"}), 1, "what stays still finds its person")
	r = w.put("/v1/me/contacts", w.trainee, object{"phone": "13800135679", "keep": []string{"phone"}})
	require.Equal(t, map[string]string{"phone": fieldConflict}, r.refused(t, http.StatusUnprocessableEntity, validationFailed))
}

// dump is a table as text, bytes as hexadecimal and as the characters that they are.
func (w *world) dump(table string) string {
	w.t.Helper()
	var text string
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), "SELECT coalesce(json_agg(t), '[]')::text FROM "+table+" t").Scan(&text))
	return text
}

func TestBadContactsAreRefusedByFieldAndChangeNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.known(w.trainee, 1)
	require.Equal(t, http.StatusOK, w.put("/v1/me/contacts", w.trainee, reach).status)
	before := w.dump("contacts")
	for field, bad := range map[string]object{
		"phone": {"phone": "12345"}, "email": {"email": "wang@"}, "address": {"address": "a\nb"}, "fax": {"fax": "1"},
	} {
		got := w.put("/v1/me/contacts", w.trainee, bad)
		require.Equal(t, http.StatusUnprocessableEntity, got.status, field)
		require.Contains(t, string(got.body), `"field":"`+field+`"`)
		require.NotContains(t, string(got.body), "wang@")
		require.NotContains(t, string(got.body), "12345")
	}
	require.Equal(t, before, w.dump("contacts"))
}

func TestAnAccountThatIsNobodysHasNoContactsAndNoPhoto(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.get("/v1/me/contacts", w.trainee).refused(t, http.StatusConflict, personUnknown)
	w.put("/v1/me/contacts", w.trainee, reach).refused(t, http.StatusConflict, personUnknown)
	w.get("/v1/me/photo", w.trainee).refused(t, http.StatusConflict, personUnknown)
	w.upload(w.trainee, mediaJPEG, portrait(t)).refused(t, http.StatusConflict, personUnknown)
}

func TestAMobileIsOnePersonsAndATryLeavesATrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.known(w.trainee, 1)
	other := w.token(store.Account{Role: store.RoleTrainee})
	_, second := w.known(other, 2)
	require.Equal(t, http.StatusOK, w.put("/v1/me/contacts", w.trainee, reach).status)
	require.Equal(t, http.StatusOK, w.put("/v1/me/contacts", other, object{"phone": "010-12345678", "email": reach["email"]}).status)
	before := w.dump("contacts") + w.dump("person_indexes")
	fields := w.put("/v1/me/contacts", other, object{"phone": "+86 13800135678"}).refused(t, http.StatusConflict, phoneTaken)
	require.Equal(t, map[string]string{"phone": phoneTaken}, fields)
	require.Equal(t, before, w.dump("contacts")+w.dump("person_indexes"), "nothing was changed")
	require.Equal(t, "person:"+second, w.lastAudit("contacts.refused").Subject)
	require.Equal(t, http.StatusOK, w.put("/v1/me/contacts", w.trainee, object{"phone": "010-12345678"}).status, "a line may be shared")
	require.Len(t, w.search(w.operator, object{"phone": "01012345678"}), 2)
	require.Equal(t, http.StatusOK, w.put("/v1/me/contacts", other, object{"phone": "13800135678"}).status, "it is given up")
}

func TestAMobileThatBecameSomebodyElsesIsReleasedByAnOperatorForAReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, first := w.known(w.trainee, 1)
	other := w.token(store.Account{Role: store.RoleTrainee})
	w.known(other, 2)
	require.Equal(t, http.StatusOK, w.put("/v1/me/contacts", w.trainee, reach).status)
	w.put("/v1/me/contacts", other, object{"phone": "13800135678"}).refused(t, http.StatusConflict, phoneTaken)
	path := "/v1/cases/" + caseID + "/phone-release"
	w.post(path, w.operator, object{}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	r := w.post(path, w.operator, object{"reason": "号码已换机主"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var left contactsView
	w.get("/v1/me/contacts", w.trainee).into(t, &left)
	require.Empty(t, left.Phone)
	require.Equal(t, "w***@example.com", left.Email, "the rest stays")
	require.Equal(t, http.StatusOK, w.put("/v1/me/contacts", other, object{"phone": "13800135678"}).status)
	audit := w.lastAudit("contacts.release")
	require.Equal(t, "person:"+first, audit.Subject)
	require.Equal(t, "号码已换机主", audit.Reason)
	w.post(path, w.operator, object{"reason": "再次"}).refused(t, http.StatusConflict, phoneUnknown)
}

// portrait is a one-inch photo.
func portrait(t testing.TB) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, 295, 413))
	draw.Draw(p, p.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(p, image.Rect(80, 70, 215, 413), image.NewUniform(color.RGBA{R: 200, G: 150, B: 100, A: 255}), image.Point{}, draw.Src)
	var content bytes.Buffer
	require.NoError(t, jpeg.Encode(&content, p, nil))
	return content.Bytes()
}

func (w *world) upload(token, media string, content []byte) reply {
	w.t.Helper()
	return w.do(call{
		method: http.MethodPut, path: "/v1/me/photo", token: token, body: string(content), header: map[string]string{"Content-Type": media},
	})
}

func TestAPhotoIsSealedAndItsOwnersOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, person := w.known(w.trainee, 1)
	w.get("/v1/me/photo", w.trainee).refused(t, http.StatusNotFound, notFound)
	planted := append(portrait(t), "GPS 39.9042N"...)
	r := w.upload(w.trainee, mediaJPEG, planted)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	shown := w.get("/v1/me/photo", w.trainee)
	require.Equal(t, http.StatusOK, shown.status)
	require.Equal(t, mediaJPEG, shown.header.Get("Content-Type"))
	require.NotContains(t, string(shown.body), "39.9042N")
	size, _, err := image.DecodeConfig(bytes.NewReader(shown.body))
	require.NoError(t, err)
	require.Equal(t, 295, size.Width)
	var sealed []byte
	require.NoError(t, w.sql.QueryRowContext(t.Context(), "SELECT image_sealed FROM photos WHERE person_id = $1", person).Scan(&sealed))
	require.NotContains(t, string(sealed), "JFIF")
	require.False(t, bytes.Contains(sealed, shown.body[:64]))
	require.Equal(t, http.StatusNoContent, w.do(call{method: http.MethodDelete, path: "/v1/me/photo", token: w.trainee}).status)
	w.get("/v1/me/photo", w.trainee).refused(t, http.StatusNotFound, notFound)
	w.do(call{method: http.MethodDelete, path: "/v1/me/photo", token: w.trainee}).refused(t, http.StatusNotFound, notFound)
}

func TestWhatIsNoPhotoIsRefusedAndWhyIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.known(w.trainee, 1)
	for media, content := range map[string]string{mediaJPEG: "no photo", "application/json": "{}", "image/svg+xml": "<svg/>"} {
		fields := w.upload(w.trainee, media, []byte(content)).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{whole: "photo_format"}, fields)
	}
	w.upload(w.trainee, mediaJPEG, make([]byte, mostBytes+1)).refused(t, http.StatusRequestEntityTooLarge, payloadTooLarge)
	w.get("/v1/me/photo", w.trainee).refused(t, http.StatusNotFound, notFound)
}

func (w *world) search(token string, body object) []personView {
	w.t.Helper()
	r := w.post("/v1/person-search", token, body)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	var answer struct{ People []personView }
	r.into(w.t, &answer)
	return answer.People
}

func TestAPersonIsFoundByTheExactNumberAndShownMasked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, person := w.known(w.trainee, 1)
	require.Equal(t, http.StatusOK, w.put("/v1/me/contacts", w.trainee, reach).status)
	number := identity.Synthetic(1, calendar.MustParseDate("1990-05-17")).Number()
	for _, by := range []object{{"id_number": number}, {"id_number": strings.ToLower(number)}, {"phone": "13800135678"}, {"phone": "+8613800135678"}} {
		r := w.post("/v1/person-search", w.operator, by)
		require.NotContains(t, string(r.body), number)
		require.NotContains(t, string(r.body), "13800135678")
		people := w.search(w.operator, by)
		require.Len(t, people, 1)
		require.Equal(t, person, people[0].ID)
		require.Equal(t, "王*明", people[0].NameMasked)
		require.Equal(t, "138****5678", people[0].Contacts.Phone)
		require.Len(t, people[0].Cases, 1)
		require.Equal(t, caseID, people[0].Cases[0].ID)
		require.Equal(t, "person:"+person, w.lastAudit("person.search").Subject)
	}
	require.Empty(t, w.search(w.operator, object{"phone": "13900135678"}))
	require.Empty(t, w.search(w.operator, object{"id_type": "passport", "id_country": "FRA", "id_number": "12AB34567"}))
	require.Equal(t, "person:none", w.lastAudit("person.search").Subject, "a search that finds nobody is written down, too")
	for _, bad := range []object{{}, {"id_number": number[:17]}, {"phone": "1"}, {"phone": "13800135678", "id_number": number}} {
		w.post("/v1/person-search", w.operator, bad).refused(t, http.StatusUnprocessableEntity, validationFailed)
	}
}

func TestAnOperatorOfADistrictFindsWhoHasACaseThereAndNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	district := "haidian"
	operator := w.token(store.Account{Role: store.RoleOperator, District: &district})
	for n, of := range map[int]string{1: "haidian", 2: "xicheng"} {
		require.Equal(t, http.StatusCreated, w.register(w.operator, of, registrationOf(n, object{"district": of})).status)
	}
	born := calendar.MustParseDate("1990-05-17")
	require.Len(t, w.search(operator, object{"id_number": identity.Synthetic(1, born).Number()}), 1)
	require.Empty(t, w.search(operator, object{"id_number": identity.Synthetic(2, born).Number()}))
	require.Len(t, w.search(w.operator, object{"id_number": identity.Synthetic(2, born).Number()}), 1)
}

func TestWhatIsMaskedIsShownForAReasonThatIsWrittenDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, person := w.known(w.trainee, 1)
	require.Equal(t, http.StatusOK, w.put("/v1/me/contacts", w.trainee, reach).status)
	require.Equal(t, http.StatusOK, w.upload(w.trainee, mediaJPEG, portrait(t)).status)
	path := "/v1/cases/" + caseID + "/unmasking"
	for _, bad := range []object{
		{},
		{"fields": []string{"name"}},
		{"fields": []string{"name"}, "reason": " "},
		{"fields": []string{}, "reason": "核对证件"},
		{"fields": []string{"password"}, "reason": "核对证件"},
		{"fields": []string{"name", "name"}, "reason": "核对证件"},
	} {
		w.post(path, w.operator, bad).refused(t, http.StatusUnprocessableEntity, validationFailed)
	}
	require.Zero(t, w.audited("person.unmask"))

	r := w.post(path, w.operator, object{"fields": []string{"name", "phone"}, "reason": "电话通知补考"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.JSONEq(t, `{"name":"王小明","phone":"+8613800135678"}`, string(r.body), "what was asked for, and nothing else")
	audit := w.lastAudit("person.unmask")
	require.Equal(t, "person:"+person, audit.Subject)
	require.Equal(t, "电话通知补考", audit.Reason)
	require.Equal(t, w.accountOf(w.operator), audit.Actor)
	require.JSONEq(t, `{"case":"`+caseID+`","fields":["name","phone"]}`, string(audit.After))

	r = w.post(path, w.operator, object{"fields": []string{"id_number", "email", "address", "photo"}, "reason": "核对"})
	var all unmaskedView
	r.into(t, &all)
	require.Equal(t, identity.Synthetic(1, calendar.MustParseDate("1990-05-17")).Number(), *all.IDNumber)
	require.Equal(t, reach["email"], *all.Email)
	require.Equal(t, reach["address"], *all.Address)
	require.Contains(t, string(r.body), base64.StdEncoding.EncodeToString(w.get("/v1/me/photo", w.trainee).body))
	require.Nil(t, all.Name)
	require.Equal(t, 2, w.audited("person.unmask"))
}

func TestWhoTeachesSeesNamesAndOperatorsSeeThemMasked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.known(w.trainee, 1)
	task := w.issue(caseID, contract.EnrolmentTask, trainingBodyID)
	number := identity.Synthetic(1, calendar.MustParseDate("1990-05-17")).Number()
	taught := w.get("/v1/tasks/"+task, w.institution(trainingBodyID))
	require.Contains(t, string(taught.body), "王小明")
	require.NotContains(t, string(taught.body), number)
	seen := w.get("/v1/tasks/"+task, w.operator)
	require.Contains(t, string(seen.body), "王*明")
	require.NotContains(t, string(seen.body), "王小明")
	require.NotContains(t, string(seen.body), number)
}
