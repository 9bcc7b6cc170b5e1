package redact

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
)

// Handler is a log handler that hands on to another what it was told, without what must not be read: in the message, in the
// attributes, and in what errors and other values say of themselves.
func Handler(next slog.Handler) slog.Handler { return handler{next: next} }

type handler struct{ next slog.Handler }

// Enabled is the next handler's.
func (h handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle hands a record on.
func (h handler) Handle(ctx context.Context, record slog.Record) error {
	clean := slog.NewRecord(record.Time, record.Level, Text(record.Message), record.PC)
	record.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(attribute(a))
		return true
	})
	return h.next.Handle(ctx, clean) //nolint:wrapcheck // this handler is the next one, seen through a filter
}

// WithAttrs hands attributes on.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{next: h.next.WithAttrs(attributes(attrs))}
}

// WithGroup opens a group.
func (h handler) WithGroup(name string) slog.Handler { return handler{next: h.next.WithGroup(name)} }

func attributes(attrs []slog.Attr) []slog.Attr {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = attribute(a)
	}
	return clean
}

func attribute(a slog.Attr) slog.Attr {
	value := a.Value.Resolve()
	if Key(a.Key) && value.Kind() != slog.KindBool {
		return slog.String(a.Key, Removed)
	}
	switch value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, Text(value.String()))
	case slog.KindGroup:
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(attributes(value.Group())...)}
	case slog.KindAny:
		return slog.Attr{Key: a.Key, Value: other(value.Any())}
	default:
		return slog.Attr{Key: a.Key, Value: value}
	}
}

// other is a value of any type: an error by its text, and anything else as it is written, if that can be read by everybody.
func other(v any) slog.Value {
	switch v := v.(type) {
	case nil:
		return slog.AnyValue(nil)
	case error:
		return slog.StringValue(Text(v.Error()))
	case fmt.Stringer:
		return slog.StringValue(Text(v.String()))
	case []byte:
		return slog.StringValue(fmt.Sprintf("%d bytes", len(v)))
	}
	written, err := json.Marshal(v)
	if err != nil {
		return slog.StringValue(Text(fmt.Sprintf("%+v", v)))
	}
	redacted, err := JSON(written)
	if err != nil {
		return slog.StringValue(Removed)
	}
	return slog.AnyValue(redacted)
}
