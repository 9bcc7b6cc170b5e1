package issuing

import (
	"fmt"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/store"
)

// mostTaken is how many numbers in a row may be taken before something must be wrong.
const mostTaken = 1000

// Number takes the next number of an issuer's certificates of a kind that are issued on a day, by the scheme that the issuer
// set. Numbers that are taken already, because the issuer reported them or by an earlier scheme, are passed over.
func Number(tx *store.Tx, issuer, kind string, on calendar.Date) (string, error) {
	profile, err := tx.IssuerProfile(issuer, kind)
	if err != nil {
		return "", err
	}
	scheme, err := profile.Scheme()
	if err != nil {
		return "", fmt.Errorf("read a scheme of numbers: %w", err)
	}
	year := on.Year()
	if !scheme.Yearly() {
		year = 0 // one sequence for all years
	}
	for range mostTaken {
		running, err := tx.AllocateNumber(issuer, kind, year)
		if err != nil {
			return "", err
		}
		number := scheme.Format(issuer, on.Year(), running)
		if taken, err := tx.NumberTaken(issuer, number); err != nil || !taken {
			return number, err
		}
	}
	return "", fmt.Errorf("the next %d certificate numbers of %s are taken", mostTaken, issuer)
}
