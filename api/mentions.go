package api

import (
	"context"
	"strings"
	"time"

	"github.com/dengpan/dengpan/store"
)

type mentionView struct {
	ID        string       `json:"id"`
	CaseID    string       `json:"case_id"`
	NoteID    string       `json:"note_id"`
	Author    operatorView `json:"author"`
	WrittenAt time.Time    `json:"written_at"`
	Note      string       `json:"note"`
	Struck    bool         `json:"struck"`
	ReadAt    *time.Time   `json:"read_at,omitempty" doc:"Left out: not seen yet."`
}

type mentionsInput struct {
	State string `query:"state" enum:"unread,all" default:"unread"`
	After string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type mentionsOutput struct {
	Body struct {
		Mentions []mentionView `json:"mentions"`
		Unread   int64         `json:"unread" doc:"How many were not seen yet, in all."`
		Next     *string       `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// listMentions lists the notes that ask for the attention of whoever asks.
func (s *service) listMentions(ctx context.Context, in *mentionsInput) (*mentionsOutput, error) {
	r, out, found := requestOf(ctx), &mentionsOutput{}, &faults{}
	filter := store.MentionFilter{
		AccountID: r.account.ID, Unread: in.State == "unread", Before: position(found, in.After), Limit: in.Limit + 1,
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	tx := s.Store.Read(ctx)
	rows, err := tx.Mentions(filter)
	if err != nil {
		return nil, err
	}
	if out.Body.Unread, err = tx.CountUnread(r.account.ID); err != nil {
		return nil, err
	}
	rows, out.Body.Next = upTo(in.Limit, rows, func(m store.Mentioned) (time.Time, string) { return m.WrittenAt, m.ID })
	ids := make([]string, len(rows))
	for i, m := range rows {
		ids[i] = m.Author
	}
	accounts, err := tx.AccountsOf(ids)
	if err != nil {
		return nil, err
	}
	out.Body.Mentions = make([]mentionView, len(rows))
	for i, m := range rows {
		out.Body.Mentions[i] = mentionView{
			ID: m.ID, CaseID: m.CaseID, NoteID: m.NoteID, Author: viewOperator(r, accounts[m.Author]), WrittenAt: m.WrittenAt, Note: m.Text,
			Struck: m.Struck, ReadAt: m.ReadAt,
		}
	}
	return out, nil
}

type mentionOutput struct {
	Body struct {
		ID     string `json:"id"`
		Unread int64  `json:"unread" doc:"How many are left that were not seen yet."`
	}
}

// readMention notes that whoever asks has seen a mention.
func (s *service) readMention(ctx context.Context, in *idInput) (*mentionOutput, error) {
	r, out := requestOf(ctx), &mentionOutput{}
	out.Body.ID = in.ID
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		fresh, err := tx.ReadMention(in.ID, s.Now().UTC())
		if err != nil {
			return err
		}
		if out.Body.Unread, err = tx.CountUnread(r.account.ID); err != nil || !fresh {
			return err
		}
		return s.audit(tx, r, "mention.read", "mention:"+in.ID, "", nil)
	})
	return out, err
}

// tellMentioned tells operators by mail, too, that a note asks for their attention: it goes to the office's mailboxes, and names
// accounts as they are called. What the note says stays here.
func tellMentioned(tx *store.Tx, n store.CaseNote, mentioned []store.Account) error {
	if len(mentioned) == 0 {
		return nil
	}
	labels := make([]string, len(mentioned))
	for i, a := range mentioned {
		labels[i] = a.Label
	}
	return tx.InsertNotice(store.Notice{
		Audience: store.AudienceOperators, Kind: "operator_mentioned", Occasion: n.ID,
		Params: map[string]any{"labels": strings.Join(labels, "、"), "case": n.CaseID},
	})
}
