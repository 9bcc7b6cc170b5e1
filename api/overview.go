package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/queue"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/target"
)

// figureView is a number of cases, incidents or petitions, and the list that shows them.
type figureView struct {
	Figure  string `json:"figure" enum:"open,stuck,registered,trained,certified,mapped,new,ended,got_stuck,cleared,asked,asked_overdue"`
	Name    string `json:"name"`
	Count   int    `json:"count"`
	Persons *int   `json:"persons,omitempty" doc:"Of how many people, where the plan could mean either."`
	List    string `json:"list" enum:"cases,incidents,petitions" doc:"The list that shows them,"`
	Filter  string `json:"filter" doc:"by this filter."`
}

// brokenDown are the figures of one occupation, level, stage or institution.
type brokenDown struct {
	Code    string       `json:"code"`
	Name    string       `json:"name"`
	Figures []figureView `json:"figures"`
}

// funnelStep is how many of those that registered in the year are through a stage.
type funnelStep struct {
	Step   string `json:"step" enum:"registered,trained,examined,evaluated,certified,mapped"`
	Name   string `json:"name"`
	Count  int    `json:"count"`
	Filter string `json:"filter"`
}

// queueAges are the open cases of a queue by how long they stand there.
type queueAges struct {
	Queue  string    `json:"queue"`
	Name   string    `json:"name"`
	Count  int       `json:"count"`
	Filter string    `json:"filter"`
	Bands  []ageBand `json:"bands"`
}

type ageBand struct {
	From   int    `json:"from" doc:"Days."`
	To     *int   `json:"to" doc:"Days; null: and more."`
	Count  int    `json:"count"`
	Filter string `json:"filter"`
}

type planView struct {
	Annual   int          `json:"annual" doc:"How many are to be trained in a year. What of trained and certified, people and certificates is counted is not written: all are shown."`
	Citation citationView `json:"citation"`
}

type overviewOutput struct {
	Body struct {
		AsOf    *time.Time              `json:"as_of" doc:"When it was counted; null when it is yet to be."`
		Year    int                     `json:"year"`
		Plan    planView                `json:"plan"`
		Figures []figureView            `json:"figures" doc:"Of the year, and of what is under way."`
		Today   []figureView            `json:"today" doc:"What changed today."`
		Asked   []figureView            `json:"asked" doc:"What trainees ask for that the reader's bureau has yet to answer; counted at this moment."`
		By      map[string][]brokenDown `json:"by" doc:"By occupation, level, stage and institution, with which a case counts that it names."`
		Funnel  []funnelStep            `json:"funnel"`
		Ageing  []queueAges             `json:"ageing"`
	}
}

// registerOverview adds the overview.
func (s *service) registerOverview(api huma.API) {
	read(api, "GET /v1/overview", "overview", "How the year and the cases under way stand, in the reader's area", s.overview)
}

// overview shows what was counted of the reader's area.
func (s *service) overview(ctx context.Context, _ *struct{}) (*overviewOutput, error) {
	r, out := requestOf(ctx), &overviewOutput{}
	tx := s.Store.Read(ctx)
	counted, err := tx.Overview(r.within("").District)
	switch {
	case errors.Is(err, store.ErrNotFound):
		counted.Year = s.Calendar.Today(s.Now()).Year()
	case err != nil:
		return nil, err
	default:
		at := counted.AsOf.UTC()
		out.Body.AsOf = &at
	}
	v, err := newOverviewReader(tx, r, s, counted)
	if err != nil {
		return nil, err
	}
	c := target.Beijing().Citation
	out.Body.Year = counted.Year
	out.Body.Plan = planView{target.Beijing().Annual, citationView{
		Document: c.Document, Clause: c.Clause, Basis: string(c.Basis), Note: c.Note.In(string(r.lang)),
	}}
	out.Body.Figures = v.figures("", "", ofYear)
	out.Body.Today = v.figures("", "", ofToday)
	if out.Body.Asked, err = v.asked(tx, r); err != nil {
		return nil, err
	}
	out.Body.By = map[string][]brokenDown{}
	for _, dimension := range []string{store.InOccupation, store.InLevel, store.InStage, store.InInstitution} {
		out.Body.By[dimension] = v.brokenDown(dimension)
	}
	out.Body.Funnel, out.Body.Ageing = v.funnel(), v.ageing()
	return out, nil
}

var (
	ofYear = []string{
		store.FigureRegistered, store.FigureTrained, store.FigureCertified, store.FigureMapped, store.FigureOpen, store.FigureStuck,
	}
	ofToday = []string{store.FigureNew, store.FigureEnded, store.FigureGotStuck, store.FigureCleared}
)

// overviewReader puts figures into words, each with the filter of its list.
type overviewReader struct {
	reader

	service *service
	year    int
	counted map[store.OverviewFigure]store.OverviewFigure // by itself without its numbers
	codes   map[string][]string                           // of each dimension
}

func newOverviewReader(tx *store.Tx, r *request, s *service, o store.Overview) (overviewReader, error) {
	v := overviewReader{service: s, year: o.Year, counted: map[store.OverviewFigure]store.OverviewFigure{}, codes: map[string][]string{}}
	for _, f := range o.Figures {
		v.counted[store.OverviewFigure{Dimension: f.Dimension, Code: f.Code, Figure: f.Figure}] = f
		if f.Figure != store.FigureDone && !slices.Contains(v.codes[f.Dimension], f.Code) {
			v.codes[f.Dimension] = append(v.codes[f.Dimension], f.Code)
		}
	}
	var err error
	v.reader, err = newReader(tx, r, v.codes[store.InInstitution]...)
	return v, err
}

func (v overviewReader) of(dimension, code, figure string) store.OverviewFigure {
	return v.counted[store.OverviewFigure{Dimension: dimension, Code: code, Figure: figure}]
}

// leading is the list of a figure, and its filter there.
func (v overviewReader) leading(figure string) (list, filter string) {
	switch figure {
	case store.FigureOpen:
		return "cases", "status:open"
	case store.FigureStuck:
		return "cases", "queue:program,external,overdue,decision"
	case store.FigureMapped:
		return "cases", fmt.Sprintf("outcome:mapped ended:%d", v.year)
	case store.FigureNew:
		return "cases", "registered:today"
	case store.FigureEnded:
		return "cases", "ended:today"
	case store.FigureGotStuck:
		return "incidents", "state:open,resolving,closed holds:yes since:today"
	case store.FigureCleared:
		return "incidents", "state:closed holds:yes closed:today"
	}
	return "cases", fmt.Sprintf("%s:%d", figure, v.year)
}

func (v overviewReader) figures(dimension, code string, of []string) []figureView {
	views := make([]figureView, len(of))
	for i, figure := range of {
		f := v.of(dimension, code, figure)
		list, filter := v.leading(figure)
		if dimension != "" {
			filter += " " + dimension + ":" + code
		}
		views[i] = figureView{Figure: figure, Name: v.say("figure", figure), Count: f.Count, List: list, Filter: filter}
		if figure == store.FigureTrained || figure == store.FigureCertified {
			views[i].Persons = &f.Persons
		}
	}
	return views
}

// asked counts what the reader's bureau has yet to answer: there are few, and an index has them.
func (v overviewReader) asked(tx *store.Tx, r *request) ([]figureView, error) {
	district, handler := r.within("").District, store.HandledByCity
	if district != "" {
		handler = store.HandledByDistrict
	}
	filter := "handler:" + handler + " state:" + store.PetitionAsked + "," + store.PetitionProposed
	views := []figureView{
		{Figure: "asked", Name: v.say("figure", "asked"), List: "petitions", Filter: filter},
		{Figure: "asked_overdue", Name: v.say("figure", "asked_overdue"), List: "petitions", Filter: filter + " overdue:yes"},
	}
	for i := range views {
		found := &faults{}
		where := v.service.expression(found, r, FilteredInput{Filter: views[i].Filter}, store.PetitionFields())
		n, err := tx.CountPetitions(store.PetitionFilter{District: district, Where: where})
		if err = errors.Join(found.err(), err); err != nil {
			return nil, err
		}
		views[i].Count = int(n)
	}
	return views, nil
}

// brokenDown are the figures by the codes of a dimension, in the order of the rules; institutions that have the most under
// way first.
func (v overviewReader) brokenDown(dimension string) []brokenDown {
	figures := ofYear
	codes := v.codes[dimension]
	var order []string
	switch dimension {
	case store.InStage:
		figures = []string{store.FigureOpen, store.FigureStuck}
		for _, stage := range progress.Stages() {
			order = append(order, string(stage))
		}
	case store.InLevel:
		for _, level := range v.service.Policy.Levels() {
			order = append(order, level.Code)
		}
	case store.InOccupation:
		for _, o := range v.service.Policy.Occupations() {
			order = append(order, o.Code)
		}
	}
	slices.SortFunc(codes, func(a, b string) int {
		if i, j := slices.Index(order, a), slices.Index(order, b); i != j {
			return i - j
		}
		if n, m := v.of(dimension, a, store.FigureOpen).Count, v.of(dimension, b, store.FigureOpen).Count; n != m {
			return m - n
		}
		return strings.Compare(a, b)
	})
	views := make([]brokenDown, len(codes))
	for i, code := range codes {
		views[i] = brokenDown{Code: code, Name: v.called(dimension, code), Figures: v.figures(dimension, code, figures)}
	}
	return views
}

func (v overviewReader) called(dimension, code string) string {
	switch dimension {
	case store.InOccupation:
		return v.occupation(v.service.Policy, code).Name
	case store.InInstitution:
		return v.named(code)
	}
	return v.say(dimension, code)
}

// funnelStages are the stages that a step of the funnel is through.
var funnelStages = []struct {
	step  string
	stage progress.Stage
}{
	{"trained", progress.Training},
	{"examined", progress.Exam},
	{"evaluated", progress.Evaluation},
	{"certified", progress.Certificate},
	{"mapped", progress.Title},
}

func (v overviewReader) funnel() []funnelStep {
	registered := fmt.Sprintf("registered:%d", v.year)
	steps := []funnelStep{{
		Step: "registered", Name: v.say("funnel", "registered"), Count: v.of("", "", store.FigureRegistered).Count, Filter: registered,
	}}
	for _, f := range funnelStages {
		steps = append(steps, funnelStep{
			Step: f.step, Name: v.say("funnel", f.step), Count: v.of(store.InStage, string(f.stage), store.FigureDone).Count,
			Filter: registered + " done:" + string(f.stage),
		})
	}
	return steps
}

// ageing are the queues that have cases, by how long these stand there.
func (v overviewReader) ageing() []queueAges {
	views := []queueAges{}
	for _, q := range queue.All() {
		view := queueAges{Queue: string(q), Name: v.say("queue", string(q)), Filter: "queue:" + string(q), Bands: []ageBand{}}
		from := 0
		for i := range len(store.AgeBands()) + 1 {
			band := ageBand{
				From: from, Count: v.of(store.InQueue, string(q)+" "+strconv.Itoa(i), store.FigureAged).Count, Filter: view.Filter,
			}
			if from > 0 {
				band.Filter += fmt.Sprintf(" age>%d", from-1)
			}
			if i < len(store.AgeBands()) {
				to := store.AgeBands()[i]
				band.To, from = &to, to+1
				band.Filter += fmt.Sprintf(" age<%d", to+1)
			}
			view.Count += band.Count
			view.Bands = append(view.Bands, band)
		}
		views = append(views, view)
	}
	return views
}
