// Package printing makes files of many certificates, for institutions that print a class's at once: every document as it was
// signed, and all of them as one for the printer. A file that was begun and not finished is begun anew by whoever is there.
package printing

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/rounds"
	"github.com/dengpan/dengpan/store"
)

// Why a certificate is left out.
const (
	NotValid   = "not_valid"
	NotReady   = "not_ready"
	NoDocument = "no_document"
)

const (
	pause        = 2 * time.Second
	lease        = time.Minute
	mostAttempts = 5
	// told is after how many certificates it is written down how far a file is.
	told = 10
)

// Maker makes the files that are asked for. It may run in any number of processes.
type Maker struct {
	Store   *store.Store
	Keys    *identity.Keyring
	Printer *document.Printer
	Logger  *slog.Logger
	Now     calendar.Clock // time.Now unless set
}

// Run makes files until the context is done.
func (m *Maker) Run(ctx context.Context) {
	rounds.Make(ctx, pause, m.Logger, "certificates are not yet in one file", func(ctx context.Context) error {
		for {
			if made, err := m.Make(ctx); !made || err != nil {
				return err
			}
		}
	})
}

// Make makes the file that has waited longest, and reports whether one did.
func (m *Maker) Make(ctx context.Context) (bool, error) {
	now := m.Now.UTC()
	p, err := m.Store.ClaimPrint(ctx, now, now.Add(lease))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	file, err := m.file(ctx, &p)
	if err != nil {
		if p.Attempts >= mostAttempts && ctx.Err() == nil {
			err = errors.Join(err, m.finish(ctx, &p, store.PrintFailed))
		}
		return true, fmt.Errorf("make the file %s: %w", p.ID, err)
	}
	if p.ContentSealed, err = m.Keys.Seal(file, store.PrintSeal(p.ID)); err != nil {
		return true, fmt.Errorf("seal the file %s: %w", p.ID, err)
	}
	p.Size = int64(len(file))
	return true, m.finish(ctx, &p, store.PrintDone)
}

func (m *Maker) finish(ctx context.Context, p *store.CertificatePrint, state string) error {
	at := m.Now.UTC()
	p.State, p.FinishedAt, p.BusyUntil = state, &at, nil
	return m.tell(ctx, p)
}

var errOvertaken = errors.New("somebody else has taken it up")

// tell writes how far a file is, and that somebody is at it.
func (m *Maker) tell(ctx context.Context, p *store.CertificatePrint) error {
	return m.Store.Tx(ctx, func(tx *store.Tx) error {
		mine, err := tx.UpdatePrint(*p)
		if err == nil && !mine {
			err = errOvertaken
		}
		return err
	})
}

// file puts the certificates together.
func (m *Maker) file(ctx context.Context, p *store.CertificatePrint) ([]byte, error) {
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	booklet := m.Printer.Booklet()
	p.Done, p.LeftOut = 0, []store.LeftOut{}
	for i, id := range p.CertificateIDs {
		if err := m.add(ctx, p, archive, booklet, id); err != nil {
			return nil, err
		}
		p.Done = i + 1
		if p.Done%told == 0 {
			until := m.Now.UTC().Add(lease)
			p.BusyUntil = &until
			if err := m.tell(ctx, p); err != nil {
				return nil, err
			}
		}
	}
	if booklet.Pages() > 0 {
		name := message.Text(message.Chinese, "document.booklet", nil)
		if err := put(archive, name+".pdf", func() ([]byte, error) { return booklet.Print(name) }); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("write an archive: %w", err)
	}
	return file.Bytes(), nil
}

// add adds a certificate, or says why it is left out.
func (m *Maker) add(ctx context.Context, p *store.CertificatePrint, archive *zip.Writer, booklet *document.Booklet, id string) error {
	tx := m.Store.Read(ctx)
	c, err := tx.Certificate(id)
	if err != nil {
		return err
	}
	d, err := tx.Document(id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	code := ""
	switch {
	case c.Status == store.CertificatePrepared || d.State == store.DocumentRendered:
		code = NotReady
	case c.Status != store.CertificateValid:
		code = NotValid
	case d.State == "":
		code = NoDocument
	}
	if code != "" {
		p.LeftOut = append(p.LeftOut, store.LeftOut{CertificateID: id, Number: c.Number, Code: code})
		return nil
	}
	name := fmt.Sprintf("%03d-%s.pdf", p.Done+1, plain(c.Number))
	err = put(archive, name, func() ([]byte, error) { return m.Keys.Open(d.ContentSealed, store.DocumentSeal(id)) })
	if err != nil || c.Facts.Template == "" { // not printed by us
		return err
	}
	return m.page(tx, booklet, c)
}

// page adds a page for the printer, from the certificate's frozen record.
func (m *Maker) page(tx *store.Tx, booklet *document.Booklet, c store.Certificate) error {
	holder, err := people.Holder(m.Keys, c)
	if err != nil {
		return err
	}
	art, err := issuing.Art(tx, m.Keys, c.ID)
	if err != nil {
		return err
	}
	booklet.Add(c.Facts, holder, art)
	return nil
}

// put writes a file into an archive. Documents are packed already.
func put(archive *zip.Writer, name string, content func() ([]byte, error)) error {
	bytes, err := content()
	if err != nil {
		return fmt.Errorf("put a document into an archive: %w", err)
	}
	w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return fmt.Errorf("write an archive: %w", err)
	}
	if _, err := w.Write(bytes); err != nil {
		return fmt.Errorf("write an archive: %w", err)
	}
	return nil
}

// plain is a number as the name of a file, on any system.
func plain(number string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, number)
}
