package acting

import (
	"context"
	"errors"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// Preview is what an act would do.
type Preview struct {
	// Why is why it is not possible; empty when it is.
	Why     string
	Effects []Effect
	// InTheWay are certificates in force that a case cannot go back behind.
	InTheWay []store.Certificate
}

// errDone ends the transaction of a preview: nothing of it is kept.
var errDone = errors.New("a preview keeps nothing")

// Preview does what an act would do, in a transaction of which nothing is kept, and tells what that was.
func (d Desk) Preview(ctx context.Context, s *store.Store, a Asking) (p Preview, err error) {
	err = s.Tx(ctx, func(tx *store.Tx) error {
		f, err := d.Open(tx, a.CaseID)
		if err != nil {
			return err
		}
		if f.LastEvent != a.Seen {
			return ErrChanged
		}
		p, err = f.preview(a)
		if err != nil {
			return err
		}
		return errDone
	})
	if errors.Is(err, errDone) {
		err = nil
	}
	return p, err
}

func (f *File) preview(a Asking) (Preview, error) {
	asked, err := f.ask(a)
	if not, is := errors.AsType[*NotPossibleError](err); is {
		p := Preview{Why: not.Why}
		if not.Why == InForce {
			p.InTheWay, err = f.inForce(a.Params.Stage)
			return p, err
		}
		return p, nil
	}
	if err != nil {
		return Preview{}, err
	}
	if asked.Resolution != nil {
		err = f.resolve(*asked.Incident, *asked.Resolution, &contract.ApplyResolutionReply{})
	} else {
		_, err = f.carryOut(*asked.Act)
	}
	return Preview{Effects: f.effects}, err
}

// PreviewOf tells what something would do that waits for a second person's decision.
func (d Desk) PreviewOf(ctx context.Context, s *store.Store, approvalID string) (p Preview, err error) {
	err = s.Tx(ctx, func(tx *store.Tx) error {
		done, f, i, err := d.lock(tx, approvalID)
		switch {
		case err != nil || f == nil:
			return err
		case done.Act != nil:
			_, err = f.carryOut(*done.Act)
		case done.Resolution != nil:
			err = f.resolve(*i, *done.Resolution, &contract.ApplyResolutionReply{})
		}
		if err != nil {
			return err
		}
		p.Effects = f.effects
		return errDone
	})
	if errors.Is(err, errDone) {
		err = nil
	}
	return p, err
}
