package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Errors of a keyring.
var (
	// ErrSealed says that sealed bytes cannot be opened: another key, another purpose, or bytes that were changed.
	ErrSealed = errors.New("sealed data does not open")
	// ErrKeyringReadable says that users other than the owner and its group can read the keyring.
	ErrKeyringReadable = errors.New("the keyring can be read by every user of the machine; set its mode to 0600")
	// ErrKeyringFormat says that a file is not a keyring.
	ErrKeyringFormat = errors.New("not a keyring file")
)

// Keyring holds the keys under which personal data is sealed and by which people are found. Losing it loses both; it is
// backed up apart from the database.
//
// It may be used by several goroutines at once.
type Keyring struct {
	sealing  tink.AEAD
	indexing *prf.Set
}

// keyringFile is a keyring at rest: two keysets in Tink's JSON form. Sealing keys may be rotated (a keyset opens with any
// of its keys); the index key may not, without writing every index anew.
type keyringFile struct {
	Sealing  json.RawMessage `json:"sealing"`
	Indexing json.RawMessage `json:"indexing"`
}

// NewKeyring makes a keyring of new keys that is kept nowhere; it serves tests.
func NewKeyring() (*Keyring, error) {
	sealing, indexing, err := newKeysets()
	if err != nil {
		return nil, err
	}
	return open(sealing, indexing)
}

// CreateKeyring makes a keyring of new keys and writes it to a file that only its owner can read. A file that is there
// already is never overwritten (errors.Is os.ErrExist).
func CreateKeyring(path string) (*Keyring, error) {
	sealing, indexing, err := newKeysets()
	if err != nil {
		return nil, err
	}
	content, err := encodeKeyring(sealing, indexing)
	if err != nil {
		return nil, err
	}
	if err := writeNew(path, content); err != nil {
		return nil, fmt.Errorf("create keyring: %w", err)
	}
	return open(sealing, indexing)
}

// LoadKeyring reads a keyring from its file.
func LoadKeyring(path string) (*Keyring, error) {
	const others = 0o007
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("load keyring: %w", err)
	}
	if info.Mode().Perm()&others != 0 {
		return nil, fmt.Errorf("load keyring %s: %w", path, ErrKeyringReadable)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load keyring: %w", err)
	}
	keyring, err := decodeKeyring(content)
	if err != nil {
		return nil, fmt.Errorf("load keyring %s: %w", path, err)
	}
	return keyring, nil
}

// Seal encrypts personal data for one purpose, named by aad: what was sealed as one thing does not open as another.
func (k *Keyring) Seal(plain []byte, aad string) ([]byte, error) {
	sealed, err := k.sealing.Encrypt(plain, []byte(aad))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for the same purpose; the error is ErrSealed.
func (k *Keyring) Open(sealed []byte, aad string) ([]byte, error) {
	plain, err := k.sealing.Decrypt(sealed, []byte(aad))
	if err != nil {
		return nil, ErrSealed // Tink's reason says no more than that
	}
	return plain, nil
}

// Index is the blind index of an identity number: the same for the same person, and without the key neither readable nor
// to be found by trying all numbers.
func (k *Keyring) Index(id ResidentID) []byte {
	const length = 32
	index, err := k.indexing.ComputePrimaryPRF([]byte("resident_id:"+id.number), length)
	if err != nil {
		panic("identity: index: " + err.Error()) // only for a length that the key's hash cannot give
	}
	return index
}

// IndexDocument is the blind index of a document's number. A document that is numbered like a resident card has the index
// of its number, so that a person is found by either. Of a passport the country that issued it is part of its number.
func (k *Keyring) IndexDocument(d Document, country string) []byte {
	if id, found := d.ResidentID(); found {
		return k.Index(id)
	}
	return k.Fingerprint("document/"+string(d.kind)+"/"+country, []byte(d.number))
}

// Fingerprint is a keyed digest of data for one purpose: it tells equal data from different data, and without the key it
// cannot be computed, so nobody can find what was digested by trying.
func (k *Keyring) Fingerprint(purpose string, data []byte) []byte {
	const length = 32
	input := append([]byte("fingerprint:"+purpose+"\x00"), data...)
	digest, err := k.indexing.ComputePrimaryPRF(input, length)
	if err != nil {
		panic("identity: fingerprint: " + err.Error()) // only for a length that the key's hash cannot give
	}
	return digest
}

func newKeysets() (sealing, indexing *keyset.Handle, err error) {
	if sealing, err = keyset.NewHandle(aead.AES256GCMKeyTemplate()); err != nil {
		return nil, nil, fmt.Errorf("make sealing key: %w", err)
	}
	if indexing, err = keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate()); err != nil {
		return nil, nil, fmt.Errorf("make index key: %w", err)
	}
	return sealing, indexing, nil
}

func open(sealing, indexing *keyset.Handle) (*Keyring, error) {
	sealer, err := aead.New(sealing)
	if err != nil {
		return nil, fmt.Errorf("use sealing keys: %w", err)
	}
	indexer, err := prf.NewPRFSet(indexing)
	if err != nil {
		return nil, fmt.Errorf("use index key: %w", err)
	}
	return &Keyring{sealing: sealer, indexing: indexer}, nil
}

func encodeKeyring(sealing, indexing *keyset.Handle) ([]byte, error) {
	var file keyringFile
	for _, part := range []struct {
		handle *keyset.Handle
		into   *json.RawMessage
	}{{sealing, &file.Sealing}, {indexing, &file.Indexing}} {
		var buffer bytes.Buffer
		if err := insecurecleartextkeyset.Write(part.handle, keyset.NewJSONWriter(&buffer)); err != nil {
			return nil, fmt.Errorf("encode keyring: %w", err)
		}
		*part.into = bytes.Clone(buffer.Bytes())
	}
	content, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode keyring: %w", err)
	}
	return append(content, '\n'), nil
}

func decodeKeyring(content []byte) (*Keyring, error) {
	var file keyringFile
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil || len(file.Sealing) == 0 || len(file.Indexing) == 0 {
		return nil, ErrKeyringFormat // the decoder's error could repeat a key
	}
	sealing, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(file.Sealing)))
	if err != nil {
		return nil, ErrKeyringFormat
	}
	indexing, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(file.Indexing)))
	if err != nil {
		return nil, ErrKeyringFormat
	}
	return open(sealing, indexing)
}

// writeNew writes a file that must not be there yet, and is either there whole or, on an error, not at all.
func writeNew(path string, content []byte) (err error) {
	const ownerOnly = 0o600
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, ownerOnly)
	if err != nil {
		return err //nolint:wrapcheck // wrapped by the caller; the error names the path
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	_, err = file.Write(content)
	return errors.Join(err, file.Sync(), file.Close())
}
