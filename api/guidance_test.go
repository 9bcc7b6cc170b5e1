package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuestionsAreAnsweredInTheReadersLanguageByTopicAndText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	type answers struct {
		Topics    []coded
		Questions []questionView
	}
	ask := func(query, lang string) (shown answers) {
		r := w.do(call{method: http.MethodGet, path: "/v1/policy-questions" + query, header: map[string]string{"Accept-Language": lang}})
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		require.Equal(t, cacheable, r.header.Get("Cache-Control"))
		require.Contains(t, r.header.Get("Vary"), "Accept-Language")
		r.into(t, &shown)
		return shown
	}
	all := ask("", "zh-CN")
	require.Len(t, all.Topics, 10)
	require.GreaterOrEqual(t, len(all.Questions), 25)
	fees := ask("?topic=fees", "en")
	require.Less(t, len(fees.Questions), len(all.Questions))
	for _, q := range fees.Questions {
		require.Equal(t, "fees", q.Topic)
	}
	found := ask("?q=%E9%80%80%E8%B4%B9", "zh-CN").Questions // 退费
	require.NotEmpty(t, found)
	require.Empty(t, ask("?q=zzz", "en").Questions)
	unknown := 0
	for _, q := range all.Questions {
		if q.Unknown {
			unknown++
		}
	}
	require.Positive(t, unknown, "what nobody has laid down is said to be unknown")
	require.Equal(t, map[string]string{"topic": fieldUnknownValue},
		w.get("/v1/policy-questions?topic=gossip", "").refused(t, http.StatusUnprocessableEntity, validationFailed))

	var programme struct {
		Sentences          []sentenceView
		DemonstrationLabel *struct{ ZH string } `json:"demonstration_label"`
	}
	w.get("/v1/programme", "").into(t, &programme)
	require.Len(t, programme.Sentences, 5)
	require.Equal(t, "演示数据", programme.DemonstrationLabel.ZH)
	for _, s := range programme.Sentences {
		require.NotEmpty(t, s.Citations)
	}
}
