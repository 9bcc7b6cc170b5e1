package api

import (
	"context"
	"slices"
	"strings"

	"github.com/dengpan/dengpan/guidance"
	"github.com/dengpan/dengpan/policy"
)

// cacheable is how long others may keep what is the same for everybody, in a language: what it says changes with a release.
const cacheable = "public, max-age=300"

// sentenceView is something said of the programme, and where it is written.
type sentenceView struct {
	Text      string            `json:"text"`
	Citations []policy.Citation `json:"citations"`
}

type programmeOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Sentences          []sentenceView `json:"sentences"`
		DemonstrationLabel *policy.Text   `json:"demonstration_label,omitempty" doc:"To be shown on every page; left out where nothing is made up."`
	}
}

// programme says in a few sentences what the programme is.
func (s *service) programme(ctx context.Context, _ *struct{}) (*programmeOutput, error) {
	lang := string(requestOf(ctx).lang)
	out := &programmeOutput{CacheControl: cacheable}
	out.Body.DemonstrationLabel = s.Policy.Catalogue().DemonstrationLabel
	for _, said := range guidance.For(s.Policy).Programme {
		out.Body.Sentences = append(out.Body.Sentences, sentenceView{said.Text.In(lang), said.Citations})
	}
	return out, nil
}

type questionsInput struct {
	Topic string `query:"topic" maxLength:"32"`
	Text  string `query:"q" maxLength:"64" doc:"Within the question or its answer."`
}

type questionsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Topics    []coded        `json:"topics"`
		Questions []questionView `json:"questions"`
	}
}

// questionView is a question about the programme, answered.
type questionView struct {
	ID        string            `json:"id"`
	Topic     string            `json:"topic"`
	Question  string            `json:"question"`
	Answer    string            `json:"answer"`
	Unknown   bool              `json:"unknown" doc:"No rule was found, or none is entered: the answer says what holds meanwhile."`
	Citations []policy.Citation `json:"citations"`
}

// policyQuestions answers what people ask about the programme.
func (s *service) policyQuestions(ctx context.Context, in *questionsInput) (*questionsOutput, error) {
	lang := string(requestOf(ctx).lang)
	book := guidance.For(s.Policy)
	if in.Topic != "" && !slices.ContainsFunc(book.Topics, func(t guidance.Topic) bool { return t.ID == in.Topic }) {
		return nil, problem(validationFailed, FieldError{Field: "topic", Code: fieldUnknownValue})
	}
	out := &questionsOutput{CacheControl: cacheable}
	out.Body.Topics, out.Body.Questions = []coded{}, []questionView{}
	for _, t := range book.Topics {
		out.Body.Topics = append(out.Body.Topics, coded{Code: t.ID, Name: t.Name.In(lang)})
	}
	sought := strings.ToLower(strings.TrimSpace(in.Text))
	for _, q := range book.Questions {
		view := questionView{
			ID: q.ID, Topic: q.Topic, Question: q.Question.In(lang), Answer: q.Answer.In(lang), Unknown: q.Unknown,
			Citations: append([]policy.Citation{}, q.Citations...),
		}
		if (in.Topic == "" || in.Topic == q.Topic) && strings.Contains(strings.ToLower(view.Question+"\n"+view.Answer), sought) {
			out.Body.Questions = append(out.Body.Questions, view)
		}
	}
	return out, nil
}
