package registry

import (
	"html/template"
	"net/http"
	"strings"
)

// lookUp is a register's public page: name, ID number and certificate number, as annex 3 prints. What is asked for is posted,
// so that it stands in no address.
var lookUp = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<h1>{{.Title}}</h1>
<form method="post">
<p><label>姓名 <input name="name" required></label></p>
<p><label>证件号码 <input name="identity_card" required></label></p>
<p><label>证书编号 <input name="cert_num" required></label></p>
<p><button>查询</button></p>
</form>
{{with .Found}}<dl>
<dt>姓名</dt><dd>{{.Name}}</dd><dt>证书编号</dt><dd>{{.CertNum}}</dd><dt>颁发单位</dt><dd>{{.IssuerName}}</dd>
<dt>发证日期</dt><dd>{{.IssueDate}}</dd><dt>状态</dt><dd>{{$.State}}</dd></dl>
{{else}}{{if .Asked}}<p>未查询到</p>{{end}}{{end}}
`))

var stateNames = map[string]string{"01": "有效", "02": "暂扣", "03": "吊销", "04": "撤销", "05": "注销", "06": "失效", "99": "其他"}

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	g := s.registers[r.PathValue("register")]
	if g == nil {
		http.NotFound(w, r)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.behaviour.Down {
		http.Error(w, "系统维护中", http.StatusServiceUnavailable)
		return
	}
	g.settle(s.now())
	shown := struct {
		Title, State string
		Found        *record
		Asked        bool
	}{Title: titles[g.name], Asked: r.Method == http.MethodPost}
	if shown.Asked {
		field := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
		if h := g.shown(field("name"), field("identity_card"), field("cert_num")); h != nil {
			shown.Found, shown.State = &h.record, stateNames[h.CertState]
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; form-action 'self'")
	_ = lookUp.Execute(w, shown) // a reader that is gone cannot be told
}
