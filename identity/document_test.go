package identity_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
)

// permanent is built by the rule for the card of 2023 and belongs to nobody: no province has the code 99.
var permanent = identity.Synthetic(3, calendar.MustParseDate("1980-05-06")).Number()

func TestDocumentsAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for _, given := range []struct {
		kind        identity.DocumentType
		typed, want string
	}{
		{identity.ResidentCard, " 11010519491231002x", sample},
		{identity.ResidencePermit, "830000199001010020", "830000199001010020"},
		{identity.ResidencePermit, "８１００００１９８５０６１５００３９", "810000198506150039"},
		{identity.PermanentResidentID, permanent, permanent},
		{identity.HongKongMacaoPermit, "h12345678", "H12345678"},
		{identity.HongKongMacaoPermit, "Ｍ１２３４５６７８", "M12345678"},
		{identity.HongKongMacaoPermit, "H1234567801", "H12345678"}, // with the count of replacements
		{identity.TaiwanPermit, "\u300012345678", "12345678"},
		{identity.Passport, "e12345678", "E12345678"},
		{identity.Passport, "C01X00T47\n", "C01X00T47"},
	} {
		document, err := identity.ParseDocument(given.kind, given.typed)
		require.NoError(t, err, "%s %q", given.kind, given.typed)
		require.Equal(t, given.want, document.Number())
		require.Equal(t, given.kind, document.Type())
		require.False(t, document.IsZero())
	}
}

func TestAFaultyDocumentIsRefusedForItsFault(t *testing.T) {
	t.Parallel()
	for _, given := range []struct {
		kind  identity.DocumentType
		typed string
		want  identity.Fault
	}{
		{"", sample, identity.IDType},
		{"driving_licence", sample, identity.IDType},
		{identity.ResidentCard, "110105491231002", identity.IDLegacy},
		{identity.ResidentCard, "110105194912310021", identity.IDCheckDigit},
		{identity.ResidencePermit, "", identity.IDResidencePermit},
		{identity.ResidencePermit, sample, identity.IDResidencePermit},
		{identity.ResidencePermit, "840000199001010020", identity.IDResidencePermit},
		{identity.ResidencePermit, "8X0000199001010020", identity.IDResidencePermit},
		{identity.ResidencePermit, "830000199001010021", identity.IDCheckDigit},
		{identity.ResidencePermit, "830000199002300020", identity.IDDate},
		{identity.PermanentResidentID, "830000199001010020", identity.IDPermanentResident},
		{identity.PermanentResidentID, "CAN110078092401", identity.IDPermanentResident}, // the form of 2017
		{identity.PermanentResidentID, permanent[:17] + "?", identity.IDPermanentResident},
		{identity.PermanentResidentID, "990000199001010018", identity.IDCheckDigit},
		{identity.HongKongMacaoPermit, "T12345678", identity.IDHongKongMacaoPermit},
		{identity.HongKongMacaoPermit, "H1234567", identity.IDHongKongMacaoPermit},
		{identity.HongKongMacaoPermit, "H123456789", identity.IDHongKongMacaoPermit},
		{identity.HongKongMacaoPermit, "H1234567X", identity.IDHongKongMacaoPermit},
		{identity.TaiwanPermit, "1234567", identity.IDTaiwanPermit},
		{identity.TaiwanPermit, "1234567890B", identity.IDTaiwanPermit},
		{identity.TaiwanPermit, "1234567A", identity.IDTaiwanPermit},
		{identity.Passport, "E123", identity.IDPassport},
		{identity.Passport, "ABCDEFGH", identity.IDPassport},
		{identity.Passport, "E1234-678", identity.IDPassport},
		{identity.Passport, "E1234567890123456", identity.IDPassport},
		{identity.Passport, "É12345678", identity.IDPassport},
		{identity.Passport, "\u017f12345678", identity.IDPassport}, // a long s has a capital S in Unicode, not on a passport
	} {
		document, err := identity.ParseDocument(given.kind, given.typed)
		require.ErrorIs(t, err, given.want, "%s %q", given.kind, given.typed)
		require.NotEqual(t, string(given.want), err.Error(), "a fault is said in words")
		require.True(t, document.IsZero())
	}
	number := identity.Synthetic(7, calendar.MustParseDate("2024-02-29")).Number()
	_, err := identity.ParseDocumentOn(identity.PermanentResidentID, number, calendar.MustParseDate("2024-02-28"))
	require.ErrorIs(t, err, identity.IDFuture)
}

func TestEverySingleWrongCharacterOfAPermitWithACheckDigitIsNoticed(t *testing.T) {
	t.Parallel()
	for number, kind := range map[string]identity.DocumentType{
		"830000199001010020": identity.ResidencePermit, "810000198506150039": identity.ResidencePermit,
		permanent: identity.PermanentResidentID,
	} {
		for at := range number {
			for _, other := range "0123456789X" {
				if byte(other) == number[at] {
					continue
				}
				_, err := identity.ParseDocument(kind, number[:at]+string(other)+number[at+1:])
				require.Error(t, err, "%s with %c at %d", number, other, at)
			}
			if at > 0 && number[at-1] != number[at] {
				swapped := number[:at-1] + string(number[at]) + string(number[at-1]) + number[at+1:]
				_, err := identity.ParseDocument(kind, swapped)
				require.Error(t, err, swapped)
			}
		}
	}
}

func TestWhoeverShowsAPermitIsThePersonOfItsNumber(t *testing.T) {
	t.Parallel()
	keyring := newKeyring(t)
	permit, err := identity.ParseDocument(identity.ResidencePermit, "830000199001010020")
	require.NoError(t, err)
	id, found := permit.ResidentID()
	require.True(t, found)
	require.Equal(t, keyring.Index(parse(t, "830000199001010020")), keyring.Index(id))

	passport, err := identity.ParseDocument(identity.Passport, "E12345678")
	require.NoError(t, err)
	_, found = passport.ResidentID()
	require.False(t, found)
}

func TestEveryTypeOfDocumentIsDescribed(t *testing.T) {
	t.Parallel()
	codes := map[identity.DocumentType]string{
		identity.ResidentCard: "111", identity.Passport: "414", identity.TaiwanPermit: "511",
		identity.HongKongMacaoPermit: "516", identity.PermanentResidentID: "553", identity.ResidencePermit: "",
	}
	require.Len(t, identity.DocumentTypes(), len(codes))
	for _, facts := range identity.DocumentTypes() {
		require.True(t, facts.Type.Valid())
		require.Equal(t, codes[facts.Type], facts.Code)
		require.NotEmpty(t, facts.Name)
		for _, basis := range []identity.Basis{facts.CodeBasis, facts.FormatBasis} {
			require.Contains(t, []identity.Basis{identity.Found, identity.Recalled}, basis)
		}
	}
	require.False(t, identity.DocumentType("").Valid())
}

func TestADocumentNeverPrintsWhole(t *testing.T) {
	t.Parallel()
	for number, masked := range map[string]string{
		"E12345678": "E******78", "P1234": "P***4", "ABC1234567890DE": "A***********0DE",
	} {
		document, err := identity.ParseDocument(identity.Passport, number)
		require.NoError(t, err)
		require.Equal(t, masked, document.Mask())
		var log strings.Builder
		slog.New(slog.NewJSONHandler(&log, nil)).Info("seen", "document", document)
		slog.New(slog.NewTextHandler(&log, nil)).Info("seen", "documents", []identity.Document{document})
		inJSON, err := json.Marshal(document)
		require.NoError(t, err)
		for _, text := range []string{
			document.String(), fmt.Sprintf("%v %+v %#v %s %q", document, document, document, document, document),
			fmt.Sprintf("%v %+v", struct{ D identity.Document }{document}, []identity.Document{document}),
			string(inJSON), log.String(),
		} {
			require.NotContains(t, text, number)
			require.Contains(t, text, masked)
		}
	}
	require.Empty(t, identity.Document{}.Mask())
	card, err := identity.ParseDocument(identity.ResidentCard, sample)
	require.NoError(t, err)
	require.Equal(t, "110***********002X", card.Mask())
}

func FuzzParseDocument(f *testing.F) {
	for _, facts := range identity.DocumentTypes() {
		for _, number := range []string{sample, "830000199001010020", permanent, "H12345678", "H1234567801", "12345678", "e12345678", "\xff"} {
			f.Add(string(facts.Type), number)
		}
	}
	f.Fuzz(func(t *testing.T, kind, s string) {
		document, err := identity.ParseDocument(identity.DocumentType(kind), s)
		if err != nil {
			var fault identity.Fault
			require.ErrorAs(t, err, &fault)
			require.True(t, document.IsZero())
			return
		}
		again, err := identity.ParseDocument(document.Type(), document.Number())
		require.NoError(t, err)
		require.Equal(t, document, again, "the normal form reads as itself")
		require.Len(t, document.Mask(), len(document.Number()))
		require.GreaterOrEqual(t, 2*strings.Count(document.Mask(), "*"), len(document.Number()), "most of it is hidden")
	})
}
