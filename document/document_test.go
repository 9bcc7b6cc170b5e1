package document_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/font"
)

var kinds = []string{"ce_base", "training", "grade"}

func kept(t *testing.T, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "certificate.pdf")
	require.NoError(t, os.WriteFile(path, file, 0o600))
	return path
}

// run runs a program of another maker on a document; `make test` gets them.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s: %s", name, out)
	return string(out)
}

// selected is the text that poppler finds, without spaces.
func selected(t *testing.T, file []byte) string {
	t.Helper()
	return strings.Join(strings.Fields(run(t, "pdftotext", "-raw", kept(t, file), "-")), "")
}

func rendered(t *testing.T, facts certificate.Facts, holder certificate.Holder, art document.Art) []byte {
	t.Helper()
	file, err := printer(t).Render(facts, holder, art)
	require.NoError(t, err)
	return file
}

func TestEachKindSaysWhatItsAnnexAsksFor(t *testing.T) {
	t.Parallel()
	says := map[string][]string{
		"ce_base": {
			"北京市专业技术人员知识更新工程", "专业技术人员继续教育基地培训证书", "编号：JX-BJTU-2026-000007",
			"王小明（身份证号码：11010519491231002X）于2026年3月1日至2026年10月18日参加人工智能大模型应用与数据治理高级研修培训班，累计学习128学时，特发此证。",
			"证书查询网址：https://jxjy.rsj.beijing.gov.cn/certificates", "输入姓名、身份证号码和证书编号可查真伪", "北京交通大学发证日期：2026年11月20日",
		},
		"training": {
			"培训合格证书",
			"王小明同志于2026年3月1日至2026年10月18日参加智能制造工程技术人员职业装备与产线开发方向中级等级培训（计128学时），经考核合格，准予结业。",
			"居民身份证：110***********002X", "本证书同时记入北京市专业技术人员继续教育学时档案。", "证书编号：PX-OUC-2026-000042",
			"机构信息查询网址：https://jxjy.rsj.beijing.gov.cn/certificateshttps://zsgx.mohrss.gov.cn/", "北京开放大学发证日期：2026年11月20日",
		},
		"grade": {
			"专业技术等级证书",
			"本证书由中国软件评测中心(工业和信息化部软件与集成电路促进中心)颁发，表明持证人通过本机构组织的专业技术等级考核，具备该职业相应专业技术水平。",
			"姓名：王小明", "证件类型：居民身份证", "证件号码：11010519491231002X", "职业名称：智能制造工程技术人员", "职业方向：装备与产线开发",
			"专业技术等级：中级", "证书编号：DJ-CSTC-2026-000123", "机构及证书信息查询网址：https://jxjy.rsj.beijing.gov.cn/certificates",
			"(工业和信息化部软件与集成电路促进中心)发证日期：2026年11月20日",
		},
	}
	for _, kind := range kinds {
		facts, holder, art := sample(t, kind)
		file := rendered(t, facts, holder, art)
		require.NoError(t, printer(t).Lint(file, facts, holder))
		text := selected(t, file)
		for _, words := range append(says[kind], "演示数据，不具有任何效力", "演示章", "扫码核验") {
			require.Contains(t, text, words)
		}
		for _, never := range []string{"document.", "职称", "职业资格", "中华人民共和国"} {
			require.NotContains(t, text, never)
		}
		path := kept(t, file)
		require.NotContains(t, run(t, "qpdf", "--check", path), "WARNING")
		require.Regexp(t, `(?m)^DENGPN\+Page +CID TrueType +Identity-H +yes yes yes`, run(t, "pdffonts", path))
		about := run(t, "pdfinfo", path)
		require.Regexp(t, `Title: +\S+ `+facts.Number, about)
		require.Regexp(t, `Pages: +1\n`, about)
		require.Contains(t, about, "(A4)")
		require.NotContains(t, about, holder.Name)
	}
}

func TestATrainingCertificateShowsNoMoreOfTheIDNumberThanTellsNamesakesApart(t *testing.T) {
	t.Parallel()
	facts, holder, art := sample(t, "training")
	require.NotContains(t, selected(t, rendered(t, facts, holder, art)), holder.IDNumber)
}

func TestWhatIsRealBearsTheIssuersSealAndNoMarkOfADemonstration(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		facts, holder, art := sample(t, kind)
		art.Seal = seal(t)
		facts.Demonstration, facts.SealDigest = false, digest(art.Seal)
		facts.SealStandIn, facts.SealName = true, "北京开放大学人事劳动保障工作办公室"
		facts.ExpiresOn, facts.NationalID = calendar.MustParseDate("2029-11-19"), "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"
		file := rendered(t, facts, holder, art)
		require.NoError(t, printer(t).Lint(file, facts, holder))
		text := selected(t, file)
		require.NotContains(t, text, "演示")
		for _, words := range []string{"由北京开放大学人事劳动保障工作办公室代章", "有效期至：2029年11月19日", facts.NationalID} {
			require.Contains(t, text, words)
		}
		require.NotContains(t, run(t, "qpdf", "--check", kept(t, file)), "WARNING")
		facts.SealDigest = ""
		_, err := printer(t).Render(facts, holder, document.Art{Photo: art.Photo})
		require.Equal(t, &document.IncompleteError{Fields: []string{"seal"}}, err, "a seal is drawn for demonstrations only")
	}
}

func TestTheSameRecordGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		facts, holder, art := sample(t, kind)
		p := printer(t)
		first, err := p.Render(facts, holder, art)
		require.NoError(t, err)
		var others sync.WaitGroup
		for range 3 {
			others.Go(func() {
				again, err := p.Render(facts, holder, art)
				if err != nil || !bytes.Equal(first, again) {
					t.Errorf("%s: printed differently: %v", kind, err)
				}
			})
		}
		others.Wait()
		require.Equal(t, first, rendered(t, facts, holder, art), "by another process's printer")
	}
}

// 𠮷 and 𫘧 are beyond the first 65,536 characters, as are those of many names.
func TestARareNameIsPrintedAndCanBeCopied(t *testing.T) {
	t.Parallel()
	facts, holder, art := sample(t, "grade")
	for _, name := range []string{"𠮷䶮𫘧", "买买提·艾力", "Müller", "司马𬱖"} {
		holder.Name = name
		file := rendered(t, facts, holder, art)
		require.NoError(t, printer(t).Lint(file, facts, holder))
		require.Contains(t, selected(t, file), "姓名："+name)
	}
}

func TestACharacterThatTheFontLacksIsRefusedWithItsField(t *testing.T) {
	t.Parallel()
	const lacking = "\U0001F600"
	for field, spoil := range map[string]func(*certificate.Facts, *certificate.Holder){
		"name":       func(_ *certificate.Facts, h *certificate.Holder) { h.Name += lacking },
		"issuer":     func(f *certificate.Facts, _ *certificate.Holder) { f.IssuerName += lacking },
		"occupation": func(f *certificate.Facts, _ *certificate.Holder) { f.Occupation += lacking },
		"number":     func(f *certificate.Facts, _ *certificate.Holder) { f.Number += lacking },
		"extra":      func(f *certificate.Facts, _ *certificate.Holder) { f.Extra = append(f.Extra, lacking) },
	} {
		for _, kind := range []string{"training", "grade"} {
			facts, holder, art := sample(t, kind)
			spoil(&facts, &holder)
			file, err := printer(t).Render(facts, holder, art)
			var glyph *document.GlyphError
			require.ErrorAs(t, err, &glyph)
			require.Equal(t, field, glyph.Field)
			require.Nil(t, file)
		}
	}
}

func TestWhatTheRecordLacksIsListedAndNothingIsPrinted(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string][]string{
		"ce_base":  {"course", "from", "hours", "id_number", "issued_on", "issuer", "look_up", "name", "number", "seal", "to", "verify_url"},
		"training": {"direction", "from", "hours", "issued_on", "issuer", "level", "look_up", "name", "number", "occupation", "seal", "to", "verify_url"},
		"grade":    {"direction", "id_number", "issued_on", "issuer", "level", "look_up", "name", "number", "occupation", "photo", "seal", "verify_url"},
	} {
		_, err := printer(t).Render(certificate.Facts{Kind: kind, Template: document.Template(kind)}, certificate.Holder{}, document.Art{})
		require.Equal(t, &document.IncompleteError{Fields: want}, err)
	}
}

func TestAnImageThatTheRecordDoesNotKnowIsNotPrinted(t *testing.T) {
	t.Parallel()
	facts, holder, art := sample(t, "grade")
	art.Photo = append([]byte{}, art.Photo...)
	art.Photo[len(art.Photo)/2] ^= 1
	_, err := printer(t).Render(facts, holder, art)
	require.ErrorContains(t, err, "not the one whose digest the record holds")
	facts.Template = "grade/0"
	_, err = printer(t).Render(facts, holder, document.Art{})
	require.Error(t, err)
}

func TestWithoutAFontNoCertificateIsPrinted(t *testing.T) {
	t.Parallel()
	facts, holder, art := sample(t, "grade")
	_, err := (&document.Printer{Fonts: &font.Fonts{Path: filepath.Join(t.TempDir(), "none.ttf")}}).Render(facts, holder, art)
	require.ErrorIs(t, err, font.ErrNone)
}

func TestADocumentCarriesItsLinkAsTextAndNothingPersonalInTheCode(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"training", "grade", "ce_base"} {
		facts, holder, art := sample(t, kind)
		content, err := printer(t).Render(facts, holder, art)
		require.NoError(t, err)
		require.Contains(t, string(content), "/URI ("+facts.VerifyURL+")", kind)
		require.NotContains(t, facts.VerifyURL, holder.IDNumber)
		require.NotContains(t, facts.VerifyURL, holder.Name)
	}
}
