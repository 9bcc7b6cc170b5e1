package api

import (
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/directory"
	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/store"
)

// ListSummary is a published list as it was imported. (Exported because it is embedded.)
type ListSummary struct {
	ID          string          `json:"id"`
	Document    string          `json:"document"`
	ListYear    int             `json:"list_year"`
	PublishedOn *calendar.Date  `json:"published_on,omitempty"`
	ValidFrom   calendar.Date   `json:"valid_from"`
	ValidTo     *calendar.Date  `json:"valid_to,omitempty" doc:"The first day on which it no longer holds."`
	State       string          `json:"state" enum:"draft,applied,discarded"`
	Bodies      int             `json:"bodies" doc:"Rows of who trains and evaluates."`
	CEBases     int             `json:"ce_bases" doc:"Rows of bases of continuing education."`
	ImportedBy  auditActorView  `json:"imported_by"`
	ImportedAt  time.Time       `json:"imported_at"`
	SettledBy   *auditActorView `json:"settled_by,omitempty" doc:"Who applied or discarded it."`
	SettledAt   *time.Time      `json:"settled_at,omitempty"`
	Reason      *string         `json:"reason,omitempty"`
}

// listView is a published list, what it changes, and what becomes of running cases.
type listView struct {
	ListSummary

	Names      []listedName   `json:"names" doc:"Its names that are not an institution's to the letter."`
	Undecided  int            `json:"undecided" doc:"Names that a person has to decide on before the list can be applied."`
	Late       bool           `json:"late" doc:"A list is applied that holds from the same day or a later one: this one cannot be."`
	Seen       string         `json:"seen,omitempty" doc:"Stands for all that is shown here. It is sent with the application."`
	Difference listDifference `json:"difference"`
	Effects    []effectView   `json:"effects"`
}

// listedName is a name, and what it was taken for.
type listedName struct {
	Name        string           `json:"name"`
	Rows        []int            `json:"rows" doc:"The lines of the file that have it."`
	As          string           `json:"as" enum:"new,renamed,alias"`
	Institution bodyView         `json:"institution"`
	Decided     bool             `json:"decided" doc:"By a person."`
	Open        bool             `json:"open" doc:"A person has to decide."`
	Suggestions []suggestionView `json:"suggestions" doc:"Institutions whose name it may be."`
}

type suggestionView struct {
	Institution bodyView `json:"institution"`
	Name        string   `json:"name" doc:"The name that is alike."`
	Why         string   `json:"why" enum:"former_name,same_id,spelling,place,one_character"`
}

type listDifference struct {
	New            []bodyView       `json:"new" doc:"Institutions that were on no list."`
	Renamed        []renameView     `json:"renamed"`
	Aliased        []renameView     `json:"aliased" doc:"Another name, beside the one that stays."`
	Added          []listingView    `json:"added"`
	Removed        []listingView    `json:"removed"`
	RoleChanges    []roleChangeView `json:"role_changes" doc:"Pairs of what is added and removed."`
	Unchanged      int              `json:"unchanged"`
	BasesAdded     []baseRowView    `json:"bases_added"`
	BasesRemoved   []baseRowView    `json:"bases_removed"`
	BasesChanged   []baseChangeView `json:"bases_changed"`
	BasesUnchanged int              `json:"bases_unchanged"`
}

type renameView struct {
	InstitutionID string `json:"institution_id"`
	From          string `json:"from"`
	To            string `json:"to"`
}

// listingView is an institution in a role for an occupation.
type listingView struct {
	Institution bodyView `json:"institution"`
	Occupation  coded    `json:"occupation"`
	Role        coded    `json:"role"`
	Level       *coded   `json:"level" doc:"Null: all levels."`
}

type roleChangeView struct {
	Institution bodyView `json:"institution"`
	Occupation  coded    `json:"occupation"`
	From        coded    `json:"from"`
	To          coded    `json:"to"`
}

type baseRowView struct {
	Institution bodyView `json:"institution"`
	Name        string   `json:"name"`
	Number      *int     `json:"number"`
	National    bool     `json:"national"`
	Municipal   bool     `json:"municipal"`
	Note        string   `json:"note,omitempty"`
	MayIssue    bool     `json:"may_issue"`
}

type baseChangeView struct {
	From baseRowView `json:"from"`
	To   baseRowView `json:"to"`
}

// effectView is how many running cases an institution has in a role for an occupation, by what becomes of them.
type effectView struct {
	Institution bodyView `json:"institution"`
	Cause       string   `json:"cause" enum:"removed,role_changed,renamed,suspended,reinstated"`
	Role        coded    `json:"role"`
	Occupation  *coded   `json:"occupation,omitempty"`
	Stops       int      `json:"stops" doc:"Cases whose next work an operator gives to another."`
	Finishes    int      `json:"finishes" doc:"Cases in which what was begun goes on, and the certificate waits for the city bureau."`
	Held        int      `json:"held" doc:"Cases in which only the certificate is missing, which waits for the city bureau."`
	Unaffected  int      `json:"unaffected" doc:"Cases that go on."`
	Courses     int      `json:"courses" doc:"Open courses of a base, whose certificates wait for the city bureau."`
}

// summariseLists shows lists, with who imported and settled them.
func summariseLists(tx *store.Tx, all []store.ListSnapshot) ([]ListSummary, error) {
	var ids []string
	for _, l := range all {
		for _, id := range []string{l.ImportedBy, deref(l.SettledBy)} {
			if isID(id) {
				ids = append(ids, id)
			}
		}
	}
	accounts, err := tx.AccountsOf(ids)
	if err != nil {
		return nil, err
	}
	actor := func(id string) auditActorView {
		return auditActorView{ID: id, Role: accounts[id].Role, Label: accounts[id].Label}
	}
	views := make([]ListSummary, len(all))
	for i, l := range all {
		views[i] = ListSummary{
			ID: l.ID, Document: l.Document, ListYear: l.ListYear, PublishedOn: l.PublishedOn, ValidFrom: l.ValidFrom, ValidTo: l.ValidTo,
			State: l.State, Bodies: len(l.Content.Bodies), CEBases: len(l.Content.Bases),
			ImportedBy: actor(l.ImportedBy), ImportedAt: l.ImportedAt, SettledAt: l.SettledAt, Reason: l.Reason,
		}
		if l.SettledBy != nil {
			by := actor(*l.SettledBy)
			views[i].SettledBy = &by
		}
	}
	return views, nil
}

// viewList shows a list and what it changes.
func (s *service) viewList(tx *store.Tx, r *request, l store.ListSnapshot) (listView, error) {
	summaries, err := summariseLists(tx, []store.ListSnapshot{l})
	if err != nil {
		return listView{}, err
	}
	p, err := directory.Look(tx, l)
	if err != nil {
		return listView{}, err
	}
	v, err := s.listReader(tx, r, p)
	if err != nil {
		return listView{}, err
	}
	view := listView{
		ListSummary: summaries[0], Names: []listedName{}, Difference: v.difference(p.Difference), Effects: v.effects(p.Effects),
	}
	if l.State == store.ListDraft {
		view.Undecided, view.Late, view.Seen = p.Undecided(), p.Late, p.Seen
	}
	for _, n := range p.Names {
		if n.As == listing.Known {
			continue
		}
		name := listedName{
			Name: n.Name, Rows: n.Rows, As: string(n.As), Institution: v.institution(n.InstitutionID), Decided: n.Decided,
			Open: n.Open() && l.State == store.ListDraft, Suggestions: make([]suggestionView, len(n.Suggestions)),
		}
		for i, other := range n.Suggestions {
			name.Suggestions[i] = suggestionView{v.institution(other.InstitutionID), other.Name, other.Why}
		}
		view.Names = append(view.Names, name)
	}
	return view, nil
}

// listReader writes what a list changes in one reader's language.
type listReader struct {
	reader

	service *service
}

func (s *service) listReader(tx *store.Tx, r *request, p directory.Preview) (listReader, error) {
	var ids []string
	for _, n := range p.Names {
		ids = append(ids, n.InstitutionID)
		for _, other := range n.Suggestions {
			ids = append(ids, other.InstitutionID)
		}
	}
	for _, l := range p.Difference.Removed {
		ids = append(ids, l.InstitutionID)
	}
	for _, b := range p.Difference.BasesRemoved {
		ids = append(ids, b.InstitutionID)
	}
	v, err := newReader(tx, r, ids...)
	for _, i := range p.Difference.New {
		if v.names != nil {
			v.names[i.ID] = i.Name
		}
	}
	return listReader{v, s}, err
}

func (v listReader) difference(d listing.Difference) listDifference {
	view := listDifference{
		New: []bodyView{}, Renamed: []renameView{}, Aliased: []renameView{}, RoleChanges: []roleChangeView{}, BasesChanged: []baseChangeView{},
		Added: v.listings(d.Added), Removed: v.listings(d.Removed), Unchanged: d.Unchanged,
		BasesAdded: v.bases(d.BasesAdded), BasesRemoved: v.bases(d.BasesRemoved), BasesUnchanged: d.BasesUnchanged,
	}
	for _, i := range d.New {
		view.New = append(view.New, bodyView{i.ID, i.Name})
	}
	for _, n := range d.Renamed {
		view.Renamed = append(view.Renamed, renameView(n))
	}
	for _, a := range d.Aliased {
		view.Aliased = append(view.Aliased, renameView{a.InstitutionID, a.Name, a.Alias})
	}
	for _, c := range d.RoleChanges {
		view.RoleChanges = append(view.RoleChanges, roleChangeView{
			v.institution(c.InstitutionID), v.occupation(v.service.Policy, c.Occupation), v.coded("role", c.From), v.coded("role", c.To),
		})
	}
	for _, c := range d.BasesChanged {
		view.BasesChanged = append(view.BasesChanged, baseChangeView{v.base(c.From), v.base(c.To)})
	}
	return view
}

func (v listReader) listings(rows []listing.Listing) []listingView {
	views := make([]listingView, len(rows))
	for i, l := range rows {
		occupation := v.occupation(v.service.Policy, l.Occupation)
		views[i] = listingView{v.institution(l.InstitutionID), occupation, v.coded("role", l.Role), v.codedIf("level", l.Level)}
	}
	return views
}

func (v listReader) base(b listing.Base) baseRowView {
	return baseRowView{v.institution(b.InstitutionID), b.Name, b.Number, b.National, b.Municipal, b.Note, b.MayIssue}
}

func (v listReader) bases(rows []listing.Base) []baseRowView {
	views := make([]baseRowView, len(rows))
	for i, b := range rows {
		views[i] = v.base(b)
	}
	return views
}

func (v listReader) effects(all []directory.Effect) []effectView {
	views := make([]effectView, len(all))
	for i, e := range all {
		views[i] = effectView{
			Institution: v.institution(e.InstitutionID), Cause: string(e.Cause), Role: v.coded("role", e.Role),
			Stops: e.Stops, Finishes: e.Finishes, Held: e.Held, Unaffected: e.Unaffected, Courses: e.Courses,
		}
		if e.Occupation != "" {
			occupation := v.occupation(v.service.Policy, e.Occupation)
			views[i].Occupation = &occupation
		}
	}
	return views
}
