package demo

import (
	"bytes"
	"context"
	"fmt"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/dengpan/dengpan/intake"
	"github.com/dengpan/dengpan/playing"
	"github.com/dengpan/dengpan/workbook"
)

// The employer of the demonstration. Nobody has this code: no area has this number.
const (
	employerName  = "北京例示科技有限公司"
	employerCode  = "91990000MA0000DEMH"
	employerLogin = "employer"
)

// employ has an employer have its people trained in an order class, for which it registers most of them by a workbook.
func (d *Demo) employ(ctx context.Context) {
	const lookAgain = time.Second
	for {
		err := d.tryEmploy(ctx)
		if err == nil {
			return
		}
		if !passing(err) {
			d.tell("%s: %v", employerName, err)
			return
		}
		if !playing.Wait(ctx, lookAgain) {
			return
		}
	}
}

func (d *Demo) tryEmploy(ctx context.Context) error {
	done := d.notes.employed()
	if done.Started {
		return nil
	}
	if done.EmployerID == "" {
		id, err := d.registerEmployer(ctx)
		if err != nil {
			return err
		}
		done.EmployerID = id
	}
	if err := d.ensureEmployerLogin(ctx, done.EmployerID); err != nil {
		return err
	}
	if done.ClassID == "" {
		id, err := d.orderClass(ctx)
		if err != nil {
			return err
		}
		done.ClassID = id
	}
	if err := d.sendPeople(ctx, done.ClassID); err != nil {
		return err
	}
	return d.notes.change(func(_ *Record, s *steps) { s.Employer.Started = true })
}

// registerEmployer has the operator register the employer.
func (d *Demo) registerEmployer(ctx context.Context) (string, error) {
	var made struct{ ID string }
	sent := map[string]string{"name": employerName, "uscc": employerCode, "district": ownDistrict}
	if err := d.api.post(ctx, "/v1/employers", d.notes.operator(), "demo-employer", sent, &made); err != nil {
		return "", err
	}
	return made.ID, d.notes.change(func(_ *Record, s *steps) { s.Employer.EmployerID = made.ID })
}

// ensureEmployerLogin has one of the employer's people invited, who accepts.
func (d *Demo) ensureEmployerLogin(ctx context.Context, employer string) error {
	wanted := WebLogin{Role: "employer", Login: employerLogin, Name: employerName}
	return d.ensureLogin(ctx, wanted, func(password string) error {
		var invitation struct{ Token string }
		path := "/v1/employers/" + url.PathEscape(employer) + "/invitations"
		if err := d.api.post(ctx, path, d.notes.operator(), "", map[string]string{"label": "demo employer"}, &invitation); err != nil {
			return err
		}
		accepted := map[string]string{"token": invitation.Token, "login": employerLogin, "password": password}
		return d.api.post(ctx, "/v1/invitations/acceptance", "", "", accepted, nil)
	})
}

// orderClass has a training body make the employer's class: not the body whose staff are visited, who make their own.
func (d *Demo) orderClass(ctx context.Context) (string, error) {
	const begins, ends, places = 30, 420, 30 // days; days of a demonstration are short
	body, busiest := "", d.busiest()
	for _, trainer := range d.offers.of(bigData, "training") {
		if body = trainer; body != busiest {
			break
		}
	}
	key, err := d.keyOf(body)
	if err != nil {
		return "", err
	}
	const ref = "DEMO-ORDER"
	var made struct{ ID string }
	err = d.api.post(ctx, "/v1/classes", key, ref, map[string]any{
		"ref": ref, "name": "例示科技大数据订单班", "occupation": bigData, "level": junior, "mode": "order", "sponsor": employerCode,
		"capacity": places, "starts_on": d.notes.steps.BeganOn.AddDays(begins), "ends_on": d.notes.steps.BeganOn.AddDays(ends),
	}, &made)
	if err != nil {
		return "", fmt.Errorf("make the order class: %w", err)
	}
	return made.ID, d.notes.change(func(_ *Record, s *steps) { s.Employer.ClassID = made.ID })
}

// sendPeople has the employer agree to its class, send its workbook and start the intake of whoever is right in it.
func (d *Demo) sendPeople(ctx context.Context, class string) error {
	employer, err := d.asEmployer(ctx)
	if err != nil {
		return err
	}
	path := "/v1/classes/" + url.PathEscape(class)
	if err := employer.post(ctx, path+"/agreement", "", "", nil, nil); err != nil {
		return err
	}
	content, err := d.employerPeople()
	if err != nil {
		return err
	}
	var list struct{ ID string }
	if err := employer.post(ctx, path+"/intakes", "", "", content, &list); err != nil {
		return err
	}
	started := map[string]string{"mode": "rows", "consents": intake.Declaration}
	return employer.post(ctx, "/v1/intakes/"+url.PathEscape(list.ID)+"/start", "", "", started, nil)
}

// asEmployer logs in as the employer's people do: they have no other way to ask.
func (d *Demo) asEmployer(ctx context.Context) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("keep cookies: %w", err)
	}
	employer := newClient(d.options.APIURL, d.options.Lang)
	employer.http.Jar = jar
	sent := map[string]string{"login": employerLogin, "password": d.notes.passwordOf(employerLogin)}
	return employer, employer.post(ctx, "/v1/session", "", "", sent, nil)
}

// employerPeople is the employer's workbook: eight people, two of them written down wrongly.
func (d *Demo) employerPeople() (sheet, error) {
	const many, first = 8, 100 // names and numbers of nobody else here
	const mistyped, unsaid = 2, 5
	evaluation := d.offers.named(d.offers.of(bigData, "evaluation")[0])
	rows := make([]map[string]string, many)
	for i := range rows {
		rows[i] = map[string]string{
			"name": name(first + i), "id_number": idNumber(first + i), "category": "in_post", "degree": "bachelor", "related_major": "是",
			"full_time": "是", "graduated_on": "2016-07-01", "work_started_on": "2016-09-01", "evaluation_body": evaluation,
		}
	}
	number, wrong := rows[mistyped]["id_number"], "1"
	if strings.HasSuffix(number, wrong) {
		wrong = "2"
	}
	rows[mistyped]["id_number"] = number[:len(number)-1] + wrong
	rows[unsaid]["category"] = ""
	var file bytes.Buffer
	err := workbook.Write(&file, workbook.Book{
		Kind: workbook.Intake, Lang: d.options.Lang, Sheets: []workbook.Sheet{{Form: workbook.SheetIntake, Rows: rows}},
	})
	return file.Bytes(), err
}
