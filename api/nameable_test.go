package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnUnknownFieldIsNamedOnlyIfAProgrammerWouldHaveNamedItSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for field, shown := range map[string]string{
		"nickname": "nickname", "张三": "?", "11010519491231002X": "?", "zhang.san@example.cn": "?", "san@example.cn": "?", "a b": "?",
	} {
		fields := w.post("/v1/verifications", "", object{"name": "张三", "id_number": "x", "certificate_number": "x", field: 1}).
			refused(t, http.StatusUnprocessableEntity, unknownField)
		require.Equal(t, map[string]string{shown: fieldUnknown}, fields, field)
	}
}
