package issuing

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// Press prints what the desk prepared.
type Press struct {
	Keys    *identity.Keyring
	Printer *document.Printer
}

// Print renders the document of a certificate from its record, reads it back, and keeps it. A certificate that has one, or is
// not being prepared any more, is left as it is. The error is an *ObstacleError when the document cannot be made.
func (p Press) Print(tx *store.Tx, certificateID string, at time.Time) error {
	c, err := tx.LockCertificate(certificateID)
	if err != nil || c.Status != store.CertificatePrepared {
		return err
	}
	if _, err := tx.Document(c.ID); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	holder, err := Opened(p.Keys, c)
	if err != nil {
		return err
	}
	art, err := Art(tx, p.Keys, c.ID)
	if err != nil {
		return err
	}
	content, err := p.Printer.Render(c.Facts, holder, art)
	if err == nil {
		err = p.Printer.Lint(content, c.Facts, holder)
	}
	if err != nil {
		return obstacle(err)
	}
	sealed, err := p.Keys.Seal(content, store.DocumentSeal(c.ID))
	if err != nil {
		return fmt.Errorf("seal a document: %w", err)
	}
	return tx.SaveRendered(c.ID, sealed, int64(len(content)), at)
}

// Art opens the images that are printed on a certificate.
func Art(tx *store.Tx, keys *identity.Keyring, certificateID string) (document.Art, error) {
	kept, err := tx.CertificateArt(certificateID)
	art := document.Art{Seal: kept.Seal}
	if err != nil || kept.PhotoSealed == nil {
		return art, err
	}
	if art.Photo, err = keys.Open(kept.PhotoSealed, store.CertificatePhotoSeal(certificateID)); err != nil {
		return art, fmt.Errorf("open a photo: %w", err)
	}
	return art, nil
}

// obstacle is what of an error of the printer somebody can mend.
func obstacle(err error) error {
	if glyph, is := errors.AsType[*document.GlyphError](err); is {
		return &ObstacleError{Cause: contract.GlyphMissing, Params: map[string]any{"field": glyph.Field}}
	}
	if errors.Is(err, font.ErrNone) {
		return &ObstacleError{Cause: contract.PrintingNotSetUp, Params: map[string]any{"missing": "font"}}
	}
	var faults []string
	if incomplete, is := errors.AsType[*document.IncompleteError](err); is {
		faults = incomplete.Fields
	} else if long, is := errors.AsType[*document.LongError](err); is {
		faults = []string{long.Field}
	} else if lint, is := errors.AsType[*document.LintError](err); is {
		faults = lint.Faults
	} else {
		return err
	}
	return &ObstacleError{Cause: contract.DocumentRefused, Params: map[string]any{"faults": strings.Join(faults, ", ")}}
}
