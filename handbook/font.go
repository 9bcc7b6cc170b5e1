package handbook

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/signintech/gopdf"
)

// ErrNoFont says that no font for Chinese was found, and what to do about it.
var ErrNoFont = errors.New("no font for Chinese was found: install one as root with: apt-get install -y fonts-lxgw-wenkai, or name a TrueType file in DENGPAN_FONT")

// FontPaths are where Debian's package, Alpine's and a hand put the font that is used unless another is named.
var FontPaths = []string{
	"/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf",
	"/usr/share/fonts/lxgw-wenkai/LXGWWenKai-Regular.ttf",
	"/usr/local/share/fonts/LXGWWenKai-Regular.ttf",
}

const family = "page"

// Fonts keeps the font that pages are printed in. It is read when the first page is printed, since it is large; one that
// is installed later is found then. It may be used by several goroutines at once.
type Fonts struct {
	// Path is a TrueType file; empty looks in FontPaths.
	Path string

	mu     sync.Mutex
	loaded *gopdf.FontContainer
}

// Find says which file the font is read from; the error is ErrNoFont.
func (f *Fonts) Find() (string, error) {
	paths := FontPaths
	if f.Path != "" {
		paths = []string{f.Path}
	}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	return "", ErrNoFont
}

func (f *Fonts) load() (*gopdf.FontContainer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loaded != nil {
		return f.loaded, nil
	}
	path, err := f.Find()
	if err != nil {
		return nil, err
	}
	container := &gopdf.FontContainer{}
	// A rare character of a name that the font lacks must not vanish, nor look like another.
	option := gopdf.TtfOption{OnGlyphNotFoundSubstitute: func(rune) rune { return missing }}
	if err := container.AddTTFFontWithOption(family, path, option); err != nil {
		return nil, fmt.Errorf("%w: %s cannot be read: %w", ErrNoFont, path, err)
	}
	f.loaded = container
	return container, nil
}
