package evidence

import (
	"bufio"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// Errors of evidence.
var (
	// ErrNothing says that no file was sent yet.
	ErrNothing = errors.New("nothing was sent")
	// ErrGone says that the file was removed.
	ErrGone = errors.New("the file was removed")
	// errNoBucket says that a file lies in a bucket, and none is configured.
	errNoBucket = errors.New("the file is in an S3-compatible store, and none is configured")
)

// Upload says how a file is sent.
type Upload struct {
	Method  string
	URL     string // of this interface when it has no host
	Headers map[string]string
}

// Keeper keeps files of evidence.
type Keeper struct {
	Store *store.Store
	Keys  *identity.Keyring
	// Bucket is where new files are kept; nil keeps them in the record. What lies elsewhere is read from there.
	Bucket *Bucket
	Logger *slog.Logger
	Now    calendar.Clock // nil is time.Now
}

// Place is where new files are kept.
func (k *Keeper) Place() string {
	if k.Bucket != nil {
		return store.PlaceS3
	}
	return store.PlacePostgres
}

func promise(e store.Evidence) Promise {
	return Promise{MediaType: e.MediaType, Size: e.Size, SHA256: e.SHA256}
}

// Offer says how the file of evidence is sent. The address is the authority: whoever has it may send that file there until
// it expires, and nothing else.
func (k *Keeper) Offer(ctx context.Context, e store.Evidence) (Upload, error) {
	if e.Place == store.PlaceS3 {
		if k.Bucket == nil {
			return Upload{}, errNoBucket
		}
		return k.Bucket.presign(ctx, e.ID, promise(e), e.ExpiresAt.Sub(k.Now.UTC()))
	}
	query := url.Values{
		"expires":   {strconv.FormatInt(e.ExpiresAt.Unix(), 10)},
		"signature": {base64.RawURLEncoding.EncodeToString(k.Keys.Fingerprint(signing, signed(e)))},
	}
	return Upload{
		Method: http.MethodPut, URL: "/v1/evidence/" + e.ID + "/file?" + query.Encode(), Headers: map[string]string{"Content-Type": e.MediaType},
	}, nil
}

const signing = "evidence/upload"

func signed(e store.Evidence) []byte {
	return fmt.Appendf(nil, "%s\n%d\n%x\n%s\n%d", e.ID, e.Size, e.SHA256, e.MediaType, e.ExpiresAt.Unix())
}

// Signed reports whether an address was signed for evidence.
func (k *Keeper) Signed(e store.Evidence, signature string) bool {
	made, err := base64.RawURLEncoding.DecodeString(signature)
	return err == nil && k.Keys.IsFingerprint(made, signing, signed(e))
}

// Take takes the file of evidence as it is sent, and notes in one transaction with it what done writes. Evidence that is
// complete stays as it is; the same file again is told so.
func (k *Keeper) Take(
	ctx context.Context, e store.Evidence, content io.Reader, done func(*store.Tx, store.Evidence) error,
) (store.Evidence, error) {
	received, err := Receive(content, promise(e), owner(e.ID))
	if err != nil {
		return e, err
	}
	defer func() { _ = received.Close() }() // it has no name, and nothing more is read from it
	return k.keep(ctx, e, received, done)
}

// Confirm takes a file that was sent to the bucket: it is read back, checked and sealed, and what was sent is removed.
func (k *Keeper) Confirm(ctx context.Context, e store.Evidence, done func(*store.Tx, store.Evidence) error) (store.Evidence, error) {
	switch {
	case e.State == store.EvidenceComplete:
		return e, nil
	case e.State == store.EvidenceRemoved:
		return e, ErrGone
	case e.Place != store.PlaceS3:
		return e, ErrNothing
	case k.Bucket == nil:
		return e, errNoBucket
	}
	sent, err := k.Bucket.incoming(ctx, e.ID)
	if err != nil {
		return e, err
	}
	defer func() { _ = sent.Close() }() // it was read
	kept, err := k.Take(ctx, e, sent, done)
	if err == nil || errors.Is(err, ErrSize) || errors.Is(err, ErrDigest) || errors.Is(err, ErrMedia) {
		k.tidy(ctx, incoming(e.ID))
	}
	return kept, err
}

// keep keeps a file that was received, with the row that says so.
func (k *Keeper) keep(
	ctx context.Context, e store.Evidence, received *Received, done func(*store.Tx, store.Evidence) error,
) (kept store.Evidence, err error) {
	key, err := k.Keys.Seal(received.Key, store.EvidenceKeySeal(e.ID))
	if err != nil {
		return e, err
	}
	var object string
	if e.Place == store.PlaceS3 {
		if k.Bucket == nil {
			return e, errNoBucket
		}
		if object, err = k.Bucket.keep(ctx, e.ID, received); err != nil {
			return e, err
		}
		defer func() {
			if kept.Object != object {
				k.tidy(ctx, object) // another of the same content was first, or the row could not be written
			}
		}()
	}
	err = k.Store.Tx(ctx, func(tx *store.Tx) error {
		if kept, err = tx.LockEvidence(e.ID); err != nil {
			return err
		}
		switch kept.State {
		case store.EvidenceComplete:
			return nil
		case store.EvidenceRemoved:
			return ErrGone
		}
		if e.Place == store.PlacePostgres {
			if object, err = tx.KeepFile(received); err != nil {
				return err
			}
		}
		at := k.Now.UTC()
		kept.State, kept.Object, kept.KeySealed, kept.CompletedAt = store.EvidenceComplete, object, key, &at
		if err := tx.CompleteEvidence(e.ID, object, key, at); err != nil {
			return err
		}
		return done(tx, kept)
	})
	if err != nil {
		kept = e
	}
	return kept, err
}

// Open opens the file of evidence. What is read of it is what was sent; its first bytes are known to be when this returns.
func (k *Keeper) Open(ctx context.Context, tx *store.Tx, e store.Evidence) (io.ReadCloser, error) {
	if e.State != store.EvidenceComplete {
		return nil, ErrGone
	}
	key, err := k.Keys.Open(e.KeySealed, store.EvidenceKeySeal(e.ID))
	if err != nil {
		return nil, fmt.Errorf("open the key of a file: %w", err)
	}
	var sealed io.ReadCloser
	switch {
	case e.Place == store.PlacePostgres:
		sealed = io.NopCloser(tx.File(e.Object))
	case k.Bucket == nil:
		return nil, errNoBucket
	default:
		if sealed, err = k.Bucket.open(ctx, e.Object); err != nil {
			return nil, err
		}
	}
	opened, err := Open(sealed, key, owner(e.ID))
	if err != nil {
		return nil, errors.Join(err, sealed.Close())
	}
	buffered := bufio.NewReaderSize(opened, segment)
	if _, err := buffered.Peek(1); err != nil {
		return nil, errors.Join(fmt.Errorf("open a sealed file: %w", err), sealed.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{buffered, sealed}, nil
}

// owner is what a file is sealed for.
func owner(id string) string { return "evidence/" + id }

// tidy removes from the bucket what is of no use there. What stays behind, the sweep finds.
func (k *Keeper) tidy(ctx context.Context, name string) {
	if err := k.Bucket.remove(context.WithoutCancel(ctx), name); err != nil {
		k.log().WarnContext(ctx, "left in the bucket for the sweep", slog.Any("error", err))
	}
}

func (k *Keeper) log() *slog.Logger { return cmp.Or(k.Logger, slog.Default()) }
