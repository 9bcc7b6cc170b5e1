package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workbook"
)

// uploadIntake reads a workbook of people for a class and checks each row as a registration is checked; nobody is registered. The
// same file is the same intake.
func (s *service) uploadIntake(ctx context.Context, in *idBodyInput) (*intakeOutput, error) {
	r, out := requestOf(ctx), &intakeOutput{Status: http.StatusOK}
	tx := s.Store.Read(ctx)
	class, err := tx.Class(in.ID)
	switch {
	case err != nil:
		return nil, err
	case class.ClosedAt != nil:
		return nil, problem(classClosed)
	case class.Sponsor != nil && class.AgreedAt == nil:
		return nil, problem(classNotAgreed)
	}
	digest, now := sha256.Sum256(in.RawBody), s.Now().UTC()
	i := store.Intake{
		ID: uuid.NewString(), ClassID: class.ID, EmployerID: r.account.EmployerID, InstitutionID: r.account.InstitutionID, Digest: digest[:],
		State: store.IntakeChecked, UploadedBy: r.account.ID, UploadedAt: now,
	}
	known, err := tx.IntakeOfFile(i)
	if err == nil {
		out.Body.Known = true
		return out, showIntake(tx, r, out, known)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	filled, err := s.readIntake(in.RawBody)
	if err != nil {
		return nil, err
	}
	rows, err := s.checkIntake(tx, class, i, filled.Sheets[0].Rows)
	if err != nil {
		return nil, err
	}
	i.Rows = len(rows)
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		fresh, err := tx.InsertIntake(i, rows)
		if err != nil {
			return err
		}
		if !fresh { // somebody sent it at the same time
			if i, err = tx.IntakeOfFile(i); err != nil {
				return err
			}
			out.Body.Known = true
			return showIntake(tx, r, out, i)
		}
		out.Status = http.StatusCreated
		if err := s.audit(tx, r, "intake.upload", "intake:"+i.ID, "", map[string]any{"class": class.ID, "rows": i.Rows}); err != nil {
			return err
		}
		return showIntake(tx, r, out, i)
	})
	return out, err
}

// intakeWorkbook gives a workbook to fill in for a class.
func (s *service) intakeWorkbook(ctx context.Context, in *idInput) (*fileOutput, error) {
	tx := s.Store.Read(ctx)
	c, err := tx.Class(in.ID)
	if err != nil {
		return nil, err
	}
	bodies, err := s.evaluationBodies(tx, c)
	if err != nil {
		return nil, err
	}
	sheet := workbook.Sheet{Form: workbook.SheetIntake, Choices: map[string][]string{
		"title": {"技术员", "助理工程师", "工程师"}, "skill_grade": {"高级工", "技师", "高级技师"},
	}}
	for _, b := range bodies {
		sheet.Choices["evaluation_body"] = append(sheet.Choices["evaluation_body"], b.Name)
	}
	book := workbook.Book{Kind: workbook.Intake, Lang: requestOf(ctx).lang, Sheets: []workbook.Sheet{sheet}}
	return writeWorkbook(book, "intake", nil)
}

// evaluationBodies are the institutions that are listed today to evaluate what a class is for.
func (s *service) evaluationBodies(tx *store.Tx, c store.Class) ([]store.Institution, error) {
	return tx.InstitutionsListed(c.Occupation, c.Level, policy.RoleEvaluation, s.today())
}

// readIntake reads a workbook of people.
func (s *service) readIntake(content []byte) (workbook.Filled, error) {
	filled, err := s.readWorkbook(content)
	if err == nil && (filled.Kind != workbook.Intake || len(filled.Sheets) != 1) {
		err = problem(validationFailed, FieldError{Field: whole, Code: fieldElsewhere})
	}
	return filled, err
}
