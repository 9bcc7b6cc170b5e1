package demo

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/playing"
)

// incident is an open incident as the API lists it.
type incident struct {
	ID          string     `json:"id"`
	CaseID      string     `json:"case_id"`
	Cause       string     `json:"cause"`
	Stage       string     `json:"stage"`
	Institution listedBody `json:"institution"`
	Verbs       []string   `json:"verbs"`
}

// resolution is the body of POST /v1/incidents/{id}/resolution.
type resolution struct {
	Verb        string     `json:"verb"`
	Reason      string     `json:"reason"`
	LegalBasis  string     `json:"legal_basis,omitempty"`
	Institution string     `json:"institution,omitempty"`
	Days        int        `json:"days,omitempty"`
	Applicant   *applicant `json:"applicant,omitempty"`
}

// operate resolves the incidents of the demonstration's cases, each after it has been open for long
// enough to be seen.
func (d *Demo) operate(ctx context.Context) {
	seen := make(map[string]time.Time) // incident → when it may be resolved
	asked := make(map[string]int)      // case and cause → resolutions so far
	for playing.Wait(ctx, time.Second) {
		var open struct {
			Incidents []incident `json:"incidents"`
		}
		if err := d.api.get(ctx, "/v1/incidents?state=open&limit=100", d.notes.operator(), &open); err != nil {
			continue // the board shows what is down
		}
		for _, i := range open.Incidents {
			trainee, ours := d.notes.traineeOf(i.CaseID)
			due, known := seen[i.ID]
			switch {
			case !ours || i.Stage == "" || i.Cause == unverified: // it holds up no case, or goes on by others
			case !known:
				seen[i.ID] = time.Now().Add(operatorThinks)
			case time.Now().After(due):
				count := asked[i.CaseID+i.Cause]
				if d.resolve(ctx, i, trainee, count) {
					asked[i.CaseID+i.Cause] = count + 1
				}
				seen[i.ID] = time.Now().Add(operatorThinks) // look again, should it still be open then
			}
		}
	}
}

// resolve sends a resolution and says whether it was taken.
func (d *Demo) resolve(ctx context.Context, i incident, n, before int) bool {
	s := scenarioOf(n)
	r := decide(i, s, before, d.offers.of(s.occupation, "training"))
	if s.correction != nil && r.Verb == "correct" {
		corrected := s.correction(d.notes.steps.BeganOn)
		r.Applicant = &corrected
	}
	key := fmt.Sprintf("demo-%s-%s-%d", i.ID, r.Verb, before)
	what := fmt.Sprintf("%s: %s → %s", name(n), d.word("cause."+i.Cause+".title"), d.word("verb."+r.Verb))
	var asked struct {
		Approval *approval `json:"approval"`
	}
	err := d.api.post(ctx, "/v1/incidents/"+url.PathEscape(i.ID)+"/resolution", d.notes.operator(), key, r, &asked)
	if err == nil && asked.Approval != nil {
		err = d.approve(ctx, *asked.Approval)
	}
	switch {
	case err == nil:
		d.tell("%s（%s）", what, r.Reason)
		return true
	case answeredWith(err, "incident_closed"), answeredWith(err, "resolution_pending"):
		return false // it went away by itself, or is on its way
	default:
		d.tell("%s: %v", what, err)
		return false
	}
}

// approval is what waits for a second person.
type approval struct {
	ID   string `json:"id"`
	Seen int    `json:"seen"`
}

// approve has the second operator approve what needs two.
func (d *Demo) approve(ctx context.Context, a approval) error {
	return d.api.post(ctx, "/v1/approvals/"+url.PathEscape(a.ID)+"/decision", d.notes.second(), "demo-approval-"+a.ID,
		map[string]any{"decision": "approve", "reason": "已核对材料，同意", "seen": a.Seen}, nil)
}

func (d *Demo) word(key string) string { return message.Text(d.options.Lang, key, nil) }

// decide is what a sensible operator does about an incident of a case in a scenario, having resolved
// so many of the same cause in it before. trainers are the bodies that may train the occupation.
func decide(i incident, s scenario, asked int, trainers []string) resolution {
	const patience = 3 // times the same way is tried
	giveUp := resolution{Verb: "cancel", Reason: "经与学员沟通，本次培养终止", LegalBasis: "京人社专技字〔2023〕91号，三"}
	if !slices.Contains(i.Verbs, giveUp.Verb) {
		giveUp = resolution{Verb: "retry", Reason: "已排除原因，请重试"} // there is nothing of the case's to give up
	}
	if s.hopeless || asked >= patience {
		return giveUp
	}
	reassign := func(reason string) resolution {
		others := slices.DeleteFunc(slices.Clone(trainers), func(id string) bool { return id == i.Institution.ID })
		if len(others) == 0 || !slices.Contains(i.Verbs, "reassign") {
			return giveUp
		}
		return resolution{Verb: "reassign", Institution: others[asked%len(others)], Reason: reason}
	}
	training := i.Stage == "registration" || i.Stage == "training" || i.Stage == "exam"
	switch i.Cause {
	case "enrolment_rejected", "task_rejected", "class_full", "wrong_person", "not_our_occupation", "institution_not_listed":
		if training {
			return reassign("原机构不能接收，改派同职业其他培训机构")
		}
		return resolution{Verb: "retry", Reason: "已电话联系机构，请其重新受理"}
	case "task_overdue":
		if i.Stage == "training" {
			return reassign("机构逾期未办且联系不上，改派其他培训机构")
		}
		return resolution{Verb: "extend", Days: 15, Reason: "机构来电说明正在阅卷，同意延期"}
	case "hours_insufficient":
		return resolution{Verb: "retry", Reason: "请培训机构补齐所缺学时后重新报送"}
	case "eligibility_not_met", "evaluation_entry_not_met":
		if s.correction == nil {
			return giveUp
		}
		return resolution{Verb: "correct", Reason: "学员补交工作年限证明，更正申报信息"}
	case "rule_missing":
		return giveUp // trying again changes nothing until somebody enters the rule
	default:
		if !slices.Contains(i.Verbs, "retry") {
			return giveUp
		}
		return resolution{Verb: "retry", Reason: "已排除原因，请重试"}
	}
}
