package institution

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"

	"github.com/google/uuid"
)

// act does what a task asks for and answers it. What the script has go wrong first goes wrong first.
func (s *Simulator) act(ctx context.Context, j *job, t *task, b Behaviour) {
	if t.Kind == training && !b.refuses() && !s.teach(ctx, j, t, b) {
		return
	}
	right := b
	switch b {
	case WrongScore:
		right = Normal
		s.misstep(ctx, j, t, b, j.player.APIKey, t)
	case OutOfOrder:
		right = Normal
		if next, early := successor[t.Kind]; early {
			later := *t
			later.Kind = next
			s.misstep(ctx, j, t, b, j.player.APIKey, &later)
		}
	case WrongInstitution:
		right = Normal
		if other := s.otherThan(j.player); other != nil {
			s.misstep(ctx, j, t, b, other.APIKey, t)
		}
	case UnknownTask:
		right = Normal
		nobodys := *t
		nobodys.ID = uuid.NewSHA1(uuid.Nil, []byte(t.ID)).String()
		s.misstep(ctx, j, &nobodys, b, j.player.APIKey, t)
	default: // nothing goes wrong before the answer
	}
	a, err := compose(t, right)
	if err != nil {
		s.log.Warn("a task cannot be answered", "task", t.ID, "error", err)
		entry := entryOf(j, t, b, taskUnanswerable)
		entry.Code = "task_details"
		s.journal.note(entry)
		return
	}
	copies(b, func(i int) {
		key := a.key(t.ID)
		if i%2 == 1 {
			// Every second copy comes as a request of its own, so that nothing but the answer itself gives it away.
			key += "-" + strconv.Itoa(i)
		}
		s.send(ctx, j, t, b, a, key)
	})
	if b == SecondOpinion {
		s.misstep(ctx, j, t, Fail, j.player.APIKey, t)
	}
}

// copies sends something once, or all at once as often as a behaviour has it.
func copies(b Behaviour, send func(i int)) {
	count := 1
	if b == Duplicate {
		count = duplicateCopies
	}
	var sending sync.WaitGroup
	start := make(chan struct{})
	for i := range count {
		sending.Go(func() {
			<-start
			send(i)
		})
	}
	close(start)
	sending.Wait()
}

// The task whose result is sent too early, in place of the answer that is due.
var successor = map[string]string{enrolment: training, training: exam}

// otherThan is some other institution.
func (s *Simulator) otherThan(p *player) *player {
	for _, other := range s.roster {
		if other != p {
			return other
		}
	}
	return nil
}

// send sends the answer until the API has taken or refused it.
func (s *Simulator) send(ctx context.Context, j *job, t *task, b Behaviour, a answer, key string) {
	entry := entryOf(j, t, b, answerTaken)
	got, err := s.client.persist(ctx, request{
		key: j.player.APIKey, path: "/v1/tasks/" + t.ID + "/" + a.path, body: a.body, idempotency: key,
	}, s.retried(entry))
	if err != nil {
		return // told to stop: the task is open still, or answered, and polling will tell
	}
	entry.Status, entry.Code = got.status, got.code
	if !got.accepted() {
		entry.Action = answerRefused
		s.journal.note(entry)
		return
	}
	var taken struct {
		Repeated bool `json:"repeated"`
	}
	if json.Unmarshal(got.body, &taken) == nil && taken.Repeated {
		entry.Code = "repeated"
	}
	s.journal.note(entry)
	s.answered.note(t.CaseID, t.Kind, t.Attempt)
}

// misstep sends an answer that should be refused, and notes whether it was. as is the task it is an answer to.
func (s *Simulator) misstep(ctx context.Context, j *job, t *task, b Behaviour, key string, as *task) {
	wrong, err := compose(as, b)
	if err != nil {
		return // nor can the right one be composed, which says so
	}
	entry := entryOf(j, t, b, misstepRefused)
	got, err := s.client.persist(ctx, request{
		key: key, path: "/v1/tasks/" + t.ID + "/" + wrong.path, body: wrong.body, idempotency: "misstep-" + wrong.key(t.ID),
	}, s.retried(entry))
	if err != nil {
		return
	}
	entry.Status, entry.Code = got.status, got.code
	if got.accepted() {
		entry.Action = misstepTaken
	}
	s.journal.note(entry)
}
