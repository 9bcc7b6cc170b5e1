package policy

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// The roles of a listed body.
const (
	RoleTraining   = "training"   // 培训机构
	RoleEvaluation = "evaluation" // 评价机构
)

// Lists is the published lists of one year: who may train and evaluate which occupation, and the bases of continuing
// education.
type Lists struct {
	Source   string       `json:"source"`
	ListYear int          `json:"list_year"`
	Bodies   []ListedBody `json:"bodies"`
	CEBases  []CEBase     `json:"ce_bases"`
}

// ListedBody is one row of annex 1: an institution in a role for an occupation. The role belongs to the pair, not to the
// institution: who evaluates one occupation may train another.
type ListedBody struct {
	InstitutionID string `json:"institution_id"`
	// Name is exactly as published; a certificate's issuer must match it to the letter.
	Name       string `json:"name"`
	Occupation string `json:"occupation"`
	Role       string `json:"role"`
}

// CEBase is one row of annex 2. The row printed without a number has none here either, and a note.
type CEBase struct {
	// InstitutionID is the same as in annex 1 for an institution that is printed there under exactly this name.
	InstitutionID string   `json:"institution_id"`
	No            *int     `json:"no"`
	Name          string   `json:"name"`
	Levels        []string `json:"levels"`
	Note          string   `json:"note,omitempty"`
	// MayIssue is false for a base that may issue no certificate until its listing is confirmed.
	MayIssue bool `json:"may_issue"`
}

// Lists is the published lists this version knows.
func (p *Policy) Lists() Lists {
	lists := p.lists
	lists.Bodies = slices.Clone(lists.Bodies)
	lists.CEBases = slices.Clone(lists.CEBases)
	for i, base := range lists.CEBases {
		lists.CEBases[i].Levels = slices.Clone(base.Levels)
		if base.No != nil {
			no := *base.No
			lists.CEBases[i].No = &no
		}
	}
	return lists
}

var institutionID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,47}$`)

// readLists turns the lists as printed into rows with our ids and codes. Whatever does not resolve is an error: a body in
// no known role must not become one by default.
func readLists(file listsFile, occupations []Occupation) (Lists, error) {
	ids := map[string]string{}
	seen := map[string]bool{}
	for n, i := range file.Institutions {
		if !institutionID.MatchString(i.ID) || i.Name == "" || seen[i.ID] || ids[i.Name] != "" {
			return Lists{}, at(fmt.Errorf("institution %q (%s): the id or the name is wrong or repeated", i.ID, i.Name), "institutions", n)
		}
		seen[i.ID], ids[i.Name] = true, i.ID
	}
	if file.Source.Document == "" || file.Source.ListYear == 0 {
		return Lists{}, at(errors.New("source: document and list_year are needed"), "source")
	}
	lists := Lists{Source: file.Source.Document, ListYear: file.Source.ListYear}
	for n, body := range file.CultivationBodies {
		occupation, err := occupationNamed(occupations, body.Occupation)
		if err != nil {
			return Lists{}, at(err, "cultivation_bodies", n, "occupation")
		}
		for _, role := range []struct {
			role  string
			names []string
		}{{RoleEvaluation, body.Evaluation}, {RoleTraining, body.Training}} {
			for place, name := range role.names {
				if ids[name] == "" {
					err := fmt.Errorf("%s of %s: institution %q has no id", role.role, body.Occupation, name)
					return Lists{}, at(err, "cultivation_bodies", n, role.role, place)
				}
				row := ListedBody{InstitutionID: ids[name], Name: name, Occupation: occupation, Role: role.role}
				if slices.ContainsFunc(lists.Bodies, row.excludes) {
					err := fmt.Errorf("institution %q has two roles for %s", name, body.Occupation)
					return Lists{}, at(err, "cultivation_bodies", n, role.role, place)
				}
				lists.Bodies = append(lists.Bodies, row)
			}
		}
	}
	bases, err := readBases(file.CEBases, ids, seen)
	lists.CEBases = bases
	return lists, err
}

// readBases reads annex 2, given annex 1's ids by name, and all of those ids.
func readBases(rows []ceBaseFile, ids map[string]string, seen map[string]bool) ([]CEBase, error) {
	bases := make([]CEBase, len(rows))
	named := map[string]bool{}
	for i, row := range rows {
		known := ids[row.Name]
		switch {
		case row.Name == "" || named[row.Name]:
			return nil, at(fmt.Errorf("CE base in row %d has no name of its own", i+1), "ce_bases", i, "name")
		case !institutionID.MatchString(row.ID) || (known == "" && seen[row.ID]):
			return nil, at(fmt.Errorf("CE base %q: the id %q is wrong or another's", row.Name, row.ID), "ce_bases", i, "id")
		case known != "" && known != row.ID:
			return nil, at(fmt.Errorf("CE base %q is the institution %s", row.Name, known), "ce_bases", i, "id")
		case row.No == nil && row.MayIssue == nil:
			return nil, at(fmt.Errorf("CE base %q has no number, and does not say whether it may issue", row.Name), "ce_bases", i)
		}
		named[row.Name], seen[row.ID] = true, true
		bases[i] = CEBase{
			InstitutionID: row.ID, No: row.No, Name: row.Name, Levels: row.Levels, Note: row.Note,
			MayIssue: row.MayIssue == nil || *row.MayIssue,
		}
	}
	return bases, nil
}

// excludes reports whether two rows give one institution two roles for one occupation.
func (b ListedBody) excludes(other ListedBody) bool {
	return b.InstitutionID == other.InstitutionID && b.Occupation == other.Occupation
}

func occupationNamed(occupations []Occupation, name string) (string, error) {
	for _, o := range occupations {
		if o.Name == name {
			return o.Code, nil
		}
	}
	return "", fmt.Errorf("occupation %q is not among the programme's", name)
}
