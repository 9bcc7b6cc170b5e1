package demo

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/playing"
)

// offering is a class that an institution of the demonstration offers again and again.
type offering struct {
	code, occupation, level string
	body                    int // of the bodies that train the occupation
	name                    string
	capacity, ahead, lasts  int // days
	feeFen                  *int
	study, delivery         string
	schedule, venue         string
}

func fen(yuan int) *int {
	fen := yuan * 100
	return &fen
}

// offerings are on offer at any time. Days of a demonstration are short, so they begin far ahead.
var offerings = []offering{
	{
		code: "W", occupation: manufacturing, level: junior, body: 0, name: "智能制造初级周末班", capacity: 40, ahead: 150, lasts: 120, feeFen: fen(4800),
		study: "spare_time", delivery: "mixed", schedule: "每周六、周日上午九时至十二时", venue: "第一教学楼（演示数据）",
	},
	{
		code: "D", occupation: manufacturing, level: intermediate, body: 1, name: "智能制造中级脱产班", capacity: 30, ahead: 260, lasts: 60, feeFen: fen(7600),
		study: "full_time", delivery: "onsite", schedule: "每周一至周五上午、下午", venue: "实训中心（演示数据）",
	},
	{
		code: "N", occupation: bigData, level: junior, body: 0, name: "大数据初级网络班", capacity: 60, ahead: 200, lasts: 180, feeFen: fen(0),
		study: "spare_time", delivery: "online", schedule: "随时在线学习，每周三晚直播", venue: "线上（演示数据）",
	},
	{
		code: "E", occupation: bigData, level: intermediate, body: 1, name: "大数据中级晚班", capacity: 35, ahead: 380, lasts: 150, feeFen: fen(5200),
		study: "part_time", delivery: "mixed", schedule: "每周二、四晚七时至九时", venue: "学院路校区（演示数据）",
	},
	{
		code: "S", occupation: blockchain, level: senior, body: 0, name: "区块链高级研修班", capacity: 24, ahead: 520, lasts: 200,
		study: "part_time", delivery: "onsite", schedule: "每月第一、三周的周末", venue: "软件园培训中心（演示数据）",
	},
}

// teach keeps classes on offer: whenever one has begun, the next of its kind is offered.
func (d *Demo) teach(ctx context.Context) {
	const lookAgain = 10 * time.Second
	for {
		for _, o := range offerings {
			if err := d.offer(ctx, o); err != nil && ctx.Err() == nil {
				d.tell("%s: %v", o.name, err)
			}
		}
		if !playing.Wait(ctx, lookAgain) {
			return
		}
	}
}

// offer makes the next class of a kind, unless one is yet to begin.
func (d *Demo) offer(ctx context.Context, o offering) error {
	bodies := d.offers.of(o.occupation, "training")
	body := bodies[o.body%len(bodies)]
	today := d.options.Calendar.Today(time.Now())
	var offered struct{ Total int }
	query := url.Values{
		"institution": {body}, "occupation": {o.occupation}, "level": {o.level}, "from": {today.AddDays(1).String()}, "limit": {"1"},
	}
	if err := d.api.get(ctx, "/v1/offered-classes?"+query.Encode(), "", &offered); err != nil || offered.Total > 0 {
		return err
	}
	key, err := d.keyOf(body)
	if err != nil {
		return err
	}
	return d.open(ctx, o, key, today)
}

// keyOf is the key of an institution of the demonstration.
func (d *Demo) keyOf(institution string) (string, error) {
	for _, played := range d.Record().Institutions {
		if played.ID == institution {
			return played.APIKey, nil
		}
	}
	return "", fmt.Errorf("the demonstration has no key of %s", institution)
}

// open makes a class and says what it offers.
func (d *Demo) open(ctx context.Context, o offering, key string, today calendar.Date) error {
	starts := today.AddDays(o.ahead)
	ref := "DEMO-" + o.code + "-" + starts.String()
	var made struct{ ID string }
	err := d.api.post(ctx, "/v1/classes", key, ref, map[string]any{
		"ref": ref, "name": o.name, "occupation": o.occupation, "level": o.level, "capacity": o.capacity,
		"starts_on": starts, "ends_on": starts.AddDays(o.lasts),
	}, &made)
	if err != nil {
		return fmt.Errorf("make the class %s: %w", ref, err)
	}
	terms := map[string]any{
		"offered": true, "study": o.study, "delivery": o.delivery, "schedule": o.schedule, "venue": o.venue,
		"enrol_until": starts.AddDays(o.lasts / 3), "reason": "招生", //nolint:mnd // who comes after a third has missed too much
	}
	if o.feeFen != nil {
		terms["fee_fen"] = *o.feeFen
	}
	if o.feeFen != nil && *o.feeFen > 0 {
		terms["refund"] = []map[string]any{{"until": "start", "percent": 100}, {"until": "1/3", "percent": 50}}
		terms["refund_terms"] = "教材已领用的，教材费不退（演示数据）"
	}
	if err := d.api.post(ctx, "/v1/classes/"+made.ID+"/offer", key, ref+"-offer", terms, nil); err != nil {
		return fmt.Errorf("say what the class %s offers: %w", ref, err)
	}
	return nil
}
