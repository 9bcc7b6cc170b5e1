package acting

import (
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/progress"
)

// ends tells what the end of the case brings with it. It is closed by a step of its own.
func (f *File) ends(outcome progress.Outcome) error {
	f.tell("case_ends", map[string]any{"outcome": string(outcome)})
	open, err := f.Tx.OpenTasks(f.ID)
	if err != nil {
		return err
	}
	for _, task := range open {
		f.tell("task_cancelled", map[string]any{"task": task.Kind, "institution": task.InstitutionID})
	}
	return f.tellKept()
}

// tellKept tells what stays: hours, CE hours, certificates.
func (f *File) tellKept() error {
	entries, err := f.Tx.Hours(f.ID)
	if err != nil {
		return err
	}
	if total := hours.Rule(f.Rules).Hours(ledger.Total(entries)); total > 0 {
		f.tell("hours_kept", map[string]any{"hours": total.String()})
	}
	certificates, err := f.inForce(progress.Registration)
	if err != nil {
		return err
	}
	for _, c := range certificates {
		f.tell("certificate_kept", map[string]any{"certificate": c.Kind, "number": c.Number})
	}
	credited, err := f.Tx.CEEntriesOf(&f.ID, nil)
	if err != nil {
		return err
	}
	var standing ledger.Hours
	for _, entry := range credited {
		standing += entry.Hours
	}
	if standing > 0 {
		f.tell("ce_hours_kept", map[string]any{"hours": standing.String()})
	}
	return nil
}
