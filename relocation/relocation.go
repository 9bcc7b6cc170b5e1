// Package relocation plans to whom the cases of an institution go that may no longer act: spread over the others by what these
// can carry. A class stays together where somebody can take the whole of it. Nobody is given more than they said, and nobody
// who is the case's other body, or had trained whom they would evaluate: what cannot be placed is left, and said. Pure.
package relocation

import (
	"cmp"
	"maps"
	"slices"
)

// Target is what a case is of: bodies are listed for it.
type Target struct{ Occupation, Level string }

// Case is an open case whose next work goes to another.
type Case struct {
	ID string
	Target
	Class string   // empty: in none
	Other string   // its body in the other role, which it never goes to
	Never []string // nor to these: to evaluate it, who had trained its person
}

// may reports whether a case may go to a body.
func (c Case) may(body string) bool { return c.Other != body && !slices.Contains(c.Never, body) }

// Body is who can take cases.
type Body struct {
	ID string
	Target
	Free int
}

// Move is to whom a case goes; empty: nobody can take it.
type Move struct {
	Case
	To string
}

// Plan says to whom each case goes, in the order of the cases' ids.
func Plan(cases []Case, bodies []Body) []Move {
	p := planner{left: map[place]int{}, had: map[place]int{}, bodies: map[Target][]string{}}
	for _, b := range bodies {
		at := place{b.ID, b.Target}
		if b.Free > 0 && p.had[at] == 0 {
			p.left[at], p.had[at] = b.Free, b.Free
			p.bodies[b.Target] = append(p.bodies[b.Target], b.ID)
		}
	}
	for _, ids := range p.bodies {
		slices.Sort(ids)
	}
	var moves []Move
	for _, group := range groups(cases) {
		moves = append(moves, p.place(group)...)
	}
	slices.SortFunc(moves, func(a, b Move) int { return cmp.Compare(a.ID, b.ID) })
	return moves
}

// place is what a body can carry of a target.
type place struct {
	body string
	Target
}

type planner struct {
	left, had map[place]int
	bodies    map[Target][]string
}

// groups are the cases by target and class: the largest classes first, then those who are in none.
func groups(cases []Case) [][]Case {
	type key struct {
		Target
		class string
	}
	of := map[key][]Case{}
	for _, c := range cases {
		k := key{c.Target, c.Class}
		of[k] = append(of[k], c)
	}
	keys := slices.SortedFunc(maps.Keys(of), func(a, b key) int {
		return cmp.Or(cmp.Compare(b2i(a.class == ""), b2i(b.class == "")), cmp.Compare(len(of[b]), len(of[a])),
			cmp.Compare(a.Occupation, b.Occupation), cmp.Compare(a.Level, b.Level), cmp.Compare(a.class, b.class))
	})
	all := make([][]Case, len(keys))
	for i, k := range keys {
		slices.SortFunc(of[k], func(a, b Case) int { return cmp.Compare(a.ID, b.ID) })
		all[i] = of[k]
	}
	return all
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (p planner) place(group []Case) []Move {
	moves := make([]Move, len(group))
	if whole := p.whole(group); whole != "" {
		p.left[place{whole, group[0].Target}] -= len(group)
		for i, c := range group {
			moves[i] = Move{c, whole}
		}
		return moves
	}
	for i, c := range group {
		moves[i] = Move{c, p.next(c)}
		if to := moves[i].To; to != "" {
			p.left[place{to, c.Target}]--
		}
	}
	return moves
}

// whole is who can take a class together, the one with the most room; empty when it is no class or nobody can.
func (p planner) whole(group []Case) string {
	best, room := "", 0
	for _, id := range p.bodies[group[0].Target] {
		left := p.left[place{id, group[0].Target}]
		barred := slices.ContainsFunc(group, func(c Case) bool { return !c.may(id) })
		if group[0].Class != "" && !barred && left >= len(group) && left > room {
			best, room = id, left
		}
	}
	return best
}

// next is who has the most of their room left, by share, so that all fill up alike.
func (p planner) next(c Case) string {
	best, share := "", 0.0
	for _, id := range p.bodies[c.Target] {
		at := place{id, c.Target}
		if s := float64(p.left[at]) / float64(p.had[at]); c.may(id) && s > share {
			best, share = id, s
		}
	}
	return best
}
