package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Errors of keyrings' files.
var (
	// ErrKeyringReadable says that users other than the owner and its group can read the keyring.
	ErrKeyringReadable = errors.New("the keyring can be read by every user of the machine; set its mode to 0600")
	// ErrKeyringFormat says that a file is not a keyring, or not one that this key encryption key opens.
	ErrKeyringFormat = errors.New("not a keyring file, or one under another key encryption key")
	// ErrKeyringBusy says that somebody else changes the keyring at this moment, or was killed while at it.
	ErrKeyringBusy = errors.New("the keyring is being changed by somebody else; if nobody is, remove its .new file")
)

// KeyFile is where a keyring is kept.
type KeyFile struct {
	Path string
	// KEK names the key under which the keys are encrypted at rest, as a URI: see [openKEK]. Empty keeps them in clear, in a
	// file that only its owner can read.
	KEK string
}

// keyringFile is a keyring at rest: two keysets in Tink's JSON form, in clear or encrypted.
type keyringFile struct {
	Sealing  json.RawMessage `json:"sealing"`
	Indexing json.RawMessage `json:"indexing"`
	// PromotedAt is when the keys in use came into use.
	PromotedAt time.Time `json:"promoted_at,omitzero"`
}

// What the parts of a keyring are encrypted for: one does not open as the other.
const (
	sealingPart  = "dengpan/keyring/sealing"
	indexingPart = "dengpan/keyring/indexing"
)

// CreateKeyring makes a keyring of new keys in a file, in clear; see [KeyFile.Create].
func CreateKeyring(path string) (*Keyring, error) { return KeyFile{Path: path}.Create() }

// LoadKeyring reads a keyring from a file that is in clear; see [KeyFile.Load].
func LoadKeyring(path string) (*Keyring, error) { return KeyFile{Path: path}.Load() }

// Create makes a keyring of new keys and writes it to a file that only its owner can read. A file that is there already is
// never overwritten (errors.Is os.ErrExist).
func (f KeyFile) Create() (*Keyring, error) {
	k, err := newKeysets()
	if err != nil {
		return nil, err
	}
	content, err := f.encode(k, time.Time{})
	if err != nil {
		return nil, err
	}
	if err := writeNew(f.Path, content); err != nil {
		return nil, fmt.Errorf("create keyring: %w", err)
	}
	return f.Load()
}

// Load reads a keyring from its file.
func (f KeyFile) Load() (*Keyring, error) {
	k, _, info, err := f.read()
	if err != nil {
		return nil, err
	}
	keyring, err := k.keyring(&f)
	if err != nil {
		return nil, fmt.Errorf("load keyring %s: %w", f.Path, err)
	}
	keyring.current.Load().stamp = info
	keyring.checked.Store(time.Now().UnixNano())
	return keyring, nil
}

// changedSince reads the file's keys if it is another than one that was read before; nil if it is not.
func (f KeyFile) changedSince(stamp fs.FileInfo) (*keys, error) {
	info, err := os.Stat(f.Path)
	if err != nil {
		return nil, fmt.Errorf("look at the keyring: %w", err)
	}
	if stamp != nil && os.SameFile(info, stamp) && info.ModTime().Equal(stamp.ModTime()) && info.Size() == stamp.Size() {
		return nil, nil
	}
	k, _, info, err := f.read()
	if err != nil {
		return nil, err
	}
	held, err := k.keys()
	if err != nil {
		return nil, err
	}
	held.stamp = info
	return held, nil
}

// read reads the file, and says since when its keys are in use and which file it was.
func (f KeyFile) read() (k keysets, promoted time.Time, info fs.FileInfo, err error) {
	const others = 0o007
	file, err := os.Open(f.Path)
	if err != nil {
		return k, promoted, nil, fmt.Errorf("load keyring: %w", err)
	}
	defer func() { _ = file.Close() }()
	if info, err = file.Stat(); err != nil {
		return k, promoted, nil, fmt.Errorf("load keyring: %w", err)
	}
	if info.Mode().Perm()&others != 0 {
		return k, promoted, nil, fmt.Errorf("load keyring %s: %w", f.Path, ErrKeyringReadable)
	}
	var content bytes.Buffer
	if _, err := content.ReadFrom(file); err != nil {
		return k, promoted, nil, fmt.Errorf("load keyring: %w", err)
	}
	if k, promoted, err = f.decode(content.Bytes()); err != nil {
		return k, promoted, nil, fmt.Errorf("load keyring %s: %w", f.Path, err)
	}
	return k, promoted, info, nil
}

func (f KeyFile) encode(k keysets, promoted time.Time) ([]byte, error) {
	kek, err := openKEK(f.KEK)
	if err != nil {
		return nil, err
	}
	file := keyringFile{PromotedAt: promoted}
	if file.Sealing, err = encodeKeyset(k.sealing, kek, sealingPart); err != nil {
		return nil, err
	}
	if file.Indexing, err = encodeKeyset(k.indexing, kek, indexingPart); err != nil {
		return nil, err
	}
	content, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode keyring: %w", err)
	}
	return append(content, '\n'), nil
}

func (f KeyFile) decode(content []byte) (k keysets, promoted time.Time, err error) {
	kek, err := openKEK(f.KEK)
	if err != nil {
		return k, promoted, err
	}
	var file keyringFile
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil || len(file.Sealing) == 0 || len(file.Indexing) == 0 {
		return k, promoted, ErrKeyringFormat // the decoder's error could repeat a key
	}
	if k.sealing, err = decodeKeyset(file.Sealing, kek, sealingPart); err != nil {
		return k, promoted, ErrKeyringFormat
	}
	if k.indexing, err = decodeKeyset(file.Indexing, kek, indexingPart); err != nil {
		return k, promoted, ErrKeyringFormat
	}
	return k, file.PromotedAt, nil
}

func encodeKeyset(handle *keyset.Handle, kek tink.AEAD, part string) (json.RawMessage, error) {
	var buffer bytes.Buffer
	writer := keyset.NewJSONWriter(&buffer)
	var err error
	if kek == nil {
		err = insecurecleartextkeyset.Write(handle, writer)
	} else {
		err = handle.WriteWithAssociatedData(writer, kek, []byte(part))
	}
	if err != nil {
		return nil, fmt.Errorf("encode keyring: %w", err)
	}
	return bytes.Clone(buffer.Bytes()), nil
}

func decodeKeyset(content json.RawMessage, kek tink.AEAD, part string) (*keyset.Handle, error) {
	reader := keyset.NewJSONReader(bytes.NewReader(content))
	if kek == nil {
		return insecurecleartextkeyset.Read(reader)
	}
	return keyset.ReadWithAssociatedData(reader, kek, []byte(part))
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
