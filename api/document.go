package api

import (
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// documentTypes is the record's types of identity document, as package identity reads them.
var documentTypes = map[string]identity.DocumentType{
	store.IDTypeResident:        identity.ResidentCard,
	store.IDTypeResidencePermit: identity.ResidencePermit,
	store.IDTypeHongKongMacao:   identity.HongKongMacaoPermit,
	store.IDTypeTaiwan:          identity.TaiwanPermit,
	store.IDTypePassport:        identity.Passport,
	store.IDTypePermanent:       identity.PermanentResidentID,
}
