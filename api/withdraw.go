package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/dengpan/dengpan/store"
)

type withdrawalBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

type withdrawalOutput struct {
	Status int
	Body   struct {
		CaseID    string `json:"case_id"`
		Forwarded bool   `json:"forwarded" doc:"False: it is kept, and the case will be told as soon as it can be."`
		Repeated  bool   `json:"repeated" doc:"The same was asked before; nothing was changed."`
	}
}

// withdraw ends a case at the wish of its trainee, or of an operator for them. What the case has stays: hours that were
// credited, certificates that were issued.
func (s *service) withdraw(ctx context.Context, in *idBodyInput) (*withdrawalOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.withdrawal.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	out := &withdrawalOutput{}
	out.Body.CaseID = in.ID
	var item store.InboxItem
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := found.err(); err != nil {
			return err
		}
		// Locked, so that the case does not end between the look and the request.
		c, err := tx.LockCase(in.ID)
		if err != nil {
			return err
		}
		if c.Ended() {
			return problem(alreadyEnded)
		}
		fresh, err := tx.InsertWithdrawal(store.Withdrawal{
			CaseID: c.ID, Reason: reason, RequestedBy: r.account.ID, RequestedAt: s.Now().UTC(),
		})
		if err != nil {
			return err
		}
		if !fresh {
			out.Body.Repeated = true
			item, err = repeatedWithdrawal(tx, c.ID, r.account.ID, reason)
			return err
		}
		if item, err = tx.InsertInbox(c.ID, store.InboxWithdrawal, c.ID); err != nil {
			return err
		}
		return s.audit(tx, r, "case.withdraw", "case:"+c.ID, reason, nil)
	})
	if err != nil {
		return nil, err
	}
	out.Body.Forwarded = item.ForwardedAt != nil || s.forward(ctx, item)
	out.Status = http.StatusOK
	if !out.Body.Forwarded {
		out.Status = http.StatusAccepted
	}
	return out, nil
}

// repeatedWithdrawal tells the same request made again from another one.
func repeatedWithdrawal(tx *store.Tx, caseID, accountID, reason string) (store.InboxItem, error) {
	known, err := tx.Withdrawal(caseID)
	if err != nil {
		return store.InboxItem{}, err
	}
	if known.RequestedBy != accountID || known.Reason != reason {
		return store.InboxItem{}, problem(withdrawalPending)
	}
	item, err := tx.InboxItemOf(store.InboxWithdrawal, caseID)
	if errors.Is(err, store.ErrNotFound) {
		return item, problem(withdrawalPending)
	}
	return item, err
}
