package demo

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/dengpan/dengpan/mail/postbox"
	"github.com/dengpan/dengpan/playing"
)

// How the trainee who is visited is reached. Nobody has this number or this address.
const (
	visitedPhone = "13900000000"
	visitedEmail = "trainee@demo.example"

	lookedFor = time.Second // between two looks for a message
)

// reached is how a trainee is reached, as the product says.
type reached struct {
	Phone            string  `json:"phone"`
	Email            string  `json:"email"`
	PhoneConfirmedAt *string `json:"phone_confirmed_at"`
	EmailConfirmedAt *string `json:"email_confirmed_at"`
}

// beReached has the trainee who is visited be told by mail and SMS: they say how they are reached, and send the codes back that
// arrive there. Who says something else in a browser meanwhile is left alone.
func (d *Demo) beReached(ctx context.Context) {
	if d.notes.trainees() <= visited {
		return
	}
	for {
		done, err := d.reach(ctx)
		if done {
			return
		}
		if err != nil && !passing(err) {
			d.tell("the trainee cannot be told by mail or SMS: %v", err)
			return
		}
		if !playing.Wait(ctx, lookedFor) {
			return
		}
	}
}

// reach goes one step on, and says whether that was the last.
func (d *Demo) reach(ctx context.Context) (bool, error) {
	trainee, _ := d.notes.trainee(visited)
	if trainee.CaseID == "" {
		return false, nil
	}
	var known reached
	if err := d.api.get(ctx, "/v1/me/contacts", trainee.Token, &known); err != nil {
		return false, err
	}
	if known.Phone == "" && known.Email == "" {
		said := map[string]string{"phone": visitedPhone, "email": visitedEmail}
		return false, d.api.call(ctx, http.MethodPut, "/v1/me/contacts", trainee.Token, "", said, &known)
	}
	channel, there := "email", filepath.Join(d.options.Dir, MailFolder)
	switch {
	case known.EmailConfirmedAt == nil && known.Email == "t***@demo.example":
	case known.PhoneConfirmedAt == nil && known.Phone == "139****0000":
		channel, there = "sms", filepath.Join(d.options.Dir, SMSFolder)
	default:
		return true, nil
	}
	before, err := lastIn(there)
	if err != nil {
		return false, err
	}
	if err := d.api.post(ctx, "/v1/me/contacts/code", trainee.Token, "", map[string]string{"channel": channel}, nil); err != nil {
		return false, err
	}
	return false, d.sendBack(ctx, trainee, channel, there, before)
}

var codes = regexp.MustCompile(`\b[0-9]{6}\b`)

// sendBack waits for a code to arrive after what came before, and sends it back.
func (d *Demo) sendBack(ctx context.Context, trainee Trainee, channel, folder, before string) error {
	const patience = 30
	for range patience {
		if !playing.Wait(ctx, lookedFor) {
			return ctx.Err()
		}
		text, err := lastIn(folder)
		if err != nil || text == before {
			continue // it has not arrived yet
		}
		sent := map[string]string{"channel": channel, "code": codes.FindString(text)}
		return d.api.post(ctx, "/v1/me/contacts/confirmation", trainee.Token, "", sent, nil)
	}
	return fmt.Errorf("no code arrived by %s", channel)
}

// lastIn is the text of the newest message in a folder that holds a code.
func lastIn(folder string) (string, error) {
	letters, err := postbox.Kept(folder)
	if err != nil {
		return "", err
	}
	for _, letter := range slices.Backward(letters) {
		if codes.MatchString(letter.Text) {
			return letter.Text, nil
		}
	}
	shorts, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil || len(shorts) == 0 {
		return "", err
	}
	text, err := os.ReadFile(shorts[len(shorts)-1])
	return string(text), err
}
