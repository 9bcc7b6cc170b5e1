package api

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

type hostBody struct {
	Host   string `json:"host" minLength:"1" maxLength:"253" doc:"A name or an address, without a port."`
	Port   int    `json:"port" minimum:"1" maximum:"65535"`
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

// allowedHostView is a host that callbacks may go to though it is not public, or not on a usual port.
type allowedHostView struct {
	ID        string     `json:"id"`
	Host      string     `json:"host"`
	Port      int        `json:"port"`
	Reason    string     `json:"reason"`
	AllowedBy string     `json:"allowed_by" doc:"The account."`
	AllowedAt time.Time  `json:"allowed_at"`
	RemovedAt *time.Time `json:"removed_at,omitempty"`
}

type (
	allowedHostsOutput struct {
		Body struct {
			Hosts []allowedHostView `json:"hosts"`
		}
	}
	allowedHostOutput struct {
		Status int
		Body   allowedHostView
	}
)

func (s *service) registerAllowedHosts(api huma.API) {
	const hosts = "endpoints"
	read(api, "GET /v1/allowed-hosts", hosts, "Hosts that callbacks may go to though they are not public", s.listAllowedHosts)
	sent(api, "POST /v1/allowed-hosts", hosts, "Allow a host at a port", s.calling.host.schema, http.StatusCreated, s.allowHost)
	sent(api, "POST /v1/allowed-hosts/{id}/removal", hosts, "Allow a host no longer", s.bodies.reason.schema, http.StatusOK, s.removeHost)
}

func viewAllowedHost(h store.AllowedHost) allowedHostView {
	return allowedHostView{
		ID: h.ID, Host: h.Host, Port: h.Port, Reason: h.Reason, AllowedBy: h.AllowedBy, AllowedAt: h.AllowedAt, RemovedAt: h.RemovedAt,
	}
}

func (s *service) listAllowedHosts(ctx context.Context, _ *struct{}) (*allowedHostsOutput, error) {
	all, err := s.Store.Read(ctx).AllowedHosts()
	out := &allowedHostsOutput{}
	out.Body.Hosts = make([]allowedHostView, len(all))
	for i, h := range all {
		out.Body.Hosts[i] = viewAllowedHost(h)
	}
	return out, err
}

// plainHost writes a host as an endpoint's address is looked up by; false for what is no host.
func plainHost(host string, port int) (string, bool) {
	plain, _, err := delivery.HostPort("https://" + net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(port)))
	if err != nil || strings.ContainsAny(host, "/?#@ ") {
		return "", false
	}
	if address, err := netip.ParseAddr(plain); err == nil {
		return plain, !address.IsLinkLocalUnicast() && !address.IsMulticast() && !address.IsUnspecified()
	}
	return plain, true
}

// allowHost allows a host at a port. One that is allowed stays as it is.
func (s *service) allowHost(ctx context.Context, in *bodyInput) (*allowedHostOutput, error) {
	body, found, err := s.calling.host.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	host, plain := plainHost(body.Host, body.Port)
	if !plain && !found.has("host") {
		found.add("host", fieldFormat)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	r, out := requestOf(ctx), &allowedHostOutput{Status: http.StatusCreated}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		h := store.AllowedHost{
			ID: uuid.NewString(), Host: host, Port: body.Port, Reason: body.Reason, AllowedBy: r.account.ID, AllowedAt: s.Now().UTC(),
		}
		fresh, err := tx.InsertAllowedHost(h)
		if err != nil {
			return err
		}
		if !fresh {
			out.Status = http.StatusOK
			if h, err = tx.AllowedHostAt(host, body.Port); err != nil {
				return err
			}
		}
		out.Body = viewAllowedHost(h)
		if !fresh {
			return nil
		}
		return s.audit(tx, r, "host.allow", "allowed_host:"+h.ID, body.Reason, map[string]any{"host": host, "port": body.Port})
	})
	return out, err
}

// removeHost allows a host no longer. One that was removed stays as it is.
func (s *service) removeHost(ctx context.Context, in *idBodyInput) (*allowedHostOutput, error) {
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	r, out := requestOf(ctx), &allowedHostOutput{Status: http.StatusOK}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		removed, err := tx.RemoveAllowedHost(in.ID, r.account.ID, s.Now().UTC())
		if err != nil {
			return err
		}
		h, err := tx.AllowedHost(in.ID)
		if err != nil {
			return err
		}
		out.Body = viewAllowedHost(h)
		if !removed {
			return nil
		}
		return s.audit(tx, r, "host.remove", "allowed_host:"+h.ID, reason, map[string]any{"host": h.Host, "port": h.Port})
	})
	return out, err
}
