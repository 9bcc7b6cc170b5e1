package planted_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/devstack/planted"
)

const (
	name   = "欧阳踏雪"
	number = "99000019900504001X"
)

// forms are ways in which a text may come out.
var forms = map[string]func(string) string{
	"plain text":  func(text string) string { return text },
	"lower case":  strings.ToLower,
	"escapes":     escaped,
	"percent":     url.QueryEscape,
	"percent low": func(text string) string { return strings.ToLower(url.PathEscape(text)) },
	"hex":         func(text string) string { return hex.EncodeToString([]byte(text)) },
	"hex upper":   func(text string) string { return strings.ToUpper(hex.EncodeToString([]byte(text))) },
	"base64":      func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) },
	"base64 url":  func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) },
	"escapes escaped": func(text string) string {
		return strings.ReplaceAll(escaped(text), `\`, `\\`)
	},
	"a dump's": func(text string) string { return `\\x` + hex.EncodeToString([]byte(text)) },
	"base64 in a dump's": func(text string) string {
		return `\\x` + hex.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte("{"+text+"}"))))
	},
	"JSON in a dump's": func(text string) string { return `\\x` + hex.EncodeToString([]byte(escaped(text))) },
}

func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		b.WriteString(`\u` + hex.EncodeToString([]byte{byte(r >> 8), byte(r)}))
	}
	return b.String()
}

func TestWhatIsPlantedIsFoundInEveryForm(t *testing.T) {
	t.Parallel()
	search := planted.For(name, number)
	for form, write := range forms {
		for _, text := range []string{name, number} {
			found := search.In("a log", []byte("before "+write(text)+" after"))
			require.NotEmpty(t, found, "%s of %s", form, text)
			require.Equal(t, text, found[0].Text)
			require.Equal(t, "a log", found[0].Source)
		}
	}
}

func TestItIsFoundInBase64WhateverStandsAroundIt(t *testing.T) {
	t.Parallel()
	search := planted.For(name, number)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{name, number}).Draw(t, "text")
		content := rapid.String().Draw(t, "before") + text + rapid.String().Draw(t, "after")
		for _, alphabet := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			require.NotEmpty(t, search.In("", []byte(alphabet.EncodeToString([]byte(content)))), content)
		}
		document, err := json.Marshal(map[string]string{"x": content})
		require.NoError(t, err)
		require.NotEmpty(t, search.In("", document))
	})
}

func TestWhatWasNotPlantedIsNotFound(t *testing.T) {
	t.Parallel()
	search := planted.For(name, number)
	for _, write := range forms {
		for _, other := range []string{"欧阳踏霜", "990000199005040028", "11010519491231002X"} {
			require.Empty(t, search.In("", []byte(write(other))))
		}
	}
	require.Panics(t, func() { planted.For("王五") }, "too short to be told from chance")
}
