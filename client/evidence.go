package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Evidence is a file that was filed for what is reported.
type Evidence struct {
	ID          string     `json:"id"`
	SubjectKind string     `json:"subject_kind"`
	SubjectID   string     `json:"subject_id"`
	Kind        string     `json:"kind"`
	Name        string     `json:"name"`
	MediaType   string     `json:"media_type"`
	Size        int64      `json:"size"`
	SHA256      string     `json:"sha256"`
	State       string     `json:"state"` // expected, complete or removed
	Cited       bool       `json:"cited"` // a result rests on it
	CompletedAt *time.Time `json:"completed_at"`
}

// File is a file to be filed.
type File struct {
	SubjectKind string // task, session, class or dead_letter
	SubjectID   string
	Kind        string // score_sheet, attendance_sheet or other
	Name        string
	MediaType   string        // application/pdf, for example
	Content     io.ReadSeeker // read twice: for its digest, and to be sent
}

// asking is what a file will be.
type asking struct {
	SubjectKind string `json:"subject_kind"`
	SubjectID   string `json:"subject_id"`
	Kind        string `json:"kind"`
	Name        string `json:"name"`
	MediaType   string `json:"media_type"`
	Size        int64  `json:"size"`
	SHA256      string `json:"sha256"`
}

// asked is where it is to be sent.
type asked struct {
	ID     string `json:"id"`
	Upload upload `json:"upload"`
}

type upload struct {
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	ExpiresAt time.Time         `json:"expires_at"`
}

// FileEvidence files a file: it is promised by its digest, sent to the address that is given for it, and confirmed. Its id
// may then stand in a [Mark].
func (c *Client) FileEvidence(ctx context.Context, f File) (Evidence, error) {
	var e Evidence
	digest := sha256.New()
	size, err := io.Copy(digest, f.Content)
	if err != nil {
		return e, fmt.Errorf("dengpan: read a file: %w", err)
	}
	var to asked
	err = c.post(ctx, "/v1/evidence", asking{
		SubjectKind: f.SubjectKind, SubjectID: f.SubjectID, Kind: f.Kind, Name: f.Name, MediaType: f.MediaType,
		Size: size, SHA256: hex.EncodeToString(digest.Sum(nil)),
	}, &to)
	if err != nil {
		return e, err
	}
	if err := c.send(ctx, to.Upload, f.Content, size); err != nil {
		return e, err
	}
	err = c.post(ctx, "/v1/evidence/"+url.PathEscape(to.ID)+"/completion", struct{}{}, &e)
	return e, err
}

// send sends a file to the address that was given for it, which needs no key.
func (c *Client) send(ctx context.Context, to upload, content io.ReadSeeker, size int64) error {
	at, err := c.base.Parse(to.URL)
	if err != nil {
		return fmt.Errorf("dengpan: %w", err)
	}
	return c.retry(ctx, func() (*http.Request, error) {
		if _, err := content.Seek(0, io.SeekStart); err != nil {
			return nil, fmt.Errorf("read a file: %w", err)
		}
		req, err := http.NewRequestWithContext(ctx, to.Method, at.String(), io.NopCloser(content))
		if err != nil {
			return nil, err //nolint:wrapcheck // wrapped by the caller
		}
		req.ContentLength = size
		for name, value := range to.Headers {
			req.Header.Set(name, value)
		}
		return req, nil
	}, nil)
}

// Evidence lists what was filed about something and is complete.
func (c *Client) Evidence(ctx context.Context, subjectKind, subjectID string) ([]Evidence, error) {
	var list struct {
		Evidence []Evidence `json:"evidence"`
	}
	query := url.Values{"subject_kind": {subjectKind}, "subject_id": {subjectID}, "limit": {"200"}}
	err := c.get(ctx, "/v1/evidence", query, &list)
	return list.Evidence, err
}

// reason is why something is done that cannot be undone.
type reason struct {
	Reason string `json:"reason"`
}

// RemoveEvidence removes a file for good, for a reason that is kept.
func (c *Client) RemoveEvidence(ctx context.Context, id, why string) error {
	return c.post(ctx, "/v1/evidence/"+url.PathEscape(id)+"/removal", reason{why}, nil)
}
