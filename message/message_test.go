package message_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/message"
)

func TestTextFillsPlaceholdersInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	params := map[string]any{"institution": "国家开放大学", "task": "training", "attempt": 2, "due": "2026-12-01"}
	require.Equal(t, "已向国家开放大学发出“规范化培训”任务（第2次），期限为2026-12-01。",
		message.Text(message.Chinese, "event.task_issued", params))
	require.Equal(t, "The task “Standardised training” (attempt 2) went to 国家开放大学, due 2026-12-01.",
		message.Text(message.English, "event.task_issued", params))
}

func TestTextNeverShowsAGapInTheWordsAsAFault(t *testing.T) {
	t.Parallel()
	require.Equal(t, "event.nothing_such", message.Text(message.Chinese, "event.nothing_such", nil))
	require.Equal(t, "期限延长至—。", message.Text(message.Chinese, "event.deadline_extended", nil))
	require.Equal(t, "期限延长至—。", message.Text(message.Chinese, "event.deadline_extended", map[string]any{"due": nil}))
	require.Equal(t, "期限延长至—。", message.Text(message.Chinese, "event.deadline_extended", map[string]any{"due": ""}))
	require.Equal(t, "期限延长至2026-12-01。",
		message.Text("fr", "event.deadline_extended", map[string]any{"due": "2026-12-01"}), "an unknown language is Chinese")
	require.Equal(t, "卡点已解除，处理方式：wait。",
		message.Text(message.Chinese, "event.incident_resolved", map[string]any{"verb": "wait"}), "an unknown code shows as it is")
	require.Equal(t, "卡点已解除，处理方式：—。", message.Text(message.Chinese, "event.incident_resolved", nil))
}

func TestSeveralCodesAreSaidOneAfterAnother(t *testing.T) {
	t.Parallel()
	say := func(lang message.Lang, differences any) string {
		return message.Text(lang, "cause.certificate_differs.explanation", map[string]any{"differences": differences})
	}
	require.Contains(t, say(message.Chinese, []any{"hours", "signature"}), "学时少于证书所载或规定；签名验证不通过。")
	require.Contains(t, say(message.English, []any{"signature"}), "found: The signature does not verify.")
	require.Contains(t, say(message.English, nil), "found: —.")
}

func TestTextTakesAParameterLiterally(t *testing.T) {
	t.Parallel()
	params := map[string]any{"due": "{due}", "institution": "%s{role:role}", "role": "training"}
	require.Equal(t, "期限延长至{due}。", message.Text(message.Chinese, "event.deadline_extended", params))
	require.Equal(t, "培训机构改为%s{role:role}。", message.Text(message.Chinese, "event.body_reassigned", params))
}

type stage string

func TestTextShowsNumbersAndNamedTypesPlainly(t *testing.T) {
	t.Parallel()
	for _, given := range []struct {
		value any
		shown string
	}{
		{80, "80"},
		{80.0, "80"},
		{float32(7.5), "7.5"},
		{int64(1 << 40), "1099511627776"},
		{1e21, "1000000000000000000000"},
		{stage("x"), "x"},
	} {
		require.Equal(t, "已完成规定的培训学时和内容，共"+given.shown+"学时。",
			message.Text(message.Chinese, "event.training_completed", map[string]any{"hours": given.value}))
	}
}

func TestAnIncidentIsNamedByTheTitleOfItsCause(t *testing.T) {
	t.Parallel()
	params := map[string]any{"cause": "task_overdue"}
	require.Equal(t, "个案受阻：机构逾期未答复。", message.Text(message.Chinese, "event.incident_opened", params))
	require.Equal(t, "The case is stuck: The institution is late.", message.Text(message.English, "event.incident_opened", params))
}

func TestKeysListsAPrefixInOrder(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"level.intermediate", "level.junior", "level.senior"}, message.Keys("level."))
	require.Empty(t, message.Keys("nothing."))
	require.True(t, message.Has("level.junior"))
	require.False(t, message.Has("level"))
	require.False(t, message.Has("level."))
}

func TestChineseIsSpokenUnlessEnglishIsAskedForFirst(t *testing.T) {
	t.Parallel()
	for header, lang := range map[string]message.Lang{
		"":                           message.Chinese,
		"*":                          message.Chinese,
		"zh-CN,zh;q=0.9,en;q=0.8":    message.Chinese,
		"zh-Hant-TW":                 message.Chinese,
		"en":                         message.English,
		"en-GB,en;q=0.9":             message.English,
		"en;q=0.5, zh;q=0.4":         message.English,
		"en;q=0.4, zh;q=0.5":         message.Chinese,
		"en;q=0":                     message.Chinese,
		"fr, en;q=0.8":               message.English,
		"fr":                         message.Chinese,
		"en;q=x":                     message.Chinese,
		"\x00;;;,,":                  message.Chinese,
		strings.Repeat("en,", 1<<16): message.Chinese,
	} {
		require.Equal(t, lang, message.ParseAcceptLanguage(header), "%.40q", header)
	}
}

func FuzzAcceptLanguageAlwaysYieldsALanguage(f *testing.F) {
	f.Add("zh-CN,zh;q=0.9,en;q=0.8")
	f.Add("en-a-bb-x-y;q=-1")
	f.Fuzz(func(t *testing.T, header string) {
		require.Contains(t, []message.Lang{message.Chinese, message.English}, message.ParseAcceptLanguage(header))
	})
}
