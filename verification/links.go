package verification

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"slices"
)

// link is what the address in a code looks like, wherever the product is reached.
var link = regexp.MustCompile(`/verify/([A-Za-z0-9_-]{16,64})`)

// What is looked at of a file from strangers, at most: a small one can unfold into any size.
const (
	mostStreams  = 500
	mostUnfolded = 16 << 20
	mostLinks    = 8
)

var streamBegins = regexp.MustCompile(`stream\r?\n`)

// links are the tokens of the links that stand in a file: as they are, and in what is compressed in it. It reads bytes, and
// not the file's structure, which is a stranger's.
func links(content []byte) []string {
	var tokens []string
	collect := func(text []byte) {
		for _, found := range link.FindAllSubmatch(text, mostLinks) {
			if token := string(found[1]); len(tokens) < mostLinks && !slices.Contains(tokens, token) {
				tokens = append(tokens, token)
			}
		}
	}
	collect(content)
	left := int64(mostUnfolded)
	for _, at := range streamBegins.FindAllIndex(content, mostStreams) {
		unfolded := unfold(content[at[1]:], left)
		collect(unfolded)
		if left -= int64(len(unfolded)); left <= 0 {
			break
		}
	}
	return tokens
}

// unfold is what a compressed stream says, up to a length: as much of it as can be read.
func unfold(stream []byte, most int64) []byte {
	reader, err := zlib.NewReader(bytes.NewReader(stream))
	if err != nil {
		return nil
	}
	defer func() { _ = reader.Close() }() // nothing is open but memory
	content, _ := io.ReadAll(io.LimitReader(reader, most))
	return content
}
