package payload

import (
	"context"
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
)

// How a sealed payload says what it is: by the names that Temporal's own examples use.
const (
	encodingSealed = "binary/encrypted"
	metadataKey    = "encryption-key-id" // the workflow's id
)

// patience is how long a key may take to be read, once.
const patience = 3 * time.Second

// Codec seals payloads with the key of the workflow they belong to, which the SDK names. It is a value: the SDK makes one
// for each workflow it speaks of.
type Codec struct {
	keys     *Keys
	workflow string
}

var (
	_ converter.PayloadCodec                         = Codec{}
	_ converter.PayloadCodecWithSerializationContext = Codec{}
)

// Codec seals and opens payloads. It opens those of any workflow; to seal, it must be told which.
func (k *Keys) Codec() Codec { return Codec{keys: k} }

// WithSerializationContext is the codec for the payloads of one workflow.
func (c Codec) WithSerializationContext(sc converter.SerializationContext) converter.PayloadCodec {
	switch sc := sc.(type) {
	case converter.WorkflowSerializationContext:
		c.workflow = sc.WorkflowID
	case converter.ActivitySerializationContext:
		c.workflow = sc.WorkflowID
	}
	return c
}

// Encode seals payloads.
func (c Codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	key, err := c.keys.of(ctx, c.workflow, true)
	if err != nil {
		return nil, fmt.Errorf("seal a payload: %w", err)
	}
	sealed := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("seal a payload: %w", err)
		}
		sealed[i] = &commonpb.Payload{
			Metadata: map[string][]byte{
				converter.MetadataEncoding: []byte(encodingSealed),
				metadataKey:                []byte(c.workflow),
			},
			Data: key.Seal(nil, nil, plain, []byte(c.workflow)), //nolint:gosec // G407: this AEAD draws its nonces itself
		}
	}
	return sealed, nil
}

// Decode opens payloads. What is not sealed stays as it is.
func (c Codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	opened := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		workflow, sealed := sealedFor(p)
		if !sealed {
			opened[i] = p
			continue
		}
		if c.workflow != "" && c.workflow != workflow {
			return nil, fmt.Errorf("open a payload of another workflow: %w", ErrSealed)
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		key, err := c.keys.of(ctx, workflow, false)
		cancel()
		if err == nil {
			opened[i], err = key.open(p, workflow)
		}
		if err != nil {
			return nil, fmt.Errorf("open a payload: %w", err)
		}
	}
	return opened, nil
}

// sealedFor is the workflow that a payload is sealed for, if it is sealed.
func sealedFor(p *commonpb.Payload) (workflow string, sealed bool) {
	metadata := p.GetMetadata()
	return string(metadata[metadataKey]), string(metadata[converter.MetadataEncoding]) == encodingSealed
}

func (k key) open(p *commonpb.Payload, workflow string) (*commonpb.Payload, error) {
	plain, err := k.Open(nil, nil, p.GetData(), []byte(workflow))
	if err != nil {
		return nil, ErrSealed // the reason says no more than that
	}
	opened := &commonpb.Payload{}
	if err := proto.Unmarshal(plain, opened); err != nil {
		return nil, ErrSealed
	}
	return opened, nil
}
