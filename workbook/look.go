package workbook

import (
	"cmp"
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/dengpan/dengpan/message"
)

// firstList is the hidden sheet's first column of lists that are chosen from.
const firstList = 6

// styles are how cells look, and which of them are locked.
type styles struct {
	title, prose, heading, toFill, locked, plain, number, day, time, wrong int
}

func newStyles(f *excelize.File) (styles, error) {
	var s styles
	const asText = 49 // a number format of Excel's own: what is typed stays as it was typed
	days, times := "yyyy-mm-dd", "hh:mm"
	grey := []excelize.Border{
		{Type: "left", Color: "C9CED6", Style: 1},
		{Type: "right", Color: "C9CED6", Style: 1},
		{Type: "top", Color: "C9CED6", Style: 1},
		{Type: "bottom", Color: "C9CED6", Style: 1},
	}
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	middle := &excelize.Alignment{Vertical: "center", WrapText: true}
	open := &excelize.Protection{Locked: false}
	for _, style := range []struct {
		into *int
		is   excelize.Style
	}{
		{&s.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}}},
		{&s.prose, excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
		{&s.heading, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill("E4E8EE"), Border: grey, Alignment: middle}},
		{&s.toFill, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill("FFE9A8"), Border: grey, Alignment: middle}},
		{&s.locked, excelize.Style{Fill: fill("F4F5F7"), Border: grey, Alignment: middle, NumFmt: asText}},
		{&s.plain, excelize.Style{Border: grey, Alignment: middle, NumFmt: asText, Protection: open}},
		{&s.number, excelize.Style{Border: grey, Alignment: middle, Protection: open}},
		{&s.day, excelize.Style{Border: grey, Alignment: middle, CustomNumFmt: &days, Protection: open}},
		{&s.time, excelize.Style{Border: grey, Alignment: middle, CustomNumFmt: &times, Protection: open}},
		{&s.wrong, excelize.Style{Fill: fill("FBD5D5"), Border: grey, Alignment: middle, NumFmt: asText}},
	} {
		id, err := f.NewStyle(&style.is)
		if err != nil {
			return s, err
		}
		*style.into = id
	}
	return s, nil
}

func (s styles) of(c column) int {
	switch {
	case !c.open:
		return s.locked
	case c.holds == digit:
		return s.number
	case c.holds == date:
		return s.day
	case c.holds == clock:
		return s.time
	}
	return s.plain
}

// validate says what a column's cells may hold, so that a slip is seen where it happens.
func (a *author) validate(sheet string, c column, index, last int, choices []string) error {
	if !c.open || last == headings {
		return nil
	}
	column, err := excelize.ColumnNumberToName(index + 1)
	if err != nil {
		return err
	}
	v := excelize.NewDataValidation(true)
	v.SetSqref(fmt.Sprintf("%s%d:%s%d", column, headings+1, column, last))
	switch c.holds {
	case digit:
		err = v.SetRange(0, 100, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween)
	case date:
		err = v.SetRange("DATE(2000,1,1)", "DATE(2199,12,31)", excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween)
	case yes:
		err = a.dropDown(v, []string{message.Text(a.lang, "workbook.yes", nil)})
	case choice:
		if c.family != "" {
			choices = words(a.lang, c.family, c.choices)
		}
		err = a.dropDown(v, choices)
	case list, text, clock:
	}
	if err != nil {
		return err
	}
	hint := "workbook.hint." + cmp.Or(c.hint, c.key)
	if message.Has(hint) {
		v.SetInput(Title(a.lang, c.key), message.Text(a.lang, hint, nil))
	}
	if v.Type == "" && !message.Has(hint) {
		return nil
	}
	if v.Type != "" {
		v.SetError(excelize.DataValidationErrorStyleStop, Title(a.lang, c.key), message.Text(a.lang, "workbook.not_allowed", nil))
	}
	return a.file.AddDataValidation(sheet, v)
}

// dropDown lets choose from a list, which stands on the hidden sheet: there it may be as long as it is.
func (a *author) dropDown(v *excelize.DataValidation, choices []string) error {
	if len(choices) == 0 {
		return nil
	}
	column, err := excelize.ColumnNumberToName(firstList + len(a.lists))
	if err != nil {
		return err
	}
	a.lists = append(a.lists, choices)
	v.SetSqrefDropList(fmt.Sprintf("%s!$%s$1:$%s$%d", hiddenSheet, column, column, len(choices)))
	return nil
}

func words(lang message.Lang, family string, codes []string) []string {
	said := make([]string, len(codes))
	for i, code := range codes {
		said[i] = message.Text(lang, family+"."+code, nil)
	}
	return said
}
