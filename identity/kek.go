package identity

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/core/registry"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ErrKEK says that a key encryption key cannot be used.
var ErrKEK = errors.New("the key encryption key cannot be used")

// openKEK is the key that encrypts keyrings at rest, by its URI: file:///path is a key in a file, and any other is that of a
// key management system whose client was registered with Tink. Nothing is no key.
func openKEK(uri string) (tink.AEAD, error) {
	if uri == "" {
		return nil, nil
	}
	if path, isFile := kekPath(uri); isFile {
		return fileKEK(path)
	}
	client, err := registry.GetKMSClient(uri)
	if err != nil {
		return nil, fmt.Errorf("%w: nobody here knows this kind of URI", ErrKEK)
	}
	kek, err := client.GetAEAD(uri)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKEK, err)
	}
	return kek, nil
}

func kekPath(uri string) (path string, isFile bool) {
	address, err := url.Parse(uri)
	if err != nil || address.Scheme != "file" || address.Host != "" || address.Path == "" {
		return "", false
	}
	return address.Path, true
}

// CreateKEK makes a key encryption key in a file that must not be there yet; its URI is file:// and the path.
func CreateKEK(path string) error {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("make a key encryption key: %w", err)
	}
	var content bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&content)); err != nil {
		return fmt.Errorf("make a key encryption key: %w", err)
	}
	if err := writeNew(path, content.Bytes()); err != nil {
		return fmt.Errorf("make a key encryption key: %w", err)
	}
	return nil
}

func fileKEK(path string) (tink.AEAD, error) {
	const others = 0o007
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKEK, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&others != 0 {
		return nil, fmt.Errorf("%w: every user of the machine can read %s", ErrKEK, path)
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(content)))
	if err != nil {
		return nil, fmt.Errorf("%w: %s holds none", ErrKEK, path) // the reader's error could repeat the key
	}
	kek, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("%w: %s holds a key of another kind", ErrKEK, path)
	}
	return kek, nil
}
