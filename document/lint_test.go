package document_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/signintech/gopdf"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/font"
)

// Each of what a certificate must say is held against a page that says something else.
func TestAPageThatSaysAnythingElseThanTheRecordIsFoundFaulty(t *testing.T) {
	t.Parallel()
	type change func(*certificate.Facts, *certificate.Holder)
	printed := map[string][]byte{}
	for _, kind := range kinds {
		facts, holder, art := sample(t, kind)
		printed[kind] = rendered(t, facts, holder, art)
	}
	for _, c := range []struct {
		kind, fault string
		change      change
	}{
		{"grade", "missing:name", func(_ *certificate.Facts, h *certificate.Holder) { h.Name = "王大明" }},
		{"grade", "missing:id_number", func(_ *certificate.Facts, h *certificate.Holder) { h.IDNumber = "110105194912310021" }},
		{"grade", "missing:number", func(f *certificate.Facts, _ *certificate.Holder) { f.Number = "DJ-CSTC-2026-000124" }},
		{"grade", "missing:issuer", func(f *certificate.Facts, _ *certificate.Holder) { f.IssuerName = "北京开放大学" }},
		{"grade", "missing:occupation", func(f *certificate.Facts, _ *certificate.Holder) { f.Occupation = "大数据工程技术人员" }},
		{"grade", "missing:direction", func(f *certificate.Facts, _ *certificate.Holder) { f.Direction = "—" }},
		{"grade", "missing:level", func(f *certificate.Facts, _ *certificate.Holder) { f.Level = "高级" }},
		{"grade", "missing:issued_on", func(f *certificate.Facts, _ *certificate.Holder) { f.IssuedOn = calendar.MustParseDate("2026-11-21") }},
		{"grade", "missing:look_up", func(f *certificate.Facts, _ *certificate.Holder) { f.LookUp = []string{"https://example.gov.cn"} }},
		{"grade", "code", func(f *certificate.Facts, _ *certificate.Holder) { f.VerifyURL += "x" }},
		{"grade", "photo", func(f *certificate.Facts, _ *certificate.Holder) { f.PhotoDigest = digest(nil) }},
		{"training", "seal", func(f *certificate.Facts, _ *certificate.Holder) { f.SealDigest = digest(nil) }},
		{"training", "missing:hours", func(f *certificate.Facts, _ *certificate.Holder) { f.Hours = "28" }},
		{"training", "missing:from", func(f *certificate.Facts, _ *certificate.Holder) { f.From = calendar.MustParseDate("2026-03-02") }},
		{"training", "missing:to", func(f *certificate.Facts, _ *certificate.Holder) { f.To = calendar.MustParseDate("2026-10-19") }},
		{"training", "missing:extra", func(f *certificate.Facts, _ *certificate.Holder) { f.Extra = []string{"优秀"} }},
		{"training", "missing:seal_name", func(f *certificate.Facts, _ *certificate.Holder) { f.SealStandIn, f.SealName = true, "人事处" }},
		{"ce_base", "missing:course", func(f *certificate.Facts, _ *certificate.Holder) { f.Course = "高级研修" }},
		{"ce_base", "missing:title", func(f *certificate.Facts, _ *certificate.Holder) { f.Kind = "training" }},
	} {
		facts, holder, _ := sample(t, c.kind)
		c.change(&facts, &holder)
		var lint *document.LintError
		require.ErrorAs(t, printer(t).Lint(printed[c.kind], facts, holder), &lint, c.fault)
		require.Contains(t, lint.Faults, c.fault)
	}
	facts, holder, art := sample(t, "training")
	art.Seal = seal(t)
	facts.SealDigest, facts.Demonstration = digest(art.Seal), false
	file := rendered(t, facts, holder, art)
	facts.Demonstration = true
	require.Equal(t, &document.LintError{Faults: []string{"unmarked"}}, printer(t).Lint(file, facts, holder))
}

func TestAFileThatIsNoA4PageOfItsOwnIsFoundFaulty(t *testing.T) {
	t.Parallel()
	facts, holder, art := sample(t, "grade")
	p := printer(t)
	file := rendered(t, facts, holder, art)
	lint := func(file []byte) []string {
		var found *document.LintError
		require.ErrorAs(t, p.Lint(file, facts, holder), &found)
		return found.Faults
	}
	for _, broken := range [][]byte{nil, []byte("%PDF-1.7"), file[:len(file)/2], bytes.Replace(file, []byte("/Catalog"), []byte("/Cathlog"), 1)} {
		require.Equal(t, []string{"invalid"}, lint(broken))
	}
	booklet := p.Booklet()
	booklet.Add(facts, holder, art)
	booklet.Add(facts, holder, art)
	two, err := booklet.Print("两页")
	require.NoError(t, err)
	require.Equal(t, []string{"pages"}, lint(two))
	letter := bytes.Replace(file, []byte("[ 0 0 841.89 595.28 ]"), []byte("[ 0 0 792.00 612.00 ]"), 1)
	require.Equal(t, []string{"size"}, lint(letter))
	// The descriptor of the font still stands there, and names no file.
	outside := regexp.MustCompile(`/FontFile2 (\d+) 0 R`).ReplaceAll(file, []byte("/FontFilex $1 0 R"))
	require.NotEqual(t, file, outside)
	require.Contains(t, strings.Join(lint(outside), " "), "font")
}

// A picture of a certificate has no text, however alike it looks.
func TestAPictureOfACertificateIsFoundFaulty(t *testing.T) {
	t.Parallel()
	facts, holder, art := sample(t, "grade")
	var pdf gopdf.GoPdf
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4Landscape})
	pdf.AddPage()
	require.NoError(t, (&font.Fonts{}).Give(&pdf))
	picture, err := gopdf.ImageHolderByBytes(art.Photo)
	require.NoError(t, err)
	require.NoError(t, pdf.ImageByHolder(picture, 0, 0, &gopdf.Rect{W: 842, H: 595}))
	file, err := pdf.GetBytesPdfReturnErr()
	require.NoError(t, err)
	var found *document.LintError
	require.ErrorAs(t, printer(t).Lint(file, facts, holder), &found)
	require.Contains(t, found.Faults, "missing:name")
	require.Contains(t, found.Faults, "code")
	require.NotContains(t, found.Faults, "photo")
}
