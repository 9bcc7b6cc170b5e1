package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// home is where a cluster's files are and whom they belong to. PostgreSQL refuses to run as root,
// so for root it is the user postgres that owns and runs the cluster.
type home struct {
	path       string              // real path; holds data/, password and lock
	credential *syscall.Credential // nil: run as we are
}

func (h home) data() string     { return filepath.Join(h.path, "data") }
func (h home) password() string { return filepath.Join(h.path, "password") }
func (h home) lock() string     { return filepath.Join(h.path, "lock") }

// refuges are where root puts a cluster that the user postgres could not reach in the place asked
// for, such as a clone in /root.
var refuges = []string{"/var/lib/dengpan", "/var/tmp/dengpan"}

// settle finds or makes the home of the cluster that is asked for at path.
func settle(path string, bin binaries) (home, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return home{}, fmt.Errorf("resolve the cluster's path: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return home{}, fmt.Errorf("make the cluster's parent folder: %w", err)
	}
	if os.Geteuid() != 0 {
		return settleAsIs(path)
	}
	return settleForRoot(path, bin)
}

func settleAsIs(path string) (home, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return home{}, fmt.Errorf("make the cluster's folder: %w", err)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return home{}, fmt.Errorf("resolve the cluster's folder: %w", err)
	}
	owner, err := ownerOf(real)
	if err != nil {
		return home{}, err
	}
	if owner != os.Geteuid() {
		return home{}, fmt.Errorf("the cluster in %s belongs to user %s: run as that user or as root, or remove it to begin anew", path, userName(owner))
	}
	return home{path: real}, nil
}

func settleForRoot(path string, bin binaries) (home, error) {
	credential, err := runAs(path)
	if err != nil {
		return home{}, err
	}
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		real, err = placeForRoot(path, bin, credential)
	}
	if err != nil {
		return home{}, err
	}
	if err := os.MkdirAll(real, 0o700); err != nil {
		return home{}, fmt.Errorf("make the cluster's folder: %w", err)
	}
	if err := os.Chown(real, int(credential.Uid), int(credential.Gid)); err != nil {
		return home{}, fmt.Errorf("hand the cluster's folder to its user: %w", err)
	}
	return home{path: real, credential: credential}, nil
}

// placeForRoot chooses where a new cluster goes: the path itself when its user can get there, and
// otherwise a refuge that the path then points to.
func placeForRoot(path string, bin binaries, credential *syscall.Credential) (string, error) {
	parent, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", fmt.Errorf("resolve the cluster's parent folder: %w", err)
	}
	// A dangling link would otherwise be followed by whatever is made at path.
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("remove the dangling link to the cluster: %w", err)
	}
	if reachable(parent, bin, credential) {
		return filepath.Join(parent, filepath.Base(path)), nil
	}
	digest := sha256.Sum256([]byte(filepath.Join(parent, filepath.Base(path))))
	for _, refuge := range refuges {
		if os.MkdirAll(refuge, 0o755) != nil || !reachable(refuge, bin, credential) {
			continue
		}
		place := filepath.Join(refuge, hex.EncodeToString(digest[:8]))
		if err := discard(place); err != nil {
			return "", err
		}
		if err := os.Symlink(place, path); err != nil {
			return "", fmt.Errorf("link the cluster: %w", err)
		}
		if err := os.Mkdir(place, 0o700); err != nil {
			return "", fmt.Errorf("make the cluster's folder: %w", err)
		}
		return place, nil
	}
	return "", fmt.Errorf("user %s cannot reach %s and none of %v can be used: choose another folder", userName(int(credential.Uid)), parent, refuges)
}

// discard removes a cluster that nothing points to any more: its link was removed, and with it the
// keys its data is sealed with.
func discard(place string) error {
	if _, err := os.Stat(place); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := stopLeftover(home{path: place}); err != nil {
		return err
	}
	if err := os.RemoveAll(place); err != nil {
		return fmt.Errorf("remove the abandoned cluster: %w", err)
	}
	return nil
}

// runAs says as whom root runs the cluster at path: its owner if it exists, or else user postgres.
func runAs(path string) (*syscall.Credential, error) {
	account, err := user.Lookup("postgres")
	if owner, ownerErr := ownerOf(path); ownerErr == nil && owner != 0 {
		account, err = user.LookupId(strconv.Itoa(owner))
	}
	if err != nil {
		return nil, fmt.Errorf("%w (PostgreSQL does not run as root: %w)", ErrNotInstalled, err)
	}
	uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil {
		return nil, fmt.Errorf("read the ids of user %s: %w", account.Username, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// reachable says whether the cluster's user can enter dir, by having it do so.
func reachable(dir string, bin binaries, credential *syscall.Credential) bool {
	cmd := exec.Command(bin.path("postgres"), "--version")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	return cmd.Run() == nil
}

func ownerOf(path string) (int, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("look at the cluster's folder: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, fmt.Errorf("no owner is known of %s", path)
	}
	return int(stat.Uid), nil
}

func userName(uid int) string {
	if account, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return account.Username
	}
	return strconv.Itoa(uid)
}
