// Package planted finds texts that were planted, wherever they come out again and in whatever form: as they are, escaped,
// in hexadecimal, in base64, or inside bytes that are themselves written so. Tests plant recognisable names and numbers,
// have the product do its work, and search what it left behind.
package planted

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Finding is a planted text that came out.
type Finding struct {
	Source string // where it was looked for
	Text   string
	Form   string
	Around string // what stands about it
}

// String is the finding in one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s in %s, as %s: …%q…", f.Text, f.Source, f.Form, f.Around)
}

// needle is a text in one of its forms.
type needle struct {
	text, form string
	bytes      []byte
}

// Search looks for texts.
type Search struct{ needles []needle }

// For is a search for texts. They should be so long and so odd that none comes about by chance: eight bytes at least.
func For(texts ...string) *Search {
	s := &Search{}
	for _, text := range texts {
		const shortest = 8
		if len(text) < shortest {
			panic("planted: " + text + " is too short to be told from chance")
		}
		seen := map[string]bool{}
		add := func(form, written string) {
			if !seen[written] {
				seen[written] = true
				s.needles = append(s.needles, needle{text, form, []byte(written)})
			}
		}
		for _, spelled := range []string{text, strings.ToLower(text), strings.ToUpper(text)} {
			add("plain text", spelled)
			for _, escape := range []string{`\u%04x`, `\u%04X`, `\\u%04x`, `\\u%04X`} { // the last two as escaped once more
				add("escapes", escaped(spelled, escape))
			}
			add("percent signs", url.QueryEscape(spelled))
			add("percent signs", strings.ToLower(url.QueryEscape(spelled)))
			add("hexadecimal", hex.EncodeToString([]byte(spelled)))
			add("hexadecimal", strings.ToUpper(hex.EncodeToString([]byte(spelled))))
			for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				for before := range 3 {
					add("base64", within(alphabet, spelled, before))
				}
			}
		}
	}
	return s
}

// escaped writes what is not ASCII by its code points, as JSON may.
func escaped(text, form string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, form, r)
		}
	}
	return b.String()
}

// within is what of a text's base64 depends on the text alone, when a number of bytes stands before it.
func within(alphabet *base64.Encoding, text string, before int) string {
	const bits = 6 // of a character
	written := alphabet.EncodeToString(append(make([]byte, before), text...))
	first := (8*before + bits - 1) / bits
	return written[first : 8*(before+len(text))/bits]
}

// In looks for the texts in what comes from a source.
func (s *Search) In(source string, content []byte) []Finding {
	var found []Finding
	for _, view := range []struct {
		name    string
		content []byte
	}{{"", content}, {" within bytes", unpacked(content)}} {
		for _, n := range s.needles {
			at := bytes.Index(view.content, n.bytes)
			if at < 0 {
				continue
			}
			const around = 40
			found = append(found, Finding{
				Source: source, Text: n.text, Form: n.form + view.name,
				Around: string(view.content[max(0, at-around):min(len(view.content), at+len(n.bytes)+around)]),
			})
		}
	}
	return found
}

// packed is how PostgreSQL writes bytes.
var packed = regexp.MustCompile(`\\x((?:[0-9a-f]{2}){4,})`)

// unpacked is every run of bytes that a dump has in hexadecimal, as the bytes they are.
func unpacked(content []byte) []byte {
	var all []byte
	for _, run := range packed.FindAllSubmatch(content, -1) {
		all = append(hexed(all, run[1]), 0)
	}
	return all
}

func hexed(to, run []byte) []byte {
	to, err := hex.AppendDecode(to, run)
	if err != nil {
		panic("planted: " + err.Error()) // the pattern lets nothing else through
	}
	return to
}
