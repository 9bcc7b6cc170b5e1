package publication

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// Reconciler compares what registers hold with what they were sent. A difference that lasts for a day is an incident, and one
// that is gone closes by itself.
type Reconciler struct {
	*Sender
}

// Difference is one certificate that both sides do not hold alike.
type Difference struct {
	Channel string
	Cause   contract.Cause
	ECertID string
	Young   bool // it may be on its way: it is not an incident yet
}

// Comparison is what came of comparing one channel.
type Comparison struct {
	Channel     string
	Listed      int // certificates that the register holds
	Differences []Difference
	Opened      int // incidents
	Closed      int
}

const reconcileBatch = 1000

// compared are the findings about a certificate that a comparison opens and closes.
var compared = []contract.Cause{contract.PublicationMissing, contract.PublicationDiffers}

// Reconcile compares one channel. It reads the whole list first: half a list says nothing of what is missing.
func (r *Reconciler) Reconcile(ctx context.Context, name string, beat func()) (Comparison, error) {
	result := Comparison{Channel: name}
	channel, connected := r.Channels[name]
	if !connected {
		return result, fmt.Errorf("compare a channel: %s has no address", name)
	}
	began, listed := r.Now.UTC(), map[string]Entry{}
	for page, err := range channel.List(ctx, time.Time{}) {
		if err != nil {
			return result, fmt.Errorf("list what a register holds: %w", err)
		}
		for _, entry := range page {
			listed[entry.ECertID] = entry
		}
		beat()
	}
	result.Listed = len(listed)
	if err := r.compare(ctx, name, listed, began, &result, beat); err != nil {
		return result, err
	}
	return result, r.Store.Tx(ctx, func(tx *store.Tx) error { return tx.Reconciled(name, began) })
}

// compare goes through what was sent, and takes it from what is listed: what is left over nobody sent.
func (r *Reconciler) compare(ctx context.Context, name string, listed map[string]Entry, began time.Time, result *Comparison, beat func()) error {
	open, err := r.found(ctx, name)
	if err != nil {
		return err
	}
	for after := ""; ; {
		rows, err := r.Store.Read(ctx).SentPublications(name, after, reconcileBatch)
		if err != nil {
			return err
		}
		for _, p := range rows {
			entry, there := listed[p.CertificateID]
			delete(listed, p.CertificateID)
			cause := difference(p, entry, there)
			if cause == "" && p.State != store.PublicationAcknowledged && !open[p.CertificateID] {
				continue
			}
			if err := r.judge(ctx, p, entry, cause, began, result); err != nil {
				return err
			}
		}
		beat()
		if len(rows) < reconcileBatch {
			break
		}
		after = rows[len(rows)-1].CertificateID
	}
	return r.unknown(ctx, name, listed, began, result)
}

// found are the certificates of which a comparison found something that is open still.
func (r *Reconciler) found(ctx context.Context, name string) (map[string]bool, error) {
	open := map[string]bool{}
	for _, cause := range compared {
		ids, err := r.Store.Read(ctx).FoundPublications(name, cause)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			open[id] = true
		}
	}
	return open, nil
}

// judge has the findings of one certificate follow from how it compares.
func (r *Reconciler) judge(
	ctx context.Context, p store.Publication, entry Entry, cause contract.Cause, began time.Time, result *Comparison,
) error {
	if cause != "" {
		young := began.Before(r.Calendar.After(p.Since, 1))
		result.Differences = append(result.Differences, Difference{Channel: p.Channel, Cause: cause, ECertID: p.CertificateID, Young: young})
		if young {
			return nil
		}
	}
	return r.Store.Tx(ctx, func(tx *store.Tx) error {
		now, err := tx.LockPublication(p.CertificateID, p.Channel)
		if err != nil || now.Version != p.Version || now.State != p.State {
			return err // it went on while the list was read
		}
		for _, other := range compared {
			if other == cause {
				continue
			}
			n, err := tx.CloseFindings(other, &p.CertificateID, p.Channel, store.ClosedByVanishing, r.Now.UTC())
			result.Closed += int(n)
			if err != nil {
				return err
			}
		}
		switch {
		case cause != "":
			fresh, err := tx.FindPublication(cause, p, map[string]any{"version": p.SentVersion, "listed": entry.Version}, r.Now.UTC())
			if fresh {
				result.Opened++
			}
			return err
		case p.State == store.PublicationAcknowledged: // its receipt was lost: it is listed as it was sent
			return r.take(tx, p.Channel, Receipt{
				ECertID: p.CertificateID, Version: p.Version, State: store.ReceiptPublished, Receipt: p.Receipt, At: entry.UpdatedAt,
			}, r.Now.UTC())
		}
		return nil
	})
}

// difference is what is wrong with a certificate as a register lists it; empty when nothing is.
func difference(p store.Publication, entry Entry, there bool) contract.Cause {
	expected := p.State == store.PublicationPublished || p.State == store.PublicationAcknowledged || p.PublishedVersion > 0
	switch {
	case !there && expected:
		return contract.PublicationMissing
	case !there || p.State == store.PublicationRefused:
		return ""
	case entry.Version > p.SentVersion, entry.Version < p.PublishedVersion:
		return contract.PublicationDiffers
	case entry.Version < p.SentVersion:
		if p.State == store.PublicationAcknowledged {
			return contract.PublicationDiffers // it said that it has the newer one
		}
		return "" // it is on its way
	}
	if sum, err := hex.DecodeString(entry.SHA256); err != nil || !bytes.Equal(sum, p.SentSHA256) {
		return contract.PublicationDiffers
	}
	return ""
}

// unknown has the finding follow that a register holds what nobody sent.
func (r *Reconciler) unknown(ctx context.Context, name string, left map[string]Entry, began time.Time, result *Comparison) error {
	const shown = 20
	var ids []string
	var latest time.Time
	for id, entry := range left {
		young := began.Before(r.Calendar.After(entry.UpdatedAt, 1))
		result.Differences = append(result.Differences, Difference{Channel: name, Cause: contract.PublicationUnknown, ECertID: id, Young: young})
		if young {
			continue
		}
		ids = append(ids, id)
		if entry.UpdatedAt.After(latest) {
			latest = entry.UpdatedAt
		}
	}
	return r.Store.Tx(ctx, func(tx *store.Tx) error {
		if len(left) == 0 {
			n, err := tx.CloseFindings(contract.PublicationUnknown, nil, name, store.ClosedByVanishing, r.Now.UTC())
			result.Closed += int(n)
			return err
		}
		if len(ids) == 0 {
			return nil
		}
		slices.Sort(ids)
		params := map[string]any{"count": len(ids), "e_cert_ids": ids[:min(shown, len(ids))]}
		fresh, err := tx.FindUnknown(name, params, latest, r.Now.UTC())
		if fresh {
			result.Opened++
		}
		return err
	})
}
