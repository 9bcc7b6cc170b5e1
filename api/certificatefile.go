package api

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/store"
)

// registerCertificateFiles adds the documents of certificates.
func (s *service) registerCertificateFiles(api huma.API) {
	file(api, "GET /v1/certificates/{id}/document", "certificates",
		"The document of a certificate: the PDF as it was signed, whatever became of the certificate since", mediaPDF, s.certificateDocument)
}

type documentOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Digest      string `header:"Repr-Digest" doc:"SHA-256, as RFC 9530 writes it."`
	Body        []byte
}

// Whether a certificate has a document.
const (
	documentReady   = "ready"
	documentPending = "pending" // it is being made
	documentNone    = "none"    // its issuer reported the certificate, and filed no document for it
)

// documentOf says whether a certificate has a document that may be given out.
func documentOf(c store.Certificate, has bool) string {
	switch {
	case c.Status == store.CertificatePrepared || c.Status == store.CertificateCancelled:
		return documentPending
	case has:
		return documentReady
	case c.Origin == store.CertificateReported:
		return documentNone
	}
	return documentPending
}

// certificateDocument gives a certificate's document. That anybody but its holder read it is written down first.
func (s *service) certificateDocument(ctx context.Context, in *idInput) (*documentOutput, error) {
	r := requestOf(ctx)
	var d store.CertificateDocument
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.Certificate(in.ID)
		if err != nil {
			return err
		}
		d, err = tx.Document(c.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		switch documentOf(c, d.State == store.DocumentSigned) {
		case documentPending:
			return problem(documentNotReady)
		case documentNone:
			return problem(documentMissing)
		}
		if r.account.Role == trainee {
			return nil
		}
		return s.audit(tx, r, "certificate.document", "certificate:"+c.ID, "", nil)
	})
	if err != nil {
		return nil, err
	}
	return s.openDocument(d)
}

func (s *service) openDocument(d store.CertificateDocument) (*documentOutput, error) {
	content, err := s.Keys.Open(d.ContentSealed, store.DocumentSeal(d.CertificateID))
	if err != nil {
		return nil, fmt.Errorf("open a document: %w", err)
	}
	return &documentOutput{
		ContentType: mediaPDF, Disposition: `attachment; filename="certificate-` + d.CertificateID + `.pdf"`,
		Digest: "sha-256=:" + base64.StdEncoding.EncodeToString(d.SHA256) + ":", Body: content,
	}, nil
}
