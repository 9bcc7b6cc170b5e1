// Package web serves the web application: trainees, institutions, operators and administrators share one. Its sources are
// in this folder too; `make build` builds them into dist, which is embedded here, compressed already. Without that the
// package compiles all the same, and says that the application was not built.
package web

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/vearutop/statigz"
	"github.com/vearutop/statigz/brotli"
)

//go:embed all:dist
var embedded embed.FS

// Path is where the application lives.
const Path = "/app/"

// Application is the application as it was built.
type Application struct {
	// SendsTo is an origin that the page may send files to, beside its own; empty: there is none.
	SendsTo string

	page   []byte
	assets http.Handler
}

// ErrNotBuilt means that this binary was built without the application.
var ErrNotBuilt = errors.New("web: the application was not built")

// Built is the application in this binary, or [ErrNotBuilt].
func Built() (*Application, error) { return in(embedded, "dist/app") }

// in is the application in a folder.
func in(files fs.ReadDirFS, folder string) (*Application, error) {
	page, err := fs.ReadFile(files, folder+"/index.html")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	assets := statigz.FileServer(files, brotli.AddEncoding, statigz.FSPrefix(folder))
	return &Application{page: page, assets: http.StripPrefix(strings.TrimSuffix(Path, "/"), assets)}, nil
}

// assets is the folder of files that are named by their content: what is under a name never changes.
const assets = Path + "assets/"

// ServeHTTP answers with an asset, or with the page: which page of the application an address means, the application
// knows.
func (a *Application) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, assets) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		a.assets.ServeHTTP(&forgetful{ResponseWriter: w}, r)
		return
	}
	nonce := newNonce()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", a.policy(nonce))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(bytes.ReplaceAll(a.page, []byte(placeholder), []byte(nonce))) // a reader who left is no fault
}

// forgetful lets nobody keep that an asset is missing: the next release may have it.
type forgetful struct{ http.ResponseWriter }

func (f *forgetful) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		f.Header().Set("Cache-Control", "no-store")
	}
	f.ResponseWriter.WriteHeader(status)
}

// placeholder is what the build writes where an answer's nonce belongs.
const placeholder = "__CSP_NONCE__"

func newNonce() string {
	b := make([]byte, 18)
	rand.Read(b) // never fails: it crashes the program instead
	return base64.StdEncoding.EncodeToString(b)
}

// policy lets the page run the application's own scripts, and those styles that the application makes as it goes; nothing
// from elsewhere, and nothing that somebody wrote into it. Files it may send where they are kept.
func (a *Application) policy(nonce string) string {
	sendsTo := ""
	if a.SendsTo != "" {
		sendsTo = " " + a.SendsTo
	}
	return "default-src 'none'; script-src 'self' 'nonce-" + nonce + "'; style-src 'self' 'nonce-" + nonce + "'; " +
		"img-src 'self'; font-src 'self'; connect-src 'self'" + sendsTo + "; manifest-src 'self'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
}
