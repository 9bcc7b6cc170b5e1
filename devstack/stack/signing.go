package stack

import (
	"errors"
	"io/fs"
	"time"

	"github.com/dengpan/dengpan/signing"
)

// CreateSigningKeys makes the keys that a demonstration's documents and credentials are signed with, in a folder. Those that
// are there already are left as they are.
func CreateSigningKeys(folder string) error {
	for _, create := range []func() error{
		func() error {
			return signing.CreateDemonstration(
				signing.Request{Folder: folder, Name: signing.Default, Kind: signing.KindECDSA, Subject: "登攀"}, time.Now())
		},
		func() error { return signing.CreateCredentials(folder) },
	} {
		if err := create(); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}
