package credential

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/message"
)

// Issuer signs credentials as the platform.
type Issuer struct {
	Key    *Key
	Origin string // where the platform is reached
	DID    string // see [DID]
}

// Badge is a certificate of which a credential is made.
type Badge struct {
	ID       string // the certificate's
	Facts    certificate.Facts
	Holder   certificate.Holder
	IssuedAt time.Time
	Salt     string // of the holder's name
	Entry    Entry
}

// Contexts of credentials, in the order that the standards ask for.
const (
	contextBase   = "https://www.w3.org/ns/credentials/v2"
	contextBadges = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
)

// Sign makes the credential of a certificate.
func (i Issuer) Sign(b Badge) (string, error) {
	name := say("name", b.Facts)
	if b.Facts.Demonstration {
		name = message.Text(message.Chinese, "credential.demonstration", map[string]any{"name": name})
	}
	id := "urn:uuid:" + b.ID
	from := b.IssuedAt.UTC().Format(time.RFC3339)
	credential := object{
		"@context":          []string{contextBase, contextBadges},
		"id":                id,
		"type":              []string{"VerifiableCredential", "OpenBadgeCredential"},
		"name":              name,
		"issuer":            object{"id": i.DID, "type": []string{"Profile"}, "name": message.Text(message.Chinese, "credential.issuer", nil)},
		"validFrom":         from,
		"credentialSubject": subject(b, name),
		"credentialStatus":  i.status(b.Entry),
		// The registered claims of the JWT, which Open Badges asks for beside the credential's own.
		"iss": i.DID, "jti": id, "nbf": b.IssuedAt.Unix(),
	}
	if !b.Facts.ExpiresOn.IsZero() {
		end := calendar.Real().Wall(b.Facts.ExpiresOn.AddDays(1))
		credential["validUntil"], credential["exp"] = end.UTC().Format(time.RFC3339), end.Unix()
	}
	if b.Facts.VerifyURL != "" {
		credential["evidence"] = []any{object{
			"id": b.Facts.VerifyURL, "type": []string{"Evidence"}, "name": message.Text(message.Chinese, "credential.evidence", nil),
		}}
	}
	return i.Key.signed(i.DID, credential)
}

// subject is whom the credential is about: by the hash of their name, and what was achieved.
func subject(b Badge, name string) object {
	f := b.Facts
	sum := sha256.Sum256([]byte(b.Holder.Name + b.Salt))
	s := object{
		"type": []string{"AchievementSubject"},
		"identifier": []any{object{
			"type": "IdentityObject", "hashed": true, "identityHash": "sha256$" + hex.EncodeToString(sum[:]),
			"identityType": "name", "salt": b.Salt,
		}},
		"licenseNumber": f.Number,
		"achievement": object{
			// The same for everybody who achieved the same at the same institution.
			"id":              named(f.Kind, f.IssuerID, f.Occupation, f.Direction, f.Level, f.Course),
			"type":            []string{"Achievement"},
			"achievementType": "Certificate",
			"name":            name,
			"description":     say("description", f),
			"criteria":        object{"narrative": say("criteria", f)},
			"creator":         object{"id": named("institution", f.IssuerID), "type": []string{"Profile"}, "name": f.IssuerName},
			"inLanguage":      "zh-CN",
		},
	}
	if !f.From.IsZero() && !f.To.IsZero() {
		s["activityStartDate"] = calendar.Real().Wall(f.From).Format(time.RFC3339)
		s["activityEndDate"] = calendar.Real().Wall(f.To).Format(time.RFC3339)
	}
	return s
}

// say puts what a kind of certificate states into words.
func say(what string, f certificate.Facts) string {
	return message.Text(message.Chinese, "credential."+f.Kind+"."+what, map[string]any{
		"issuer": f.IssuerName, "occupation": f.Occupation, "direction": f.Direction, "level": f.Level, "course": f.Course, "hours": f.Hours,
	})
}

// named is an identifier made of what it stands for.
func named(parts ...string) string {
	name := "dengpan"
	for _, part := range parts {
		name += "/" + strconv.Quote(part)
	}
	return "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(name)).String()
}

// status is where a credential's status is found. Open Badges has one entry, and software heeds revocation more widely than
// suspension; so the one that is named says of a suspended certificate, too, that it does not hold.
func (i Issuer) status(e Entry) object {
	list := i.listURL(ListOf(e.Page, Revocation))
	return object{
		"id": fmt.Sprintf("%s#%d", list, e.Index), "type": "BitstringStatusListEntry", "statusPurpose": Revocation,
		"statusListIndex": strconv.Itoa(e.Index), "statusListCredential": list,
	}
}
