package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// Away reports whether an error says that the database could not be reached, or was too busy: that and nothing else. What
// it does not know is a defect, and is not taken for an outage.
func Away(err error) bool {
	if answer, answered := errors.AsType[*pgconn.PgError](err); answered {
		switch answer.Code[:2] {
		case "08", "40", "53", "55", "57", "58": // connection, conflict, resources, lock, operator, system
			return true
		}
		return false
	}
	if _, unreachable := errors.AsType[*pgconn.ConnectError](err); unreachable {
		return true
	}
	if _, network := errors.AsType[net.Error](err); network {
		return true
	}
	for _, gone := range []error{
		driver.ErrBadConn, sql.ErrConnDone, sql.ErrTxDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		context.DeadlineExceeded, context.Canceled,
	} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return pgconn.SafeToRetry(err)
}
