package evidence

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/gabriel-vasile/mimetype"
	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"
)

// Errors of a file that is not what was promised. Nothing of it is kept.
var (
	ErrSize   = errors.New("the file is not of the promised size")
	ErrDigest = errors.New("the file has not the promised SHA-256")
	ErrMedia  = errors.New("the file is not what its type says")
)

// Promise is what a file will be.
type Promise struct {
	MediaType string
	Size      int64
	SHA256    []byte
}

// Received is a file that came whole and is what was promised. It lies sealed, in a file that has no name any more: whatever
// happens to the process, nothing stays behind. Close lets go of it.
type Received struct {
	Key    []byte // opens it
	Size   int64  // as it is sealed
	sealed *os.File
}

// Receive reads a file to its end and seals it as it comes, for an owner. What is not as promised is given up at the first
// byte that shows it.
func Receive(content io.Reader, p Promise, owner string) (*Received, error) {
	head := make([]byte, min(headLength, p.Size))
	n, err := io.ReadFull(content, head)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, ErrSize
	case err != nil:
		return nil, fmt.Errorf("receive a file: %w", err)
	}
	if !is(head[:n], p.MediaType) {
		return nil, ErrMedia
	}
	r := &Received{Key: newKey()}
	if r.sealed, err = os.CreateTemp("", "dengpan-evidence-*"); err != nil {
		return nil, fmt.Errorf("receive a file: %w", err)
	}
	if err = os.Remove(r.sealed.Name()); err == nil {
		err = r.take(io.MultiReader(bytes.NewReader(head), content), p, owner)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// take seals what is read, and checks that it is what was promised.
func (r *Received) take(content io.Reader, p Promise, owner string) error {
	sealing, err := sealer(r.Key)
	if err != nil {
		return err
	}
	into, err := sealing.NewEncryptingWriter(r.sealed, []byte(owner))
	if err != nil {
		return fmt.Errorf("seal a file: %w", err)
	}
	digest := sha256.New()
	size, err := io.Copy(io.MultiWriter(digest, into), io.LimitReader(content, p.Size+1))
	switch {
	case err != nil:
		return fmt.Errorf("receive a file: %w", err)
	case size != p.Size:
		return ErrSize
	case !bytes.Equal(digest.Sum(nil), p.SHA256):
		return ErrDigest
	}
	if err := into.Close(); err != nil {
		return fmt.Errorf("seal a file: %w", err)
	}
	if r.Size, err = r.sealed.Seek(0, io.SeekCurrent); err == nil {
		_, err = r.sealed.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("seal a file: %w", err)
	}
	return nil
}

// Read reads the file as it is sealed.
func (r *Received) Read(p []byte) (int, error) {
	n, err := r.sealed.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("read a sealed file: %w", err)
	}
	return n, err //nolint:wrapcheck // the end of a file is told as it is
}

// Close lets go of the file.
func (r *Received) Close() error {
	if err := r.sealed.Close(); err != nil {
		return fmt.Errorf("let go of a file: %w", err)
	}
	return nil
}

// Open opens a sealed file for its owner. Nothing of it is read that was changed; then the error is of the reader.
func Open(sealed io.Reader, key []byte, owner string) (io.Reader, error) {
	opening, err := sealer(key)
	if err != nil {
		return nil, err
	}
	opened, err := opening.NewDecryptingReader(sealed, []byte(owner))
	if err != nil {
		return nil, fmt.Errorf("open a sealed file: %w", err)
	}
	return opened, nil
}

const (
	keyLength = 32 // AES-256
	segment   = 64 << 10
	// headLength is how much of a file says what it is: of a workbook the names of its first parts must be in it.
	headLength = 3072
)

func newKey() []byte {
	key := make([]byte, keyLength)
	rand.Read(key) // never fails: it crashes the program instead
	return key
}

// sealer seals and opens files under a key, segment by segment.
func sealer(key []byte) (*subtle.AESGCMHKDF, error) {
	s, err := subtle.NewAESGCMHKDF(key, "SHA256", keyLength, segment, 0)
	if err != nil {
		return nil, fmt.Errorf("use the key of a file: %w", err)
	}
	return s, nil
}

// is reports whether a file that begins so is of a type. A table of comma-separated values is any plain text: more its first
// bytes do not say.
func is(head []byte, media string) bool {
	found := mimetype.Detect(head)
	return found.Is(media) || media == mediaCSV && found.Is("text/plain")
}

const mediaCSV = "text/csv"
