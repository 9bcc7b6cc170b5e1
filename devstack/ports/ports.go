// Package ports finds free TCP ports on the loopback interface, and says who holds a taken one.
package ports

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// Where free ports are looked for: below the range that Linux takes ports of outgoing connections from (32768 and up,
// unless configured otherwise). A port of that range can be lost to a connection between being found and being used.
const first, last = 12_000, 31_999

// held keeps, for every port found here, what tells other processes that it is spoken for. They are never closed: a port is
// held as long as this process lives, also while the server it was found for is being restarted.
var held sync.Map

// Free returns n different ports of 127.0.0.1 that nobody listens on now. None of them is found again, by this process or
// another, as long as this process lives.
func Free(n int) ([]int, error) {
	const tries = 1000
	found := make([]int, 0, n)
	for range tries {
		if len(found) == n {
			return found, nil
		}
		port := first + rand.IntN(last-first+1)
		if !hold(port) {
			continue // somebody else's, who may not have begun to listen
		}
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue // taken
		}
		listener.Close()
		found = append(found, port)
	}
	return nil, fmt.Errorf("find %d free ports between %d and %d: tried %d", n, first, last, tries)
}

// hold reserves a port among all processes of this machine that look for one here. The reservation is a socket with an
// abstract name: it leaves no file, and the kernel takes it away with the process.
func hold(port int) bool {
	reservation, err := net.Listen("unix", fmt.Sprintf("@dengpan-port-%d", port))
	if err != nil {
		return false
	}
	held.Store(port, reservation) // what nothing refers to would be closed by the collector
	return true
}

// FreeAddress returns one such port as an address.
func FreeAddress() (string, error) {
	free, err := Free(1)
	if err != nil {
		return "", err
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(free[0])), nil
}

// Use is one address the stack is about to listen on, and how a user can choose another.
type Use struct {
	What    string // "the API"
	Address string // "127.0.0.1:8080"
	Flag    string // "--api-address"
	Env     string // "DENGPAN_API_ADDRESS"
}

// Check fails if any address cannot be listened on, naming each one and its remedy.
func Check(uses ...Use) error {
	var problems []error
	for _, use := range uses {
		listener, err := net.Listen("tcp", use.Address)
		if err == nil {
			listener.Close()
			continue
		}
		problems = append(problems, explain(use, err))
	}
	return errors.Join(problems...)
}

func explain(use Use, err error) error {
	remedy := fmt.Sprintf("choose another address with %s or %s", use.Flag, use.Env)
	host, port, splitErr := net.SplitHostPort(use.Address)
	switch {
	case splitErr != nil:
		return fmt.Errorf("%q is not an address for %s: want host:port, for example 127.0.0.1:8080; %s", use.Address, use.What, remedy)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("port %s on %s, wanted for %s, is taken by %s: stop it, or %s", port, host, use.What, Holder(port), remedy)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("port %s on %s, wanted for %s, is not open to this user: %s", port, host, use.What, remedy)
	default:
		return fmt.Errorf("cannot listen on %s for %s (%w): %s", use.Address, use.What, err, remedy)
	}
}

// Holder names the process that listens on a TCP port, as far as this user may see it.
func Holder(port string) string {
	const unknown = "another process"
	number, err := strconv.Atoi(port)
	if err != nil {
		return unknown
	}
	inodes := make(map[string]bool)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		listening(table, number, inodes)
	}
	sockets, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, path := range sockets {
		target, err := os.Readlink(path)
		if err != nil || !strings.HasPrefix(target, "socket:[") || !inodes[strings.Trim(target, "socket:[]")] {
			continue
		}
		pid := strings.Split(path, "/")[2]
		name, _ := os.ReadFile("/proc/" + pid + "/comm")
		return fmt.Sprintf("process %s (%s)", pid, strings.TrimSpace(string(name)))
	}
	return unknown
}

// listening collects the socket inodes that listen on port, from a table such as /proc/net/tcp.
func listening(table string, port int, inodes map[string]bool) {
	file, err := os.Open(table)
	if err != nil {
		return
	}
	defer file.Close()
	const listenState = "0A"
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 10 || fields[3] != listenState {
			continue
		}
		_, hexPort, ok := strings.Cut(fields[1], ":")
		raw, err := hex.DecodeString(hexPort)
		if !ok || err != nil || len(raw) != 2 {
			continue
		}
		if int(raw[0])<<8|int(raw[1]) == port {
			inodes[fields[9]] = true
		}
	}
}
