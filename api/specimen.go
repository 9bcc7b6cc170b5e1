package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/photo"
	"github.com/dengpan/dengpan/store"
)

// What a specimen says of hours, and of its holder: no number of anybody's has no digit but 0.
const (
	specimenHours  = "80"
	specimenNumber = "000000000000000000"
)

// specimen prints a certificate of nobody's as a version of what an issuer sets would have it: it says that it is none.
func (s *service) specimen(tx *store.Tx, p store.IssuerProfile) ([]byte, error) {
	name, err := tx.InstitutionNameOn(p.InstitutionID, s.today())
	if err != nil {
		return nil, err
	}
	scheme, err := p.Scheme()
	if err != nil {
		return nil, fmt.Errorf("read a scheme of numbers: %w", err)
	}
	say := func(what string) string { return message.Text(message.Chinese, "specimen."+what, nil) }
	facts := certificate.Facts{
		Kind: p.Kind, Template: document.Template(p.Kind), Number: s.exampleOf(scheme, p.InstitutionID), IssuerID: p.InstitutionID,
		IssuerName: name, IssuedOn: s.today(), LookUp: []string{say("mark")}, VerifyURL: say("mark"), Demonstration: true,
		Extra: append([]string{say("notice")}, p.Extra...), SealName: p.SealName, SealStandIn: p.StandIn, SealDigest: certificate.ImageDigest(p.SealImage),
	}
	if p.Kind == certificate.KindCEBase {
		facts.Course = say("course")
	} else {
		facts.Occupation, facts.Direction, facts.Level = say("occupation"), certificate.NoDirection, say("level")
	}
	art := document.Art{Seal: p.SealImage}
	if p.Kind == contract.GradeCertificate {
		if art.Photo, err = blankPhoto(); err != nil {
			return nil, err
		}
		facts.PhotoDigest = certificate.ImageDigest(art.Photo)
	} else {
		facts.From, facts.To, facts.Hours = s.today().AddDays(-1), s.today(), specimenHours
	}
	holder := certificate.Holder{Name: say("mark"), IDType: store.IDTypeResident, IDNumber: specimenNumber}
	return (&document.Printer{Fonts: s.fonts}).Render(facts, holder, art)
}

// blankPhoto is a photo with nobody on it.
func blankPhoto() ([]byte, error) {
	empty := image.NewGray(image.Rect(0, 0, photo.Width, photo.Height))
	draw.Draw(empty, empty.Bounds(), image.NewUniform(color.Gray{Y: 0xee}), image.Point{}, draw.Src)
	var file bytes.Buffer
	if err := jpeg.Encode(&file, empty, nil); err != nil {
		return nil, fmt.Errorf("draw an empty photo: %w", err)
	}
	return file.Bytes(), nil
}

// fits notes what of a proposal cannot be printed, rather than that every certificate is held up by it later. Where
// there is no font, nothing is printed.
func (s *service) fits(tx *store.Tx, p store.IssuerProfile, found *faults) error {
	_, err := s.specimen(tx, p)
	if _, lacks := errors.AsType[*document.GlyphError](err); lacks {
		found.add("extra", fieldUnprintable)
		return nil
	}
	if _, long := errors.AsType[*document.LongError](err); long {
		found.add("extra", fieldTooLong)
		return nil
	}
	if errors.Is(err, font.ErrNone) {
		return nil
	}
	return err
}

// previewProfile prints a specimen of a version.
func (s *service) previewProfile(ctx context.Context, in *idInput) (*fileOutput, error) {
	tx := s.Store.Read(ctx)
	p, err := tx.IssuerProfileByID(in.ID)
	if err != nil {
		return nil, err
	}
	page, err := s.specimen(tx, p)
	if errors.Is(err, font.ErrNone) {
		return nil, problem(fontMissing)
	}
	return &fileOutput{ContentType: mediaPDF, Disposition: `attachment; filename="specimen-` + p.Kind + `.pdf"`, Body: page}, err
}
