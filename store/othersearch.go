package store

import (
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/filter"
)

// By what tasks, certificates and audit entries are found.

var (
	taskSearch = search{
		"state":       {columns: []string{"tasks.state"}},
		"kind":        {columns: []string{"tasks.kind"}},
		"institution": {columns: []string{"tasks.institution_id"}},
		"issued":      {columns: []string{"tasks.issued_at"}},
		"due":         {columns: []string{"tasks.due_at"}},
	}
	certificateSearch = search{
		"kind":        {columns: []string{"certificates.kind"}},
		"status":      {columns: []string{"certificates.status"}},
		"institution": {columns: []string{"certificates.issuer"}},
		"number":      {columns: []string{"certificates.number"}, part: true},
		"issued":      {columns: []string{"certificates.issued_on"}, civil: true},
	}
	auditSearch = search{
		"actor":   {columns: []string{"actor"}},
		"action":  {columns: []string{"action"}},
		"subject": {columns: []string{"subject"}},
		"at":      {columns: []string{"at"}},
	}
)

// TaskFields are the fields that tasks are found by.
func TaskFields() filter.Fields {
	return filter.Fields{
		"state": {Codes: codes([]TaskState{TaskOpen, TaskAnswered, TaskRejected, TaskCancelled})},
		"kind": {Codes: []string{
			contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask, contract.TheoryTask, contract.PracticalTask,
		}},
		"institution": {Kind: filter.ID},
		"issued":      {Kind: filter.Date},
		"due":         {Kind: filter.Date},
	}
}

// CertificateFields are the fields that certificates are found by.
func CertificateFields() filter.Fields {
	return filter.Fields{
		"kind": {Codes: []string{contract.TrainingCertificate, contract.GradeCertificate, certificate.KindCEBase}},
		"status": {Codes: []string{
			CertificatePrepared, CertificateValid, CertificateSuspended, CertificateSuperseded, CertificateRevoked, CertificateCancelled,
		}},
		"number":      {Kind: filter.Text},
		"institution": {Kind: filter.ID},
		"issued":      {Kind: filter.Date},
	}
}

// AuditFields are the fields that audit entries are found by.
func AuditFields() filter.Fields {
	return filter.Fields{
		"actor": {Kind: filter.ID}, "action": {Kind: filter.Text}, "subject": {Kind: filter.Text}, "at": {Kind: filter.Date},
	}
}
