package stack

import (
	"time"

	"github.com/dengpan/dengpan/signing"
)

// CreateSigningKeys makes the key that a demonstration's documents are signed with, in a folder. One that is there already is
// left as it is (errors.Is fs.ErrExist).
func CreateSigningKeys(folder string) error {
	return signing.CreateDemonstration(
		signing.Request{Folder: folder, Name: signing.Default, Kind: signing.KindECDSA, Subject: "登攀"}, time.Now())
}
