package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/verification"
)

const (
	routeDocumentCheck = "POST /v1/document-checks"
	// mostDocument is the largest file that is checked. A certificate is a tenth of it.
	mostDocument = 5 << 20
	// documentsAtOnce is how many files are looked into at the same time: each lies in memory meanwhile.
	documentsAtOnce = 4
)

// registerDocumentChecks adds the check of a file.
func (s *service) registerDocumentChecks(api huma.API) {
	uploaded(api, routeDocumentCheck, "public", "Check a certificate's file: genuine, altered or unknown. The file is not kept.",
		http.StatusOK, s.checkDocument)
}

type documentCheckOutput struct {
	Body struct {
		Verdict     string               `json:"verdict" enum:"genuine,altered,unknown" doc:"Genuine: we signed it, and not a byte was changed since. Altered: it was made out of a certificate of ours. Unknown: nothing in it is ours, which a scan of a good certificate is, too."`
		Certificate *verifiedCertificate `json:"certificate,omitempty" doc:"What has become of the certificate; only of a genuine file."`
	}
}

// checkDocument says whether a file is a certificate as we signed it.
func (s *service) checkDocument(ctx context.Context, in *bodyInput) (*documentCheckOutput, error) {
	verdict, found, err := s.judge(ctx, in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &documentCheckOutput{}
	out.Body.Verdict = string(verdict)
	if found != nil {
		out.Body.Certificate = viewFinding(requestOf(ctx).lang, found)
	}
	return out, nil
}

// judge looks into a file, and counts the certificate of a genuine one.
func (s *service) judge(ctx context.Context, content []byte) (verification.Verdict, *verification.Finding, error) {
	if len(content) == 0 {
		return "", nil, problem(validationFailed, FieldError{Field: whole, Code: fieldRequired})
	}
	select {
	case s.judging <- struct{}{}:
		defer func() { <-s.judging }()
	case <-ctx.Done():
		return "", nil, problem(requestTimeout)
	}
	verdict, found, err := s.checks(s.Store.Read(ctx)).File(content)
	if err != nil || found == nil {
		return verdict, nil, err
	}
	return verdict, found, s.count(ctx, found, store.CheckedByFile)
}
