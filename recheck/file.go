package recheck

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/emmansun/gmsm/pkcs7"
	"github.com/ledongthuc/pdf"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/store"
)

// file checks the document of a certificate that was issued through us since documents are kept: that it is there, is the
// one that was signed, by a key that may, and says what it should.
func (k *check) file() {
	if k.e.Facts.Template == "" || k.e.Origin != "issued" || k.e.IssuedAt == nil {
		return
	}
	if k.e.DocumentState == nil || *k.e.DocumentState != "signed" {
		k.differs(Document)
		return
	}
	content, err := k.keys.Open(k.e.DocumentSealed, store.DocumentSeal(k.e.ID))
	if err != nil {
		k.differs(Unreadable)
		return
	}
	sum := sha256.Sum256(content)
	k.unless(bytes.Equal(sum[:], k.e.DocumentSHA256) && int64(len(content)) == k.e.DocumentSize, DocumentBytes)
	signer, whole := signerOf(content)
	k.unless(whole, Signature)
	k.unless(k.e.KeyKnown && k.e.DocumentKeyID != nil && (!whole || signer == *k.e.DocumentKeyID), Key)
	k.unless(k.says(content), Text)
}

var covered = regexp.MustCompile(`/ByteRange \[\s*(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*\]`)

// signerOf verifies the signature of a file that covers all of it but itself, and says by which key: SHA-256 of its
// certificate. It reads CMS with a library; package signing has its own reading.
func signerOf(content []byte) (key string, whole bool) {
	defer func() {
		if recover() != nil { // whatever the file says
			key, whole = "", false
		}
	}()
	all := covered.FindAllSubmatch(content, -1)
	if len(all) == 0 {
		return "", false
	}
	var at [4]int
	for i := range at {
		at[i], _ = strconv.Atoi(string(all[len(all)-1][i+1])) // at most nine digits
	}
	if at[0] != 0 || at[1] >= at[2] || at[2]+at[3] != len(content) {
		return "", false
	}
	digits := bytes.Trim(content[at[1]:at[2]], "<>")
	sealed := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(sealed, digits); err != nil {
		return "", false
	}
	signed, err := pkcs7.Parse(sealed)
	if err != nil || len(signed.Certificates) == 0 {
		return "", false
	}
	signed.Content = append(bytes.Clone(content[:at[1]]), content[at[2]:]...)
	signer := signed.GetOnlySigner()
	if err := signed.Verify(); err != nil || signer == nil {
		return "", false
	}
	sum := sha256.Sum256(signer.Raw)
	return hex.EncodeToString(sum[:]), true
}

// says reports whether the page has the holder's name and the certificate's number as text.
func (k *check) says(content []byte) (well bool) {
	defer func() {
		if recover() != nil { // the library gives up in this way
			well = false
		}
	}()
	var holder certificate.Holder
	plain, err := k.keys.Open(k.e.HolderSealed, store.HolderSeal(k.e.ID))
	if err != nil || json.Unmarshal(plain, &holder) != nil {
		return true // said before
	}
	reader, err := pdf.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || reader.NumPage() != 1 {
		return false
	}
	text, err := reader.Page(1).GetPlainText(nil)
	if err != nil {
		return false
	}
	page := strings.Join(strings.Fields(text), "")
	for _, wanted := range []string{holder.Name, k.e.Number, k.e.Facts.IssuerName, k.e.Facts.Hours} {
		if !strings.Contains(page, strings.Join(strings.Fields(wanted), "")) {
			return false
		}
	}
	return true
}
