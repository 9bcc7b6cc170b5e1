package credential_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/credential"
)

var at = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

func issuer(t require.TestingT) credential.Issuer {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	key, err := credential.NewKey(private)
	require.NoError(t, err)
	const origin = "https://dengpan.example.gov.cn"
	did, err := credential.DID(origin)
	require.NoError(t, err)
	return credential.Issuer{Key: key, Origin: origin, DID: did}
}

func badge(kind string) credential.Badge {
	facts := certificate.Facts{
		Kind: kind, Number: "DJ-CSTC-2026-000123", IssuerID: "cstc", IssuerName: "中国软件评测中心", Occupation: "智能制造工程技术人员",
		Direction: "装备与产线开发", Level: "中级", IssuedOn: calendar.MustParseDate("2026-11-20"), Demonstration: true,
		VerifyURL: "https://dengpan.example.gov.cn/verify/Zk3v9QmW2xT7bN5cR8yLpA1s",
	}
	if kind != "grade" {
		facts.From, facts.To, facts.Hours = calendar.MustParseDate("2026-03-01"), calendar.MustParseDate("2026-10-18"), "128"
		facts.ExpiresOn = calendar.MustParseDate("2029-11-19")
	}
	if kind == certificate.KindCEBase {
		facts.Occupation, facts.Direction, facts.Level, facts.Course = "", "", "", "数据治理高级研修"
	}
	return credential.Badge{
		ID: uuid.NewString(), Facts: facts, Holder: certificate.Holder{Name: "王小明", IDType: "resident_id", IDNumber: "11010519491231002X"},
		IssuedAt: at.Add(-time.Hour), Salt: "c2FsdA", Entry: credential.Entry{Page: 1, Index: 94_567},
	}
}

func kinds() []string { return []string{certificate.KindCEBase, "training", "grade"} }

// payload is what a JWT says, as it is written.
func payload(t *testing.T, jwt string) []byte {
	t.Helper()
	parts := strings.Split(jwt, ".")
	require.Len(t, parts, 3)
	content, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	return content
}

func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiled, err := compiler.Compile("testdata/" + name)
	require.NoError(t, err)
	return compiled
}

func conforms(t *testing.T, s *jsonschema.Schema, content []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	require.NoError(t, err)
	require.NoError(t, s.Validate(value), string(content))
}

func TestACredentialHasTheShapeThatOpenBadgesGivesIt(t *testing.T) {
	t.Parallel()
	i := issuer(t)
	for _, kind := range kinds() {
		jwt, err := i.Sign(badge(kind))
		require.NoError(t, err)
		conforms(t, schema(t, "achievementcredential.schema.json"), payload(t, jwt))
		require.Contains(t, string(payload(t, jwt)), "演示数据", "what rests on 演示数据 says so")
		require.NotContains(t, string(payload(t, jwt)), "—", "no gap in the words")
	}
	list, err := i.SignList(1, []int{3}, at)
	require.NoError(t, err)
	conforms(t, schema(t, "statuslist.schema.json"), payload(t, list))
}

func TestACredentialNamesNobodyAndWhoKnowsTheNameKnowsItAgain(t *testing.T) {
	t.Parallel()
	b := badge("grade")
	jwt, err := issuer(t).Sign(b)
	require.NoError(t, err)
	said := string(payload(t, jwt))
	number := sha256.Sum256([]byte(b.Holder.IDNumber + b.Salt))
	for _, secret := range []string{b.Holder.Name, b.Holder.IDNumber, b.Holder.IDNumber[6:14], hex.EncodeToString(number[:])} {
		require.NotContains(t, said, secret)
	}
	sum := sha256.Sum256([]byte("王小明" + b.Salt))
	require.Contains(t, said, "sha256$"+hex.EncodeToString(sum[:]))
}

func TestTheSameAchievementIsTheSameForEverybody(t *testing.T) {
	t.Parallel()
	i := issuer(t)
	achievement := func(b credential.Badge) string {
		jwt, err := i.Sign(b)
		require.NoError(t, err)
		var said struct {
			CredentialSubject struct {
				Achievement struct{ ID string }
			}
		}
		require.NoError(t, json.Unmarshal(payload(t, jwt), &said))
		return said.CredentialSubject.Achievement.ID
	}
	other := badge("grade")
	other.Facts.Number, other.Holder.Name = "DJ-CSTC-2026-000124", "李小红"
	require.Equal(t, achievement(badge("grade")), achievement(other))
	other.Facts.Level = "高级"
	require.NotEqual(t, achievement(badge("grade")), achievement(other))
}

// independent has the library jose read a credential, with the issuer's document and the list that it names.
func independent(t *testing.T, i credential.Issuer, jwt string, set ...int) (string, error) {
	t.Helper()
	public, err := i.Key.Public()
	require.NoError(t, err)
	list, err := i.SignList(1, set, at)
	require.NoError(t, err)
	input, err := json.Marshal(map[string]any{
		"credential": jwt, "did": credential.Document(i.DID, []credential.PublicKey{public}), "at": at,
		"lists": map[string]string{i.Origin + "/credentials/status/1": list},
	})
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), "node", "../web/test/credential.mjs")
	command.Stdin = bytes.NewReader(input)
	out, err := command.CombinedOutput()
	return string(out), err
}

func TestAnotherLibraryVerifiesACredentialAndItsStatus(t *testing.T) {
	t.Parallel()
	i := issuer(t)
	b := badge("training")
	jwt, err := i.Sign(b)
	require.NoError(t, err)
	said, err := independent(t, i, jwt, b.Entry.Index-1, b.Entry.Index+1)
	require.NoError(t, err, said)
	require.Contains(t, said, `"set":false`)
	said, err = independent(t, i, jwt, b.Entry.Index)
	require.NoError(t, err, said)
	require.Contains(t, said, `"set":true`)

	other, err := issuer(t).Sign(b)
	require.NoError(t, err)
	said, err = independent(t, i, other)
	require.Error(t, err, said)
	parts := strings.Split(jwt, ".")
	forged := base64.RawURLEncoding.EncodeToString(bytes.Replace(payload(t, jwt), []byte("中级"), []byte("高级"), 1))
	said, err = independent(t, i, parts[0]+"."+forged+"."+parts[2])
	require.Error(t, err)
	require.Contains(t, said, "signature verification failed")
}

func TestAListSaysOfEachIndexWhetherItIsSet(t *testing.T) {
	t.Parallel()
	i := issuer(t)
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.SliceOfNDistinct(rapid.IntRange(0, credential.Size-1), 0, 20, rapid.ID).Draw(t, "set")
		jwt, err := i.SignList(2, set, at)
		require.NoError(t, err)
		content, err := base64.RawURLEncoding.DecodeString(strings.Split(jwt, ".")[1])
		require.NoError(t, err)
		var said struct {
			CredentialSubject struct{ EncodedList, StatusPurpose string }
		}
		require.NoError(t, json.Unmarshal(content, &said))
		require.Equal(t, credential.Suspension, said.CredentialSubject.StatusPurpose)
		compressed, err := base64.RawURLEncoding.DecodeString(said.CredentialSubject.EncodedList[1:])
		require.NoError(t, err)
		reader, err := gzip.NewReader(bytes.NewReader(compressed))
		require.NoError(t, err)
		bits, err := io.ReadAll(reader)
		require.NoError(t, err)
		require.Len(t, bits, credential.Size/8)
		var found []int
		for index := range credential.Size {
			if bits[index/8]&(0x80>>(index%8)) != 0 {
				found = append(found, index)
			}
		}
		slices.Sort(set)
		require.Len(t, found, len(set))
		require.True(t, len(set) == 0 || slices.Equal(set, found))
	})
}

func TestPagesHaveTwoListsEach(t *testing.T) {
	t.Parallel()
	for page := 1; page < 4; page++ {
		for _, purpose := range []string{credential.Revocation, credential.Suspension} {
			gotPage, gotPurpose := credential.PageOf(credential.ListOf(page, purpose))
			require.Equal(t, page, gotPage)
			require.Equal(t, purpose, gotPurpose)
		}
	}
}

func TestAnIssuerIsNamedByItsHost(t *testing.T) {
	t.Parallel()
	for origin, did := range map[string]string{
		"https://dengpan.example.gov.cn": "did:web:dengpan.example.gov.cn", "http://127.0.0.1:8080/": "did:web:127.0.0.1%3A8080",
	} {
		named, err := credential.DID(origin)
		require.NoError(t, err)
		require.Equal(t, did, named)
	}
	for _, origin := range []string{"", "dengpan", "https://dengpan.example.gov.cn/below"} {
		_, err := credential.DID(origin)
		require.ErrorIs(t, err, credential.ErrOrigin, origin)
	}
	private, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	_, err = credential.NewKey(private)
	require.ErrorIs(t, err, credential.ErrKey)
}
