package recheck

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/store"
)

const (
	grade    = "grade"
	training = "training"
	ceBase   = "ce_base"
)

// decode reads the lists.
func (k *check) decode() {
	for _, list := range []struct {
		from json.RawMessage
		into any
	}{
		{k.e.Changes, &k.changes},
		{k.e.Lines, &k.lines},
		{k.e.Marks, &k.marks},
		{k.e.Modules, &k.modules},
		{k.e.Accepted, &k.accepted},
		{k.e.Successors, &k.successors},
		{k.e.Publications, &k.channels},
	} {
		k.unless(json.Unmarshal(list.from, list.into) == nil, Facts)
	}
}

// record checks what was frozen: that it is one with itself, and made out to the person.
func (k *check) record() {
	f := k.e.Facts
	expires := ""
	if k.e.ExpiresOn != nil {
		expires = k.e.ExpiresOn.String()
	}
	k.unless(f.Kind == k.e.Kind && f.Number == k.e.Number && f.IssuerID == k.e.Issuer && f.IssuedOn == k.e.IssuedOn &&
		f.ExpiresOn.String() == expires, Facts)
	known := json.NewDecoder(bytes.NewReader(k.e.FactsAsKept))
	known.DisallowUnknownFields()
	k.unless(known.Decode(new(certificate.Facts)) == nil, Facts)
	k.unless(f.IssuerName == k.e.IssuerNameThen, IssuerName)
	k.unless(f.VerifyURL == "" || strings.HasSuffix(f.VerifyURL, "/"+k.e.VerifyToken), Link)

	var holder certificate.Holder
	plain, err := k.keys.Open(k.e.HolderSealed, store.HolderSeal(k.e.ID))
	if err != nil || json.Unmarshal(plain, &holder) != nil {
		k.differs(Unreadable)
		return
	}
	text, err := json.Marshal(map[string]any{"facts": f, "holder": holder})
	sum := sha256.Sum256(text)
	k.unless(err == nil && bytes.Equal(sum[:], k.e.Digest), Digest)
	k.holder(holder)
	k.art()
}

// holder checks whom a certificate that holds is made out to. That of a person who was forgotten is kept as it was, and so is
// that of one who was corrected since, on this certificate or another: two people have looked at it.
func (k *check) holder(holder certificate.Holder) {
	if k.e.PersonErased || k.e.Corrected || !k.attests() {
		return
	}
	idType := k.e.PersonIDType
	if k.e.PlaceDocument != nil {
		idType = *k.e.PlaceDocument
	}
	name, err := k.keys.Open(k.e.NameSealed, store.NameSeal(k.e.PersonID))
	number, other := k.keys.Open(k.e.IDNumberSealed, store.IDNumberSeal(k.e.PersonID))
	if err != nil || other != nil {
		k.differs(Unreadable)
		return
	}
	k.unless(holder == certificate.Holder{Name: string(name), IDType: idType, IDNumber: string(number)}, Holder)
}

// attests reports whether the certificate says anything yet: what was revoked or superseded is answered for elsewhere.
func (k *check) attests() bool {
	return slices.Contains([]string{"prepared", "valid", "suspended"}, k.e.Status)
}

// art checks that the images are those whose digests the facts have.
func (k *check) art() {
	var photo []byte
	if k.e.ArtPhotoSealed != nil {
		var err error
		if photo, err = k.keys.Open(k.e.ArtPhotoSealed, store.CertificatePhotoSeal(k.e.ID)); err != nil {
			k.differs(Unreadable)
			return
		}
	}
	k.unless(hexDigest(photo) == k.e.Facts.PhotoDigest && hexDigest(k.e.ArtSeal) == k.e.Facts.SealDigest, Art)
}

func hexDigest(content []byte) string {
	if content == nil {
		return ""
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// follows says what a certificate may become of what it is; of nothing, it is recorded.
var follows = map[string][]string{
	"":          {"prepared", "valid"},
	"prepared":  {"valid", "cancelled"},
	"valid":     {"suspended", "superseded", "revoked"},
	"suspended": {"valid", "superseded", "revoked"},
}

// status checks that a certificate is what its changes come to, and its neighbours what that asks.
func (k *check) status() {
	is, since := "", change{}
	for _, c := range k.changes {
		k.unless(slices.Contains(follows[is], c.Status), Changes)
		is, since = c.Status, c
	}
	k.unless(is == k.e.Status && since.At.Equal(k.e.StatusSince), Changes)
	issued := is != "prepared" && is != "cancelled"
	k.unless(issued == (k.e.IssuedAt != nil), Changes)
	holds := is == "valid" || is == "suspended"
	k.unless(!holds || k.e.OthersInForce == 0, InForce)

	taken := slices.ContainsFunc(k.successors, func(s string) bool { return s != "prepared" })
	k.unless(taken == (is == "superseded"), Succession)
	if k.e.Supersedes != nil {
		k.unless(k.e.SupersededState != nil && (*k.e.SupersededState == "superseded" || !issued), Succession)
	}
	if issued {
		wanted := []string{"beijing_ce"}
		if k.e.Kind == grade {
			wanted = append(wanted, "national")
		}
		k.unless(slices.Equal(k.channels, wanted), Publication)
	}
}

// number checks that the number is the issuer's alone, and one that its scheme can have formed by then.
func (k *check) number() {
	k.unless(k.e.SameNumber == 1, NumberTwice)
	if k.e.Origin != "issued" {
		return
	}
	scheme := map[string]string{training: "PX-", grade: "DJ-", ceBase: "JX-"}[k.e.Kind] + "{issuer}-{year}-{seq:6}"
	if k.e.Scheme != nil {
		scheme = *k.e.Scheme
	}
	year := strconv.Itoa(k.e.IssuedOn.Year())
	pattern := regexp.QuoteMeta(scheme)
	for part, form := range map[string]string{
		`\{issuer\}`: regexp.QuoteMeta(strings.ToUpper(k.e.Issuer)), `\{year\}`: year, `\{yy\}`: year[len(year)-2:],
	} {
		pattern = strings.ReplaceAll(pattern, part, form)
	}
	pattern = sequence.ReplaceAllString(pattern, `(\d{$1,})`)
	shape, err := regexp.Compile("^" + pattern + "$")
	if err != nil {
		k.differs(Number)
		return
	}
	at := shape.FindStringSubmatch(k.e.Number)
	if at == nil {
		k.differs(Number)
		return
	}
	running, err := strconv.Atoi(at[1])
	k.unless(err == nil && running >= 1 && running <= k.e.LastNumber, Number)
}

var sequence = regexp.MustCompile(`\\\{seq:(\d+)\\\}`)
