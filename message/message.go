// Package message holds every word the product shows to people, in Chinese first and English second. Code and records
// carry stable codes only; what a reader sees is looked up here by key, in the reader's language.
//
// A key is a dotted path, such as problem.not_found.title or event.exam_passed. A message may hold placeholders: {name}
// stands for a parameter, and {name:family} for the message family.<value of the parameter> in the same language, so
// that callers pass codes and never words.
package message

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Lang is a language the product speaks.
type Lang string

// The languages. Chinese is the default.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// absent stands where a parameter was not given, as it does on the programme's certificates.
const absent = "—"

// longestAcceptLanguage bounds what is parsed; no browser sends more.
const longestAcceptLanguage = 512

var matcher = language.NewMatcher([]language.Tag{language.Chinese, language.English})

// ParseAcceptLanguage chooses the language for an Accept-Language header: Chinese, unless English is asked for first.
func ParseAcceptLanguage(header string) Lang {
	if len(header) > longestAcceptLanguage {
		return Chinese
	}
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return Chinese
	}
	if _, index, confidence := matcher.Match(wanted...); index == 1 && confidence >= language.High {
		return English
	}
	return Chinese
}

// Text is the message of a key in a language, with its placeholders filled. A key that is not in the catalogue is
// returned as it is, and a parameter that is not given shows as a dash: a gap in the words must never take a page down.
func Text(lang Lang, key string, params map[string]any) string {
	words := catalogueOf(lang)
	message, found := words[key]
	if !found {
		return key
	}
	var text strings.Builder
	for _, part := range message {
		switch {
		case part.name == "":
			text.WriteString(part.literal)
		case part.family == "":
			text.WriteString(show(params[part.name]))
		default:
			text.WriteString(list(lang, words, part.family, params[part.name]))
		}
	}
	return text.String()
}

// Has reports whether a key is in the catalogue.
func Has(key string) bool {
	_, found := catalogueOf(Chinese)[key]
	return found
}

// Keys lists the keys that begin with a prefix, in order.
func Keys(prefix string) []string {
	var keys []string
	for key := range catalogueOf(Chinese) {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// word renders a code through its family; a code the family does not know shows as it is. The word of a family whose
// members have a title and more is the title.
func word(words catalogue, family, value string) string {
	for _, key := range []string{family + "." + value, family + "." + value + ".title"} {
		if message, found := words[key]; found {
			return message.plain()
		}
	}
	return value
}

// list is the words for a parameter that is several codes, one after another; one code is one word.
func list(lang Lang, words catalogue, family string, value any) string {
	codes, several := value.([]any)
	if !several || len(codes) == 0 {
		return word(words, family, show(value))
	}
	all := make([]string, len(codes))
	for i, code := range codes {
		all[i] = word(words, family, show(code))
	}
	if lang == English {
		return strings.Join(all, "; ")
	}
	return strings.Join(all, "；")
}

// show writes a parameter for a reader. Parameters come from JSON as often as from code, so 80.0 is 80.
func show(value any) string {
	switch value := value.(type) {
	case nil:
		return absent
	case string:
		if value == "" {
			return absent
		}
		return value
	case float64:
		return decimal(value)
	case float32:
		return decimal(float64(value))
	}
	if text := fmt.Sprint(value); text != "" {
		return text
	}
	return absent
}
