// Command go is a sample for institutions: it receives callbacks, verifies them, and fetches the tasks that they tell of.
//
//	DENGPAN_URL=https://dengpan.example.cn DENGPAN_KEY=… DENGPAN_SECRET=whsec_… go run .
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/dengpan/dengpan/client"
)

// receiver answers callbacks at once, and works afterwards.
type receiver struct {
	verifier *client.Verifier
	api      *client.Client
	out      io.Writer
	seen     sync.Map // the ids of events: one may come twice. Keep them in your database.
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	event, err := r.verifier.Read(req)
	if err != nil {
		http.Error(w, "not signed by Dengpan", http.StatusUnauthorized)
		return
	}
	if _, repeated := r.seen.LoadOrStore(event.ID, true); !repeated && event.Type == "task.issued" && !event.Data.Example {
		go r.take(event.Data.TaskID)
	}
	w.WriteHeader(http.StatusNoContent)
}

// take fetches a task. If that fails for good, the task is still in the list of open tasks: read that once a day.
func (r *receiver) take(id string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	task, err := r.api.Task(ctx, id)
	if err != nil {
		log.Printf("fetch a task: %v", err)
		return
	}
	_, _ = fmt.Fprintf(r.out, "task %s %s due %s\n", task.Kind, task.ID, task.DueAt.Format(time.DateOnly))
}

func main() {
	verifier, err := client.NewVerifier(os.Getenv("DENGPAN_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	api, err := client.New(os.Getenv("DENGPAN_URL"), os.Getenv("DENGPAN_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	_, _ = fmt.Fprintf(os.Stdout, "listening on %s\n", listener.Addr())
	const patience = 10 * time.Second
	server := &http.Server{
		Handler:           &receiver{verifier: verifier, api: api, out: os.Stdout},
		ReadHeaderTimeout: patience, ReadTimeout: patience, WriteTimeout: patience,
	}
	log.Fatal(server.Serve(listener))
}
