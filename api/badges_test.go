package api

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/attestation"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/credential"
	"github.com/dengpan/dengpan/store"
)

func TestAHolderHasTheirCredentialAndEverybodyWhatItIsVerifiedBy(t *testing.T) {
	t.Parallel()
	const origin = "https://dengpan.example.gov.cn"
	w := newWorldWith(t, func(c *Config) { c.PublicURL = origin })
	registered := w.register(w.trainee, "k", registrationOf(1, nil))
	require.Equal(t, http.StatusCreated, registered.status, "%s", registered.body)
	var c caseView
	registered.into(t, &c)
	token := w.certify(c.ID, contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	issued, err := w.store.Read(t.Context()).CertificateByToken(token)
	require.NoError(t, err)
	path := "/v1/me/certificates/" + issued.ID + "/credential"
	w.get(path, w.trainee).refused(t, http.StatusConflict, badgePending)
	require.Equal(t, http.StatusNotFound, w.get("/credentials/status/1", "").status)

	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	key, err := credential.NewKey(private)
	require.NoError(t, err)
	keeper := attestation.Keeper{
		Store: w.store, Keys: w.keys, Logger: slog.New(slog.DiscardHandler),
		Issuer: credential.Issuer{Key: key, Origin: origin, DID: "did:web:dengpan.example.gov.cn"},
	}
	require.NoError(t, keeper.Announce(t.Context()))
	require.NoError(t, keeper.Look(t.Context()))

	r := w.get(path, w.trainee)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, "application/vc+jwt", r.header.Get("Content-Type"))
	require.NotContains(t, r.header.Get("Content-Disposition"), "OUC-1")
	list := w.get("/credentials/status/1", "")
	require.Equal(t, "*", list.header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "public, max-age=5", list.header.Get("Cache-Control"))
	document := w.get("/.well-known/did.json", "")
	require.Equal(t, "application/did+json", document.header.Get("Content-Type"))
	var did struct {
		ID                 string
		VerificationMethod []struct {
			ID           string
			PublicKeyJwk jose.JSONWebKey
		}
	}
	document.into(t, &did)
	require.Equal(t, "did:web:dengpan.example.gov.cn", did.ID)
	require.Len(t, did.VerificationMethod, 1)
	for _, jwt := range [][]byte{r.body, list.body} {
		signed, err := jose.ParseSigned(string(jwt), []jose.SignatureAlgorithm{jose.ES256})
		require.NoError(t, err)
		require.Equal(t, did.VerificationMethod[0].ID, signed.Signatures[0].Header.KeyID)
		said, err := signed.Verify(did.VerificationMethod[0].PublicKeyJwk)
		require.NoError(t, err)
		require.True(t, json.Valid(said))
	}

	other := w.token(store.Account{Role: store.RoleTrainee})
	w.get(path, other).refused(t, http.StatusNotFound, notFound)
	w.get("/v1/me/certificates/"+uuid.NewString()+"/credential", w.trainee).refused(t, http.StatusNotFound, notFound)
	for _, unknown := range []string{"0", "3", "-1", "x", "99999999999999999999"} {
		require.Equal(t, http.StatusNotFound, w.get("/credentials/status/"+unknown, "").status, unknown)
	}
	require.Equal(t, http.StatusNotFound, newWorld(t).get("/.well-known/did.json", "").status, "without an address there is no issuer")
}
