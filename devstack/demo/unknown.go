package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/dengpan/dengpan/devstack/portrait"
)

// unverified is what a case is stuck on while people have yet to see whose the document is. No operator resolves it.
const unverified = "identity_unverified"

// introduce tells the register of persons whose numbers it cannot say. It keeps nothing over a restart.
func (d *Demo) introduce(ctx context.Context) error {
	register := newClient(d.options.BureauURL, d.options.Lang)
	for n := range d.notes.trainees() {
		if !scenarioOf(n).unknown {
			continue
		}
		told := map[string]string{"id_number": idNumber(n), "name": ""}
		if err := register.call(ctx, http.MethodPut, "/control/people", "", "", told, nil); err != nil {
			return fmt.Errorf("tell the register of persons whom it does not know: %w", err)
		}
	}
	return nil
}

// asking is what a trainee asks of their training body: that it sees the document.
type asking struct {
	ID    string `json:"id"`
	Files []struct {
		ID string `json:"id"`
	} `json:"files"`
}

// beSeen takes a trainee whom the register of persons does not know a step on: they ask their training body to look at their
// document, send an image of it, and once a certificate waits for it, the body's staff look and decide.
func (d *Demo) beSeen(ctx context.Context, n int, trainee Trainee, v view) {
	err := d.tryBeSeen(ctx, n, trainee, v)
	if err != nil && !passing(err) {
		d.tell("%s: %v", trainee.Name, err)
	}
}

func (d *Demo) tryBeSeen(ctx context.Context, n int, trainee Trainee, v view) error {
	at := "/v1/cases/" + url.PathEscape(trainee.CaseID)
	var c struct {
		Body     listedBody `json:"training_body"`
		Identity *struct {
			Request string `json:"request"`
		} `json:"identity"`
	}
	if err := d.api.get(ctx, at, trainee.Token, &c); err != nil || c.Identity == nil {
		return err // nobody doubts who they are, or not yet
	}
	if c.Identity.Request == "" {
		d.tell("%s：%s", trainee.Name, d.word("web.identity.title"))
		return d.api.post(ctx, at+"/requests", trainee.Token, "demo-identity", map[string]string{
			"kind": "identity_check", "text": "姓名中有生僻字，请查看证件",
		}, nil)
	}
	request := "/v1/petitions/" + url.PathEscape(c.Identity.Request)
	var asked asking
	if err := d.api.get(ctx, request, trainee.Token, &asked); err != nil {
		return err
	}
	if len(asked.Files) == 0 {
		return d.sendDocument(ctx, n, trainee, c.Identity.Request)
	}
	if v.Incident == nil || v.Incident.Cause != unverified || time.Since(v.Since) < operatorThinks {
		return nil // it can be seen what waits for it
	}
	return d.seeDocument(ctx, n, trainee, c.Body, asked)
}

// sendDocument sends the image, which is of nobody.
func (d *Demo) sendDocument(ctx context.Context, n int, trainee Trainee, request string) error {
	image := portrait.PNG(n)
	digest := sha256.Sum256(image)
	var promised struct {
		Upload struct {
			Method string `json:"method"`
			URL    string `json:"url"`
		} `json:"upload"`
	}
	err := d.api.post(ctx, "/v1/evidence", trainee.Token, "", map[string]any{
		"subject_kind": "petition", "subject_id": request, "kind": "identity_document", "name": "证件.png",
		"media_type": "image/png", "size": len(image), "sha256": hex.EncodeToString(digest[:]),
	}, &promised)
	if err != nil {
		return err
	}
	return d.api.call(ctx, promised.Upload.Method, promised.Upload.URL, "", "", picture(image), nil)
}

// seeDocument has the staff of the training body look at the document, and say that it is the trainee's.
func (d *Demo) seeDocument(ctx context.Context, n int, trainee Trainee, body listedBody, asked asking) error {
	staff := d.notes.keyOf(body.ID)
	if err := d.api.call(ctx, http.MethodGet, "/v1/evidence/"+url.PathEscape(asked.Files[0].ID)+"/file", staff, "", nil, nil); err != nil {
		return err
	}
	const answer = "已查看证件影像，与本人一致"
	err := d.api.post(ctx, "/v1/petitions/"+url.PathEscape(asked.ID)+"/answer", staff, "demo-identity-"+asked.ID,
		map[string]string{"outcome": "verified", "answer": answer}, nil)
	if err != nil {
		return err
	}
	d.tell("%s：%s（%s）", trainee.Name, answer, body.Name)
	return d.notes.change(func(_ *Record, s *steps) { s.Trainees[n].Seen = true })
}

// keyOf is the API key of an institution.
func (n *notebook) keyOf(institution string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	i := slices.IndexFunc(n.record.Institutions, func(one Institution) bool { return one.ID == institution })
	return n.record.Institutions[i].APIKey
}
