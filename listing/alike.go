package listing

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Why a name is taken to be like another.
const (
	FormerName   = "former_name"   // it was the legal name
	SameID       = "same_id"       // the file gives the name the id
	Spelling     = "spelling"      // the width of brackets, blanks, small and capital letters
	Place        = "place"         // one of them begins with where it is: 北京市, 海淀区
	OneCharacter = "one_character" // one character is another, is missing, or is too much
)

// Suggestion is an institution whose name a name may be, and why.
type Suggestion struct {
	InstitutionID string `json:"institution_id"`
	Name          string `json:"name"` // the one that is alike
	Why           string `json:"why"`
}

// suggest finds the institutions whose name a name may be.
func suggest(name, id string, known []Institution) []Suggestion {
	found := []Suggestion{}
	for _, i := range known {
		switch {
		case slices.Contains(i.Former, name):
			found = append(found, Suggestion{InstitutionID: i.ID, Name: name, Why: FormerName})
			continue
		case i.ID == id:
			found = append(found, Suggestion{InstitutionID: i.ID, Name: i.Name, Why: SameID})
			continue
		}
		for _, other := range slices.Concat([]string{i.Name}, i.Aliases, i.Former) {
			if why := alike(name, other); why != "" {
				found = append(found, Suggestion{InstitutionID: i.ID, Name: other, Why: why})
				break
			}
		}
	}
	return found
}

// alike says in what two names are alike; nothing when they are not.
func alike(a, b string) string {
	a, b = fold(a), fold(b)
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	switch {
	case a == b:
		return Spelling
	case placed(short, long):
		return Place
	case near([]rune(short), []rune(long)):
		return OneCharacter
	}
	return ""
}

// fold takes out of a name what is a matter of spelling.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, width.Fold.String(name))
}

// shortest is the least that is left of a name for it to say whose it is, in characters.
const shortest = 4

var places = regexp.MustCompile(`^(中国|北京市?|\p{Han}{2,3}区)+$`)

// placed reports whether a name is another with places before it.
func placed(short, long string) bool {
	place, ends := strings.CutSuffix(long, short)
	return ends && len([]rune(short)) >= shortest && places.MatchString(place)
}

// near reports whether names differ in one character.
func near(short, long []rune) bool {
	if len(short) > len(long) {
		short, long = long, short
	}
	if len(short) < shortest || len(long)-len(short) > 1 {
		return false
	}
	begin := 0
	for begin < len(short) && short[begin] == long[begin] {
		begin++
	}
	end := 0
	for end < len(short)-begin && short[len(short)-1-end] == long[len(long)-1-end] {
		end++
	}
	return len(long)-begin-end <= 1
}
