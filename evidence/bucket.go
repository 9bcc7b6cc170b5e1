package evidence

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// BucketConfig says where a bucket of an S3-compatible store is.
type BucketConfig struct {
	Endpoint string // https://HOST[:PORT]
	Region   string // empty: the store says it
	Name     string
	KeysFile string // two lines: the access key's id, and its secret
	Insecure bool   // take an endpoint without TLS: for demonstrations only
}

// Bucket keeps files in an S3-compatible store. What institutions send comes in under incoming/, as it is; it is read back,
// checked, sealed, and kept under kept/, and what came in is removed.
type Bucket struct {
	name   string
	origin string
	client *minio.Client
}

// NewBucket is a bucket as it is configured. Nothing is asked of the store yet.
func NewBucket(c BucketConfig) (*Bucket, error) {
	endpoint, err := url.Parse(c.Endpoint)
	if err != nil || endpoint.Host == "" || strings.Trim(endpoint.Path, "/") != "" || endpoint.User != nil || endpoint.RawQuery != "" ||
		endpoint.Scheme != "https" && (endpoint.Scheme != "http" || !c.Insecure) {
		return nil, errors.New("the store's endpoint is https://HOST, with nothing after it")
	}
	if c.Name == "" {
		return nil, errors.New("the store's bucket is not named")
	}
	keys, err := os.ReadFile(c.KeysFile)
	if err != nil {
		return nil, fmt.Errorf("read the store's keys: %w", err)
	}
	id, secret, found := strings.Cut(strings.TrimSpace(string(keys)), "\n")
	if !found || strings.Contains(strings.TrimSpace(secret), "\n") {
		return nil, errors.New("the file of the store's keys has two lines: the access key's id, and its secret")
	}
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(strings.TrimSpace(id), strings.TrimSpace(secret), ""),
		Secure: endpoint.Scheme == "https", Region: c.Region, BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the store: %w", err)
	}
	return &Bucket{name: c.Name, origin: endpoint.Scheme + "://" + endpoint.Host, client: client}, nil
}

// Origin is where files are sent to, as a browser names it.
func (b *Bucket) Origin() string { return b.origin }

func incoming(id string) string { return "incoming/" + id }

// presign is an address to which just the promised file can be put, for a while. The store itself refuses what comes with
// another length, type or checksum than these.
func (b *Bucket) presign(ctx context.Context, id string, p Promise, lasts time.Duration) (Upload, error) {
	headers := map[string]string{
		"Content-Type": p.MediaType, "x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(p.SHA256),
	}
	signed := http.Header{"Content-Length": {strconv.FormatInt(p.Size, 10)}}
	for name, value := range headers {
		signed.Set(name, value)
	}
	at, err := b.client.PresignHeader(ctx, http.MethodPut, b.name, incoming(id), lasts, nil, signed)
	if err != nil {
		return Upload{}, fmt.Errorf("sign an address of the store: %w", err)
	}
	return Upload{Method: http.MethodPut, URL: at.String(), Headers: headers}, nil
}

// incoming is what was sent for evidence. errNothing says that nothing was.
func (b *Bucket) incoming(ctx context.Context, id string) (io.ReadCloser, error) {
	object, err := b.client.GetObject(ctx, b.name, incoming(id), minio.GetObjectOptions{})
	if err == nil {
		if _, err = object.Stat(); err == nil {
			return object, nil
		}
		_ = object.Close() // what went wrong is known
	}
	if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
		return nil, ErrNothing
	}
	return nil, fmt.Errorf("read from the store: %w", err)
}

// keep puts a sealed file into the bucket, under a name that no other has.
func (b *Bucket) keep(ctx context.Context, id string, r *Received) (string, error) {
	name := "kept/" + id + "/" + uuid.NewString()
	_, err := b.client.PutObject(ctx, b.name, name, r, r.Size, minio.PutObjectOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return "", fmt.Errorf("keep a file in the store: %w", err)
	}
	return name, nil
}

func (b *Bucket) open(ctx context.Context, name string) (io.ReadCloser, error) {
	object, err := b.client.GetObject(ctx, b.name, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, fmt.Errorf("read from the store: %w", err)
	}
	return object, nil
}

func (b *Bucket) remove(ctx context.Context, name string) error {
	if err := b.client.RemoveObject(ctx, b.name, name, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("remove from the store: %w", err)
	}
	return nil
}

// clear removes everything that is there of evidence: what came in, and what an attempt left that was cut off.
func (b *Bucket) clear(ctx context.Context, id string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // whoever lists is done
	for object := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: "kept/" + id + "/", Recursive: true}) {
		if object.Err != nil {
			return fmt.Errorf("list what is in the store: %w", object.Err)
		}
		if err := b.remove(ctx, object.Key); err != nil {
			return err
		}
	}
	return b.remove(ctx, incoming(id))
}
