package up

import (
	"context"
	"sync"
	"time"

	"github.com/dengpan/dengpan/devstack/postgres"
)

// database is our own PostgreSQL, brought back whenever it ends unasked.
type database struct {
	cluster *postgres.Cluster
	halt    context.CancelFunc
	halted  chan struct{}

	mu       sync.Mutex
	restarts int
	problem  string
	backAt   time.Time
}

func keepDatabase(cluster *postgres.Cluster) *database {
	ctx, halt := context.WithCancel(context.Background())
	d := &database{cluster: cluster, halt: halt, halted: make(chan struct{})}
	go d.run(ctx)
	return d
}

func (d *database) run(ctx context.Context) {
	defer close(d.halted)
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.cluster.Done():
		}
		d.set(func() { d.problem, d.restarts = "it ended unasked", d.restarts+1 })
		err := d.cluster.Recover(ctx)
		if err == nil {
			d.set(func() { d.backAt = time.Now() })
			continue
		}
		d.set(func() { d.problem = err.Error() })
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (d *database) set(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

func (d *database) stop() error {
	d.halt()
	<-d.halted
	return d.cluster.Stop()
}

func (d *database) kill() {
	d.halt()
	d.cluster.Kill()
}
