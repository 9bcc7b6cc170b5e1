package identity

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ErrSealed says that sealed bytes cannot be opened: another key, another purpose, or bytes that were changed.
var ErrSealed = errors.New("sealed data does not open")

// Keyring holds the keys under which personal data is sealed and by which people are found. Losing it loses both; it is
// backed up apart from the database.
//
// A keyring from a file follows the file: what is changed there is in use a second later, and before anything is given up
// as unreadable. It may be used by several goroutines at once.
type Keyring struct {
	file    *KeyFile // nil for keys that are kept nowhere
	current atomic.Pointer[keys]
	checked atomic.Int64 // when the file was looked at last, in nanoseconds of Unix time
	reading sync.Mutex
	fault   atomic.Pointer[func(error)]
}

// keys is a keyring's contents at one time.
type keys struct {
	sealing     tink.AEAD
	sealingKey  uint32   // the key that seals; the others open
	sealingKeys []uint32 // all, in the order in which they were added
	indexing    *prf.Set
	indexKeys   []uint32
	stamp       fs.FileInfo // of the file that they were read from

	// before are those that these took the place of. They only open: who read something a moment before its key was retired has it
	// opened still.
	before *keys
}

// NewKeyring makes a keyring of new keys that is kept nowhere; it serves tests.
func NewKeyring() (*Keyring, error) {
	k, err := newKeysets()
	if err != nil {
		return nil, err
	}
	return k.keyring(nil)
}

// OnFault has the keyring report when its file was changed into one that cannot be read. It goes on with the keys it has.
func (k *Keyring) OnFault(report func(error)) { k.fault.Store(&report) }

// keys is what the keyring holds now.
func (k *Keyring) keys() *keys {
	const interval = time.Second
	if k.file != nil && time.Now().UnixNano()-k.checked.Load() > int64(interval) && k.reading.TryLock() {
		k.reread()
		k.reading.Unlock()
	}
	return k.current.Load()
}

// newer reads the keyring's file now, and gives the keys that have taken the place of some; nil when they are those. It need not be this
// look at the file that found them: another goroutine's may have, since they were asked.
func (k *Keyring) newer(held *keys) *keys {
	if k.file == nil {
		return nil
	}
	k.reading.Lock()
	defer k.reading.Unlock()
	k.reread()
	if now := k.current.Load(); now != held {
		return now
	}
	return nil
}

// reread takes over what the file holds, if that is another than before.
func (k *Keyring) reread() {
	k.checked.Store(time.Now().UnixNano())
	held := k.current.Load()
	fresh, err := k.file.changedSince(held.stamp)
	if err != nil {
		if report := k.fault.Load(); report != nil {
			(*report)(err)
		}
		return
	}
	if fresh == nil {
		return
	}
	before := *held
	before.before = nil
	fresh.before = &before
	k.current.Store(fresh)
}

// Seal encrypts personal data for one purpose, named by aad: what was sealed as one thing does not open as another.
func (k *Keyring) Seal(plain []byte, aad string) ([]byte, error) {
	sealed, err := k.keys().sealing.Encrypt(plain, []byte(aad))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for the same purpose, under any of the keys; the error is ErrSealed.
func (k *Keyring) Open(sealed []byte, aad string) ([]byte, error) {
	held := k.keys()
	for {
		plain, err := held.open(sealed, aad)
		if err == nil {
			return plain, nil
		}
		next := k.newer(held) // another process has a key that was not here yet
		if next == nil {
			return nil, ErrSealed // Tink's reason says no more than that
		}
		held = next
	}
}

func (k *keys) open(sealed []byte, aad string) ([]byte, error) {
	plain, err := k.sealing.Decrypt(sealed, []byte(aad))
	if err != nil && k.before != nil {
		plain, err = k.before.sealing.Decrypt(sealed, []byte(aad))
	}
	return plain, err //nolint:wrapcheck // the caller says what is said
}

// Index is what a person is found by without being named: a keyed hash, the same for the same data, and without the key
// neither readable nor to be found by trying all numbers.
type Index struct {
	Key  uint32 // the key it was made with
	Hash []byte
}

const hashLength = 32

// Index is the blind index of an identity number under every index key there is. All of them are written, and any of them
// finds: so a key can be added and another taken away while people are registered, and a number is never held twice.
func (k *Keyring) Index(id ResidentID) []Index { return k.index("resident_id:" + id.number) }

// IndexDocument is the blind index of a document's number. A document that is numbered like a resident card has the index
// of its number, so that a person is found by either. Of a passport the country that issued it is part of its number.
func (k *Keyring) IndexDocument(d Document, country string) []Index {
	if id, found := d.ResidentID(); found {
		return k.Index(id)
	}
	return k.index(fingerprinted("document/"+string(d.kind)+"/"+country, []byte(d.number)))
}

// IndexPhone is the blind index of a telephone number.
func (k *Keyring) IndexPhone(p Phone) []Index { return k.index("phone:" + p.number) }

// IndexEmail is the blind index of a mail address, however it is capitalised.
func (k *Keyring) IndexEmail(e Email) []Index { return k.index("email:" + e.folded()) }

func (k *Keyring) index(input string) []Index {
	held := k.keys()
	all := make([]Index, len(held.indexKeys))
	for i, key := range held.indexKeys {
		all[i] = Index{Key: key, Hash: digest(held.indexing.PRFs[key], input)}
	}
	return all
}

// Fingerprint is a keyed digest of data for one purpose: it tells equal data from different data, and without the key it
// cannot be computed, so nobody can find what was digested by trying. It begins with the number of its key.
func (k *Keyring) Fingerprint(purpose string, data []byte) []byte {
	held := k.keys()
	return append(keyPrefix(held.indexing.PrimaryID), digest(held.indexing.PRFs[held.indexing.PrimaryID], fingerprinted(purpose, data))...)
}

// IsFingerprint reports whether a fingerprint is that of data, made with a key that is still there.
func (k *Keyring) IsFingerprint(fingerprint []byte, purpose string, data []byte) bool {
	held := k.keys()
	made := func(key uint32) bool { return bytes.HasPrefix(fingerprint, keyPrefix(key)) }
	for !slices.ContainsFunc(held.indexKeys, made) {
		next := k.newer(held) // another process has a key that was not here yet
		if next == nil {
			break
		}
		held = next
	}
	return slices.ContainsFunc(held.indexKeys, func(key uint32) bool {
		of := digest(held.indexing.PRFs[key], fingerprinted(purpose, data))
		// Without a key's number it is from the time of one key.
		return slices.Equal(fingerprint, append(keyPrefix(key), of...)) || slices.Equal(fingerprint, of)
	})
}

func fingerprinted(purpose string, data []byte) string {
	return "fingerprint:" + purpose + "\x00" + string(data)
}

func digest(with prf.PRF, input string) []byte {
	sum, err := with.ComputePRF([]byte(input), hashLength)
	if err != nil {
		panic("identity: digest: " + err.Error()) // only for a length that the key's hash cannot give
	}
	return sum
}

// keyPrefix is a key's number as bytes.
func keyPrefix(key uint32) []byte {
	const byteBits = 8
	return []byte{byte(key >> (3 * byteBits)), byte(key >> (2 * byteBits)), byte(key >> byteBits), byte(key)}
}

// keysets are the keys as Tink handles them.
type keysets struct {
	sealing, indexing *keyset.Handle
}

func newKeysets() (k keysets, err error) {
	if k.sealing, err = keyset.NewHandle(aead.AES256GCMKeyTemplate()); err != nil {
		return k, fmt.Errorf("make sealing key: %w", err)
	}
	if k.indexing, err = keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate()); err != nil {
		return k, fmt.Errorf("make index key: %w", err)
	}
	return k, nil
}

func (k keysets) keys() (*keys, error) {
	sealer, err := aead.New(k.sealing)
	if err != nil {
		return nil, fmt.Errorf("use sealing keys: %w", err)
	}
	indexer, err := prf.NewPRFSet(k.indexing)
	if err != nil {
		return nil, fmt.Errorf("use index keys: %w", err)
	}
	return &keys{
		sealing: sealer, sealingKey: k.sealing.KeysetInfo().GetPrimaryKeyId(), sealingKeys: keyNumbers(k.sealing),
		indexing: indexer, indexKeys: keyNumbers(k.indexing),
	}, nil
}

func (k keysets) keyring(file *KeyFile) (*Keyring, error) {
	held, err := k.keys()
	if err != nil {
		return nil, err
	}
	keyring := &Keyring{file: file}
	keyring.current.Store(held)
	return keyring, nil
}

// keyNumbers lists the numbers of a keyset's keys, in the order in which they were added.
func keyNumbers(handle *keyset.Handle) []uint32 {
	infos := handle.KeysetInfo().GetKeyInfo()
	all := make([]uint32, len(infos))
	for i, info := range infos {
		all[i] = info.GetKeyId()
	}
	return all
}
