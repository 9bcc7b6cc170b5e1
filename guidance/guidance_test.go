package guidance

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
)

func rules(t *testing.T, demonstration bool) *policy.Policy {
	t.Helper()
	p, err := policy.Load("beijing-2023", demonstration)
	require.NoError(t, err)
	return p
}

func TestEveryAnswerIsInBothLanguagesFilledInAndSaysWhereItIsWritten(t *testing.T) {
	t.Parallel()
	b := For(rules(t, false))
	require.Len(t, b.Programme, 5)
	require.GreaterOrEqual(t, len(b.Questions), 25)
	texts := []policy.Text{}
	for _, s := range b.Programme {
		texts = append(texts, s.Text)
	}
	for _, q := range b.Questions {
		texts = append(texts, q.Question, q.Answer)
		require.True(t, q.Unknown || len(q.Citations) > 0, q.ID)
	}
	for _, text := range texts {
		require.NotContains(t, text.ZH+text.EN, "{")
		require.NotEqual(t, text.ZH, text.EN)
		require.True(t, strings.ContainsFunc(text.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }), text.ZH)
	}
}

func TestNumbersAreThoseOfTheRulesInForce(t *testing.T) {
	t.Parallel()
	p := rules(t, false)
	answer := func(b Book, id string) string {
		for _, q := range b.Questions {
			if q.ID == id {
				return q.Answer.ZH
			}
		}
		return ""
	}
	b := For(p)
	require.Contains(t, b.Programme[0].Text.ZH, "10000人")
	require.Contains(t, answer(b, "exam-mark"), mark(p.Exam().PassMark)+"分")
	require.Contains(t, answer(b, "ce-annual"), p.Hours().AnnualTotal.String()+"学时")
	require.Contains(t, answer(b, "standard-hours"), "有0个", "no hours are known")
	require.Contains(t, answer(For(rules(t, true)), "standard-hours"), "有30个", "and a demonstration has its own")
	require.Contains(t, answer(b, "standard-hours"), "有0个", "which is not kept")
}

func TestWhatCannotBeFoundIsNotCited(t *testing.T) {
	t.Parallel()
	const head = "documents: [{document: 通知, clauses: [一]}, {document: 标准, clauses: []}]\ntopics: [{id: a, name: {zh: 甲, en: A}}]\nquestions:\n"
	one := func(rest string) string {
		return head + "- {id: q, topic: a, question: {zh: 问, en: Q}, " + rest + "}\n"
	}
	_, err := read([]byte(one("answer: {zh: 答, en: A}, citations: [{document: 通知, clause: 一, basis: notice}]")))
	require.NoError(t, err)
	for why, wrong := range map[string]string{
		"no source":             one("answer: {zh: 答, en: A}"),
		"another document":      one("answer: {zh: 答, en: A}, citations: [{document: 传闻, clause: 一, basis: recalled}]"),
		"a part it has not":     one("answer: {zh: 答, en: A}, citations: [{document: 通知, clause: 九, basis: notice}]"),
		"not read, yet printed": one("answer: {zh: 答, en: A}, citations: [{document: 标准, clause: 一, basis: notice}]"),
		"one language":          one("answer: {zh: 答}, citations: [{document: 通知, clause: 一, basis: notice}]"),
		"no such value":         one("answer: {zh: '{x}', en: A}, citations: [{document: 通知, clause: 一, basis: notice}]"),
		"no such topic":         strings.Replace(one("answer: {zh: 答, en: A}, unknown: true"), "topic: a", "topic: b", 1),
		"twice":                 one("answer: {zh: 答, en: A}, unknown: true") + "- {id: q, topic: a, question: {zh: 问, en: Q}, answer: {zh: 答, en: A}, unknown: true}\n",
		"a topic of nothing":    strings.Replace(one("answer: {zh: 答, en: A}, unknown: true"), "topics: [", "topics: [{id: z, name: {zh: 乙, en: Z}}, ", 1),
		"an unknown field":      one("answer: {zh: 答, en: A}, unknown: true, sure: true"),
	} {
		_, err := read([]byte(wrong))
		require.Error(t, err, why)
	}
}
