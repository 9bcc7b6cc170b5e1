package provider

import (
	"embed"
	"html/template"
	"net/http"
)

const loginPath = "/log-in"

//go:embed login.html
var pages embed.FS

var loginPage = template.Must(template.ParseFS(pages, "login.html"))

// askLogin shows the page to log in at. The library says whom it is for.
func (*Provider) askLogin(w http.ResponseWriter, r *http.Request) {
	showLogin(w, r.URL.Query().Get("request"), false)
}

// checkLogin sends who logged in back to the library, which sends them back to the product.
func (p *Provider) checkLogin(w http.ResponseWriter, r *http.Request) {
	id := r.PostFormValue("request")
	if !p.storage.logIn(id, r.PostFormValue("login"), r.PostFormValue("password")) {
		showLogin(w, id, true)
		return
	}
	http.Redirect(w, r, p.back(r.Context(), id), http.StatusSeeOther)
}

func showLogin(w http.ResponseWriter, id string, failed bool) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// No form-action: the form leads through the library's redirects to the product.
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "no-store")
	_ = loginPage.Execute(w, struct { // a reader who left is no fault
		Request string
		Failed  bool
	}{id, failed})
}
