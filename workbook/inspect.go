package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of what is unpacked of a file.
const (
	mostUnzipped = 48 << 20 // the largest of ours has some 5 MB
	mostParts    = 200
	mostColumns  = 64 // with anything in them
)

// parts is what is known of a file before it is opened.
type parts struct {
	formulas map[string]map[string]bool // by sheet, where there are formulas
}

// inspect looks at a file's parts, and refuses what is no place for people's data or could harm the machine. It reads the
// sheets once as a stream: the reader of cells does not tell formulas from values, and takes a sheet that breaks off for
// one that ends.
func inspect(content []byte) (parts, error) {
	if bytes.HasPrefix(content, []byte("\xD0\xCF\x11\xE0")) {
		return parts{}, refuse(Encrypted) // so begins either kind
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return parts{}, refuse(Unreadable)
	}
	if len(archive.File) > mostParts {
		return parts{}, refuse(TooLarge)
	}
	files := map[string]*zip.File{}
	var size uint64
	for _, f := range archive.File {
		if size += f.UncompressedSize64; size > mostUnzipped || f.UncompressedSize64 > mostUnzipped {
			return parts{}, refuse(TooLarge)
		}
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		if code := forbidden(name); code != "" {
			return parts{}, refuse(code)
		}
		if files[name] != nil {
			return parts{}, refuse(Unreadable) // which of them is meant, readers see differently
		}
		files[name] = f
	}
	return sheetsOf(files)
}

// forbidden says why a part of a file is not taken.
func forbidden(name string) string {
	switch {
	case strings.Contains(name, "vbaproject"), strings.Contains(name, "macrosheets"), strings.Contains(name, "activex"):
		return Macros
	case strings.Contains(name, "externallinks/"), strings.Contains(name, "connections.xml"), strings.Contains(name, "embeddings/"),
		strings.Contains(name, "querytables/"), strings.Contains(name, "webextensions/"):
		return Links
	}
	return ""
}

// outline is a workbook's list of sheets, and relations where their parts are.
type (
	outline struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	relations struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
			Mode   string `xml:"TargetMode,attr"`
		} `xml:"Relationship"`
	}
)

func sheetsOf(files map[string]*zip.File) (parts, error) {
	var list outline
	var where relations
	if err := errors.Join(decode(files["xl/workbook.xml"], &list), decode(files["xl/_rels/workbook.xml.rels"], &where)); err != nil {
		return parts{}, refuse(Unreadable)
	}
	targets := map[string]string{}
	for _, r := range where.All {
		if r.Mode == "External" {
			return parts{}, refuse(Links)
		}
		target := strings.ToLower(r.Target)
		if !strings.HasPrefix(target, "/") {
			target = path.Join("xl", target)
		}
		targets[r.ID] = strings.TrimPrefix(target, "/")
	}
	found := parts{formulas: map[string]map[string]bool{}}
	for _, s := range list.Sheets {
		formulas, err := scan(files[targets[s.ID]])
		if err != nil {
			return parts{}, err
		}
		found.formulas[s.Name] = formulas
	}
	return found, nil
}

var errMissing = errors.New("a part is missing")

func decode(f *zip.File, into any) error {
	if f == nil {
		return errMissing
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it was read from memory
	return xml.NewDecoder(r).Decode(into)
}

// scan reads a sheet as a stream: it is whole, its cells stand in order and within bounds; and where formulas are.
func scan(f *zip.File) (map[string]bool, error) {
	if f == nil {
		return nil, refuse(Unreadable)
	}
	r, err := f.Open()
	if err != nil {
		return nil, refuse(Unreadable)
	}
	defer func() { _ = r.Close() }() // it was read from memory
	formulas := map[string]bool{}
	var at string
	var number, column, row, lastColumn, lastRow int
	for decoder := xml.NewDecoder(r); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return formulas, nil
		}
		if err != nil {
			return nil, refuse(Unreadable)
		}
		element, begins := token.(xml.StartElement)
		if !begins {
			continue
		}
		switch element.Name.Local {
		case "row":
			if number, err = strconv.Atoi(attribute(element, "r")); err != nil {
				return nil, refuse(Unreadable)
			}
		case "c":
			at = attribute(element, "r")
			column, row, err = excelize.CellNameToCoordinates(at)
			if err != nil || row != number || row < lastRow || row == lastRow && column <= lastColumn {
				return nil, refuse(Unreadable) // or one would be read in another's place
			}
			lastColumn, lastRow = column, row
		case "f", "v", "is":
			if column > mostColumns {
				return nil, refuse(TooLarge)
			}
			if element.Name.Local == "f" {
				formulas[at] = true
			}
		}
	}
}

func attribute(element xml.StartElement, name string) string {
	for _, a := range element.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
