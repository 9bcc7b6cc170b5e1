package rounds_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/rounds"
)

func TestARoundIsMadeAtOnceAndThenOnceAPauseThoughItFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		ctx, stop := context.WithCancel(t.Context())
		began, made := time.Now(), []time.Duration{}
		rounds.Make(ctx, time.Minute, slog.New(slog.NewTextHandler(&said, nil)), "not all was looked after", func(context.Context) error {
			made = append(made, time.Since(began))
			if len(made) == 3 {
				stop()
			}
			return errors.New("the record is away")
		})
		require.Equal(t, []time.Duration{0, time.Minute, 2 * time.Minute}, made)
		require.Equal(t, 2, bytes.Count(said.Bytes(), []byte(`msg="not all was looked after" error="the record is away"`)),
			"what was cut short by the end of the process did not fail: %s", &said)
	})
}
