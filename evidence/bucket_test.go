package evidence_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/evidence"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// memory is the store's memory. An empty delimiter is none, which the store does not know.
type memory struct{ *s3mem.Backend }

func (m memory) ListBucket(
	ctx context.Context, name string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage,
) (*gofakes3.ObjectList, error) {
	if prefix != nil {
		prefix.HasDelimiter = prefix.Delimiter != ""
	}
	return m.Backend.ListBucket(ctx, name, prefix, page)
}

// shelf is a keeper with a bucket in a store that checks signatures.
type shelf struct {
	*evidence.Keeper

	t     *testing.T
	s3    *s3mem.Backend
	by    string
	later time.Duration
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket(t.Context(), "evidence"))
	id, secret := "AK"+strings.ReplaceAll(uuid.NewString(), "-", ""), uuid.NewString()
	server := httptest.NewServer(gofakes3.New(memory{backend}, gofakes3.WithV4Auth(map[string]string{id: secret})).Server())
	t.Cleanup(server.Close)
	keys := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.WriteFile(keys, []byte(id+"\n"+secret+"\n"), 0o600))
	bucket, err := evidence.NewBucket(evidence.BucketConfig{
		Endpoint: server.URL, Region: "beijing", Name: "evidence", KeysFile: keys, Insecure: true,
	})
	require.NoError(t, err)
	require.Equal(t, server.URL, bucket.Origin())
	ring, err := identity.NewKeyring()
	require.NoError(t, err)
	record, err := store.Open(t.Context(), storetest.Application(t, storetest.NewURL(t)), ring)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, record.Close()) })
	s := &shelf{t: t, s3: backend}
	s.Keeper = &evidence.Keeper{Store: record, Keys: ring, Bucket: bucket, Now: func() time.Time { return time.Now().Add(s.later) }}
	rules, err := policy.Load("beijing-2023", false)
	require.NoError(t, err)
	require.NoError(t, record.LoadLists(t.Context(), rules.Lists()))
	require.NoError(t, record.Tx(t.Context(), func(tx *store.Tx) error {
		a, err := tx.CreateAccount(store.Account{Role: store.RoleOperator})
		s.by = a.ID
		return err
	}))
	return s
}

// expect promises a file about something of an institution.
func (s *shelf) expect(content []byte) store.Evidence {
	s.t.Helper()
	p := promiseOf(content, pdf)
	now := time.Now().UTC().Truncate(time.Second)
	e := store.Evidence{
		ID: uuid.NewString(), InstitutionID: institution, SubjectKind: store.AboutTask, SubjectID: uuid.NewString(), Kind: "other",
		NameSealed: []byte("x"), MediaType: p.MediaType, Size: p.Size, SHA256: p.SHA256, State: store.EvidenceExpected, Place: s.Place(),
		AskedBy: s.by, AskedAt: now, ExpiresAt: now.Add(time.Minute),
	}
	require.NoError(s.t, s.Store.Tx(s.t.Context(), func(tx *store.Tx) error { return tx.InsertEvidence(e) }))
	return e
}

// put sends a file to an address.
func (s *shelf) put(u evidence.Upload, content []byte) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), u.Method, u.URL, bytes.NewReader(content))
	require.NoError(s.t, err)
	for name, value := range u.Headers {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	require.NoError(s.t, res.Body.Close())
	return res.StatusCode
}

func (s *shelf) offer(e store.Evidence) evidence.Upload {
	s.t.Helper()
	u, err := s.Offer(s.t.Context(), e)
	require.NoError(s.t, err)
	return u
}

func (s *shelf) confirm(e store.Evidence) (store.Evidence, error) {
	return s.Confirm(s.t.Context(), e, func(*store.Tx, store.Evidence) error { return nil })
}

// there is what the bucket has in it, by name.
func (s *shelf) there() map[string]string {
	s.t.Helper()
	all := map[string]string{}
	list, err := s.s3.ListBucket(s.t.Context(), "evidence", nil, gofakes3.ListBucketPage{})
	require.NoError(s.t, err)
	for _, object := range list.Contents {
		o, err := s.s3.GetObject(s.t.Context(), "evidence", object.Key, nil)
		require.NoError(s.t, err)
		content, err := io.ReadAll(o.Contents)
		require.NoError(s.t, err)
		all[object.Key] = string(content)
	}
	return all
}

func (s *shelf) remove(e store.Evidence) {
	s.t.Helper()
	require.NoError(s.t, s.Store.Tx(s.t.Context(), func(tx *store.Tx) error {
		return tx.RemoveEvidence(e, s.by, "a mistake", time.Now().UTC())
	}))
}

func TestABucketTakesThePromisedFileAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	content := sheet(200_000)
	e := s.expect(content)
	u := s.offer(e)
	require.NotContains(t, u.URL, "王")

	other := u
	other.Headers = map[string]string{"Content-Type": "text/html", "x-amz-checksum-sha256": u.Headers["x-amz-checksum-sha256"]}
	require.Equal(t, http.StatusForbidden, s.put(other, content), "another type")
	other.Headers = map[string]string{"Content-Type": pdf, "x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(make([]byte, 32))}
	require.Equal(t, http.StatusForbidden, s.put(other, content), "another digest")
	require.Equal(t, http.StatusForbidden, s.put(u, content[1:]), "another size")
	other = u
	other.URL = strings.Replace(u.URL, e.ID, uuid.NewString(), 1)
	require.Equal(t, http.StatusForbidden, s.put(other, content), "another name")
	other.URL = strings.Replace(u.URL, "X-Amz-Expires=", "X-Amz-Expires=9", 1)
	require.Equal(t, http.StatusForbidden, s.put(other, content), "a longer time")
	require.Empty(t, keysOf(s.there()))

	_, err := s.confirm(e)
	require.ErrorIs(t, err, evidence.ErrNothing)
	require.Equal(t, http.StatusOK, s.put(u, content))
	kept, err := s.confirm(e)
	require.NoError(t, err)
	require.Equal(t, store.EvidenceComplete, kept.State)
	require.Len(t, keysOf(s.there()), 1, "what came in is removed once it is kept")
	require.NotContains(t, s.there()[kept.Object], "王小明", "it is sealed")
	again, err := s.confirm(kept)
	require.NoError(t, err)
	require.Equal(t, kept.Object, again.Object)
	late, err := s.Confirm(t.Context(), e, nil)
	require.ErrorIs(t, err, evidence.ErrNothing, "the file that came in was taken: %v", late)

	opened, err := s.Open(t.Context(), s.Store.Read(t.Context()), kept)
	require.NoError(t, err)
	plain, err := io.ReadAll(opened)
	require.NoError(t, err)
	require.NoError(t, opened.Close())
	require.Equal(t, content, plain)
}

func TestWhatABucketTookAndWasNotPromisedIsRemoved(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	content := sheet(5000)
	e := s.expect(content)
	other := bytes.Clone(content)
	other[4999] = 'y'
	require.Equal(t, http.StatusOK, s.put(s.offer(e), other), "this store does not check digests")
	_, err := s.confirm(e)
	require.ErrorIs(t, err, evidence.ErrDigest)
	require.Empty(t, keysOf(s.there()))
	require.Equal(t, http.StatusOK, s.put(s.offer(e), content), "the right one may still be sent")
	_, err = s.confirm(e)
	require.NoError(t, err)
}

func TestTheSweepForgetsWhatNeverCameAndWhatWasRemoved(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	content := sheet(5000)
	abandoned, removed, stays := s.expect(content), s.expect(content), s.expect(content)
	for _, e := range []store.Evidence{abandoned, removed, stays} {
		require.Equal(t, http.StatusOK, s.put(s.offer(e), content))
	}
	kept, err := s.confirm(removed)
	require.NoError(t, err)
	s.remove(kept)
	kept, err = s.confirm(stays)
	require.NoError(t, err)
	require.Len(t, keysOf(s.there()), 3)
	require.NoError(t, s.Sweep(t.Context()))
	require.Len(t, keysOf(s.there()), 2, "what may still be confirmed is left")
	s.later = 2 * time.Hour
	require.NoError(t, s.Sweep(t.Context()))
	require.Equal(t, []string{kept.Object}, keysOf(s.there()))
	read := s.Store.Read(t.Context())
	_, err = read.Evidence(abandoned.ID)
	require.ErrorIs(t, err, store.ErrNotFound)
	gone, err := read.Evidence(removed.ID)
	require.NoError(t, err, "that there was something stays on record")
	require.Empty(t, gone.KeySealed)
	_, err = s.Open(t.Context(), read, gone)
	require.ErrorIs(t, err, evidence.ErrGone)
	_, err = s.confirm(gone)
	require.ErrorIs(t, err, evidence.ErrGone)
}

func TestAnImageOfADocumentIsRemovedOnceItsTimeIsOver(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	content := sheet(5000)
	answered, waiting := s.document(content, true), s.document(content, false)
	s.later = 29 * 24 * time.Hour
	require.NoError(t, s.Sweep(t.Context()))
	require.Len(t, keysOf(s.there()), 2, "somebody may have to look once more")
	s.later = 31 * 24 * time.Hour
	require.NoError(t, s.Sweep(t.Context()))
	require.Equal(t, []string{waiting.Object}, keysOf(s.there()))
	gone, err := s.Store.Read(t.Context()).Evidence(answered.ID)
	require.NoError(t, err)
	require.Equal(t, []string{store.EvidenceRemoved, "retention"}, []string{gone.State, gone.RemovalReason})
	require.Empty(t, gone.KeySealed)
}

func TestWhatWasFiledWithADraftGoesWhenTheDraftIsGone(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	draft := store.Draft{ID: uuid.NewString(), AccountID: s.by, Version: 1, Step: "photo", ContentsSealed: []byte("x")}
	require.NoError(t, s.Store.Tx(t.Context(), func(tx *store.Tx) error { return tx.InsertDraft(draft) }))
	s.filed(sheet(5000), store.AboutDraft, draft.ID, "proof_of_work")
	require.NoError(t, s.Sweep(t.Context()))
	require.Len(t, keysOf(s.there()), 1)
	require.NoError(t, s.Store.Tx(t.Context(), func(tx *store.Tx) error { return tx.RemoveDraft(draft.ID, time.Now().UTC()) }))
	require.NoError(t, s.Sweep(t.Context()))
	require.Empty(t, keysOf(s.there()))
}

// document is an image of an identity document in the bucket, with a check that was answered, or is waited for.
func (s *shelf) document(content []byte, answered bool) store.Evidence {
	s.t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	p := store.Petition{
		ID: uuid.NewString(), Kind: store.PetitionCheck, PersonID: uuid.NewString(), InstitutionID: institution, HandledBy: store.HandledByInstitution,
		TextSealed: []byte("x"), AskedBy: s.by, AskedAt: now, State: store.PetitionAsked, DueAt: now, ChangedAt: now,
	}
	if answered {
		p.State, p.Outcome, p.Answer, p.AnsweredBy, p.AnsweredAt = store.PetitionAnswered, store.IdentityVerified, "x", &s.by, &now
	}
	require.NoError(s.t, s.Store.Tx(s.t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertPerson(store.Person{ID: p.PersonID, IDType: store.IDTypeResident, NameSealed: []byte("x"), IDNumberSealed: []byte("x"), CreatedAt: now})
		if err == nil {
			err = tx.InsertPetition(p)
		}
		return err
	}))
	return s.filed(content, store.AboutPetition, p.ID, store.EvidenceIdentity)
}

// filed is a file of a trainee's in the bucket.
func (s *shelf) filed(content []byte, about, id, kind string) store.Evidence {
	s.t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	e := store.Evidence{
		ID: uuid.NewString(), SubjectKind: about, SubjectID: id, Kind: kind, NameSealed: []byte("x"), MediaType: pdf, Size: int64(len(content)),
		SHA256: promiseOf(content, pdf).SHA256, State: store.EvidenceExpected, Place: s.Place(), AskedBy: s.by, AskedAt: now, ExpiresAt: now.Add(time.Minute),
	}
	require.NoError(s.t, s.Store.Tx(s.t.Context(), func(tx *store.Tx) error { return tx.InsertEvidence(e) }))
	require.Equal(s.t, http.StatusOK, s.put(s.offer(e), content))
	kept, err := s.confirm(e)
	require.NoError(s.t, err)
	return kept
}

func TestABucketIsConfiguredWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	keys := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.WriteFile(keys, []byte("id\nhush-hush\n"), 0o600))
	good := evidence.BucketConfig{Endpoint: "https://s3.example.cn", Region: "beijing", Name: "evidence", KeysFile: keys}
	_, err := evidence.NewBucket(good)
	require.NoError(t, err)
	for name, change := range map[string]func(*evidence.BucketConfig){
		"no endpoint":        func(c *evidence.BucketConfig) { c.Endpoint = "" },
		"no TLS":             func(c *evidence.BucketConfig) { c.Endpoint = "http://s3.example.cn" },
		"a path":             func(c *evidence.BucketConfig) { c.Endpoint += "/evidence" },
		"keys in an address": func(c *evidence.BucketConfig) { c.Endpoint = "https://id:hush-hush@s3.example.cn" },
		"no bucket":          func(c *evidence.BucketConfig) { c.Name = "" },
		"no keys":            func(c *evidence.BucketConfig) { c.KeysFile = filepath.Join(t.TempDir(), "none") },
		"half of the keys":   func(c *evidence.BucketConfig) { c.KeysFile = half(t) },
	} {
		c := good
		change(&c)
		_, err := evidence.NewBucket(c)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "hush", name)
	}
}

func half(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.WriteFile(path, []byte("hush-hush"), 0o600))
	return path
}

func keysOf(all map[string]string) []string { return slices.Sorted(maps.Keys(all)) }

const institution = "ouc"
