package document_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"os"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/photo"
)

// portrait is a photo as package photo keeps them, of nobody: a head and shoulders on white.
func portrait(t require.TestingT) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, photo.Width, photo.Height))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	disc := func(cx, cy, rx, ry float64, c color.Color) {
		for y := range photo.Height {
			for x := range photo.Width {
				dx, dy := (float64(x)-cx)/rx, (float64(y)-cy)/ry
				if dx*dx+dy*dy < 1 {
					picture.Set(x, y, c)
				}
			}
		}
	}
	disc(147, 420, 130, 130, color.RGBA{0x37, 0x47, 0x5a, 0xff})
	disc(147, 150, 78, 88, color.RGBA{0x2c, 0x24, 0x20, 0xff})
	disc(147, 180, 68, 92, color.RGBA{0xe6, 0xc2, 0xa0, 0xff})
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, picture, nil))
	return out.Bytes()
}

// seal is an issuer's seal, as somebody has scanned it.
func seal(t require.TestingT) []byte {
	const side = 480
	picture := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			dx, dy := float64(x-side/2), float64(y-side/2)
			r := math.Hypot(dx, dy)
			star := r < 75*(0.72+0.28*math.Cos(5*(math.Atan2(dy, dx)+math.Pi/2)))
			if r < 236 && r > 222 || star {
				picture.Set(x, y, color.NRGBA{0xc8, 0x20, 0x2a, 0xff})
			}
		}
	}
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, picture))
	return out.Bytes()
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func printer(t require.TestingT) *document.Printer {
	f := &font.Fonts{Path: os.Getenv("DENGPAN_FONT")}
	_, err := f.Find()
	require.NoError(t, err)
	return &document.Printer{Fonts: f}
}

// sample is a certificate of a kind as it is issued.
func sample(t require.TestingT, kind string) (certificate.Facts, certificate.Holder, document.Art) {
	facts := certificate.Facts{
		Kind: kind, Template: document.Template(kind), Number: "DJ-CSTC-2026-000123", IssuerID: "cstc",
		IssuerName: "中国软件评测中心(工业和信息化部软件与集成电路促进中心)", Occupation: "智能制造工程技术人员", Direction: "装备与产线开发",
		Level: "中级", IssuedOn: calendar.MustParseDate("2026-11-20"),
		LookUp:    []string{"https://jxjy.rsj.beijing.gov.cn/certificates", "https://zsgx.mohrss.gov.cn/"},
		VerifyURL: "https://dengpan.rsj.beijing.gov.cn/verify/Zk3v9QmW2xT7bN5cR8yLpA1s",
	}
	holder := certificate.Holder{Name: "王小明", IDType: "resident_id", IDNumber: "11010519491231002X"}
	art := document.Art{}
	switch kind {
	case "grade":
		art.Photo = portrait(t)
		facts.PhotoDigest = digest(art.Photo)
	case "training":
		facts.Number, facts.IssuerID, facts.IssuerName = "PX-OUC-2026-000042", "ouc", "北京开放大学"
		facts.Extra = []string{"本证书同时记入北京市专业技术人员继续教育学时档案。"}
	case "ce_base":
		facts.Number, facts.IssuerName = "JX-BJTU-2026-000007", "北京交通大学"
		facts.Occupation, facts.Direction, facts.Level = "", "", ""
		facts.Course = "人工智能大模型应用与数据治理高级研修"
	}
	if kind != "grade" {
		facts.From, facts.To, facts.Hours = calendar.MustParseDate("2026-03-01"), calendar.MustParseDate("2026-10-18"), "128"
	}
	facts.Demonstration = true
	return facts, holder, art
}
