package signing

import (
	"bytes"
	"strconv"
	"strings"
)

// scanner reads the syntax of PDF objects (ISO 32000-1, 7.2 and 7.3), as far as finding where values begin and end.
type scanner struct {
	b  []byte
	at int
}

const (
	spaces     = "\x00\t\n\f\r "
	delimiters = spaces + "()<>[]{}/%"
)

func (s *scanner) rest() []byte { return s.b[s.at:] }

// space passes white space and comments.
func (s *scanner) space() {
	for s.at < len(s.b) {
		switch c := s.b[s.at]; {
		case strings.IndexByte(spaces, c) >= 0:
			s.at++
		case c == '%':
			if end := bytes.IndexAny(s.rest(), "\r\n"); end >= 0 {
				s.at += end
			} else {
				s.at = len(s.b)
			}
		default:
			return
		}
	}
}

// word takes what must come next.
func (s *scanner) word(word string) bool {
	s.space()
	if !bytes.HasPrefix(s.rest(), []byte(word)) {
		return false
	}
	s.at += len(word)
	return true
}

// number takes a whole number that is not negative.
func (s *scanner) number() (int, bool) {
	s.space()
	end := s.at
	for end < len(s.b) && s.b[end] >= '0' && s.b[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(string(s.b[s.at:end]))
	if err != nil {
		return 0, false
	}
	s.at = end
	return n, true
}

// reference takes a reference to an object, such as 12 0 R.
func (s *scanner) reference() (int, bool) {
	before := s.at
	n, isNumber := s.number()
	if isNumber {
		if _, isNumber = s.number(); isNumber && s.word("R") {
			return n, true
		}
	}
	s.at = before
	return 0, false
}

// value takes one value and returns it as it is written.
func (s *scanner) value(depth int) ([]byte, bool) {
	s.space()
	start := s.at
	if start == len(s.b) || depth > 20 {
		return nil, false
	}
	if _, isReference := s.reference(); isReference {
		return s.b[start:s.at], true
	}
	var whole bool
	switch {
	case s.word("<<"):
		whole = s.until(">>", depth)
	case s.word("["):
		whole = s.until("]", depth)
	case s.word("<"):
		end := bytes.IndexByte(s.rest(), '>')
		whole = end >= 0
		s.at += end + 1
	case s.word("("):
		whole = s.text()
	default:
		s.at++ // the slash of a name, the sign of a number
		if end := bytes.IndexAny(s.rest(), delimiters); end >= 0 {
			s.at += end
		} else {
			s.at = len(s.b)
		}
		whole = strings.IndexByte(")>]}{", s.b[start]) < 0
	}
	if !whole {
		return nil, false
	}
	return s.b[start:s.at], true
}

// until takes values up to a closing mark.
func (s *scanner) until(closing string, depth int) bool {
	for !s.word(closing) {
		if _, ok := s.value(depth + 1); !ok {
			return false
		}
	}
	return true
}

// text takes the rest of a literal string.
func (s *scanner) text() bool {
	for open := 1; s.at < len(s.b); s.at++ {
		switch s.b[s.at] {
		case '\\':
			s.at++
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				s.at++
				return true
			}
		}
	}
	return false
}

// entry is one of a dictionary's, as it is written.
type entry struct {
	key   string
	value []byte
}

// dictionary reads a dictionary's entries, in their order.
func (s *scanner) dictionary() ([]entry, bool) {
	if !s.word("<<") {
		return nil, false
	}
	var all []entry
	for !s.word(">>") {
		key, isName := s.value(0)
		value, ok := s.value(0)
		if !isName || !ok || key[0] != '/' {
			return nil, false
		}
		all = append(all, entry{key: string(key[1:]), value: value})
	}
	return all, true
}

// of returns the value of a key; nil when there is none.
func of(entries []entry, key string) []byte {
	for _, e := range entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// referenceOf returns the object that an entry refers to.
func referenceOf(entries []entry, key string) (int, bool) {
	s := scanner{b: of(entries, key)}
	return s.reference()
}

// numberOf returns the number that an entry is.
func numberOf(entries []entry, key string) (int, bool) {
	s := scanner{b: of(entries, key)}
	return s.number()
}
