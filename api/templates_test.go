package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/notification"
)

func TestOperatorsSeeWhatTraineesAreToldInBothLanguages(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, func(c *Config) { c.PublicURL, c.Channels = "https://dengpan.example", notification.Channels() })
	read := func(lang string) map[string]TemplateView {
		var list struct{ Templates []TemplateView }
		w.get("/v1/notification-templates?lang="+lang, w.operator).into(t, &list)
		byKind := map[string]TemplateView{}
		for _, one := range list.Templates {
			byKind[one.Kind] = one
		}
		require.Len(t, byKind, len(notification.Rules().Told))
		return byKind
	}
	noticed := read("zh")["misconduct_noticed"]
	require.True(t, noticed.Due)
	require.Contains(t, noticed.Mail, "请于2026-12-10前办理。")
	require.Contains(t, noticed.SMS, "请于2026-12-10前")
	require.Contains(t, noticed.Mail, "https://dengpan.example/app/")
	require.Contains(t, read("en")["exam_failed"].Mail, "How you are told can be changed")
	require.Contains(t, read("zh")["incident_opened"].Mail, "照片")

	var standing struct{ Channels []TellingView }
	r := w.get("/v1/notification-channels", w.operator)
	require.Equal(t, http.StatusOK, r.status)
	r.into(t, &standing)
	require.Equal(t, []TellingView{{Channel: "email", Connected: true}, {Channel: "sms", Connected: true}}, standing.Channels)
}
