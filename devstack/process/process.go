// Package process starts the development stack's child processes so that none of them outlives
// the stack: each gets its own process group, and a death signal that the kernel sends when the
// stack itself is killed. It is for Linux only, as the stack is.
package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Spec says what to run.
type Spec struct {
	Name string // for messages
	Path string
	Args []string // without the program's own name
	Env  []string // complete environment; nil is [Environment]
	Dir  string

	// LogPath receives standard output and error, appended; empty discards them.
	LogPath string
	// Attached gives the program our own input and output instead.
	Attached bool
	// SharedGroup leaves the program in our process group, where the terminal's keys reach it.
	SharedGroup bool
	// Credential runs the program as another user (we must be root).
	Credential *syscall.Credential
	// StopSignal asks the program to end. SIGTERM unless set.
	StopSignal syscall.Signal
	// DeathSignal is what the kernel sends when we die. StopSignal unless set.
	DeathSignal syscall.Signal
}

// Process is a started child. Its exit is collected as soon as it happens.
type Process struct {
	spec    Spec
	cmd     *exec.Cmd
	started time.Time
	done    chan struct{}
	err     error // set before done is closed
}

// Start runs the program and returns at once.
func Start(spec Spec) (*Process, error) {
	if spec.StopSignal == 0 {
		spec.StopSignal = syscall.SIGTERM
	}
	if spec.DeathSignal == 0 {
		spec.DeathSignal = spec.StopSignal
	}
	cmd := exec.Command(spec.Path, spec.Args...)
	cmd.Env, cmd.Dir = spec.Env, spec.Dir
	if cmd.Env == nil {
		cmd.Env = Environment()
	}
	if spec.Attached {
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	} else if spec.LogPath != "" {
		log, err := os.OpenFile(spec.LogPath, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			return nil, fmt.Errorf("open the log of %s: %w", spec.Name, err)
		}
		defer log.Close() // the child keeps its own descriptor
		cmd.Stdout, cmd.Stderr = log, log
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:    !spec.SharedGroup, // a Ctrl-C in the terminal must reach us alone: we stop the children in order
		Pdeathsig:  spec.DeathSignal,
		Credential: spec.Credential,
	}
	if err := spawn(cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	p := &Process{spec: spec, cmd: cmd, started: time.Now(), done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// PID is the child's process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the child has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err says how the child ended; nil for exit status 0. Call it after Done.
func (p *Process) Err() error {
	<-p.done
	return p.err
}

// Running says whether the child has not ended yet.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Signal sends sig to the child itself; a child that has ended is no error.
func (p *Process) Signal(sig syscall.Signal) error {
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal %s: %w", p.spec.Name, err)
	}
	return nil
}

// SignalGroup sends sig to the child and everything it started in its process group.
func (p *Process) SignalGroup(sig syscall.Signal) {
	if !p.Running() {
		return
	}
	if p.spec.SharedGroup {
		_ = syscall.Kill(p.PID(), sig)
		return
	}
	_ = syscall.Kill(-p.PID(), sig)
}

// ErrForced is returned by Stop when the child did not end in the time given and was killed.
var ErrForced = errors.New("did not stop in time and was killed")

// Stop asks the child to end, waits up to grace, and then kills its whole process group.
func (p *Process) Stop(grace time.Duration) error {
	if err := p.Signal(p.spec.StopSignal); err != nil {
		return err
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.done:
		return nil
	case <-timer.C:
	}
	p.Kill()
	return fmt.Errorf("%s: %w", p.spec.Name, ErrForced)
}

// Kill ends the child's whole process group with SIGKILL and waits for the child.
func (p *Process) Kill() {
	p.SignalGroup(syscall.SIGKILL)
	<-p.done
}

// The kernel sends the death signal when the *thread* that forked the child ends, not when the
// process does, so every child is forked from one thread that lives as long as we do.
var (
	spawnerOnce sync.Once
	spawnerJobs chan func()
)

func spawn(cmd *exec.Cmd) error {
	spawnerOnce.Do(func() {
		spawnerJobs = make(chan func())
		go func() {
			runtime.LockOSThread()
			for job := range spawnerJobs {
				job()
			}
		}()
	})
	result := make(chan error, 1)
	spawnerJobs <- func() { result <- cmd.Start() }
	return <-result
}
