// Package evidence keeps the files that institutions file for what they report: score sheets, attendance sheets. A file is
// promised first (its type, size and SHA-256), sent to an address that is signed for just that file, and is then what was
// promised, for good.
//
// On the way a file is never whole in memory, and nowhere in clear: it is checked and sealed as it comes, under a key of its
// own, which the record keeps under the keyring. It lies in the record as a large object, or in a bucket of an S3-compatible
// store. Without its key it is nothing, so destroying the key erases it in every copy.
package evidence

import (
	_ "embed" // the rules
	"slices"
	"time"

	"github.com/dengpan/dengpan/datafile"
)

// Kind is a kind of evidence, and what it may be.
type Kind struct {
	Kind      string   `yaml:"kind"`
	About     []string `yaml:"about"`
	Media     []string `yaml:"media"`
	MostBytes int64    `yaml:"most_bytes"`
	KeptDays  int      `yaml:"kept_days"` // after what it goes with was answered; 0: for as long as that is kept
}

// Rules are what may be filed.
type Rules struct {
	Kinds       []Kind        `yaml:"kinds"`
	MostFiles   int64         `yaml:"most_files"`
	UploadLasts time.Duration `yaml:"upload_lasts"`
}

//go:embed evidence.yaml
var file []byte

var rules = datafile.MustRead[Rules]("evidence/evidence.yaml", file)

// TheRules are the rules of this release.
func TheRules() Rules { return rules }

// Kind is a kind by its code.
func (r Rules) Kind(code string) (Kind, bool) {
	i := slices.IndexFunc(r.Kinds, func(k Kind) bool { return k.Kind == code })
	if i < 0 {
		return Kind{}, false
	}
	return r.Kinds[i], true
}

// Media are all types of files that any kind of evidence may be.
func (r Rules) Media() []string {
	var all []string
	for _, k := range r.Kinds {
		all = append(all, k.Media...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// MostBytes is how large a file of any kind may be.
func (r Rules) MostBytes() int64 {
	most := int64(0)
	for _, k := range r.Kinds {
		most = max(most, k.MostBytes)
	}
	return most
}
