// Package font finds and keeps the font for Chinese that documents are printed in: Debian's LXGW WenKai, or one that is named.
package font

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/signintech/gopdf"
)

// ErrNone says that no font for Chinese was found, and what to do about it.
var ErrNone = errors.New("no font for Chinese was found: install one as root with: apt-get install -y fonts-lxgw-wenkai, or name a TrueType file in DENGPAN_FONT")

// Paths are where Debian's package, Alpine's and a hand put the font that is used unless another is named.
var Paths = []string{
	"/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf",
	"/usr/share/fonts/lxgw-wenkai/LXGWWenKai-Regular.ttf",
	"/usr/local/share/fonts/LXGWWenKai-Regular.ttf",
}

// Family is what documents call the font. It begins as the name of a subset must.
const Family = "DENGPN+Page"

// Missing stands for a character that the font lacks, as printers do (下駄).
const Missing = '〓'

// Fonts keeps the font. It is read when the first page is printed, since it is large; one that is installed later is found
// then. It may be used by several goroutines at once.
type Fonts struct {
	// Path is a TrueType file; empty looks in Paths.
	Path string

	mu     sync.Mutex
	loaded *gopdf.FontContainer
}

// Find says which file the font is read from; the error is ErrNone.
func (f *Fonts) Find() (string, error) {
	paths := Paths
	if f.Path != "" {
		paths = []string{f.Path}
	}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	return "", ErrNone
}

// Give makes the font known to a document that was started. The error is ErrNone when there is no font.
func (f *Fonts) Give(pdf *gopdf.GoPdf) error {
	fonts, err := f.load()
	if err != nil {
		return err
	}
	if err := pdf.AddTTFFontFromFontContainer(Family, fonts); err != nil {
		return fmt.Errorf("use a font: %w", err)
	}
	return nil
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
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %s cannot be read: %w", ErrNone, path, err)
	}
	container := &gopdf.FontContainer{}
	// A rare character that the font lacks must not vanish, nor look like another.
	option := gopdf.TtfOption{OnGlyphNotFoundSubstitute: func(rune) rune { return Missing }}
	if err := container.AddTTFFontByReaderWithOption(Family, bytes.NewReader(content), option); err != nil {
		return nil, fmt.Errorf("%w: %s cannot be read: %w", ErrNone, path, err)
	}
	f.loaded = container
	return container, nil
}
