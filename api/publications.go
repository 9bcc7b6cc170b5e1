package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

// registerPublications adds the operations on where certificates are found.
func (s *service) registerPublications(api huma.API) {
	read(api, "GET /v1/certificates/{id}/publications", "certificates", "In which public registers a certificate is found, and what became of that",
		s.certificatePublications)
	s.registerChannels(api)
}

// Why a publication waits that is not being sent.
const (
	publicationNotConnected = "not_connected"
	publicationPaused       = "paused"
)

// PublicationView is how a certificate stands in a public register in which it must be found. (Exported because it is embedded:
// see CaseSummary.)
type PublicationView struct {
	Channel     coded      `json:"channel"`
	State       string     `json:"state" enum:"waiting,sending,acknowledged,published,refused,not_connected,paused" doc:"not_connected: the register has no address yet. paused: by an operator."`
	Text        string     `json:"text"`
	Since       time.Time  `json:"since" doc:"Since when the register is to show the certificate as it is now."`
	Days        int        `json:"days" doc:"The day that this is, counted from the first; of the programme's calendar. 0 once it is published."`
	PublishedAt *time.Time `json:"published_at,omitempty" doc:"When it was last published there; it may have changed since."`
}

// publicationDetail is the same for whoever looks into it.
type publicationDetail struct {
	PublicationView

	Version          int               `json:"version" doc:"What is wanted there."`
	SentVersion      int               `json:"sent_version"`
	PublishedVersion int               `json:"published_version"`
	Receipt          string            `json:"receipt,omitempty" doc:"The register's number for it."`
	Attempts         int               `json:"attempts" doc:"To send the version that is wanted."`
	NextAt           *time.Time        `json:"next_at,omitempty" doc:"When it is sent, or sent again."`
	Error            string            `json:"error,omitempty" doc:"A class of error, or the register's reason for refusing it."`
	History          []publicationLine `json:"history"`
}

type publicationLine struct {
	Version int       `json:"version"`
	What    string    `json:"what" enum:"queued,sent,missed,acknowledged,published,refused,outdated"`
	Name    string    `json:"name"`
	Detail  string    `json:"detail,omitempty"`
	At      time.Time `json:"at"`
}

type publicationsOutput struct {
	Body struct {
		Publications []publicationDetail `json:"publications"`
	}
}

// publications are how certificates stand in the registers, by certificate.
func (s *service) publications(tx *store.Tx, v reader, certificates []store.Certificate) (map[string][]PublicationView, error) {
	ids := make([]string, len(certificates))
	for i, c := range certificates {
		ids[i] = c.ID
	}
	all, err := tx.PublicationsOf(ids)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	channels, err := tx.Channels()
	if err != nil {
		return nil, err
	}
	views := make(map[string][]PublicationView, len(all))
	for id, rows := range all {
		for _, p := range rows {
			views[id] = append(views[id], s.viewPublication(v, p, channels))
		}
	}
	return views, nil
}

func (s *service) viewPublication(v reader, p store.Publication, channels []store.Channel) PublicationView {
	view := PublicationView{Channel: v.coded("channel", p.Channel), State: p.State, Since: p.WantedAt, PublishedAt: p.PublishedAt}
	for _, c := range channels {
		if c.Channel != p.Channel || p.State != store.PublicationWaiting {
			continue
		}
		switch {
		case !c.Connected:
			view.State = publicationNotConnected
		case c.State == store.ChannelPaused:
			view.State = publicationPaused
		}
	}
	if p.State != store.PublicationPublished {
		view.Days = s.today().Sub(s.Calendar.Today(p.WantedAt)) + 1
	}
	view.Text = publicationText(v.lang, p, view)
	return view
}

// publicationText says in words how a certificate stands: newly issued, changed since it was published, or published.
func publicationText(lang message.Lang, p store.Publication, view PublicationView) string {
	key := "publication.syncing."
	switch {
	case p.State == store.PublicationPublished && p.Operation != store.OperationIssue && p.Operation != store.OperationCorrect:
		key = "publication.changed."
	case p.State == store.PublicationPublished:
		key = "publication.found."
	case p.Version > 1:
		key = "publication.changing."
	}
	switch view.State {
	case store.PublicationRefused, publicationNotConnected:
		key += view.State
	default:
		key += "text"
	}
	return message.Text(lang, key, map[string]any{"channel": p.Channel, "days": view.Days})
}

// withPublications puts into views of certificates where they are found.
func (s *service) withPublications(tx *store.Tx, v reader, rows []store.Certificate, views []CertificateView) error {
	all, err := s.publications(tx, v, rows)
	for i, row := range rows {
		views[i].Publications = all[row.ID]
	}
	return err
}

func (s *service) certificatePublications(ctx context.Context, in *idInput) (*publicationsOutput, error) {
	tx, v, out := s.Store.Read(ctx), reader{lang: requestOf(ctx).lang}, &publicationsOutput{}
	all, err := tx.PublicationsOf([]string{in.ID})
	if err != nil {
		return nil, err
	}
	channels, err := tx.Channels()
	if err != nil {
		return nil, err
	}
	history, err := tx.PublicationHistory(in.ID)
	if err != nil {
		return nil, err
	}
	out.Body.Publications = make([]publicationDetail, len(all[in.ID]))
	for i, p := range all[in.ID] {
		detail := publicationDetail{
			PublicationView: s.viewPublication(v, p, channels), Version: p.Version, SentVersion: p.SentVersion,
			PublishedVersion: p.PublishedVersion, Receipt: p.Receipt, Attempts: p.Attempts, Error: p.LastError, History: []publicationLine{},
		}
		if p.State == store.PublicationWaiting || p.State == store.PublicationSending {
			detail.NextAt = &p.NextAt
		}
		for _, event := range history {
			if event.Channel == p.Channel {
				detail.History = append(detail.History, publicationLine{
					Version: event.Version, What: event.What, Name: v.say("publication.event", event.What), Detail: event.Detail, At: event.At,
				})
			}
		}
		out.Body.Publications[i] = detail
	}
	return out, nil
}
