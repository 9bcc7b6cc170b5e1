package api

import (
	"context"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
)

// registerPolicy adds the operations by which operators read the rules: which versions there are, what they say, what differs.
func (s *service) registerPolicy(api huma.API) {
	const tag = "policy"
	read(api, "GET /v1/policy-versions", tag, "Versions of the rules, and how many open cases keep each", s.listVersions)
	read(api, "GET /v1/policy-versions/{ref}", tag, "What a version says, and where the open cases that keep it stand", s.getVersion)
	read(api, "GET /v1/policy-versions/{ref}/changes", tag, "What differs from another version", s.versionChanges)
}

// PolicyVersionView is a version of the rules. (Exported because it is embedded: see CaseSummary.)
type PolicyVersionView struct {
	ID            string        `json:"id"`
	Name          string        `json:"name"`
	EffectiveFrom calendar.Date `json:"effective_from"`
	Demonstration bool          `json:"demonstration"`
	Current       bool          `json:"current" doc:"New cases register under it."`
	OpenCases     int64         `json:"open_cases" doc:"That keep it."`
	Citation      citationView  `json:"citation"`
}

// known are the versions that cases here can keep: those with made-up numbers only where such are used.
func (s *service) known() ([]*policy.Policy, error) {
	var all []*policy.Policy
	for _, id := range policy.Versions() {
		p, err := policy.Load(id, false)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
		if s.Policy.Demonstration() {
			if p, err = policy.Load(id, true); err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	return all, nil
}

// version finds a version by its name.
func (s *service) version(ref string) (*policy.Policy, error) {
	all, err := s.known()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(p *policy.Policy) bool { return p.ID() == ref })
	if i < 0 {
		return nil, problem(notFound)
	}
	return all[i], nil
}

func (s *service) viewVersion(lang message.Lang, p *policy.Policy, open int64) PolicyVersionView {
	about := p.Catalogue()
	return PolicyVersionView{
		ID: p.ID(), Name: about.Name.In(string(lang)), EffectiveFrom: p.EffectiveFrom(), Demonstration: p.Demonstration(),
		Current: p.ID() == s.Policy.ID(), OpenCases: open, Citation: viewCitation(lang, about.Citation),
	}
}

func viewCitation(lang message.Lang, c policy.Citation) citationView {
	return citationView{Document: c.Document, Clause: c.Clause, Basis: string(c.Basis), Note: c.Note.In(string(lang))}
}

type policyVersionsOutput struct {
	Body struct {
		Versions []PolicyVersionView `json:"versions"`
	}
}

// listVersions lists the versions of the rules.
func (s *service) listVersions(ctx context.Context, _ *struct{}) (*policyVersionsOutput, error) {
	r, out := requestOf(ctx), &policyVersionsOutput{}
	all, err := s.known()
	if err != nil {
		return nil, err
	}
	open, err := s.Store.Read(ctx).OpenCasesByVersion(r.within(""))
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		out.Body.Versions = append(out.Body.Versions, s.viewVersion(r.lang, p, open[p.ID()]))
	}
	return out, nil
}

type versionInput struct {
	Ref string `path:"ref" maxLength:"64" doc:"The version's name."`
}

type policyVersionOutput struct {
	Body struct {
		PolicyVersionView
		Rules policy.Catalogue `json:"rules"`
	}
}

// getVersion shows what a version says, each rule with where it is written and how sure we are of it.
func (s *service) getVersion(ctx context.Context, in *versionInput) (*policyVersionOutput, error) {
	r, out := requestOf(ctx), &policyVersionOutput{}
	p, err := s.version(in.Ref)
	if err != nil {
		return nil, err
	}
	open, err := s.Store.Read(ctx).OpenCasesByVersion(r.within(""))
	if err != nil {
		return nil, err
	}
	out.Body.PolicyVersionView, out.Body.Rules = s.viewVersion(r.lang, p, open[p.ID()]), p.Catalogue()
	return out, nil
}

type changesInput struct {
	Ref  string `path:"ref" maxLength:"64"`
	From string `query:"from" required:"true" maxLength:"64" doc:"The version that it is compared with."`
}

type changesOutput struct {
	Body struct {
		Changes []policy.Change `json:"changes" doc:"Rule by rule; empty when nothing differs."`
	}
}

// versionChanges says what differs in a version from another.
func (s *service) versionChanges(_ context.Context, in *changesInput) (*changesOutput, error) {
	out := &changesOutput{}
	after, err := s.version(in.Ref)
	if err != nil {
		return nil, err
	}
	before, err := s.version(in.From)
	if err != nil {
		return nil, problem(validationFailed, FieldError{Field: "from", Code: fieldUnknownValue})
	}
	out.Body.Changes = policy.Diff(before, after)
	if out.Body.Changes == nil {
		out.Body.Changes = []policy.Change{}
	}
	return out, nil
}
