package signing

import (
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Default is the name of the key that signs for whoever has none.
const Default = "default"

// Files of a folder of keys: NAME.chain.pem holds a key's certificates, and NAME.key.pem the key itself. Where the latter is
// missing, the key is in a token, under the same name.
const (
	chainSuffix = ".chain.pem"
	keySuffix   = ".key.pem"
)

// Token is a device that keeps keys and gives none away.
type Token interface {
	// Key is the key with a label.
	Key(label string) (crypto.Signer, error)
}

// Errors of folders of keys.
var (
	ErrNoDefault   = errors.New("there is no key named " + Default)
	ErrKeyReadable = errors.New("the key can be read by every user of the machine; set its mode to 0600")
)

// Keys are those that a process signs with: one for whoever has none, and those of single institutions.
type Keys struct{ named map[string]*Key }

// Open reads a folder of keys. token may be nil, if all keys are in files.
func Open(folder string, token Token) (*Keys, error) {
	chains, err := filepath.Glob(filepath.Join(folder, "*"+chainSuffix))
	if err != nil {
		return nil, fmt.Errorf("look for keys: %w", err)
	}
	keys := &Keys{named: map[string]*Key{}}
	for _, path := range chains {
		name := strings.TrimSuffix(filepath.Base(path), chainSuffix)
		if keys.named[name], err = load(folder, name, token); err != nil {
			return nil, fmt.Errorf("key %s: %w", name, err)
		}
	}
	if keys.named[Default] == nil {
		return nil, ErrNoDefault
	}
	return keys, nil
}

func load(folder, name string, token Token) (*Key, error) {
	content, err := os.ReadFile(filepath.Join(folder, name+chainSuffix))
	if err != nil {
		return nil, err //nolint:wrapcheck // wrapped by the caller; the error names the path
	}
	chain, err := parseChain(content)
	if err != nil {
		return nil, err
	}
	private, err := readPrivate(filepath.Join(folder, name+keySuffix))
	if errors.Is(err, fs.ErrNotExist) && token != nil {
		private, err = token.Key(name)
	}
	if err != nil {
		return nil, err
	}
	return NewKey(private, chain)
}

func readPrivate(path string) (crypto.Signer, error) {
	const others = 0o007
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err //nolint:wrapcheck // the same
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&others != 0 {
		return nil, ErrKeyReadable
	}
	return parsePrivate(content)
}

// Credentials is the name of the key that credentials are signed with, of which no certificates are made.
const Credentials = "credentials"

// OpenCredentials finds the key that credentials are signed with, in a folder or in a token; nil when there is none.
func OpenCredentials(folder string, token Token) (crypto.Signer, error) {
	private, err := readPrivate(filepath.Join(folder, Credentials+keySuffix))
	switch {
	case !errors.Is(err, fs.ErrNotExist):
		return private, err
	case token == nil:
		return nil, nil //nolint:nilnil // there is none
	}
	return token.Key(Credentials)
}

// For is the key that signs for an institution.
func (k *Keys) For(institutionID string) *Key {
	if own := k.named[institutionID]; own != nil {
		return own
	}
	return k.named[Default]
}

// Names lists the keys: Default, and the ids of institutions.
func (k *Keys) Names() []string { return slices.Sorted(maps.Keys(k.named)) }

// Owner is whose a key is that has a name: an institution's id, or nobody's in particular.
func Owner(name string) string {
	if name == Default {
		return ""
	}
	return name
}
