package api

import (
	"context"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/merging"
	"github.com/dengpan/dengpan/store"
)

// MergeView is what somebody asked for about two records. (Exported because it is embedded.)
type MergeView struct {
	ID          string          `json:"id"`
	Reverses    string          `json:"reverses,omitempty" doc:"The merge that is to be taken back; missing when the two are to be made one."`
	KeptCase    string          `json:"kept_case" doc:"A case of the record that stands for both."`
	MergedCase  string          `json:"merged_case"`
	Reason      string          `json:"reason"`
	LegalBasis  string          `json:"legal_basis"`
	Evidence    string          `json:"evidence"`
	Seen        string          `json:"seen" doc:"Sent with the decision."`
	By          auditActorView  `json:"by"`
	Mine        bool            `json:"mine" doc:"Who reads this asked for it, and does not decide on it."`
	RequestedAt time.Time       `json:"requested_at"`
	State       coded           `json:"state" doc:"open, approved, refused, withdrawn, overtaken."`
	Stands      bool            `json:"stands" doc:"The two are one person by it. False once it was taken back."`
	DecidedBy   *auditActorView `json:"decided_by,omitempty"`
	DecidedAt   *time.Time      `json:"decided_at,omitempty"`
	Decision    string          `json:"decision_reason,omitempty"`
}

// mergeLookView is two people as they stand in the record.
type mergeLookView struct {
	Kept      mergeSideView   `json:"kept" doc:"Whose name, number and log-in stay."`
	Merged    mergeSideView   `json:"merged"`
	Together  []mergeYearView `json:"together" doc:"CE hours of both by year, as the statement of one person has them."`
	Closes    bool            `json:"closes_account" doc:"Both have a log-in; that of the merged record is closed by the merge, and opened again when it is taken back."`
	Obstacles []obstacleView  `json:"obstacles" doc:"What keeps it from being done as things stand."`
	Seen      string          `json:"seen" doc:"Sent with the request: records that have changed since are not merged."`
}

// mergeSideView is one of the two.
type mergeSideView struct {
	Records      []mergeRecordView  `json:"records" doc:"More than one when others were merged into it before."`
	Cases        []CaseSummary      `json:"cases"`
	Certificates []certificateBrief `json:"certificates"`
	Courses      int                `json:"courses" doc:"Places in courses of CE bases."`
	CE           []mergeYearView    `json:"ce_hours"`
	Account      bool               `json:"account" doc:"Has a log-in."`
}

type mergeRecordView struct {
	NameMasked     string    `json:"name_masked"`
	IDType         coded     `json:"id_type"`
	IDNumberMasked string    `json:"id_number_masked"`
	CreatedAt      time.Time `json:"created_at"`
}

type mergeYearView struct {
	Year  int          `json:"year"`
	Hours ledger.Hours `json:"hours"`
}

// obstacleView is why two records cannot be merged, with where it stands.
type obstacleView struct {
	Code       string         `json:"code" enum:"same_record,has_merged,erased,forgetting,same_target,same_course,same_hours,day_over,not_merged"`
	Name       string         `json:"name"`
	KeptCase   string         `json:"kept_case,omitempty"`
	MergedCase string         `json:"merged_case,omitempty"`
	Date       *calendar.Date `json:"date,omitempty"`
	Kept       *bodyView      `json:"kept_institution,omitempty" doc:"Which reported the hours of the kept record."`
	Merged     *bodyView      `json:"merged_institution,omitempty"`
}

func viewMerges(tx *store.Tx, r *request, rows ...store.Merge) ([]MergeView, error) {
	ids, accounts := make([]string, len(rows)), []string{}
	for i, row := range rows {
		ids[i] = row.ID
		accounts = append(accounts, row.RequestedBy)
		if row.DecidedBy != nil {
			accounts = append(accounts, *row.DecidedBy)
		}
	}
	stands, err := tx.StandingMerges(ids...)
	if err != nil {
		return nil, err
	}
	v, err := newActReader(tx, r, accounts, nil)
	if err != nil {
		return nil, err
	}
	views := make([]MergeView, len(rows))
	for i, m := range rows {
		views[i] = MergeView{
			ID: m.ID, Reverses: deref(m.Reverses), KeptCase: m.KeptCase, MergedCase: m.MergedCase, Reason: m.Reason, LegalBasis: m.LegalBasis,
			Evidence: m.Evidence, Seen: m.Seen, By: v.actor(m.RequestedBy), Mine: m.RequestedBy == r.account.ID, RequestedAt: m.RequestedAt,
			State: v.coded("merge_state", m.State), Stands: stands[m.ID], DecidedAt: m.DecidedAt, Decision: m.DecisionReason,
		}
		if m.DecidedBy != nil {
			by := v.actor(*m.DecidedBy)
			views[i].DecidedBy = &by
		}
	}
	return views, nil
}

func viewMerge(tx *store.Tx, r *request, m store.Merge) (MergeView, error) {
	views, err := viewMerges(tx, r, m)
	if err != nil {
		return MergeView{}, err
	}
	return views[0], nil
}

// viewLook shows two people, masked, and writes down that each was read.
func (s *service) viewLook(tx *store.Tx, r *request, l merging.Look, action string) (view mergeLookView, err error) {
	if view.Kept, err = s.viewSide(tx, r, l.Kept, action); err != nil {
		return view, err
	}
	if view.Merged, err = s.viewSide(tx, r, l.Merged, action); err != nil {
		return view, err
	}
	view.Together, view.Closes, view.Seen = byYear(slices.Concat(l.Kept.CE, l.Merged.CE)), l.ClosesAccount() != nil, l.Seen
	view.Obstacles, err = viewObstacles(tx, r, l.Obstacles)
	return view, err
}

func (s *service) viewSide(tx *store.Tx, r *request, b store.Belongings, action string) (mergeSideView, error) {
	v := reader{lang: r.lang}
	view := mergeSideView{
		Records: make([]mergeRecordView, len(b.Records)), Certificates: make([]certificateBrief, len(b.Certificates)),
		Courses: len(b.Places), CE: byYear(b.CE), Account: b.Account != nil,
	}
	for i, record := range b.Records {
		who, err := s.openTrainee(record)
		if err != nil {
			return view, err
		}
		view.Records[i] = mergeRecordView{
			NameMasked: maskName(who.Name), IDType: v.coded("id_type", record.IDType), IDNumberMasked: who.IDNumberMasked, CreatedAt: record.CreatedAt,
		}
		if err := s.audit(tx, r, action, personSubject(record.ID), "", nil); err != nil {
			return view, err
		}
	}
	for i, c := range b.Certificates {
		view.Certificates[i] = v.certificateBrief(c)
	}
	var err error
	view.Cases, err = summaries(tx, r, b.Cases)
	return view, err
}

// byYear sums CE hours by year.
func byYear(all []store.CEYear) []mergeYearView {
	sums := map[int]ledger.Hours{}
	for _, y := range all {
		sums[y.Year] += y.Hours
	}
	years := []mergeYearView{}
	for year, hours := range sums {
		years = append(years, mergeYearView{Year: year, Hours: hours})
	}
	slices.SortFunc(years, func(a, b mergeYearView) int { return a.Year - b.Year })
	return years
}

func viewObstacles(tx *store.Tx, r *request, all []merging.Obstacle) ([]obstacleView, error) {
	var bodies []string
	for _, o := range all {
		if o.Hours != nil {
			bodies = append(bodies, o.Hours[0].InstitutionID, o.Hours[1].InstitutionID)
		}
	}
	v, err := newReader(tx, r, bodies...)
	if err != nil {
		return nil, err
	}
	views := make([]obstacleView, len(all))
	for i, o := range all {
		view := obstacleView{Code: o.Code, Name: v.say("field", o.Code)}
		switch {
		case o.Hours != nil:
			kept, merged := v.institution(o.Hours[0].InstitutionID), v.institution(o.Hours[1].InstitutionID)
			view.Kept, view.Merged, view.Date = &kept, &merged, &o.Hours[0].SessionDate
			view.KeptCase, view.MergedCase = deref(o.Hours[0].CaseID), deref(o.Hours[1].CaseID)
		case o.Day != nil:
			view.Date = &o.Day.SessionDate
		case o.Twice != nil && o.Code == merging.SameTarget:
			view.KeptCase, view.MergedCase = o.Twice.Kept, o.Twice.Merged
		}
		views[i] = view
	}
	return views, nil
}

type mergesInput struct {
	State string `query:"state" enum:"open,approved,refused,withdrawn,overtaken"`
	After string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type mergesOutput struct {
	Body struct {
		Merges []MergeView `json:"merges"`
		Next   *string     `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// listMerges lists what was asked for, the latest first. Nothing in it says who anybody is.
func (s *service) listMerges(ctx context.Context, in *mergesInput) (*mergesOutput, error) {
	r, found := requestOf(ctx), &faults{}
	filter := store.MergeFilter{State: in.State, After: position(found, in.After), Limit: in.Limit + 1}
	if err := found.err(); err != nil {
		return nil, err
	}
	tx, out := s.Store.Read(ctx), &mergesOutput{}
	rows, err := tx.Merges(filter)
	if err != nil {
		return nil, err
	}
	rows, out.Body.Next = upTo(in.Limit, rows, func(m store.Merge) (time.Time, string) { return m.RequestedAt, m.ID })
	out.Body.Merges, err = viewMerges(tx, r, rows...)
	return out, err
}

type mergeDetailOutput struct {
	Body struct {
		MergeView
		Current bool           `json:"current" doc:"Neither record has changed since it was asked for."`
		Look    *mergeLookView `json:"look,omitempty" doc:"Both records as they stand. Missing of what was refused, withdrawn or taken back."`
	}
}

// getMerge shows what was asked for with both records as they stand: as long as it is open, and, once it was done, as what
// taking it back would make of them. That both were read is written down.
func (s *service) getMerge(ctx context.Context, in *idInput) (*mergeDetailOutput, error) {
	r, out := requestOf(ctx), &mergeDetailOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		m, err := tx.Merge(in.ID)
		if err != nil {
			return err
		}
		if out.Body.MergeView, err = viewMerge(tx, r, m); err != nil {
			return err
		}
		var l merging.Look
		switch {
		case m.State == store.RequestOpen:
			l, err = s.merging().LookAgain(tx, m)
		case out.Body.Stands:
			l, err = s.merging().LookBack(tx, m)
		default:
			return nil
		}
		if err != nil {
			return err
		}
		look, err := s.viewLook(tx, r, l, "merge.read")
		out.Body.Look, out.Body.Current = &look, m.State == store.RequestOpen && l.Seen == m.Seen && len(l.Obstacles) == 0
		return err
	})
	return out, err
}
