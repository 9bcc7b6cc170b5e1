package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	commonpb "go.temporal.io/api/common/v1"

	"github.com/dengpan/dengpan/payload"
	"github.com/dengpan/dengpan/store"
)

// Temporal's own interface shows what a workflow was sent and answered, which is sealed. It asks here, from the browser of
// whoever looks at it, in the form that Temporal prescribes for such servers, and shows what it is given.

// decodePath is what the interface asks of, and the one thing it may ask.
const decodePath = "/v1/codec/decode"

// codecPayload is a payload as Temporal writes it.
type codecPayload struct {
	Metadata map[string][]byte `json:"metadata,omitempty" doc:"What it is, and for which workflow it is sealed."`
	Data     []byte            `json:"data,omitempty"`
}

type codecBody struct {
	Payloads []codecPayload `json:"payloads" maxItems:"1000" nullable:"false"`
}

// ToldByInterface is what Temporal's interface says with each question: how to treat large payloads that are kept elsewhere, of
// which there are none.
type ToldByInterface struct {
	PreserveStorageRefs bool `query:"preserveStorageRefs" doc:"Sent by Temporal's interface, and of no consequence."`
}

type decodeInput struct {
	ToldByInterface

	RawBody []byte
}

type codecOutput struct{ Body codecBody }

// registerCodec adds what Temporal's interface asks for.
func (s *service) registerCodec(api huma.API) {
	s.sealed = bodyFor[codecBody](api.OpenAPI().Components.Schemas)
	read(api, "OPTIONS "+decodePath, "temporal", "Who may ask for payloads from a browser", s.mayAsk)
	sent(api, "POST "+decodePath, "temporal", "Open payloads that Temporal keeps", s.sealed.schema, http.StatusOK, s.decode)
}

// decode opens payloads of Temporal. What does not open, because its key is destroyed or it is not ours, is answered as it
// was sent. Each reading is written down with the workflows whose payloads were opened.
func (s *service) decode(ctx context.Context, in *decodeInput) (*codecOutput, error) {
	body, err := s.sealed.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	sealed := make([]*commonpb.Payload, len(body.Payloads))
	for i, p := range body.Payloads {
		sealed[i] = &commonpb.Payload{Metadata: p.Metadata, Data: p.Data}
	}
	opened, workflows, err := s.payloads.Open(ctx, sealed)
	if err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		for _, workflow := range workflows {
			if err := s.audit(tx, requestOf(ctx), "payload.read", "workflow:"+workflow, "temporal-ui", nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &codecOutput{Body: codecBody{Payloads: make([]codecPayload, len(opened))}}
	for i, p := range opened {
		out.Body.Payloads[i] = codecPayload{Metadata: p.GetMetadata(), Data: p.GetData()}
	}
	return out, nil
}

// trustInterface prepares for what the browser of somebody who looks at Temporal's interface sends.
func (s *service) trustInterface() error {
	s.payloads, s.fromInterface = payload.NewKeys(s.Store, s.Keys), http.NewCrossOriginProtection()
	if s.TemporalUI == "" {
		return nil
	}
	if err := s.fromInterface.AddTrustedOrigin(s.TemporalUI); err != nil {
		return fmt.Errorf("the origin of Temporal's interface (DENGPAN_TEMPORAL_UI_ORIGIN): %w", err)
	}
	return nil
}

// mayAsk is what browsers ask before they send what another site asks them to; share has the answer.
func (*service) mayAsk(context.Context, *ToldByInterface) (*struct{}, error) { return nil, nil }

// share has browsers let Temporal's interface, and nobody else, read what this one operation answers.
func (s *service) share(c *gin.Context) {
	if c.FullPath() == decodePath {
		header := c.Writer.Header()
		header.Add("Vary", "Origin")
		if s.TemporalUI != "" && c.GetHeader("Origin") == s.TemporalUI {
			header.Set("Access-Control-Allow-Origin", s.TemporalUI)
			header.Set("Access-Control-Allow-Credentials", "true")
			header.Set("Access-Control-Allow-Methods", http.MethodPost)
			header.Set("Access-Control-Allow-Headers", "Content-Type, X-Namespace")
		}
	}
	c.Next()
}
