package store

import (
	"fmt"
	"strings"
)

// What sealed data is sealed for. Data opens only for the purpose and the owner it was sealed for, so that a sealed value
// copied into another row opens nowhere.

// NameSeal is the purpose of a person's name.
func NameSeal(personID string) string { return "person/" + personID + "/name" }

// IDNumberSeal is the purpose of a person's ID number.
func IDNumberSeal(personID string) string { return "person/" + personID + "/id-number" }

// PhoneSeal is the purpose of a person's telephone number.
func PhoneSeal(personID string) string { return "person/" + personID + "/phone" }

// EmailSeal is the purpose of a person's mail address.
func EmailSeal(personID string) string { return "person/" + personID + "/email" }

// AddressSeal is the purpose of a person's postal address.
func AddressSeal(personID string) string { return "person/" + personID + "/address" }

// ContactCodeSeal is the purpose of a code that confirms how a person is reached.
func ContactCodeSeal(id string) string { return "contact-code/" + id }

// PhotoSeal is the purpose of a person's photo.
func PhotoSeal(personID string) string { return "person/" + personID + "/photo" }

// HolderSeal is the purpose of the holder of a certificate.
func HolderSeal(certificateID string) string { return "certificate/" + certificateID }

// DocumentSeal is the purpose of the document of a certificate.
func DocumentSeal(certificateID string) string { return "certificate/" + certificateID + "/document" }

// BadgeSeal is the purpose of the credential of a certificate.
func BadgeSeal(certificateID string) string { return "certificate/" + certificateID + "/badge" }

// CertificatePhotoSeal is the purpose of the photo that is printed on a certificate.
func CertificatePhotoSeal(certificateID string) string {
	return "certificate/" + certificateID + "/photo"
}

// ProposalSeal is the purpose of what somebody wants printed on a certificate instead of what is.
func ProposalSeal(requestID string) string { return "certificate-request/" + requestID }

// SecretSeal is the purpose of the secrets that sign an institution's callbacks.
func SecretSeal(institutionID string) string { return "endpoint/" + institutionID }

// ResponseSeal is the purpose of what an endpoint answered to an event.
func ResponseSeal(eventID string) string { return "delivery/" + eventID }

// StaffSeal is the purpose of the name of a member of an institution's staff.
func StaffSeal(institutionID, ref string) string { return "staff/" + institutionID + "/" + ref }

// SecondFactorSeal is the purpose of the secret of an account's one-time codes.
func SecondFactorSeal(accountID string) string { return "account/" + accountID + "/second-factor" }

// MailboxSeal is the purpose of the address of a mailbox.
func MailboxSeal(mailboxID string) string { return "mailbox/" + mailboxID }

// LoginFlowSeal is the purpose of what a browser keeps for us while it is at the identity provider.
func LoginFlowSeal() string { return "log-in/oidc" }

// PayloadKeySeal is the purpose of the key that seals what Temporal keeps of a workflow.
func PayloadKeySeal(workflowID string) string { return "payload-key/" + workflowID }

// EvidenceNameSeal is the purpose of the name of a file of evidence.
func EvidenceNameSeal(id string) string { return "evidence/" + id + "/name" }

// EvidenceKeySeal is the purpose of the key that opens a file of evidence.
func EvidenceKeySeal(id string) string { return "evidence/" + id + "/key" }

// AnswerSeal is the purpose of the answer that a request was given, by the account and the key it was sent with.
func AnswerSeal(accountID, key string) string { return "answer/" + accountID + "/" + key }

// LetterSeal is the purpose of what an institution sent and no case could take.
func LetterSeal(letterID string) string { return "letter/" + letterID }

// MisconductSeal is the purpose of the account of misconduct.
func MisconductSeal(id string) string { return "misconduct/" + id + "/account" }

// StatementSeal is the purpose of a trainee's statement.
func StatementSeal(id string) string { return "misconduct/" + id + "/statement" }

// PetitionSeal is the purpose of what a trainee asks for.
func PetitionSeal(id string) string { return "petition/" + id + "/text" }

// PetitionStatementSeal is the purpose of an institution's statement on a petition.
func PetitionStatementSeal(id string) string { return "petition/" + id + "/statement" }

// DutySeal is the purpose of the number of a document that an account declared.
func DutySeal(id string) string { return "duty/" + id }

// AuditSeal is the purpose of the key of the audit log, of which there is one.
func AuditSeal() string { return "audit/key" }

// WorkbookSeal is the purpose of the rows of a workbook that was filled in.
func WorkbookSeal(workbookID string) string { return "workbook/" + workbookID }

// DraftSeal is the purpose of what is in a registration that is not sent yet.
func DraftSeal(draftID string) string { return "draft/" + draftID }

// DraftPhotoSeal is the purpose of the photo of such a registration.
func DraftPhotoSeal(draftID string) string { return "draft/" + draftID + "/photo" }

// PrintSeal is the purpose of certificates in one file.
func PrintSeal(printID string) string { return "certificate-print/" + printID }

// IntakeRowSeal is the purpose of a row of an intake.
func IntakeRowSeal(intakeID, number string) string { return "intake/" + intakeID + "/" + number }

// SealedColumn is a column of sealed data: where it is, and what each row of it is sealed for.
type SealedColumn struct {
	Table, Column string
	// Owner is the columns that identify a row, and that its purpose is made of.
	Owner   []string
	purpose func(owner []string) string
}

// sealedColumns is every column of sealed data that there is; a test holds the schema against it. What is sealed and not
// here would be lost when its key is retired.
var sealedColumns = []SealedColumn{
	ofOne("persons", "name_sealed", "id", NameSeal),
	ofOne("persons", "id_number_sealed", "id", IDNumberSeal),
	ofOne("contacts", "phone_sealed", "person_id", PhoneSeal),
	ofOne("contacts", "email_sealed", "person_id", EmailSeal),
	ofOne("contacts", "address_sealed", "person_id", AddressSeal),
	ofOne("contact_codes", "code_sealed", "id", ContactCodeSeal),
	ofOne("photos", "image_sealed", "person_id", PhotoSeal),
	ofOne("certificates", "holder_sealed", "id", HolderSeal),
	ofOne("certificate_art", "photo_sealed", "certificate_id", CertificatePhotoSeal),
	ofOne("certificate_documents", "content_sealed", "certificate_id", DocumentSeal),
	ofOne("certificate_requests", "proposal_sealed", "id", ProposalSeal),
	ofOne("certificate_badges", "jwt_sealed", "certificate_id", BadgeSeal),
	{"delivery_attempts", "response_sealed", []string{"event_id", "attempt"}, func(o []string) string { return ResponseSeal(o[0]) }},
	{"endpoint_secrets", "secret_sealed", []string{"institution_id", "id"}, func(o []string) string { return SecretSeal(o[0]) }},
	ofOne("mailboxes", "address_sealed", "id", MailboxSeal),
	ofOne("second_factors", "secret_sealed", "account_id", SecondFactorSeal),
	ofOne("payload_keys", "key_sealed", "workflow_id", PayloadKeySeal),
	ofOne("evidence", "name_sealed", "id", EvidenceNameSeal),
	ofOne("evidence", "key_sealed", "id", EvidenceKeySeal),
	ofOne("audit_key", "key_sealed", "id", func(string) string { return AuditSeal() }),
	ofOne("workbooks", "content_sealed", "id", WorkbookSeal),
	ofOne("registration_drafts", "contents_sealed", "id", DraftSeal),
	ofOne("registration_drafts", "photo_sealed", "id", DraftPhotoSeal),
	ofOne("certificate_prints", "content_sealed", "id", PrintSeal),
	ofOne("dead_letters", "body_sealed", "id", LetterSeal),
	ofOne("duty_declarations", "document_sealed", "id", DutySeal),
	ofOne("misconduct_cases", "account_sealed", "id", MisconductSeal),
	ofOne("misconduct_cases", "statement_sealed", "id", StatementSeal),
	ofOne("petitions", "text_sealed", "id", PetitionSeal),
	ofOne("petitions", "statement_sealed", "id", PetitionStatementSeal),
	ofOne("person_claims", "name_sealed", "id", ClaimNameSeal),
	ofOne("person_claims", "text_sealed", "id", ClaimTextSeal),
	{"idempotency_keys", "answer_sealed", []string{"account_id", "key"}, func(o []string) string { return AnswerSeal(o[0], o[1]) }},
	{"intake_rows", "content_sealed", []string{"intake_id", "number"}, func(o []string) string { return IntakeRowSeal(o[0], o[1]) }},
	{"staff", "name_sealed", []string{"institution_id", "ref"}, func(o []string) string { return StaffSeal(o[0], o[1]) }},
}

func ofOne(table, column, owner string, purpose func(string) string) SealedColumn {
	return SealedColumn{table, column, []string{owner}, func(o []string) string { return purpose(o[0]) }}
}

// ClaimNameSeal is the purpose of the name that somebody gives who says whom they are.
func ClaimNameSeal(claimID string) string { return "person-claim/" + claimID + "/name" }

// ClaimTextSeal is the purpose of what somebody says who says whom they are.
func ClaimTextSeal(claimID string) string { return "person-claim/" + claimID + "/text" }

// SealedColumns lists every column of sealed data.
func SealedColumns() []SealedColumn { return sealedColumns }

// String is the column's name.
func (c SealedColumn) String() string { return c.Table + "." + c.Column }

// SealedValue is one sealed value: whose it is, and what it was when it was read.
type SealedValue struct {
	Owner   []string
	Purpose string
	Sealed  []byte
}

// SealedOtherwise reads sealed values that do not begin with a prefix, which names the key they are sealed under, in the
// order of their owners and after one; at most so many.
func (tx *Tx) SealedOtherwise(c SealedColumn, prefix []byte, after []string, limit int) ([]SealedValue, error) {
	owner := strings.Join(c.Owner, ", ")
	q := tx.db.Table(c.Table).
		Select(fmt.Sprintf("to_json(ARRAY[%s::text]) AS owner, %s AS sealed", strings.Join(c.Owner, "::text, "), c.Column)).
		Where(fmt.Sprintf("%s IS NOT NULL AND substring(%s FOR ?) <> ?", c.Column, c.Column), len(prefix), prefix).
		Order(owner).Limit(limit)
	if after != nil {
		last := make([]any, len(after))
		for i, text := range after {
			last[i] = text
		}
		q = q.Where("("+owner+") > (?"+strings.Repeat(", ?", len(last)-1)+")", last...)
	}
	var rows []struct {
		Owner  []string `gorm:"serializer:json"`
		Sealed []byte
	}
	if err := q.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read sealed values of %s: %w", c, err)
	}
	values := make([]SealedValue, len(rows))
	for i, row := range rows {
		values[i] = SealedValue{Owner: row.Owner, Purpose: c.purpose(row.Owner), Sealed: row.Sealed}
	}
	return values, nil
}

// ReplaceSealed writes a value that was sealed anew in the place of the one that was read, if that is still there. It
// reports false when somebody else has written meanwhile: theirs stays.
func (tx *Tx) ReplaceSealed(c SealedColumn, was SealedValue, sealed []byte) (bool, error) {
	q := tx.db.Table(c.Table).Where(c.Column+" = ?", was.Sealed)
	for i, column := range c.Owner {
		q = q.Where(column+" = ?", was.Owner[i])
	}
	res := q.Update(c.Column, sealed)
	if res.Error != nil {
		return false, fmt.Errorf("write a sealed value of %s: %w", c, res.Error)
	}
	return res.RowsAffected == 1, nil
}

// SealedUnder counts the values of a column that begin with a prefix.
func (tx *Tx) SealedUnder(c SealedColumn, prefix []byte) (int64, error) {
	var n int64
	err := tx.db.Table(c.Table).Where(fmt.Sprintf("substring(%s FOR ?) = ?", c.Column), len(prefix), prefix).Count(&n).Error
	return n, found(err, "count sealed values")
}
