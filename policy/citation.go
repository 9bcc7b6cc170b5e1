package policy

// Text is a sentence in the two languages of the product. Both come from the policy's files.
type Text struct {
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en" yaml:"en"`
}

// In is the text in a language: English for "en", Chinese for every other.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ZH
}

func (t Text) complete() bool { return t.ZH != "" && t.EN != "" }

func (t Text) incomplete() bool { return !t.complete() }

// Basis says how sure we are of a rule.
type Basis string

// The bases.
const (
	Notice        Basis = "notice"        // printed in the notice itself
	Recalled      Basis = "recalled"      // known content of the document, not re-read at its source
	Assumed       Basis = "assumed"       // taken over from a neighbouring rule
	Design        Basis = "design"        // this product's own choice
	Demonstration Basis = "demonstration" // 演示数据, never true
)

func (b Basis) valid() bool {
	switch b {
	case Notice, Recalled, Assumed, Design, Demonstration:
		return true
	}
	return false
}

// Citation says where a rule is written, and how sure we are of it.
type Citation struct {
	Document string `json:"document"        yaml:"document"`
	Clause   string `json:"clause"          yaml:"clause"`
	Basis    Basis  `json:"basis"           yaml:"basis"`
	Note     Text   `json:"note,omitzero"   yaml:"note"`
}
