package bureau

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/dengpan/dengpan/playing"
)

// DefaultAddress is where the demonstration's register of persons listens.
const DefaultAddress = "127.0.0.1:8092"

const (
	checks         = "/checks"
	longestControl = 4 << 10
)

// URL is where a register that listens on an address is asked.
func URL(address string) string { return "http://" + address + checks }

// Run listens on an address until it is told to stop.
func (g *Register) Run(ctx context.Context, address string) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen for questions about persons: %w", err)
	}
	server := &http.Server{
		Handler: g.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	if err := playing.Serve(ctx, server, listener); err != nil {
		return fmt.Errorf("serve the register of persons: %w", err)
	}
	return nil
}

// Handler answers questions, and takes orders from this machine.
func (g *Register) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST "+checks, g)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("PUT /control/people", thisMachineOnly(func(w http.ResponseWriter, r *http.Request) {
		var told struct {
			Number string `json:"id_number"`
			Name   string `json:"name"` // empty: it cannot say whose the number is
		}
		if read(w, r, &told) && (told.Number != "" || refuse(w, "no_number")) {
			g.Name(told.Number, told.Name)
			answer(w, http.StatusOK, struct{}{})
		}
	}))
	mux.HandleFunc("PUT /control/manner", thisMachineOnly(func(w http.ResponseWriter, r *http.Request) {
		var told struct {
			Manner Manner `json:"manner"`
		}
		if read(w, r, &told) && (slices.Contains([]Manner{Polite, Slow, Away, Mad}, told.Manner) || refuse(w, "unknown_manner")) {
			g.Behave(told.Manner)
			answer(w, http.StatusOK, struct{}{})
		}
	}))
	return mux
}

// read reads an order, or refuses it.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	// A page in a browser cannot send this without being asked first.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return refuse(w, "not_json")
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, longestControl))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into) == nil || refuse(w, "unreadable")
}

// refuse refuses an order, which is therefore not taken.
func refuse(w http.ResponseWriter, code string) (taken bool) {
	answer(w, http.StatusUnprocessableEntity, map[string]string{"code": code})
	return false
}

// thisMachineOnly keeps orders to this machine, and to programs on it.
func thisMachineOnly(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !playing.FromThisMachine(r) {
			answer(w, http.StatusForbidden, map[string]string{"code": "this_machine_only"})
			return
		}
		next(w, r)
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // who asked may be gone
}
