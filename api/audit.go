package api

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

// audit writes who did what to what, and why. Who gave no reason was asked for none: then it is the operation that was
// called.
func (s *service) audit(tx *store.Tx, r *request, action, subject, reason string, after any) error {
	return s.auditChange(tx, r, action, subject, reason, nil, after)
}

// auditChange is audit with what held before.
func (s *service) auditChange(tx *store.Tx, r *request, action, subject, reason string, before, after any) error {
	entry := store.AuditEntry{
		At: s.Now(), Actor: cmp.Or(r.account.ID, store.ActorNobody), Action: action, Subject: subject, Reason: cmp.Or(reason, r.route),
		RequestID: r.id,
	}
	for _, side := range []struct {
		value any
		into  *json.RawMessage
	}{{before, &entry.Before}, {after, &entry.After}} {
		if side.value == nil {
			continue
		}
		content, err := json.Marshal(side.value)
		if err != nil {
			return fmt.Errorf("encode an audit entry: %w", err)
		}
		*side.into = content
	}
	return tx.Audit(entry)
}

// registerAudit adds the operations of the audit log.
func (s *service) registerAudit(api huma.API) {
	const tag = "audit"
	read(api, "GET /v1/audit", tag, "The audit log, the newest first", s.listAudit)
	read(api, "GET /v1/audit/chain", tag, "Whether the newest of it is as it was written", s.auditChain)
	read(api, "GET /v1/cases/{id}/audit", tag, "What was done to a case, and to what belongs to it", s.caseAudit)
}

// AuditPage is where a page of the log begins, and how long it is.
type AuditPage struct {
	After string `query:"after" maxLength:"40" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type auditInput struct {
	AuditPage
	FilteredInput

	Actor   string    `query:"actor" maxLength:"64" doc:"An account's id, or system."`
	Action  string    `query:"action" maxLength:"64" doc:"case.register, for example."`
	Subject string    `query:"subject" maxLength:"128" doc:"A kind and an id: case:…"`
	Since   time.Time `query:"since" doc:"Not before this instant."`
	Until   time.Time `query:"until" doc:"Before this instant."`
}

type caseAuditInput struct {
	AuditPage

	ID string `path:"id"`
}

type auditActorView struct {
	ID    string `json:"id" doc:"The account's id, or system."`
	Role  string `json:"role,omitempty"`
	Label string `json:"label,omitempty" doc:"What the account is called; never a person's name."`
	Name  string `json:"name,omitempty" doc:"What kind of actor it is, in the reader's language."`
}

// AuditEntryView is an entry of the audit log.
type AuditEntryView struct {
	ID        int64          `json:"id"`
	At        time.Time      `json:"at"`
	Actor     auditActorView `json:"actor"`
	Action    string         `json:"action"`
	Name      string         `json:"action_name" doc:"The action in the reader's language."`
	Subject   string         `json:"subject"`
	Reason    string         `json:"reason"`
	Before    any            `json:"before,omitempty" doc:"What held before, with what is personal masked."`
	After     any            `json:"after,omitempty" doc:"What holds since, with what is personal masked."`
	RequestID string         `json:"request_id,omitempty"`
}

type auditOutput struct {
	Body struct {
		Entries []AuditEntryView `json:"entries"`
		Next    *string          `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// listAudit lists what was done, by whom, to what, and why.
func (s *service) listAudit(ctx context.Context, in *auditInput) (*auditOutput, error) {
	found := &faults{}
	if !in.Until.IsZero() && in.Until.Before(in.Since) {
		found.add("until", fieldConflict)
	}
	return s.auditEntries(ctx, in.AuditPage, found, store.AuditFilter{
		Where: s.expression(found, requestOf(ctx), in.FilteredInput, store.AuditFields()),
		Actor: in.Actor, Action: in.Action, Subject: in.Subject, Since: in.Since, Until: in.Until,
	})
}

// caseAudit lists what was done to a case.
func (s *service) caseAudit(ctx context.Context, in *caseAuditInput) (*auditOutput, error) {
	return s.auditEntries(ctx, in.AuditPage, &faults{}, store.AuditFilter{CaseID: in.ID})
}

func (s *service) auditEntries(ctx context.Context, page AuditPage, found *faults, filter store.AuditFilter) (*auditOutput, error) {
	filter.Before, filter.Limit = before(found, page.After), page.Limit+1
	if err := found.err(); err != nil {
		return nil, err
	}
	tx := s.Store.Read(ctx)
	entries, err := tx.AuditEntries(filter)
	if err != nil {
		return nil, err
	}
	out := &auditOutput{}
	if len(entries) > page.Limit {
		entries = entries[:page.Limit]
		next := base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(entries[page.Limit-1].ID, 10)))
		out.Body.Next = &next
	}
	out.Body.Entries, err = viewAudit(tx, requestOf(ctx), entries)
	return out, err
}

// before reads the entry that a page begins after.
func before(found *faults, after string) int64 {
	if after == "" {
		return 0
	}
	text, err := base64.RawURLEncoding.DecodeString(after)
	id, numberErr := strconv.ParseInt(string(text), 10, 64)
	if err != nil || numberErr != nil || id < 1 {
		found.add("after", fieldFormat)
	}
	return id
}

func viewAudit(tx *store.Tx, r *request, entries []store.AuditEntry) ([]AuditEntryView, error) {
	var ids []string
	for _, e := range entries {
		if isID(e.Actor) && !slices.Contains(ids, e.Actor) {
			ids = append(ids, e.Actor)
		}
	}
	accounts, err := tx.AccountsOf(ids)
	v := reader{lang: r.lang}
	views := make([]AuditEntryView, len(entries))
	for i, e := range entries {
		account := accounts[e.Actor]
		views[i] = AuditEntryView{
			ID: e.ID, At: e.At.UTC(), Action: e.Action, Name: actionName(v, e.Action), Subject: e.Subject,
			Actor:  auditActorView{ID: e.Actor, Role: account.Role, Label: account.Label, Name: v.say("actor", cmp.Or(account.Role, e.Actor))},
			Reason: e.Reason, Before: shown(e.Before), After: shown(e.After), RequestID: e.RequestID,
		}
	}
	return views, err
}

// actionName is an action in the reader's language: what was done, and to what kind of thing.
func actionName(v reader, action string) string {
	thing, did, _ := strings.Cut(action, ".")
	if key := "audit_action." + action; message.Has(key) {
		return message.Text(v.lang, key, nil)
	}
	name := []string{code(v, "audit_did", did), code(v, "audit_thing", thing)}
	if v.lang == message.English {
		return strings.Join(name, " ")
	}
	return strings.Join(name, "")
}

// code is the word of a code, or the code itself while it has none.
func code(v reader, family, code string) string {
	if !message.Has(family + "." + code) {
		return code
	}
	return v.say(family, code)
}

// shown is a document of an entry, if there is one.
func shown(document json.RawMessage) any {
	if len(document) == 0 {
		return nil
	}
	return document
}
