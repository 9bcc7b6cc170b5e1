package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
)

// explainFlags is a person's facts as they are typed.
type explainFlags struct {
	occupation, level, category, skillGrade, workSince string
	education, graduated, titles, grades               []string
	modules                                            []string
	online, offline                                    string
	relatedMajor, partTime                             bool
	certificate, asOf                                  string
	policy, lang                                       string
	demo, asJSON                                       bool
}

func policyExplainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain",
		Short: "decide on a person's facts, and say why",
		Long: "Prints whether a person may join, may enter the evaluation, and which title the certificate leads to: the outcome\n" +
			"first, then what it rests on, or what is missing and from which day time alone would satisfy it. With hours or\n" +
			"modules, whether the training is complete is said too.\n" +
			"Codes and Chinese names are both understood: --level 中级 is --level intermediate.",
		Example: "  dengpan policy explain --occupation big-data --level 中级 --education 本科 --graduated 2019-07-01 --title 助理工程师=2021-05-01",
		Args:    cobra.NoArgs,
	}
	var in explainFlags
	f := cmd.Flags()
	f.StringVar(&in.occupation, "occupation", "intelligent-manufacturing", "the occupation's code or name; unless given, the one whose standard is known")
	f.StringVar(&in.level, "level", "", "初级, 中级 or 高级; junior, intermediate or senior (required)")
	f.StringArrayVar(&in.education, "education", nil, "a degree: 博士 硕士 第二学士 本科 专科 中专 技工院校, or its code; may be repeated")
	f.StringArrayVar(&in.graduated, "graduated", nil, "the date of graduation of the degree in the same place; none: not graduated yet")
	f.BoolVar(&in.relatedMajor, "related-major", false, "the degrees are in a related subject")
	f.BoolVar(&in.partTime, "part-time", false, "the study is or was not full-time")
	f.StringArrayVar(&in.titles, "title", nil, "a title held, with its date: 助理工程师=2021-05-01; may be repeated")
	f.StringArrayVar(&in.grades, "grade", nil, "a grade certificate held, with its date: 初级=2022-03-01; may be repeated")
	f.StringVar(&in.workSince, "work-since", "", "when work in the occupation began")
	f.StringVar(&in.category, "category", "", "in_post, intending, final_year_student or skilled_worker (default in_post)")
	f.StringVar(&in.skillGrade, "skill-grade", "", "an employed skilled worker's grade: 高级工, 技师 or 高级技师")
	f.StringVar(&in.online, "online", "", "hours (学时) of the training taken online")
	f.StringVar(&in.offline, "offline", "", "hours (学时) of the training taken in person")
	f.StringArrayVar(&in.modules, "module", nil, "content of the training that is complete; may be repeated")
	f.StringVar(&in.certificate, "certificate", "", "when the level's grade certificate was issued (default: supposed to be on the day of the decision)")
	f.StringVar(&in.asOf, "as-of", "", "the day of the decision (default today)")
	f.StringVar(&in.policy, "policy", "beijing-2023", "the version, by name or folder")
	f.BoolVar(&in.demo, "demo", false, "lay the rules marked 演示数据 over it")
	f.StringVar(&in.lang, "lang", "zh", "zh or en")
	f.BoolVar(&in.asJSON, "json", false, "print the decisions with their explanations as JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		q, err := in.question()
		if err != nil {
			return err
		}
		answer := q.decide()
		if !in.asJSON {
			fmt.Fprint(cmd.OutOrStdout(), answer.text())
			return nil
		}
		out := json.NewEncoder(cmd.OutOrStdout())
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(answer)
	}
	return cmd
}

// question is a person's facts as decisions take them.
type question struct {
	rules       *policy.Policy
	lang        message.Lang
	occupation  policy.Occupation
	level       policy.Level
	applicant   policy.Applicant
	training    *policy.TrainingRecord // nil when nothing was said of it
	certificate calendar.Date
	supposed    bool
	asOf        calendar.Date
}

func (in explainFlags) question() (question, error) {
	q := question{lang: message.Lang(in.lang)}
	if q.lang != message.Chinese && q.lang != message.English {
		return q, fmt.Errorf("--lang %s: zh or en", in.lang)
	}
	var err error
	if q.rules, err = policyNamed(in.policy, in.demo); err != nil {
		return q, fmt.Errorf("--policy: %w", err)
	}
	if q.occupation, err = occupationOf(q.rules, in.occupation); err != nil {
		return q, err
	}
	if q.level, err = levelOf(q.rules, in.level); err != nil {
		return q, fmt.Errorf("--level: %w", err)
	}
	q.asOf = calendar.Real().Today(time.Now())
	q.supposed = in.certificate == ""
	if err := errors.Join(dateOf("as-of", in.asOf, &q.asOf), dateOf("certificate", in.certificate, &q.certificate)); err != nil {
		return q, err
	}
	if q.supposed {
		q.certificate = q.asOf
	}
	if q.training, err = in.training(); err != nil {
		return q, err
	}
	q.applicant, err = in.applicant(q.rules)
	return q, err
}

// training is what was done of the training; nil when nothing was said of it.
func (in explainFlags) training() (*policy.TrainingRecord, error) {
	if in.online == "" && in.offline == "" && len(in.modules) == 0 {
		return nil, nil
	}
	record := policy.TrainingRecord{Modules: in.modules}
	for _, hours := range []struct {
		flag, text string
		into       *ledger.Hours
	}{{"online", in.online, &record.Online}, {"offline", in.offline, &record.Offline}} {
		if hours.text == "" {
			continue
		}
		taken, err := ledger.ParseHours(hours.text)
		if err != nil || taken < 0 {
			return nil, fmt.Errorf("--%s %s: %w", hours.flag, hours.text, ledger.ErrHours)
		}
		*hours.into = taken
	}
	return &record, nil
}

func (in explainFlags) applicant(rules *policy.Policy) (policy.Applicant, error) {
	a := policy.Applicant{Category: policy.Category(coded("category", in.category)), SkillGrade: policy.SkillGrade(in.skillGrade)}
	switch {
	case a.Category == "" && in.skillGrade != "":
		a.Category = policy.SkilledWorker
	case a.Category == "":
		a.Category = policy.InPost
	}
	if len(in.graduated) > len(in.education) {
		return a, errors.New("--graduated needs an --education in the same place")
	}
	for i, name := range in.education {
		e := policy.Education{Degree: policy.Degree(degreeOf(name)), RelatedMajor: in.relatedMajor, FullTime: !in.partTime}
		if i < len(in.graduated) && in.graduated[i] != "" {
			e.GraduatedOn = new(calendar.Date)
			if err := dateOf("graduated", in.graduated[i], e.GraduatedOn); err != nil {
				return a, err
			}
		}
		a.Education = append(a.Education, e)
	}
	for _, held := range in.titles {
		name, on, err := dated("title", held)
		if err != nil {
			return a, err
		}
		a.Titles = append(a.Titles, policy.HeldTitle{Title: name, ObtainedOn: on})
	}
	for _, held := range in.grades {
		name, on, err := dated("grade", held)
		if err != nil {
			return a, err
		}
		level, err := levelOf(rules, name)
		if err != nil {
			return a, fmt.Errorf("--grade: %w", err)
		}
		a.Grades = append(a.Grades, policy.HeldGrade{Level: level.Code, ObtainedOn: on})
	}
	if in.workSince != "" {
		a.WorkStartedOn = new(calendar.Date)
		if err := dateOf("work-since", in.workSince, a.WorkStartedOn); err != nil {
			return a, err
		}
	}
	var errs []error
	for _, fault := range a.Validate() {
		errs = append(errs, fmt.Errorf("%s: %s", fault.Field, message.Text(message.English, "field."+fault.Code, nil)))
	}
	return a, errors.Join(errs...)
}

func occupationOf(rules *policy.Policy, name string) (policy.Occupation, error) {
	codes := make([]string, 0, 10)
	for _, o := range rules.Occupations() {
		if name != "" && (name == o.Code || name == o.Name || name == o.Title || name == o.English) {
			return o, nil
		}
		codes = append(codes, o.Code+" "+o.Name)
	}
	return policy.Occupation{}, fmt.Errorf("--occupation %s: one of %s", name, strings.Join(codes, ", "))
}

func levelOf(rules *policy.Policy, name string) (policy.Level, error) {
	for _, l := range rules.Levels() {
		if name != "" && (name == l.Code || name == l.Name || name == l.English) {
			return l, nil
		}
	}
	return policy.Level{}, fmt.Errorf("%q is not 初级, 中级 or 高级 (junior, intermediate, senior)", name)
}

// degreeOf is a degree's code, by its code, its name in the catalogue, or how people call it.
func degreeOf(name string) string {
	switch name {
	case "本科", "学士":
		return string(policy.Bachelor)
	case "专科", "大专":
		return string(policy.Associate)
	case "第二学士":
		return string(policy.SecondBachelor)
	case "中专", "中职":
		return string(policy.Secondary)
	}
	return coded("degree", name)
}

// coded is the code of a family that is meant by a code or a name.
func coded(family, name string) string {
	for _, key := range message.Keys(family + ".") {
		for _, lang := range []message.Lang{message.Chinese, message.English} {
			if name == message.Text(lang, key, nil) {
				return strings.TrimPrefix(key, family+".")
			}
		}
	}
	return name
}

func dated(flag, held string) (name string, on calendar.Date, err error) {
	name, date, ok := strings.Cut(held, "=")
	if !ok || date == "" {
		return "", on, fmt.Errorf("--%s %s: a name and a date are needed, as in 助理工程师=2021-05-01", flag, held)
	}
	return name, on, dateOf(flag, date, &on)
}

func dateOf(flag, text string, into *calendar.Date) error {
	if text == "" {
		return nil
	}
	date, err := calendar.ParseDate(text)
	if err != nil {
		return fmt.Errorf("--%s %s: %w", flag, text, err)
	}
	*into = date
	return nil
}
