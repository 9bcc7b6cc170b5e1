package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// viewBody is how somebody likes to look at a list.
type viewBody struct {
	List    string   `json:"list" pattern:"^[a-z][a-z_-]{0,39}$" doc:"The list's name: cases, incidents."`
	Name    string   `json:"name" minLength:"1" maxLength:"60"`
	Search  string   `json:"search" maxLength:"4000" doc:"The address's query: filter, order."`
	Columns []string `json:"columns,omitempty" maxItems:"50" doc:"The columns that are shown, in order; its own when there are none."`
	Shared  bool     `json:"shared" doc:"With every operator; only its owner changes it."`
}

// SavedView is a kept view of a list.
type SavedView struct {
	ID        string       `json:"id"`
	List      string       `json:"list"`
	Name      string       `json:"name"`
	Search    string       `json:"search"`
	Columns   []string     `json:"columns"`
	Shared    bool         `json:"shared"`
	Mine      bool         `json:"mine"`
	Owner     assigneeView `json:"owner"`
	ChangedAt time.Time    `json:"changed_at"`
}

type viewsInput struct {
	List string `query:"list" maxLength:"40" doc:"Of this list; of all when it is not given."`
}

type viewsOutput struct {
	Body struct {
		Views []SavedView `json:"views"`
	}
}

type viewOutput struct{ Body SavedView }

// registerViews adds the views of lists that operators keep.
func (s *service) registerViews(api huma.API) {
	const tag = "views"
	s.bodies.view = bodyFor[viewBody](api.OpenAPI().Components.Schemas)
	read(api, "GET /v1/views", tag, "My views of lists, and those that others share", s.listViews)
	sent(api, "POST /v1/views", tag, "Keep a view of a list", s.bodies.view.schema, http.StatusCreated, s.keepView)
	sent(api, "PUT /v1/views/{id}", tag, "Change a view of mine", s.bodies.view.schema, http.StatusOK, s.changeView)
	bare(api, "DELETE /v1/views/{id}", tag, "Remove a view of mine", s.removeView)
}

func (s *service) listViews(ctx context.Context, in *viewsInput) (*viewsOutput, error) {
	r, out := requestOf(ctx), &viewsOutput{}
	tx := s.Store.Read(ctx)
	views, err := tx.SavedViews(r.account.ID, in.List)
	if err != nil {
		return nil, err
	}
	out.Body.Views, err = showViews(tx, r, views...)
	return out, err
}

func showViews(tx *store.Tx, r *request, views ...store.SavedView) ([]SavedView, error) {
	owners := make([]string, len(views))
	for i, v := range views {
		owners[i] = v.Owner
	}
	accounts, err := tx.AccountsOf(owners)
	shown := make([]SavedView, len(views))
	for i, v := range views {
		columns := v.Columns
		if columns == nil {
			columns = []string{}
		}
		shown[i] = SavedView{
			ID: v.ID, List: v.List, Name: v.Name, Search: v.Search, Columns: columns, Shared: v.Shared, Mine: v.Owner == r.account.ID,
			Owner: assigneeView{v.Owner, accounts[v.Owner].Label}, ChangedAt: v.ChangedAt,
		}
	}
	return shown, err
}

// keepView keeps a view.
func (s *service) keepView(ctx context.Context, in *bodyInput) (*viewOutput, error) {
	now := s.Now().UTC()
	return s.writeView(ctx, in.RawBody, "view.keep", func(*store.Tx) (store.SavedView, error) {
		return store.SavedView{ID: uuid.NewString(), Owner: requestOf(ctx).account.ID, CreatedAt: now}, nil
	})
}

// changeView keeps a view of the asker's otherwise.
func (s *service) changeView(ctx context.Context, in *idBodyInput) (*viewOutput, error) {
	return s.writeView(ctx, in.RawBody, "view.change", func(tx *store.Tx) (store.SavedView, error) { return tx.SavedView(in.ID) })
}

func (s *service) writeView(
	ctx context.Context, raw []byte, action string, begin func(*store.Tx) (store.SavedView, error),
) (*viewOutput, error) {
	body, found, err := s.bodies.view.read(raw)
	if err != nil {
		return nil, err
	}
	for field, text := range map[string]string{"name": body.Name, "search": body.Search} {
		if identity.Reveals(text) {
			found.add(field, fieldReveals)
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	r, out := requestOf(ctx), &viewOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		v, err := begin(tx)
		if err != nil {
			return err
		}
		v.List, v.Name, v.Search, v.Columns, v.Shared, v.ChangedAt = body.List, body.Name, body.Search, body.Columns, body.Shared, s.Now().UTC()
		if v.Columns == nil {
			v.Columns = []string{}
		}
		if err := tx.KeepView(v); err != nil {
			return err
		}
		shown, err := showViews(tx, r, v)
		if err != nil {
			return err
		}
		out.Body = shown[0]
		return s.audit(tx, r, action, "saved_view:"+v.ID, "", map[string]any{"list": v.List, "name": v.Name, "shared": v.Shared})
	})
	if store.Constraint(err) == store.OneNamePerView {
		return nil, problem(validationFailed, FieldError{Field: "name", Code: fieldViewTaken})
	}
	return out, err
}

// removeView removes a view of the asker's.
func (s *service) removeView(ctx context.Context, in *idInput) (*viewOutput, error) {
	r, out := requestOf(ctx), &viewOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		v, err := tx.SavedView(in.ID)
		if err != nil {
			return err
		}
		shown, err := showViews(tx, r, v)
		if err != nil {
			return err
		}
		out.Body = shown[0]
		if err := tx.RemoveView(v.ID); err != nil {
			return err
		}
		return s.audit(tx, r, "view.remove", "saved_view:"+v.ID, "", map[string]any{"list": v.List, "name": v.Name})
	})
	return out, err
}
