package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
)

// CertificateRequestView is what somebody asked for about a certificate. (Exported because it is embedded.)
type CertificateRequestView struct {
	ID          string           `json:"id"`
	Certificate certificateBrief `json:"certificate"`
	Kind        string           `json:"kind" enum:"correction,suspension,reinstatement,revocation"`
	KindName    string           `json:"kind_name"`
	ReasonClass coded            `json:"reason_class"`
	Reason      string           `json:"reason"`
	Evidence    string           `json:"evidence,omitempty"`
	Fields      []string         `json:"fields" doc:"What is to be corrected: name, id_number, photo."`
	PersonToo   bool             `json:"person_too" doc:"The person's record is corrected with it."`
	Version     time.Time        `json:"version" doc:"Of the certificate that was asked about: since when it is what it is."`
	By          coded            `json:"by" doc:"The role of who asked."`
	Mine        bool             `json:"mine" doc:"Who reads this asked for it, and does not decide on it."`
	RequestedAt time.Time        `json:"requested_at"`
	State       string           `json:"state" enum:"open,approved,refused,withdrawn"`
	StateName   string           `json:"state_name"`
	Current     bool             `json:"current" doc:"The certificate has not changed since."`
	DecidedAt   *time.Time       `json:"decided_at,omitempty"`
	Decision    string           `json:"decision_reason,omitempty"`
}

// certificateBrief is a certificate that something is about.
type certificateBrief struct {
	ID     string   `json:"id"`
	Kind   string   `json:"kind" enum:"training,grade,ce_base"`
	Name   string   `json:"name"`
	Number string   `json:"number"`
	Status string   `json:"status" enum:"prepared,valid,suspended,superseded,revoked,cancelled"`
	Issuer bodyView `json:"issuer"`
}

func (v reader) certificateBrief(c store.Certificate) certificateBrief {
	return certificateBrief{
		ID: c.ID, Kind: c.Kind, Name: v.say("certificate", c.Kind), Number: c.Number, Status: c.Status,
		Issuer: bodyView{ID: c.Issuer, Name: c.Facts.IssuerName},
	}
}

func viewCertificateRequests(tx *store.Tx, r *request, rows ...store.CertificateRequest) ([]CertificateRequestView, error) {
	certificates, accounts := make([]string, len(rows)), make([]string, len(rows))
	for i, row := range rows {
		certificates[i], accounts[i] = row.CertificateID, row.RequestedBy
	}
	about, err := tx.CertificatesByID(certificates)
	if err != nil {
		return nil, err
	}
	askers, err := tx.AccountRoles(accounts)
	if err != nil {
		return nil, err
	}
	v := reader{lang: r.lang}
	views := make([]CertificateRequestView, len(rows))
	for i, row := range rows {
		c := about[row.CertificateID]
		views[i] = CertificateRequestView{
			ID: row.ID, Certificate: v.certificateBrief(c), Kind: string(row.Kind), KindName: v.say("certificate_measure", string(row.Kind)),
			ReasonClass: v.coded("certificate_reason", row.ReasonClass), Reason: row.Reason, Evidence: row.Evidence, Fields: row.Fields,
			PersonToo: row.PersonToo, Version: row.CertificateSince, By: v.coded("role", askers[row.RequestedBy]),
			Mine: row.RequestedBy == r.account.ID, RequestedAt: row.RequestedAt, State: row.State,
			StateName: v.say("certificate_request.state", row.State), Current: c.StatusSince.Equal(row.CertificateSince),
			DecidedAt: row.DecidedAt, Decision: row.DecisionReason,
		}
	}
	return views, nil
}

type certificateRequestOutput struct{ Body CertificateRequestView }

// askRemedy writes what somebody asks for; what depends on the certificate is prepared in the same transaction. It may carry out what
// the holder had asked for.
func (s *service) askRemedy(ctx context.Context, a *remedy.Asking, petitionID string, prepare func(*store.Tx) error) (*certificateRequestOutput, error) {
	r, out := requestOf(ctx), &certificateRequestOutput{}
	a.By, a.At = r.account.ID, s.moment()
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		if prepare != nil {
			if err := prepare(tx); err != nil {
				return err
			}
		}
		asked, err := s.mending().Ask(tx, *a)
		if err != nil {
			return err
		}
		if err := s.carriesCorrection(tx, r, petitionID, asked); err != nil {
			return err
		}
		views, err := viewCertificateRequests(tx, r, asked)
		if err != nil {
			return err
		}
		out.Body = views[0]
		if err := s.audit(tx, r, "certificate.ask", "certificate:"+a.CertificateID, a.Reason, map[string]any{
			"request": asked.ID, "kind": asked.Kind, "reason_class": asked.ReasonClass, "fields": asked.Fields, "version": asked.CertificateSince,
		}); err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	if err != nil {
		return nil, refusedRemedy(refusedPetition(err))
	}
	return out, nil
}

type certificateRequestsInput struct {
	Certificate string `query:"certificate" format:"uuid"`
	State       string `query:"state" enum:"open,approved,refused,withdrawn"`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type certificateRequestsOutput struct {
	Body struct {
		Requests []CertificateRequestView `json:"requests"`
		Next     *string                  `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// listCertificateRequests lists requests: about what an institution issued, what a trainee holds, or, for an operator,
// everybody's.
func (s *service) listCertificateRequests(ctx context.Context, in *certificateRequestsInput) (*certificateRequestsOutput, error) {
	r, found := requestOf(ctx), &faults{}
	filter := store.CertificateRequestFilter{
		Within: r.within(""), CertificateID: in.Certificate, State: in.State, After: position(found, in.After), Limit: in.Limit + 1,
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &certificateRequestsOutput{}
	out.Body.Requests = []CertificateRequestView{}
	if r.account.Role == store.RoleTrainee {
		if r.account.PersonID == nil {
			return out, nil
		}
		filter.PersonID = *r.account.PersonID
	}
	tx := s.Store.Read(ctx)
	rows, err := tx.CertificateRequests(filter)
	if err != nil {
		return nil, err
	}
	rows, out.Body.Next = upTo(in.Limit, rows, func(r store.CertificateRequest) (time.Time, string) { return r.RequestedAt, r.ID })
	out.Body.Requests, err = viewCertificateRequests(tx, r, rows...)
	return out, err
}

type certificateRequestDetail struct {
	Body struct {
		CertificateRequestView
		Printed  printedView `json:"printed" doc:"What the certificate says now."`
		Proposed printedView `json:"proposed" doc:"What it is to say; empty where nothing changes."`
	}
}

// printedView is what a certificate says of its holder.
type printedView struct {
	Name     string `json:"name,omitempty"`
	IDNumber string `json:"id_number,omitempty"`
	Photo    []byte `json:"photo,omitempty" doc:"JPEG, in base64."`
}

// getCertificateRequest shows a request with what it wants printed, in full: whoever decides has to compare it with the
// evidence. That it was read is written down, in the transaction that reads it.
func (s *service) getCertificateRequest(ctx context.Context, in *idInput) (*certificateRequestDetail, error) {
	r, out := requestOf(ctx), &certificateRequestDetail{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		row, err := tx.CertificateRequest(in.ID)
		if err != nil {
			return err
		}
		views, err := viewCertificateRequests(tx, r, row)
		if err != nil {
			return err
		}
		out.Body.CertificateRequestView = views[0]
		c, err := tx.Certificate(row.CertificateID)
		if err != nil {
			return err
		}
		holder, err := s.holder(c)
		if err != nil {
			return err
		}
		proposal, err := s.mending().Proposal(row)
		if err != nil {
			return err
		}
		out.Body.Proposed = printedView{Name: proposal.Name, IDNumber: proposal.IDNumber, Photo: proposal.Photo}
		out.Body.Printed.Name = maskName(holder.Name)
		if proposal.Name != "" {
			out.Body.Printed.Name = holder.Name
		}
		out.Body.Printed.IDNumber = maskDocument(holder.IDType, holder.IDNumber)
		if proposal.IDNumber != "" {
			out.Body.Printed.IDNumber = holder.IDNumber
		}
		person, err := tx.HolderOf(c)
		if err != nil {
			return err
		}
		return s.audit(tx, r, "certificate_request.read", personSubject(person), "", map[string]any{"request": row.ID, "fields": row.Fields})
	})
	return out, err
}

// decideCertificateRequest approves or refuses what somebody else asked for. What is approved holds when this answers.
func (s *service) decideCertificateRequest(ctx context.Context, in *idBodyInput) (*certificateRequestOutput, error) {
	r, out := requestOf(ctx), &certificateRequestOutput{}
	body, found, err := s.remedies.decision.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	var decided remedy.Decided
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		decided, err = s.mending().Decide(tx, remedy.Decision{
			ID: in.ID, Version: body.Version, Approve: body.Decision == "approve", Reason: reason, By: r.account.ID,
			At: s.moment(),
		})
		if err != nil {
			return err
		}
		views, err := viewCertificateRequests(tx, r, decided.Request)
		if err != nil {
			return err
		}
		out.Body = views[0]
		was := map[string]any{"status": decided.Certificate.Status, "since": decided.Certificate.StatusSince}
		return s.auditChange(tx, r, "certificate."+body.Decision, "certificate:"+decided.Certificate.ID, reason, was, map[string]any{
			"request": decided.Request.ID, "kind": decided.Request.Kind, "status": out.Body.Certificate.Status,
		})
	})
	if err != nil {
		return nil, refusedRemedy(err)
	}
	s.forwardAll(ctx, decided.Notify)
	return out, nil
}

// withdrawCertificateRequest takes back what the caller asked for.
func (s *service) withdrawCertificateRequest(ctx context.Context, in *idInput) (*certificateRequestOutput, error) {
	r, out := requestOf(ctx), &certificateRequestOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		row, err := s.mending().Withdraw(tx, in.ID, r.account.ID, s.moment())
		if err != nil {
			return err
		}
		views, err := viewCertificateRequests(tx, r, row)
		if err != nil {
			return err
		}
		out.Body = views[0]
		return s.audit(tx, r, "certificate.withdraw", "certificate:"+row.CertificateID, "", map[string]any{"request": row.ID})
	})
	if err != nil {
		return nil, refusedRemedy(err)
	}
	return out, nil
}
