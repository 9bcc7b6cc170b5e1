package issuing

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/store"
)

// Printing is what an installation prints on its certificates. What is not set is not made up: without it nothing is
// printed.
type Printing struct {
	// Origin begins the link in the QR code, such as https://host.
	Origin string
	// LookUp is the addresses at which a certificate can be looked up, by its kind, as they are printed.
	LookUp map[string][]string
}

// Set has a certificate state what it is printed with: the layout, the link in its code, and where it can be looked up.
func (p Printing) Set(c *store.Certificate) {
	c.Facts.Template = document.Template(c.Kind)
	c.Facts.LookUp = p.LookUp[c.Kind]
	c.Facts.VerifyURL = p.Origin + "/verify/" + c.VerifyToken
}

// longestAddress is what fits on a line.
const longestAddress = 100

// Addresses checks addresses that are to be printed on certificates: people who hold one in their hands will type them. They
// lead to the government's hosts, or to others that somebody has vouched for.
func Addresses(printed, hosts []string) ([]string, error) {
	var checked []string
	for _, text := range printed {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		address, err := url.Parse(text)
		if err != nil || address.Scheme != "http" && address.Scheme != "https" || address.Hostname() == "" {
			return nil, errors.New("want addresses such as https://www.example.gov.cn, separated by commas")
		}
		if address.User != nil || address.RawQuery != "" || address.Fragment != "" || len(text) > longestAddress {
			return nil, errors.New("an address is printed to be typed: it has no user, no query, no fragment, and at most 100 characters")
		}
		if host := address.Hostname(); !strings.HasSuffix(host, ".gov.cn") && !slices.Contains(hosts, host) {
			return nil, errors.New("a host is not below gov.cn: name it in DENGPAN_LOOKUP_HOSTS if it is right")
		}
		checked = append(checked, text)
	}
	return checked, nil
}
