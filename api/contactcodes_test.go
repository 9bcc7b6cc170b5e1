package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/store"
)

// confirmingWorld is a record whose installation sends by both channels, with a trainee who said how they are reached.
func confirmingWorld(t *testing.T, factor float64) (w *world, person string, clock *time.Time) {
	t.Helper()
	now := time.Now().UTC()
	w = newWorldWith(t, func(c *Config) {
		c.Channels, c.LimitFactor = notification.Channels(), factor
		c.Now = func() time.Time { return now }
	})
	_, person = w.known(w.trainee, 1)
	require.Equal(t, http.StatusOK, w.put("/v1/me/contacts", w.trainee, reach).status)
	return w, person, &now
}

// code is the code that is on its way to a person.
func (w *world) code(person string, channel notification.Channel) string {
	w.t.Helper()
	kept, err := w.store.Read(w.t.Context()).ContactCode(person, channel, w.config.Now())
	require.NoError(w.t, err)
	code, err := w.keys.Open(kept.CodeSealed, store.ContactCodeSeal(kept.ID))
	require.NoError(w.t, err)
	return string(code)
}

func otherThan(code string) string {
	if strings.HasPrefix(code, "0") {
		return "1" + code[1:]
	}
	return "0" + code[1:]
}

func TestOnlyWhereACodeCameBackFromIsAnythingSent(t *testing.T) {
	t.Parallel()
	w, person, _ := confirmingWorld(t, -1)
	confirm := func(channel, code string) reply {
		return w.post("/v1/me/contacts/confirmation", w.trainee, object{"channel": channel, "code": code})
	}
	reached := func() notification.Reach {
		r, err := w.store.Read(t.Context()).ReachOf(person)
		require.NoError(t, err)
		return r
	}
	confirm("sms", "012345").refused(t, http.StatusConflict, contactCodeUnknown)
	for _, channel := range notification.Channels() {
		require.Equal(t, http.StatusAccepted, w.post("/v1/me/contacts/code", w.trainee, object{"channel": channel}).status)
		require.False(t, reached()[channel], "being asked is not being reached")
		code := w.code(person, channel)
		require.Equal(t, map[string]string{"code": contactCodeWrong},
			confirm(string(channel), otherThan(code)).refused(t, http.StatusUnprocessableEntity, contactCodeWrong))
		require.Equal(t, http.StatusOK, confirm(string(channel), code).status)
		require.True(t, reached()[channel])
		confirm(string(channel), code).refused(t, http.StatusConflict, contactCodeUnknown)
		w.post("/v1/me/contacts/code", w.trainee, object{"channel": channel}).refused(t, http.StatusConflict, contactConfirmed)
		for _, shown := range []string{w.log.String(), w.dump("contact_codes"), string(w.lastAudit("contacts.code").After)} {
			require.NotContains(t, shown, code)
		}
	}
	var view contactsView
	w.get("/v1/me/contacts", w.trainee).into(t, &view)
	require.NotNil(t, view.PhoneConfirmedAt)
	require.NotNil(t, view.EmailConfirmedAt)

	w.put("/v1/me/contacts", w.trainee, object{"phone": "13800135679", "keep": []string{"email"}})
	require.False(t, reached()[notification.SMS], "another number is to be confirmed anew")
	require.True(t, reached()[notification.Email], "and what stays, stays confirmed")
	w.put("/v1/me/contacts", w.trainee, object{"phone": "010 6255 1234", "keep": []string{"email"}})
	w.post("/v1/me/contacts/code", w.trainee, object{"channel": "sms"}).refused(t, http.StatusConflict, contactMissing)
}

func TestACodeIsGuessedAFewTimesAndGoodForMinutes(t *testing.T) {
	t.Parallel()
	w, person, now := confirmingWorld(t, -1)
	ask := func() { w.post("/v1/me/contacts/code", w.trainee, object{"channel": "sms"}) }
	confirm := func(code string) reply {
		return w.post("/v1/me/contacts/confirmation", w.trainee, object{"channel": "sms", "code": code})
	}
	ask()
	code := w.code(person, notification.SMS)
	for range store.MostCodeTries {
		confirm(otherThan(code)).refused(t, http.StatusUnprocessableEntity, contactCodeWrong)
	}
	confirm(code).refused(t, http.StatusConflict, contactCodeUnknown)
	ask()
	code = w.code(person, notification.SMS)
	w.put("/v1/me/contacts", w.trainee, object{"phone": "13800135679"})
	confirm(code).refused(t, http.StatusConflict, contactCodeUnknown) // it was sent to another number
	ask()
	code = w.code(person, notification.SMS)
	*now = now.Add(contactCodeGood)
	confirm(code).refused(t, http.StatusConflict, contactCodeUnknown)
}

func TestCodesAreNotSentWithoutEndNorByWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w, _, _ := confirmingWorld(t, 1)
	for range codesByPerson.burst {
		require.Equal(t, http.StatusAccepted, w.post("/v1/me/contacts/code", w.trainee, object{"channel": "sms"}).status)
	}
	w.post("/v1/me/contacts/code", w.trainee, object{"channel": "sms"}).refused(t, http.StatusTooManyRequests, tooManyRequests)
	bare := newWorld(t)
	bare.known(bare.trainee, 1)
	require.Equal(t, http.StatusOK, bare.put("/v1/me/contacts", bare.trainee, reach).status)
	bare.post("/v1/me/contacts/code", bare.trainee, object{"channel": "sms"}).refused(t, http.StatusConflict, channelAbsent)
}
