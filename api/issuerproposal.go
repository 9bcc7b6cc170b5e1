package api

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/course"
	"github.com/dengpan/dengpan/number"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/redact"
	"github.com/dengpan/dengpan/stamp"
	"github.com/dengpan/dengpan/store"
)

// issuerProfileBody proposes what the certificates of one kind are to carry from now on.
type issuerProfileBody struct {
	Kind         string   `json:"kind" enum:"training,grade,ce_base"`
	NumberScheme string   `json:"number_scheme,omitempty" maxLength:"200" doc:"How numbers are formed: text, {issuer}, {year} or {yy}, and {seq:6}, the running number with its digits. Left out: the kind's default."`
	Seal         string   `json:"seal,omitempty" maxLength:"280000" doc:"The seal as a PNG in base64: red ink on white or nothing, 200 to 1200 pixels, at most 200 kB."`
	KeepSeal     bool     `json:"keep_seal,omitempty" doc:"The seal of the version in force, once more."`
	SealName     string   `json:"seal_name,omitempty" maxLength:"100" doc:"What the seal says. Left out: your name on the published list."`
	StandIn      bool     `json:"stand_in,omitempty" doc:"代章: the seal is that of your body for personnel and labour; seal_name says its name."`
	Extra        []string `json:"extra,omitempty" maxItems:"6" doc:"Lines of your own, below what is prescribed, at most 60 characters each."`
	Reason       string   `json:"reason" minLength:"1" maxLength:"500"`
}

const mostExtra = 60 // characters of a line

type issuerProfileOutput struct {
	Status int
	Body   issuerProfileView
}

// proposeProfile writes what an institution wants its certificates to carry. It holds once the city bureau approved it.
func (s *service) proposeProfile(ctx context.Context, in *bodyInput) (*issuerProfileOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.issuers.profile.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	proposed := store.IssuerProfile{
		ID: uuid.NewString(), InstitutionID: deref(r.account.InstitutionID), Kind: body.Kind, NumberScheme: body.NumberScheme,
		StandIn: body.StandIn, ProposedBy: r.account.ID, Reason: reasonIn(found, body.Reason), ProposedAt: s.Now().UTC(),
	}
	if body.NumberScheme != "" {
		if _, err := number.Parse(body.NumberScheme); err != nil {
			found.add(schemeFault(err))
		}
	}
	out := &issuerProfileOutput{Status: http.StatusCreated}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if may, err := s.issues(tx, proposed.InstitutionID, proposed.Kind); err != nil {
			return err
		} else if !may {
			found.add("kind", fieldNotListed)
		}
		if err := s.sealOf(tx, body, &proposed, found); err != nil {
			return err
		}
		if err := extraOf(tx, body, &proposed, found); err != nil {
			return err
		}
		if len(found.list) == 0 {
			if err := s.fits(tx, proposed, found); err != nil {
				return err
			}
		}
		if err := found.err(); err != nil {
			return err
		}
		if err := tx.ProposeProfile(&proposed); err != nil {
			return err
		}
		if err := s.audit(tx, r, "issuer_profile.propose", "issuer_profile:"+proposed.ID, proposed.Reason, auditedProfile(proposed)); err != nil {
			return err
		}
		if out.Body, err = s.readProfile(tx, r, proposed.ID); err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	return out, err
}

// schemeFault is what is wrong with a template, and at which character, as the path of a field.
func schemeFault(err error) (field, code string) {
	wrong, is := errors.AsType[*number.SyntaxError](err)
	if !is {
		return "number_scheme", fieldFormat
	}
	return fmt.Sprintf("number_scheme[%d]", wrong.At), string(wrong.Fault)
}

// issues reports whether an institution is on the published lists today as one that issues certificates of a kind.
func (s *service) issues(tx *store.Tx, institutionID, kind string) (bool, error) {
	if kind == certificate.KindCEBase {
		err := course.MayHold(tx, institutionID, s.today())
		if errors.Is(err, course.ErrMayNotIssue) {
			return false, nil
		}
		return err == nil, err
	}
	role := policy.RoleTraining
	if kind == contract.GradeCertificate {
		role = policy.RoleEvaluation
	}
	return tx.HasRole(institutionID, role, s.today())
}

// sealOf reads the seal of a proposal, and whose it is.
func (s *service) sealOf(tx *store.Tx, body issuerProfileBody, p *store.IssuerProfile, found *faults) error {
	p.SealName = strings.TrimSpace(body.SealName)
	switch {
	case body.Seal != "" && body.KeepSeal:
		found.add("keep_seal", fieldConflict)
	case body.KeepSeal:
		now, err := tx.IssuerProfile(p.InstitutionID, p.Kind)
		if err != nil {
			return err
		}
		if p.SealImage = now.SealImage; p.SealImage == nil {
			found.add("keep_seal", fieldNoSeal)
		}
	case body.Seal != "":
		content, err := base64.StdEncoding.DecodeString(body.Seal)
		if err != nil {
			found.add("seal", fieldFormat)
			break
		}
		kept, wrong := stamp.Read(content)
		for _, fault := range wrong {
			found.add("seal", string(fault))
		}
		p.SealImage = kept
	default:
		for field, given := range map[string]bool{"seal_name": p.SealName != "", "stand_in": p.StandIn} {
			if given {
				found.add(field, fieldConflict)
			}
		}
		return nil
	}
	name, err := tx.InstitutionNameOn(p.InstitutionID, s.today())
	switch {
	case p.SealName != "" && !printable(p.SealName):
		found.add("seal_name", fieldFormat)
	case p.SealName == "" && p.StandIn:
		found.add("seal_name", fieldRequired)
	case p.SealName == "":
		p.SealName = name
	case p.SealName != name && !p.StandIn:
		found.add("seal_name", fieldSealName)
	}
	return err
}

// extraOf reads the lines that an institution adds.
func extraOf(tx *store.Tx, body issuerProfileBody, p *store.IssuerProfile, found *faults) error {
	names, err := namesOf(tx, p.InstitutionID)
	for i, line := range body.Extra {
		field := fmt.Sprintf("extra[%d]", i)
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			found.add(field, fieldRequired)
		case len([]rune(line)) > mostExtra:
			found.add(field, fieldTooLong)
		case !printable(line):
			found.add(field, fieldFormat)
		case redact.Text(line) != line:
			found.add(field, fieldReveals)
		}
		found.wording(field, line, names)
		p.Extra = append(p.Extra, line)
	}
	return err
}

// auditedProfile is what the audit log says of a version: of the image, which it is.
func auditedProfile(p store.IssuerProfile) map[string]any {
	after := map[string]any{
		"kind": p.Kind, "version": p.Version, "number_scheme": p.NumberScheme, "seal_name": p.SealName, "stand_in": p.StandIn, "extra": p.Extra,
	}
	if p.SealImage != nil {
		after["seal_sha256"] = certificate.ImageDigest(p.SealImage)
	}
	return after
}
