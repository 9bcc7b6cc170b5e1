package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/issuing"
)

// printingConfig is which addresses certificates print, at which they can be looked up. The notice names some, and its text
// was misread where it did: so none is known to the program, and nothing is printed before somebody has said them.
type printingConfig struct {
	CEBase   []string `env:"DENGPAN_LOOKUP_CE_BASE"`
	Training []string `env:"DENGPAN_LOOKUP_TRAINING"`
	Grade    []string `env:"DENGPAN_LOOKUP_GRADE"`
	Hosts    []string `env:"DENGPAN_LOOKUP_HOSTS"`
}

func (c *printingConfig) flags(f *pflag.FlagSet) {
	f.StringSliceVar(&c.CEBase, "lookup-ce-base", c.CEBase,
		"addresses printed on certificates of CE bases; none: they are not printed (DENGPAN_LOOKUP_CE_BASE)")
	f.StringSliceVar(&c.Training, "lookup-training", c.Training,
		"addresses printed on training certificates; none: they are not printed (DENGPAN_LOOKUP_TRAINING)")
	f.StringSliceVar(&c.Grade, "lookup-grade", c.Grade,
		"addresses printed on grade certificates; none: they are not printed (DENGPAN_LOOKUP_GRADE)")
	f.StringSliceVar(&c.Hosts, "lookup-hosts", c.Hosts,
		"hosts of such addresses that are not below gov.cn (DENGPAN_LOOKUP_HOSTS)")
}

// printing is what certificates are printed with. origin is where browsers reach the product.
func (c *printingConfig) printing(origin string) (issuing.Printing, error) {
	p := issuing.Printing{Origin: origin, LookUp: map[string][]string{}}
	for kind, of := range map[string][]string{
		certificate.KindCEBase: c.CEBase, contract.TrainingCertificate: c.Training, contract.GradeCertificate: c.Grade,
	} {
		addresses, err := issuing.Addresses(of, c.Hosts)
		if err != nil {
			return p, fmt.Errorf("addresses on certificates (DENGPAN_LOOKUP_%s): %w", strings.ToUpper(kind), err)
		}
		p.LookUp[kind] = addresses
	}
	return p, nil
}
