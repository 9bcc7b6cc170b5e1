package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/notice"
	"github.com/dengpan/dengpan/store"
)

// mostMailboxes is to how many mailboxes the notices of one institution, or of the operators, go.
const mostMailboxes = 5

type mailboxBody struct {
	Label   string `json:"label" minLength:"1" maxLength:"64" doc:"What it is called here: the duty desk, for example."`
	Address string `json:"address" minLength:"1" maxLength:"254" doc:"An address of mail."`
}

// MailboxView is where notices go to by mail.
type MailboxView struct {
	ID      string    `json:"id"`
	Label   string    `json:"label"`
	Address string    `json:"address" doc:"Masked: z***@example.com."`
	NamedAt time.Time `json:"named_at"`
}

// NoticeView is something that the reader is told of.
type NoticeView struct {
	ID             string     `json:"id"`
	Kind           string     `json:"kind"`
	Title          string     `json:"title"`
	Text           string     `json:"text"`
	Institution    *bodyView  `json:"institution,omitempty" doc:"Whom it is about."`
	CreatedAt      time.Time  `json:"created_at"`
	AcknowledgedAt *time.Time `json:"acknowledged_at,omitempty" doc:"Since when somebody has seen to it."`
	AcknowledgedBy *string    `json:"acknowledged_by,omitempty" doc:"An account."`
}

type noticesInput struct {
	NumberedInput

	State string `query:"state" enum:"open,acknowledged" doc:"open: those that nobody has seen to."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type (
	noticeOutput  struct{ Body NoticeView }
	noticesOutput struct {
		Body struct {
			Notices []NoticeView `json:"notices"`
			Total   int64        `json:"total"`
		}
	}
	mailboxOutput   struct{ Body MailboxView }
	mailboxesOutput struct {
		Body struct {
			Mailboxes []MailboxView `json:"mailboxes"`
		}
	}
)

// registerNotices adds the operations on notices, and on the mailboxes that they go to.
func (s *service) registerNotices(api huma.API) {
	const notices = "notices"
	s.mailboxes = bodyFor[mailboxBody](api.OpenAPI().Components.Schemas)
	read(api, "GET /v1/notices", notices, "What there is to be told of, the newest first", s.listNotices)
	bare(api, "POST /v1/notices/{id}/acknowledgement", notices, "Somebody sees to it", s.acknowledgeNotice)
	read(api, "GET /v1/mailboxes", notices, "Where notices go to by mail", s.listMailboxes)
	sent(api, "POST /v1/mailboxes", notices, "Name a mailbox", s.mailboxes.schema, http.StatusCreated, s.nameMailbox)
	sent(api, "POST /v1/mailboxes/{id}/removal", notices, "Take a mailbox away", s.bodies.reason.schema, http.StatusOK, s.removeMailbox)
	s.registerNotifications(api)
}

// audience is whose notices an account reads.
func (r *request) audience() string {
	if r.account.InstitutionID != nil {
		return store.AudienceInstitution
	}
	return store.AudienceOperators
}

func (s *service) listNotices(ctx context.Context, in *noticesInput) (*noticesOutput, error) {
	r := requestOf(ctx)
	filter := store.NoticeFilter{
		Within: r.within(""), Audience: r.audience(), State: in.State, Limit: in.Limit, Numbered: store.Numbered{Page: in.Page},
	}
	tx := s.Store.Read(ctx)
	total, err := tx.CountNotices(filter)
	if err != nil {
		return nil, err
	}
	all, err := tx.Notices(filter)
	if err != nil {
		return nil, err
	}
	out := &noticesOutput{}
	out.Body.Total = total
	out.Body.Notices, err = viewNotices(tx, r, all...)
	return out, err
}

func viewNotices(tx *store.Tx, r *request, all ...store.Notice) ([]NoticeView, error) {
	params, err := notice.Params(tx, all...)
	if err != nil {
		return nil, err
	}
	views := make([]NoticeView, len(all))
	for i, n := range all {
		words := func(part string) string { return message.Text(r.lang, "notice."+n.Kind+"."+part, params[i]) }
		views[i] = NoticeView{
			ID: n.ID, Kind: n.Kind, Title: words("title"), Text: words("text"), CreatedAt: n.CreatedAt,
			AcknowledgedAt: n.AcknowledgedAt, AcknowledgedBy: n.AcknowledgedBy,
		}
		if name, about := params[i]["institution"].(string); about && n.InstitutionID != nil {
			views[i].Institution = &bodyView{ID: *n.InstitutionID, Name: name}
		}
	}
	return views, nil
}

// acknowledgeNotice notes that the account that asks sees to a notice; who was first stays.
func (s *service) acknowledgeNotice(ctx context.Context, in *idInput) (*noticeOutput, error) {
	r := requestOf(ctx)
	out := &noticeOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		fresh, err := tx.AcknowledgeNotice(in.ID, r.account.ID, s.Now().UTC())
		if err != nil {
			return err
		}
		n, err := tx.Notice(in.ID)
		if err != nil {
			return err
		}
		views, err := viewNotices(tx, r, n)
		if err != nil {
			return err
		}
		out.Body = views[0]
		if !fresh {
			return nil
		}
		return s.audit(tx, r, "notice.acknowledge", "notice:"+n.ID, "", nil)
	})
	return out, err
}

func (s *service) viewMailbox(m store.Mailbox) (MailboxView, error) {
	address, err := s.Keys.Open(m.AddressSealed, store.MailboxSeal(m.ID))
	if err != nil {
		return MailboxView{}, err
	}
	email, err := identity.ParseEmail(string(address))
	return MailboxView{ID: m.ID, Label: m.Label, Address: email.Mask(), NamedAt: m.NamedAt}, err
}

func (s *service) listMailboxes(ctx context.Context, _ *struct{}) (*mailboxesOutput, error) {
	all, err := s.Store.Read(ctx).Mailboxes(requestOf(ctx).account.InstitutionID)
	out := &mailboxesOutput{}
	out.Body.Mailboxes = make([]MailboxView, len(all))
	for i, m := range all {
		var failure error
		out.Body.Mailboxes[i], failure = s.viewMailbox(m)
		err = errors.Join(err, failure)
	}
	return out, err
}

// nameMailbox names a mailbox. All mailboxes are told, the new one among them: that shows whether letters arrive, and tells
// the others if somebody should not have.
func (s *service) nameMailbox(ctx context.Context, in *bodyInput) (*mailboxOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.mailboxes.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if !printable(body.Label) {
		found.add("label", fieldFormat)
	}
	email, err := identity.ParseEmail(body.Address)
	if fault := identity.Fault(""); errors.As(err, &fault) {
		found.add("address", string(fault))
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	m := store.Mailbox{
		ID: uuid.NewString(), InstitutionID: r.account.InstitutionID, Label: body.Label, NamedBy: r.account.ID, NamedAt: s.Now().UTC(),
	}
	if m.AddressSealed, err = s.Keys.Seal([]byte(email.Address()), store.MailboxSeal(m.ID)); err != nil {
		return nil, err
	}
	out := &mailboxOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		before, err := tx.LockMailboxes(m.InstitutionID)
		if err != nil {
			return err
		}
		if len(before) >= mostMailboxes {
			return problem(validationFailed, FieldError{Field: "address", Code: fieldTooMany})
		}
		fresh, err := tx.InsertMailbox(m)
		if err == nil && !fresh {
			err = problem(labelTaken, FieldError{Field: "label", Code: fieldLabelTaken})
		}
		if err != nil {
			return err
		}
		if out.Body, err = s.viewMailbox(m); err != nil {
			return err
		}
		err = tx.InsertNotice(store.Notice{
			Audience: r.audience(), InstitutionID: m.InstitutionID, Kind: "mailbox_named", Occasion: m.ID,
			Params: map[string]any{"label": m.Label},
		})
		if err != nil {
			return err
		}
		return s.audit(tx, r, "mailbox.name", "mailbox:"+m.ID, "", out.Body)
	})
	return out, err
}

func (s *service) removeMailbox(ctx context.Context, in *idBodyInput) (*mailboxOutput, error) {
	r := requestOf(ctx)
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &mailboxOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		m, err := tx.Mailbox(in.ID)
		if err != nil {
			return err
		}
		if out.Body, err = s.viewMailbox(m); err != nil {
			return err
		}
		removed, err := tx.RemoveMailbox(m.ID, s.Now().UTC())
		if err != nil || !removed {
			return err // it is gone already
		}
		return s.audit(tx, r, "mailbox.remove", "mailbox:"+m.ID, reason, nil)
	})
	return out, err
}
