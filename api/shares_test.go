package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

// held is a certificate of the trainee's, with a document: where its links are made and listed.
func (w *world) held() (certificateID, links string) {
	w.t.Helper()
	registered := w.register(w.trainee, "mine", registrationOf(1, nil))
	var mine struct{ ID string }
	registered.into(w.t, &mine)
	c := w.printed(mine.ID, "T-1")
	w.becomes(c.id, store.CertificateValid)
	return c.id, "/v1/me/certificates/" + c.id + "/links"
}

func (w *world) makes(links string, body object) (made madeLink) {
	w.t.Helper()
	answer := w.post(links, w.trainee, body)
	require.Equal(w.t, http.StatusCreated, answer.status, "%s", answer.body)
	answer.into(w.t, &made)
	return made
}

type madeLink struct {
	ID   string `json:"id"`
	Link string `json:"link"`
}

func TestALinkShowsACertificateByItsHoldersNameForAsLongAsItIsGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, links := w.held()
	made := w.makes(links, object{"purpose": "employment", "days": 7})

	page := w.get(made.Link, "")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, string(page.body), "王小明")
	require.Contains(t, string(page.body), "求职、入职")
	require.NotContains(t, string(page.body), registrationOf(1, nil)["id_number"], "the number of the document of identity stays masked")
	require.Equal(t, "noindex", page.header.Get("X-Robots-Tag"))
	require.Contains(t, string(w.get(made.Link+"?lang=en", "").body), "for: Employment")

	var list struct{ Links []shareView }
	answer := w.get(links, w.trainee)
	answer.into(t, &list)
	require.Len(t, list.Links, 1)
	require.Equal(t, 2, list.Links[0].Opened)
	require.NotContains(t, string(answer.body), strings.TrimPrefix(made.Link, "/shared/"), "its secret is shown once")

	require.Equal(t, http.StatusNotFound, w.get("/shared/"+strings.Repeat("x", 43), "").status)
	w.exec("UPDATE certificate_shares SET shared_at = now() - interval '8 days', expires_at = now() - interval '1 day'")
	over := w.get(made.Link, "")
	require.Equal(t, http.StatusNotFound, over.status)
	require.Contains(t, string(over.body), "链接已失效")
}

func TestALinkIsOverWhenItsHolderEndsItOrTheirAccountIsClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, links := w.held()
	ended, left := w.makes(links, object{"purpose": "other", "days": 1}), w.makes(links, object{"purpose": "other", "days": 1})
	end := func() reply {
		return w.do(call{method: http.MethodDelete, path: links + "/" + ended.ID, token: w.trainee})
	}
	require.Equal(t, http.StatusNoContent, end().status)
	require.Equal(t, http.StatusNotFound, w.get(ended.Link, "").status)
	end().refused(t, http.StatusNotFound, notFound)
	require.Equal(t, http.StatusOK, w.get(left.Link, "").status)
	account := w.accountOf(w.trainee)
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.CloseAccount(account, time.Now()) }))
	require.Equal(t, http.StatusNotFound, w.get(left.Link, "").status)
}

func TestTheDocumentComesOnlyWithALinkThatIsToShowIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	certificate, links := w.held()
	without := w.makes(links, object{"purpose": "subsidy", "days": 1})
	with := w.makes(links, object{"purpose": "subsidy", "days": 1, "document": true})
	require.NotContains(t, string(w.get(without.Link, "").body), "/document")
	require.Equal(t, http.StatusNotFound, w.get(without.Link+"/document", "").status)
	require.Contains(t, string(w.get(with.Link, "").body), with.Link+"/document")
	require.Equal(t, "%PDF-1.7 T-1", string(w.get(with.Link+"/document", "").body))
	w.becomes(certificate, store.CertificateRevoked)
	require.Contains(t, string(w.get(with.Link, "").body), "已撤销", "a link says what became of the certificate")
}

func TestOneCertificateIsShownByALimitedNumberOfLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, links := w.held()
	asked := object{"purpose": "other", "days": 1}
	for range mostOpenShares {
		w.makes(links, asked)
	}
	w.post(links, w.trainee, asked).refused(t, http.StatusConflict, tooManyLinks)
	w.post(links, w.trainee, object{"purpose": "other", "days": 91}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	w.post(links, w.trainee, object{"purpose": "fun", "days": 1}).refused(t, http.StatusUnprocessableEntity, validationFailed)
}
