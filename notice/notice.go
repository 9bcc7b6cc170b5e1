// Package notice writes notices in words and mails them to the mailboxes that institutions and operators named. A notice
// stands in the console whatever becomes of the mail.
package notice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/mail"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/rounds"
	"github.com/dengpan/dengpan/store"
)

// How mail is sent.
const (
	interval    = 2 * time.Second
	batch       = 20
	lease       = 2 * time.Minute // how long a claimed mail is nobody else's; longer than sending takes
	mostTries   = 12
	longestWait = 6 * time.Hour

	later = "a notice will be mailed later" // what the log says of one that could not be mailed
)

// Mailer mails what is due.
type Mailer struct {
	Store  *store.Store
	Keys   *identity.Keyring
	Sender *mail.Sender
	// Console is where the console is reached; empty: the letter says no address.
	Console string
	Logger  *slog.Logger
}

// Run mails until the context is done.
func (m *Mailer) Run(ctx context.Context) {
	rounds.Make(ctx, interval, m.Logger, later, func(ctx context.Context) error {
		for {
			if more, err := m.sweep(ctx); !more || err != nil {
				return err
			}
		}
	})
}

// sweep mails what is due, and says whether there may be more.
func (m *Mailer) sweep(ctx context.Context) (bool, error) {
	mails, err := m.Store.Read(ctx).ClaimMails(batch, lease)
	if err != nil {
		return false, fmt.Errorf("claim notices: %w", err)
	}
	for _, due := range mails {
		if err := m.send(ctx, due); err != nil && ctx.Err() == nil { // the lease makes it due again
			m.Logger.WarnContext(ctx, later, "error", err, "notice", due.NoticeID, "mailbox", due.MailboxID)
		}
	}
	return len(mails) == batch, nil
}

// send sends one notice to one mailbox, and writes down how that went. A process that dies in between sends it again, with
// the same id.
func (m *Mailer) send(ctx context.Context, due store.NoticeMail) error {
	tx := m.Store.Read(ctx)
	letter, err := m.letter(tx, due)
	if err != nil {
		return err
	}
	err = m.Sender.Send(ctx, letter)
	now := time.Now().UTC()
	failure, failed := errors.AsType[*mail.Error](err)
	switch {
	case err == nil:
		return tx.MarkMailed(due, now)
	case ctx.Err() != nil:
		return ctx.Err() // we were stopped, which says nothing about the mailbox
	case !failed:
		return err
	case failure.Final || due.Attempts >= mostTries:
		return tx.FailMail(due, failure.Class)
	}
	wait := min(15*time.Second<<min(due.Attempts, 20), longestWait)
	return tx.PostponeMail(due, failure.Class, now.Add(wait))
}

// letter writes a notice to a mailbox.
func (m *Mailer) letter(tx *store.Tx, due store.NoticeMail) (mail.Letter, error) {
	n, err := tx.Notice(due.NoticeID)
	if err != nil {
		return mail.Letter{}, err
	}
	box, err := tx.Mailbox(due.MailboxID)
	if err != nil {
		return mail.Letter{}, err
	}
	address, err := m.Keys.Open(box.AddressSealed, store.MailboxSeal(box.ID))
	if err != nil {
		return mail.Letter{}, fmt.Errorf("open a mailbox's address: %w", err)
	}
	to, err := identity.ParseEmail(string(address))
	if err != nil {
		return mail.Letter{}, fmt.Errorf("read a mailbox's address: %w", err)
	}
	all, err := Params(tx, n)
	if err != nil {
		return mail.Letter{}, err
	}
	params := all[0]
	letter := mail.Letter{ID: due.NoticeID + "." + due.MailboxID, To: to, At: n.CreatedAt}
	letter.Subject = message.Text(message.Chinese, "notice."+n.Kind+".title", params)
	for _, lang := range []message.Lang{message.Chinese, message.English} {
		letter.Text += message.Text(lang, "notice."+n.Kind+".text", params) + "\n\n"
	}
	if m.Console != "" {
		letter.Text += m.Console + "/app/notices\n"
	}
	return letter, nil
}

// Params are what the words of notices are filled in with: what each says of itself, and its institution's name.
func Params(tx *store.Tx, notices ...store.Notice) ([]map[string]any, error) {
	var ids []string
	for _, n := range notices {
		if n.InstitutionID != nil {
			ids = append(ids, *n.InstitutionID)
		}
	}
	names, err := tx.InstitutionNames(ids)
	if err != nil {
		return nil, err
	}
	all := make([]map[string]any, len(notices))
	for i, n := range notices {
		all[i] = maps.Clone(n.Params)
		if n.InstitutionID != nil {
			all[i]["institution"] = names[*n.InstitutionID]
		}
	}
	return all, nil
}
