package api

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/consent"
	"github.com/dengpan/dengpan/password"
	"github.com/dengpan/dengpan/store"
)

func open(c *Config) { c.SignUp = true }

// signingUp is an account that is right in every field.
func signingUp(changes object) object {
	terms, _ := consent.Of(consent.Terms)
	return merge(object{"login": "wang.xm", "password": aPassword, "terms": terms.Version}, changes)
}

func TestATraineeMakesAnAccountOfTheirOwnAndIsLoggedIn(t *testing.T) {
	t.Parallel()
	o := newOffice(t, open)
	var ways struct {
		SignUp bool `json:"sign_up"`
	}
	o.get("/v1/session/ways", "").into(t, &ways)
	require.True(t, ways.SignUp)
	b := o.browser()
	r := b.do(http.MethodPost, "/v1/sign-ups", signingUp(nil))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var who loggedIn
	b.get("/v1/session").into(t, &who)
	require.Equal(t, []string{store.RoleTrainee, "wang.xm", store.MethodLocal}, []string{who.Account.Role, who.Account.Login, who.Method})
	require.Equal(t, 1, o.audited("account.sign_up"))
	require.Equal(t, 1, o.count("SELECT count(*) FROM consents WHERE account_id = $1 AND kind = 'terms'", who.Account.ID))
	require.Equal(t, http.StatusCreated, o.browser().logIn("wang.xm", aPassword).status)

	before := o.counts()
	fields := o.browser().do(http.MethodPost, "/v1/sign-ups", signingUp(object{"login": "Wang.XM"})).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"login": fieldLoginTaken}, fields)
	require.Equal(t, before, o.counts())
	require.NotContains(t, o.log.String(), aPassword)
}

func TestWhatIsWrongWithASignUpIsNamedBeforeItIsSaidWhetherTheNameIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, open)
	require.Equal(t, http.StatusCreated, w.post("/v1/sign-ups", "", signingUp(nil)).status)
	before := w.counts()
	for _, c := range []struct {
		change      object
		field, code string
	}{
		{object{"login": "王小明"}, "login", fieldFormat},
		{object{"login": "wx"}, "login", fieldFormat},
		{object{"login": "a-13812345678"}, "login", fieldReveals},
		{object{"password": "short"}, "password", string(password.TooShort)},
		{object{"password": "passwordpassword"}, "password", string(password.Guessable)},
		{object{"terms": "2019-01"}, "terms", fieldConsentOutdated},
		{object{"role": "operator"}, "role", fieldUnknown},
	} {
		code := validationFailed
		if c.code == fieldUnknown {
			code = unknownField
		}
		fields := w.post("/v1/sign-ups", "", signingUp(c.change)).refused(t, http.StatusUnprocessableEntity, code)
		require.Equal(t, map[string]string{c.field: c.code}, fields)
	}
	require.Equal(t, before, w.counts())
	newWorld(t).post("/v1/sign-ups", "", signingUp(nil)).refused(t, http.StatusConflict, signUpOff)
}

func TestWhoTriesWhichNamesAreTakenIsStoppedWhereverTheyAskFrom(t *testing.T) {
	t.Parallel()
	w := still(t, open)
	try := func(n int) reply {
		return w.from(fmt.Sprintf("192.0.2.%d:1", n), call{method: http.MethodPost, path: "/v1/sign-ups", body: signingUp(nil)}, nil)
	}
	require.Equal(t, http.StatusCreated, try(1).status)
	for n := 1; n < signUpsByLogin.burst; n++ {
		require.Equal(t, http.StatusUnprocessableEntity, try(n+1).status)
	}
	try(99).refused(t, http.StatusTooManyRequests, tooManyRequests)
}

// draft is a registration that is half filled in.
func draft(version int, step string, contents object) object {
	return object{"version": version, "step": step, "contents": contents}
}

func (w *world) begin(token string, contents object) DraftView {
	w.t.Helper()
	r := w.post("/v1/me/registration-drafts", token, draft(0, "target", merge(object{}, contents)))
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var d DraftView
	r.into(w.t, &d)
	return d
}

func TestARegistrationIsKeptAsItIsFilledInAndTwoWindowsDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.begin(w.trainee, object{"occupation": occupation})
	at := "/v1/me/registration-drafts/" + d.ID
	name, number := "买买提·吐尔逊", registrationOf(1, nil)["id_number"].(string)
	saved := w.put(at, w.trainee, draft(1, "identity", object{"occupation": occupation, "name": name, "id_number": number}))
	require.Equal(t, http.StatusOK, saved.status, "%s", saved.body)
	before := w.counts()
	w.put(at, w.trainee, draft(1, "about", object{"occupation": "big-data"})).refused(t, http.StatusConflict, draftMoved)
	require.Equal(t, before, w.counts())

	var all struct{ Drafts []DraftView }
	w.get("/v1/me/registration-drafts", w.trainee).into(t, &all) // on another device
	require.Len(t, all.Drafts, 1)
	got := all.Drafts[0]
	require.Equal(t, []any{2, "identity", name, number}, []any{got.Version, got.Step, got.Contents.Name, got.Contents.IDNumber})
	require.Equal(t, store.DraftKept, got.ExpiresAt.Sub(got.UpdatedAt))
	require.Zero(t, w.count("SELECT count(*) FROM registration_drafts WHERE position($1::text::bytea IN contents_sealed) > 0", number))
	require.Zero(t, w.count("SELECT count(*) FROM audit_entries WHERE position($1 IN coalesce(after::text, '')) > 0", number))

	w.get(at, w.token(store.Account{Role: store.RoleTrainee})).refused(t, http.StatusNotFound, notFound)
	for range mostDrafts - 1 {
		w.begin(w.trainee, nil)
	}
	w.post("/v1/me/registration-drafts", w.trainee, draft(0, "target", object{})).refused(t, http.StatusConflict, draftsFull)
	require.Equal(t, http.StatusNoContent, w.do(call{method: http.MethodDelete, path: at, token: w.trainee}).status)
	w.get(at, w.trainee).refused(t, http.StatusNotFound, notFound)
}

// inviting makes a class that begins in ten days, and offers it.
func (c classroom) inviting(changes object) string {
	c.t.Helper()
	id := c.makeClass(merge(object{"ref": "2027-A", "starts_on": c.day(10)}, changes))
	r := c.offer(id, nil)
	require.Equal(c.t, http.StatusOK, r.status, "%s", r.body)
	return id
}

func TestARegistrationTakesItsDraftsPlacePhotoAndContactsWithIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	class := c.inviting(object{"capacity": 1})
	d := w.begin(w.trainee, nil)
	at := "/v1/me/registration-drafts/" + d.ID
	r := w.put(at+"/place", w.trainee, object{"class": class, "class_offer": 1})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	r.into(t, &d)
	require.Equal(t, class, d.Place.Class)
	require.Equal(t, 1, d.Place.Offer)

	unfit := w.do(call{method: http.MethodPut, path: at + "/photo", token: w.trainee, body: "no photo", header: map[string]string{"Content-Type": mediaJPEG}})
	require.Equal(t, map[string]string{whole: "photo_format"}, unfit.refused(t, http.StatusUnprocessableEntity, validationFailed))
	photo := call{method: http.MethodPut, path: at + "/photo", token: w.trainee, body: string(portrait(t)), header: map[string]string{"Content-Type": mediaJPEG}}
	require.Equal(t, http.StatusOK, w.do(photo).status)
	require.Equal(t, http.StatusOK, w.get(at+"/photo", w.trainee).status)

	other := w.begin(w.token(store.Account{Role: store.RoleTrainee}), nil)
	require.NotEqual(t, other.ID, d.ID)
	w.register(w.operator, "full", registrationOf(2, object{"class": class, "class_offer": 1})).refused(t, http.StatusConflict, classFull)

	before := w.counts()
	for change, want := range map[string]string{"draft": fieldUnknownDraft} {
		fields := w.register(w.trainee, "bad", registrationOf(1, object{change: other.ID})).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{change: want}, fields)
	}
	fields := w.register(w.trainee, "wrong", registrationOf(1, object{"contacts": object{"phone": "123", "email": "x"}})).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"contacts.phone": "phone_format", "contacts.email": "email_format"}, fields)
	require.Equal(t, before, w.counts())

	registered := w.register(w.trainee, "k", registrationOf(1, object{
		"class": class, "class_offer": 1, "draft": d.ID, "contacts": object{"phone": "13800138000"},
	}))
	require.Equal(t, http.StatusCreated, registered.status, "%s", registered.body)
	w.get(at, w.trainee).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, http.StatusOK, w.get("/v1/me/photo", w.trainee).status)
	var reach contactsView
	w.get("/v1/me/contacts", w.trainee).into(t, &reach)
	require.Equal(t, "138****8000", reach.Phone)
	require.Equal(t, 1, w.count("SELECT count(*) FROM class_places WHERE class_id = $1 AND state = 'held' AND case_id IS NOT NULL AND held_until IS NULL", class))
}

func TestAPlaceIsKeptOnlyInAClassThatIsOfferedForTheCaseOnTheTermsThatWereRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	hidden, senior, over := c.makeClass(nil), c.inviting(object{"ref": "S", "level": "senior"}), c.inviting(object{"ref": "O"})
	require.Equal(t, http.StatusOK, c.offer(over, object{"enrol_until": w.day(-1), "reason": "满员在即"}).status)
	before := w.counts()
	for _, want := range []struct {
		class       string
		offer       int
		field, code string
	}{
		{hidden, 1, "class", "class_not_offered"},
		{senior, 1, "class", "class_other_target"},
		{over, 2, "class", "enrolment_over"},
		{uuid.NewString(), 1, "class", "class_unknown"},
		{senior, 2, "class_offer", "offer_changed"},
		{"x", 1, "class", fieldFormat},
	} {
		fields := w.register(w.operator, "k"+want.class+want.code, registrationOf(1, object{"class": want.class, "class_offer": want.offer})).
			refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{want.field: want.code}, fields)
	}
	require.Equal(t, before, w.counts())
	d := w.begin(w.trainee, nil)
	place := func(class string) reply {
		return w.put("/v1/me/registration-drafts/"+d.ID+"/place", w.trainee, object{"class": class, "class_offer": 1})
	}
	require.Equal(t, map[string]string{"class": "class_not_offered"}, place(hidden).refused(t, http.StatusUnprocessableEntity, validationFailed))
	for n := range mostPlaces {
		d = w.begin(w.trainee, nil)
		require.Equal(t, http.StatusOK, place(senior).status, n)
	}
	d = w.begin(w.trainee, nil)
	place(senior).refused(t, http.StatusConflict, placesFull)
	require.Equal(t, mostPlaces, w.count("SELECT class_places_taken($1)", senior))
	w.exec("UPDATE class_places SET held_until = now() - interval '1 minute'")
	require.Zero(t, w.count("SELECT class_places_taken($1)", senior), "nobody's place is kept for longer than was said")
	require.Equal(t, http.StatusOK, place(senior).status)
}

// Registrations, an institution that fills its class, and drafts that are begun all want the same places at once.
func TestNoClassHasMorePlacesTakenThanItHoldsHoweverManyWantThemAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	const capacity = 3
	class := c.inviting(object{"capacity": capacity})
	admitted := []string{w.admitted(31, nil), w.admitted(32, nil)}
	var all sync.WaitGroup
	var taken sync.Map
	for n := range 4 {
		all.Go(func() {
			r := w.register(w.operator, fmt.Sprint("race", n), registrationOf(40+n, object{"class": class, "class_offer": 1}))
			taken.Store(n, r.status == http.StatusCreated)
		})
		token := w.token(store.Account{Role: store.RoleTrainee})
		d := w.begin(token, nil)
		all.Go(func() {
			r := w.put("/v1/me/registration-drafts/"+d.ID+"/place", token, object{"class": class, "class_offer": 1})
			taken.Store(10+n, r.status == http.StatusOK)
		})
	}
	for n, id := range admitted {
		all.Go(func() { taken.Store(20+n, c.join(class, id).status == http.StatusOK) })
	}
	all.Wait()
	got := 0
	taken.Range(func(_, yes any) bool {
		if yes.(bool) {
			got++
		}
		return true
	})
	require.Equal(t, capacity, got)
	require.Equal(t, capacity, w.count("SELECT class_places_taken($1)", class))
}

func TestWhoRegistersThemselvesConsentsToWhatIsNeededFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.counts()
	all := consentsTo(consent.Registration)
	for _, c := range []struct {
		given       []object
		field, code string
	}{
		{nil, "consents", fieldConsentNeeded},
		{all[1:], "consents", fieldConsentNeeded},
		{append([]object{{"kind": "processing", "version": "2019"}}, all[1:]...), "consents[0].version", fieldConsentOutdated},
		{append([]object{{"kind": "cookies", "version": "1"}}, all...), "consents[0].kind", fieldUnknownValue},
		{append([]object{{"kind": "terms", "version": "2026-11"}}, all...), "consents[0].kind", fieldUnknownValue},
	} {
		fields := w.register(w.trainee, "k", registrationOf(1, object{"consents": c.given})).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{c.field: c.code}, fields)
	}
	require.Equal(t, before, w.counts())
	require.Equal(t, http.StatusCreated, w.register(w.operator, "paper", registrationOf(2, object{"consents": nil})).status, "it was signed on paper")
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "k2", registrationOf(1, nil)).status)
	again := registrationOf(1, object{"consents": nil, "level": "intermediate", "name": nil, "id_number": nil})
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "k3", again).status, "it was consented to before, and who they are is known")
	require.Equal(t, 2, w.count("SELECT count(*) FROM persons"))
	require.Equal(t, len(all), w.count("SELECT count(*) FROM consents"))
}

func TestX47WhatIsConsentedToIsTakenBackButNotFromUnderAnOpenCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.get("/v1/me/consents", w.trainee).refused(t, http.StatusConflict, personUnknown)
	registered := w.register(w.trainee, "k", registrationOf(1, nil))
	require.Equal(t, http.StatusCreated, registered.status)
	standing := func() map[string]bool {
		var shown struct{ Consents []ConsentView }
		w.get("/v1/me/consents", w.trainee).into(t, &shown)
		given := map[string]bool{}
		for _, c := range shown.Consents {
			given[c.Kind] = c.Given
		}
		return given
	}
	change := func(kind string, given bool) reply {
		text, _ := consent.Of(kind)
		return w.put("/v1/me/consents", w.trainee, object{"kind": kind, "version": text.Version, "given": given})
	}
	require.Equal(t, map[string]bool{"processing": true, "sensitive": true, "sharing": true, "publicity": false, "talent_list": false}, standing())
	require.Equal(t, http.StatusOK, change("publicity", true).status)
	require.Equal(t, http.StatusOK, change("publicity", true).status, "once more changes nothing")
	require.True(t, standing()["publicity"])
	require.Equal(t, http.StatusOK, change("publicity", false).status)
	require.False(t, standing()["publicity"])
	require.Equal(t, 1, w.count("SELECT count(*) FROM consents WHERE kind = 'publicity' AND withdrawn_at IS NOT NULL"))
	change("sensitive", false).refused(t, http.StatusConflict, caseOpen)
	w.exec("UPDATE cases SET status = 'ended', outcome = 'withdrawn', ended_at = now()")
	require.Equal(t, http.StatusOK, change("sensitive", false).status)
	require.Equal(t, 2, w.count("SELECT count(*) FROM audit_entries WHERE action = 'consent.withdraw'"))
	fields := w.put("/v1/me/consents", w.trainee, object{"kind": "terms", "version": "x", "given": false}).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"kind": fieldUnknownValue}, fields)
}

func TestMayIJoinSaysWhatIsMissingAndFromWhenItIsNotAndKeepsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.counts()
	asked := func(changes object) reply {
		r := registrationOf(1, nil)
		return w.post("/v1/join-checks", "", merge(object{"occupation": r["occupation"], "level": "junior", "applicant": r["applicant"]}, changes))
	}
	answer := func(changes object) (view JoinCheckView) {
		r := asked(changes)
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		r.into(t, &view)
		return view
	}
	met := answer(nil)
	require.Equal(t, []string{"met", "met", "met"}, []string{met.Join.Outcome, met.Evaluation.Outcome, met.Title.Outcome})
	require.NotEmpty(t, met.Join.Lines)
	require.NotEmpty(t, met.Join.Citation.Document)
	require.NotNil(t, met.Hours)
	require.NotEmpty(t, met.Training)
	require.NotEmpty(t, met.Assessing)

	fresh := answer(object{"applicant": object{
		"category":  "in_post",
		"education": []object{{"degree": "bachelor", "related_major": true, "full_time": true, "graduated_on": w.day(-30)}},
	}})
	require.Equal(t, []string{"met", "not_met"}, []string{fresh.Join.Outcome, fresh.Title.Outcome})
	require.NotNil(t, fresh.Title.EarliestDate, "only time is missing, and it says until when")
	require.True(t, fresh.Title.EarliestDate.After(fresh.AsOf))

	w.exec("UPDATE institution_roles SET level = 'junior' WHERE role = 'evaluation' AND occupation = $1", occupation)
	w.exec(`INSERT INTO institution_roles (institution_id, occupation, role, level, list_year, source_document, valid_from)
		SELECT institution_id, occupation, role, 'senior', list_year, source_document, valid_from FROM institution_roles
		WHERE role = 'evaluation' AND occupation = $1`, occupation)
	require.Equal(t, met.Assessing, answer(nil).Assessing, "who is listed for two levels is named once")
	require.Empty(t, answer(object{"level": "intermediate"}).Assessing, "and for no third")
	w.exec("UPDATE institution_roles SET valid_to = valid_from + 1 WHERE role = 'evaluation' AND occupation = $1", occupation)
	require.Empty(t, answer(nil).Assessing, "nobody evaluates it: X-11 is told at once")
	fields := asked(object{"level": "supreme", "occupation": "alchemy"}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"level": fieldNoLevel, "occupation": fieldNoOccupation}, fields)
	fields = asked(object{"name": "王小明"}).refused(t, http.StatusUnprocessableEntity, unknownField)
	require.Equal(t, map[string]string{"name": fieldUnknown}, fields)
	require.Equal(t, before, w.counts())
}
