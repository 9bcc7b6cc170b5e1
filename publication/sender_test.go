package publication_test

import (
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

const (
	beijing  = certificate.BeijingCE
	national = certificate.National
)

func TestACertificateIsPublishedWhereTheNoticeSaysItIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	trained, graded := w.issue(contract.TrainingCertificate), w.issue(contract.GradeCertificate)
	require.Equal(t, []string{beijing}, certificate.ChannelsOf(certificate.KindCEBase))
	for _, channel := range certificate.Channels() {
		require.Nil(t, w.turn(channel), "nothing is left to do")
	}
	for _, c := range []store.Certificate{trained, graded} {
		p := w.publication(c, beijing)
		require.Equal(t, store.PublicationPublished, p.State)
		require.NotEmpty(t, p.Receipt)
	}
	require.Equal(t, store.PublicationPublished, w.publication(graded, national).State)
	require.Len(t, w.register(beijing).Records, 2)
	require.Len(t, w.register(national).Records, 1, "only the grade certificate is found on the national platform")

	page := func(number string) string {
		response, err := http.PostForm(w.play+"/registers/"+national, url.Values{
			"name": {holder}, "identity_card": {idNumber}, "cert_num": {number},
		})
		require.NoError(t, err)
		defer response.Body.Close()
		shown, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return string(shown)
	}
	require.Contains(t, page(graded.Number), "有效")
	require.Contains(t, page(trained.Number), "未查询到")
}

func TestARegisterThatTakesItsTimeIsAskedUntilItHasPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2*day)
	c := w.issue(contract.TrainingCertificate)
	turns := 0
	for next := w.turn(beijing); next != nil; next = w.turn(beijing) {
		require.Equal(t, store.PublicationAcknowledged, w.publication(c, beijing).State)
		w.pass(next.Sub(w.clock()))
		turns++
	}
	require.Equal(t, store.PublicationPublished, w.publication(c, beijing).State)
	require.Less(t, turns, 250, "it is asked less often the longer it takes")
	require.Equal(t, 1, w.register(beijing).Counts["taken"])
	require.Zero(t, w.register(beijing).Counts["repeated"])
}

func TestAnAnswerThatIsLostIsAskedForUnderTheSameKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	c := w.issue(contract.TrainingCertificate)
	w.tell(beijing, "behaviour", object{"lose_answers": 2})
	for next := w.turn(beijing); next != nil; next = w.turn(beijing) {
		w.pass(next.Sub(w.clock()))
	}
	require.Equal(t, store.PublicationPublished, w.publication(c, beijing).State)
	require.Equal(t, 1, w.register(beijing).Counts["taken"], "it was published once")
}

// The worker is killed after it sent a record and before it wrote down what was answered.
func TestARecordWhoseAnswerNobodyHeardIsSentAgainAndTakenOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	c := w.issue(contract.TrainingCertificate)
	w.tell(beijing, "behaviour", object{"lose_receipts": 1}) // or its feed would tell
	w.turn(beijing)
	conn, err := pgx.Connect(t.Context(), w.url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	for _, statement := range []string{
		"ALTER TABLE publications DISABLE TRIGGER keep",
		"UPDATE publications SET state = 'sending', published_version = 0, published_at = NULL, receipt = ''",
		"ALTER TABLE publications ENABLE TRIGGER keep",
	} {
		_, err := conn.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	w.pass(time.Minute)
	w.turn(beijing)
	require.Equal(t, store.PublicationPublished, w.publication(c, beijing).State)
	require.Equal(t, map[string]int{"taken": 1, "repeated": 1}, w.register(beijing).Counts)
}

func TestOnlyTheNewestVersionIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	c := w.issue(contract.TrainingCertificate)
	w.change(&c, store.CertificateSuspended)
	w.turn(beijing)
	held := w.register(beijing).Records[c.ID]
	require.Equal(t, 2, held.Version)
	require.Equal(t, "02", held.CertState, "暂扣")
	require.Equal(t, 1, w.register(beijing).Counts["taken"])
	w.change(&c, store.CertificateValid)
	w.turn(beijing)
	require.Equal(t, "01", w.register(beijing).Records[c.ID].CertState)
	w.change(&c, store.CertificateRevoked)
	w.turn(beijing)
	require.Equal(t, "04", w.register(beijing).Records[c.ID].CertState, "撤销")
	require.Equal(t, 4, w.publication(c, beijing).PublishedVersion)
}

func TestACertificateThatWasCorrectedAndItsSuccessorNameEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	first := w.issue(contract.GradeCertificate)
	w.turn(beijing)
	next := w.certify(contract.GradeCertificate, &first)
	w.turn(beijing)
	require.NotContains(t, w.register(beijing).Records, next.ID, "what is only prepared is nobody's to know")
	w.write(func(tx *store.Tx) error {
		change := store.CertificateChange{Status: store.CertificateSuperseded, Actor: store.ActorSystem, At: w.clock()}
		if err := tx.ChangeCertificate(first, change); err != nil {
			return err
		}
		change.Status = store.CertificateValid
		return tx.ChangeCertificate(next, change)
	})
	var sent []object
	w.sender.Channels[beijing] = listening{Channel: w.sender.Channels[beijing], heard: &sent}
	w.turn(beijing)
	byID := map[any]object{}
	for _, record := range sent {
		byID[record["e_cert_id"]] = record
	}
	require.Equal(t, []any{"05", "05", next.ID, first.IssuedOn.String()}, values(byID[first.ID], "operate_type", "cert_state", "associated_id", "issued_date"))
	require.Equal(t, []any{"08", "01", first.ID, first.IssuedOn.String(), next.IssuedOn.String()},
		values(byID[next.ID], "operate_type", "cert_state", "associated_id", "issued_date", "issue_date"))
	require.Equal(t, []any{holder, idNumber, "111"}, values(byID[next.ID], "name", "identity_card", "identity_card_type"))
}

func values(record object, fields ...string) []any {
	all := make([]any, len(fields))
	for i, field := range fields {
		all[i] = record[field]
	}
	return all
}

func TestARecordThatIsRefusedIsAnIncidentAndIsSentOnceMoreWhenAPersonSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	refused, other := w.issue(contract.TrainingCertificate), w.issue(contract.TrainingCertificate)
	w.tell(beijing, "behaviour", object{"refuse": 1})
	w.turn(beijing)
	if w.publication(refused, beijing).State != store.PublicationRefused {
		refused, other = other, refused // they were due at the same moment
	}
	require.Equal(t, store.PublicationPublished, w.publication(other, beijing).State, "one that is refused holds up no other")
	require.Equal(t, "identity_not_verified", w.publication(refused, beijing).LastError)
	found := w.finding(beijing)
	require.Equal(t, contract.PublicationRefused, found.Cause)
	require.Equal(t, refused.ID, *found.CertificateID)
	require.Equal(t, *refused.CaseID, found.CaseID)
	w.pass(7 * day)
	require.Nil(t, w.turn(beijing), "nobody tries again by himself")
	w.resolve(found, contract.Retry)
	w.turn(beijing)
	require.Equal(t, store.PublicationPublished, w.publication(refused, beijing).State)
	require.Empty(t, w.findings(beijing))
}

func TestReceiptsThatAreLateTwiceOutOfOrderOrOfNobodysCertificateAreTakenOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Hour)
	c := w.issue(contract.TrainingCertificate)
	w.tell(beijing, "behaviour", object{"double": true, "reorder": true, "delay": "1h"})
	w.turn(beijing)
	w.pass(time.Second)
	w.change(&c, store.CertificateSuspended)
	w.turn(beijing)
	stranger := uuid.NewString()
	w.pass(2 * time.Hour)
	w.tell(beijing, "accidents", object{"invent": stranger})
	w.turn(beijing)
	p := w.publication(c, beijing)
	require.Equal(t, store.PublicationPublished, p.State)
	require.Equal(t, 2, p.PublishedVersion)

	history, err := w.read().PublicationHistory(c.ID)
	require.NoError(t, err)
	var said []string
	for _, event := range history {
		said = append(said, event.What)
	}
	require.Equal(t, []string{
		"queued", "sent", "acknowledged", "queued", "sent", "acknowledged", "published", "outdated",
	}, said, "the receipt of the newer version came first, and that of the older is kept and ignored")
	require.Equal(t, contract.PublicationUnknown, w.finding(beijing).Cause)

	before := w.publication(c, beijing)
	w.write(func(tx *store.Tx) error { return tx.ReadOn(beijing, "0", w.clock()) }) // as if nothing had been read yet
	w.turn(beijing)
	require.Equal(t, before, w.publication(c, beijing))
	again, err := w.read().PublicationHistory(c.ID)
	require.NoError(t, err)
	require.Equal(t, history, again)
}

func TestAPausedChannelIsLeftAloneAndCollects(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.write(func(tx *store.Tx) error { return tx.SetChannelState(beijing, store.ChannelPaused, w.clock()) })
	c := w.issue(contract.TrainingCertificate)
	require.Nil(t, w.turn(beijing))
	require.Empty(t, w.register(beijing).Records)
	require.Equal(t, store.PublicationWaiting, w.publication(c, beijing).State)
	w.write(func(tx *store.Tx) error { return tx.SetChannelState(beijing, store.ChannelActive, w.clock()) })
	w.turn(beijing)
	require.Equal(t, store.PublicationPublished, w.publication(c, beijing).State)
}

func TestAChannelWithoutAnAddressWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	c := w.issue(contract.GradeCertificate)
	there := w.sender.Channels[national]
	delete(w.sender.Channels, national)
	require.Nil(t, w.turn(national))
	require.Equal(t, store.PublicationWaiting, w.publication(c, national).State)
	w.sender.Channels[national] = there
	w.turn(national)
	require.Equal(t, store.PublicationPublished, w.publication(c, national).State)
}

func TestVersionsOfAPublicationOnlyGrowAndItsHistoryStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.issue(contract.TrainingCertificate)
	w.turn(beijing)
	conn, err := pgx.Connect(t.Context(), w.url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	for statement, constraint := range map[string]string{
		"UPDATE publications SET published_version = 0, published_at = NULL, state = 'acknowledged'": "publications_forward",
		"UPDATE publications SET state = 'refused', version = 2":                                     "publications_sent",
		"DELETE FROM publications": "publications_kept",
		"INSERT INTO publications (certificate_id, channel, version, operation) SELECT certificate_id, 'national', 1, 'issue' FROM publications": "publications_kind",
		"UPDATE publication_events SET what = 'sent'": "",
		"DELETE FROM publication_receipts":            "",
	} {
		_, err := conn.Exec(t.Context(), statement)
		require.Error(t, err, statement)
		require.Equal(t, constraint, store.Constraint(err), "%v", err)
	}
	var kept string
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT json_agg(p)::text || json_agg(e)::text FROM publications p, publication_events e").Scan(&kept))
	require.NotContains(t, kept, holder)
	require.NotContains(t, kept, idNumber)
}
