package hours

import (
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// RefusedError is why attendance is not taken: nothing was written.
type RefusedError struct {
	// Code is stable. Those that are a matter of the ledger's arithmetic are ledger.RefusalError's.
	Code string
	// Field is what of the report is at fault; empty for the whole.
	Field string
	// First is the entry in whose way the report came, when there is one.
	First *store.HourEntry
}

// Error is the code.
func (e *RefusedError) Error() string { return "attendance refused: " + e.Code }

func refuse(code, field string) error { return &RefusedError{Code: code, Field: field} }

func refuseLedger(code ledger.RefusalError, field string) error { return refuse(string(code), field) }
