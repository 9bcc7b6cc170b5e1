package photo_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/photo"
)

// portrait is somebody in front of a background.
func portrait(width, height int, background color.Color) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(p, p.Bounds(), image.NewUniform(background), image.Point{}, draw.Src)
	skin := image.NewUniform(color.RGBA{R: 224, G: 172, B: 105, A: 255})
	draw.Draw(p, image.Rect(width/4, height/6, width*3/4, height*2/3), skin, image.Point{}, draw.Src)
	draw.Draw(p, image.Rect(0, height*2/3, width, height), image.NewUniform(color.RGBA{B: 90, A: 255}), image.Point{}, draw.Src)
	return p
}

func asJPEG(t *testing.T, p image.Image) []byte {
	t.Helper()
	var content bytes.Buffer
	require.NoError(t, jpeg.Encode(&content, p, nil))
	return content.Bytes()
}

func asPNG(t *testing.T, p image.Image) []byte {
	t.Helper()
	var content bytes.Buffer
	require.NoError(t, png.Encode(&content, p))
	return content.Bytes()
}

// pngChunk is a chunk of a PNG file.
func pngChunk(kind string, content []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	chunk = append(append(chunk, kind...), content...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
}

func TestAPhotoIsKeptAtTheSizeThatCertificatesPrint(t *testing.T) {
	t.Parallel()
	white := color.RGBA{R: 250, G: 250, B: 252, A: 255}
	for name, sent := range map[string][]byte{
		"as it is kept": asJPEG(t, portrait(295, 413, white)),
		"a scan":        asJPEG(t, portrait(1000, 1400, white)),
		"PNG":           asPNG(t, portrait(590, 826, white)),
		"no background": asPNG(t, portrait(590, 826, color.Transparent)),
	} {
		kept, faults := photo.Read(sent)
		require.Empty(t, faults, name)
		require.LessOrEqual(t, len(kept), photo.MostBytes)
		size, kind, err := image.DecodeConfig(bytes.NewReader(kept))
		require.NoError(t, err)
		require.Equal(t, "jpeg", kind)
		require.Equal(t, 295, size.Width)
		require.Equal(t, 413, size.Height)
		again, faults := photo.Read(kept)
		require.Empty(t, faults)
		require.NotEmpty(t, again)
	}
}

func TestNothingOfTheFileButThePixelsIsKept(t *testing.T) {
	t.Parallel()
	const planted = "GPS 39.9042N 116.4074E 王小明"
	white := portrait(295, 413, color.White)
	withExif := asJPEG(t, white)
	segment := append([]byte{0xFF, 0xE1, 0, byte(2 + 6 + len(planted))}, "Exif\x00\x00"+planted...)
	withExif = append(append(append([]byte{}, withExif[:2]...), segment...), withExif[2:]...)
	withText := asPNG(t, white)
	const header = 8 + 25
	withText = append(append(append([]byte{}, withText[:header]...), pngChunk("tEXt", []byte("Comment\x00"+planted))...), withText[header:]...)
	for name, sent := range map[string][]byte{"JPEG": withExif, "PNG": withText, "after the end": append(asJPEG(t, white), planted...)} {
		require.Contains(t, string(sent), planted)
		kept, faults := photo.Read(sent)
		require.Empty(t, faults, name)
		require.NotContains(t, string(kept), "116.4074", name)
		require.NotContains(t, string(kept), "Exif", name)
	}
}

func TestEverythingThatIsWrongWithAPhotoIsNamed(t *testing.T) {
	t.Parallel()
	blue := color.RGBA{R: 67, G: 142, B: 219, A: 255}
	noise := image.NewRGBA(image.Rect(0, 0, 295, 413))
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = byte(dice.UintN(256))
	}
	for name, want := range map[string]struct {
		sent   []byte
		faults []photo.Fault
	}{
		"nothing":               {nil, []photo.Fault{photo.Format}},
		"no picture":            {[]byte("%PDF-1.7"), []photo.Fault{photo.Format}},
		"GIF":                   {[]byte("GIF89a\x27\x01\x9d\x01\x80\x00\x00"), []photo.Fault{photo.Format}},
		"cut off":               {asPNG(t, portrait(295, 413, color.White))[:200], []photo.Fault{photo.Format}},
		"a blue background":     {asJPEG(t, portrait(295, 413, blue)), []photo.Fault{photo.Background}},
		"too small":             {asJPEG(t, portrait(100, 140, color.White)), []photo.Fault{photo.TooSmall}},
		"square":                {asJPEG(t, portrait(500, 500, color.White)), []photo.Fault{photo.Shape}},
		"small, square, blue":   {asJPEG(t, portrait(100, 100, blue)), []photo.Fault{photo.TooSmall, photo.Shape, photo.Background}},
		"noise":                 {asPNG(t, noise), []photo.Fault{photo.Background}},
		"larger than any scan":  {asPNG(t, image.NewGray(image.Rect(0, 0, 6001, 2))), []photo.Fault{photo.TooLarge}},
		"claims to be enormous": {claiming(100_000, 140_000), []photo.Fault{photo.TooLarge}},
	} {
		kept, faults := photo.Read(want.sent)
		require.Equal(t, want.faults, faults, name)
		require.Nil(t, kept, name)
	}
}

// claiming is a PNG file of a few bytes that claims to measure so much.
func claiming(width, height int) []byte {
	header := binary.BigEndian.AppendUint32(nil, uint32(width))
	header = append(binary.BigEndian.AppendUint32(header, uint32(height)), 8, 2, 0, 0, 0)
	return append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", header)...)
}
