package publication_test

import (
	"context"
	"encoding/json"

	"github.com/dengpan/dengpan/publication"
)

// listening is a channel with somebody who hears what is sent.
type listening struct {
	publication.Channel

	heard *[]object
}

func (l listening) Send(ctx context.Context, r publication.Record) (publication.Receipt, error) {
	body, err := r.Body()
	if err != nil {
		return publication.Receipt{}, err
	}
	var sent object
	if err := json.Unmarshal(body, &sent); err != nil {
		return publication.Receipt{}, err
	}
	*l.heard = append(*l.heard, sent)
	return l.Channel.Send(ctx, r)
}
