package document

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // images are read as they were embedded
	_ "image/png"
	"io"
	"math"
	"strings"
	"sync"

	"github.com/ledongthuc/pdf"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	pdffont "github.com/pdfcpu/pdfcpu/pkg/pdfcpu/font"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"github.com/dengpan/dengpan/certificate"
)

// What can be wrong with a printed certificate; with a field where one is meant, as in "missing:name".
const (
	faultInvalid  = "invalid"  // not a PDF, or one against its standard
	faultPages    = "pages"    // more than one, or none
	faultSize     = "size"     // not A4
	faultFont     = "font"     // not in the file
	faultMissing  = "missing:" // is not said, or not as text
	faultCode     = "code"     // the QR code cannot be read, or says something else
	faultPhoto    = "photo"    // not the holder's, or none
	faultSeal     = "seal"     // none
	faultStranger = "unmarked" // rests on 演示数据 and does not say so
)

// LintError lists what is wrong with a printed certificate.
type LintError struct{ Faults []string }

func (e *LintError) Error() string {
	return "a printed certificate is faulty: " + strings.Join(e.Faults, ", ")
}

// Lint reads a printed certificate as its readers will, by other code than printed it, and compares it with the record:
// a *LintError says what is wrong with it.
func (p *Printer) Lint(file []byte, facts certificate.Facts, holder certificate.Holder) error {
	var faults []string
	context, err := validated(file)
	if err != nil {
		return &LintError{Faults: []string{faultInvalid}}
	}
	if context.PageCount != 1 {
		return &LintError{Faults: []string{faultPages}}
	}
	if !isA4(context) {
		faults = append(faults, faultSize)
	}
	for _, number := range pdfcpu.FontObjNrs(context, 1) {
		used := context.Optimize.FontObjects[number]
		if embedded, err := pdffont.Embedded(context.XRefTable, used.FontDict, number); err != nil || !embedded {
			faults = append(faults, faultFont)
		}
	}
	text, err := readText(file)
	if err != nil {
		return &LintError{Faults: append(faults, faultInvalid)}
	}
	for _, said := range mustSay(facts, holder) {
		if !strings.Contains(text, squeeze(said.text)) {
			faults = append(faults, said.fault)
		}
	}
	images, err := pictures(context)
	if err != nil {
		return &LintError{Faults: append(faults, faultInvalid)}
	}
	if faults = append(faults, lookAt(images, facts)...); len(faults) > 0 {
		return &LintError{Faults: faults}
	}
	return nil
}

// alone keeps the library from looking for settings in the home directory.
var alone = sync.OnceFunc(api.DisableConfigDir)

func validated(file []byte) (*model.Context, error) {
	alone()
	settings := model.NewDefaultConfiguration()
	settings.Cmd = model.EXTRACTIMAGES
	settings.ValidationMode = model.ValidationStrict
	context, err := api.ReadValidateAndOptimize(bytes.NewReader(file), settings)
	if err != nil {
		return nil, fmt.Errorf("validate a document: %w", err)
	}
	return context, nil
}

func isA4(context *model.Context) bool {
	const short, long, tolerance = 595.28, 841.89, 1
	sizes, err := context.PageDims()
	if err != nil || len(sizes) == 0 {
		return false
	}
	w, h := sizes[0].Width, sizes[0].Height
	return math.Abs(min(w, h)-short) < tolerance && math.Abs(max(w, h)-long) < tolerance
}

// readText is the text of the page as it is selected, without its spaces.
func readText(file []byte) (text string, err error) {
	defer func() {
		if recover() != nil { // the library gives up in this way
			err = errors.New("the text of a document cannot be read")
		}
	}()
	reader, err := pdf.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return "", fmt.Errorf("read a document: %w", err)
	}
	text, err = reader.Page(1).GetPlainText(nil)
	if err != nil {
		return "", fmt.Errorf("read a document's text: %w", err)
	}
	return squeeze(text), nil
}

func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }

func pictures(context *model.Context) ([][]byte, error) {
	images, err := pdfcpu.ExtractPageImages(context, 1, false)
	if err != nil {
		return nil, fmt.Errorf("read a document's images: %w", err)
	}
	var all [][]byte
	for _, i := range images {
		content, err := io.ReadAll(i)
		if err != nil {
			return nil, fmt.Errorf("read an image of a document: %w", err)
		}
		all = append(all, content)
	}
	return all, nil
}

// lookAt finds among the images those that the record asks for.
func lookAt(images [][]byte, facts certificate.Facts) []string {
	code, photo, others := false, facts.PhotoDigest == "", 0
	for _, content := range images {
		switch {
		case certificate.ImageDigest(content) == facts.PhotoDigest:
			photo = true
		case leadsTo(content) == facts.VerifyURL:
			code = true
		default:
			others++
		}
	}
	var faults []string
	if !code {
		faults = append(faults, faultCode)
	}
	if !photo {
		faults = append(faults, faultPhoto)
	}
	if facts.SealDigest != "" && others == 0 {
		faults = append(faults, faultSeal)
	}
	return faults
}

// leadsTo is what a QR code says; empty if an image is none.
func leadsTo(content []byte) string {
	picture, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return ""
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return ""
	}
	// The picture is the code and nothing else. Looked for as in a photograph, one in a hundred and fifty is not found.
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_PURE_BARCODE: true,
	})
	if err != nil {
		return ""
	}
	return result.GetText()
}

// said is a text that must be on a certificate, and the fault if it is not.
type said struct{ text, fault string }

// mustSay lists what the annexes ask a certificate of a kind to say.
func mustSay(f certificate.Facts, h certificate.Holder) []said {
	day := func(y, m, d int) string { return fmt.Sprintf("%d年%d月%d日", y, m, d) }
	all := []said{
		{h.Name, faultMissing + "name"},
		{f.Number, faultMissing + "number"},
		{f.IssuerName, faultMissing + "issuer"},
		{"发证日期：" + day(f.IssuedOn.Year(), int(f.IssuedOn.Month()), f.IssuedOn.Day()), faultMissing + "issued_on"},
	}
	for _, address := range f.LookUp {
		all = append(all, said{address, faultMissing + "look_up"})
	}
	for _, line := range f.Extra {
		all = append(all, said{line, faultMissing + "extra"})
	}
	period := func() {
		all = append(all,
			said{day(f.From.Year(), int(f.From.Month()), f.From.Day()) + "至", faultMissing + "from"},
			said{"至" + day(f.To.Year(), int(f.To.Month()), f.To.Day()), faultMissing + "to"})
	}
	switch f.Kind {
	case kindCEBase:
		all = append(all, said{"专业技术人员继续教育基地培训证书", faultMissing + "title"}, said{h.IDNumber, faultMissing + "id_number"},
			said{"参加" + f.Course + "培训班", faultMissing + "course"}, said{"累计学习" + f.Hours + "学时", faultMissing + "hours"})
		period()
	case kindTraining:
		all = append(all, said{"培训合格证书", faultMissing + "title"}, said{f.Occupation + "职业", faultMissing + "occupation"},
			said{f.Direction + "方向", faultMissing + "direction"}, said{f.Level + "等级培训", faultMissing + "level"},
			said{"计" + f.Hours + "学时", faultMissing + "hours"})
		period()
	case kindGrade:
		all = append(all, said{"专业技术等级证书", faultMissing + "title"}, said{h.IDNumber, faultMissing + "id_number"},
			said{"职业名称：" + f.Occupation, faultMissing + "occupation"}, said{"职业方向：" + f.Direction, faultMissing + "direction"},
			said{"专业技术等级：" + f.Level, faultMissing + "level"}, said{"证件类型：", faultMissing + "id_type"})
	}
	if f.SealStandIn {
		all = append(all, said{f.SealName, faultMissing + "seal_name"}, said{"代章", faultMissing + "seal_name"})
	}
	if f.Demonstration {
		all = append(all, said{"演示数据", faultStranger})
	}
	return all
}
