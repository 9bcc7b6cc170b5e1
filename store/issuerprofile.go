package store

import (
	"time"

	"github.com/dengpan/dengpan/number"
)

// IssuerProfile is a version of what an issuer sets for its certificates of one kind. The newest that was approved holds.
type IssuerProfile struct {
	ID            string
	InstitutionID string
	Kind          string
	Version       int      // 0: the defaults, of an issuer that has set nothing
	NumberScheme  string   // empty: the kind's default
	SealImage     []byte   // as package stamp keeps it; none when there is none
	SealName      string   // what the seal says: the issuer's own name, or that of the body whose seal stands in
	StandIn       bool     // 代章
	Extra         []string `gorm:"serializer:json"` // lines of the issuer's own
	ProposedBy    string
	Reason        string
	ProposedAt    time.Time
}

// Scheme is how the numbers of the issuer's certificates are formed.
func (p IssuerProfile) Scheme() (number.Scheme, error) {
	if p.NumberScheme == "" {
		return number.Default(p.Kind), nil
	}
	return number.Parse(p.NumberScheme)
}

// SealFits reports whether the seal is one that a certificate of an issuer of this name may carry: the issuer's own, or
// one that stands in. A seal from before the issuer was renamed is neither (annex 4, note 2).
func (p IssuerProfile) SealFits(issuerName string) bool {
	return p.SealImage != nil && (p.StandIn || p.SealName == issuerName)
}

// ProfileDecision is what the city bureau decided on a version.
type ProfileDecision struct {
	ProfileID string
	Approved  bool
	DecidedBy string
	Reason    string
	DecidedAt time.Time
}

// TableName is the table of decisions on versions.
func (ProfileDecision) TableName() string { return "issuer_profile_decisions" }

// The constraints that a decision can run into.
const (
	ProfileTwoPersons = "issuer_profile_two_persons"
	ProfileOvertaken  = "issuer_profile_overtaken"
	ProfileDecided    = "issuer_profile_decisions_pkey"
)

const profileInForce = "EXISTS (SELECT 1 FROM issuer_profile_decisions d WHERE d.profile_id = issuer_profiles.id AND d.approved)"

// IssuerProfile reads what an issuer set for certificates of a kind, as it holds now; the defaults when it set nothing.
func (tx *Tx) IssuerProfile(institutionID, kind string) (IssuerProfile, error) {
	profile := IssuerProfile{InstitutionID: institutionID, Kind: kind}
	var set []IssuerProfile
	err := tx.db.Order("version DESC").Limit(1).
		Find(&set, "institution_id = ? AND kind = ? AND "+profileInForce, institutionID, kind).Error
	if len(set) > 0 {
		profile = set[0]
	}
	return profile, found(err, "read what an issuer set")
}

// IssuerProfileByID reads a version, with its image.
func (tx *Tx) IssuerProfileByID(id string) (IssuerProfile, error) {
	return byID[IssuerProfile](tx.db, id, "read a version of what an issuer sets")
}

// ProposeProfile writes the next version of what an issuer sets for certificates of a kind, and numbers it.
func (tx *Tx) ProposeProfile(p *IssuerProfile) error {
	// Versions of one institution, and decisions on them, come one after the other.
	if _, err := byID[Institution](tx.held(), p.InstitutionID, "hold an institution"); err != nil {
		return err
	}
	err := tx.db.Model(&IssuerProfile{}).Where("institution_id = ? AND kind = ?", p.InstitutionID, p.Kind).
		Select("coalesce(max(version), 0) + 1").Scan(&p.Version).Error
	if err != nil {
		return found(err, "number a version of what an issuer sets")
	}
	if p.Extra == nil {
		p.Extra = []string{}
	}
	return found(tx.db.Create(p).Error, "write what an issuer sets")
}

// DecideProfile writes what was decided on a version. The error may be of one of the constraints above.
func (tx *Tx) DecideProfile(d ProfileDecision) error {
	return found(tx.db.Create(&d).Error, "decide on what an issuer sets")
}

// ProposedProfile is a version with what became of it.
type ProposedProfile struct {
	IssuerProfile

	Decision  *ProfileDecision `gorm:"-"`
	Overtaken bool             // there is a newer version
	InForce   bool
}

// States of a version.
const (
	ProfileProposed = "proposed" // the newest, and nobody has decided yet
	ProfileApproved = "approved"
	ProfileRefused  = "refused"
	ProfileStale    = "overtaken" // by a newer version, before anybody decided
)

// State is what became of a version.
func (p ProposedProfile) State() string {
	switch {
	case p.Decision != nil && p.Decision.Approved:
		return ProfileApproved
	case p.Decision != nil:
		return ProfileRefused
	case p.Overtaken:
		return ProfileStale
	}
	return ProfileProposed
}

// ProfileFilter picks versions; an empty field picks all.
type ProfileFilter struct {
	Within

	ID    string
	Kind  string
	Open  bool // those that wait for a decision
	After *Position
	Limit int
}

// What is listed of versions, and what became of them; the images are read one at a time.
const (
	profileColumns = "id, institution_id, kind, version, number_scheme, seal_name, stand_in, extra, proposed_by, reason, proposed_at"
	newerProfile   = `EXISTS (SELECT 1 FROM issuer_profiles n LEFT JOIN issuer_profile_decisions d ON d.profile_id = n.id
		WHERE (n.institution_id, n.kind) = (issuer_profiles.institution_id, issuer_profiles.kind) AND n.version > issuer_profiles.version`
	undecided = "NOT EXISTS (SELECT 1 FROM issuer_profile_decisions d WHERE d.profile_id = issuer_profiles.id)"
)

// IssuerProfiles lists versions without their images, the newest first, after a position.
func (tx *Tx) IssuerProfiles(f ProfileFilter) ([]ProposedProfile, error) {
	q := f.ofInstitutions(tx.db.Model(&IssuerProfile{})).Order("proposed_at DESC, id DESC").Limit(f.Limit).
		Select(profileColumns + ", " + newerProfile + ") AS overtaken, " +
			profileInForce + " AND NOT " + newerProfile + " AND d.approved) AS in_force")
	for column, value := range map[string]string{"id": f.ID, "kind": f.Kind} {
		if value != "" {
			q = q.Where("issuer_profiles."+column+" = ?", value)
		}
	}
	if f.Open {
		q = q.Where(undecided + " AND NOT " + newerProfile + ")")
	}
	if f.After != nil {
		q = q.Where("(proposed_at, id) < (?, ?)", f.After.At, f.After.ID)
	}
	var all []ProposedProfile
	if err := q.Scan(&all).Error; err != nil {
		return nil, found(err, "list what issuers set")
	}
	return all, tx.decisionsOn(all)
}

func (tx *Tx) decisionsOn(profiles []ProposedProfile) error {
	ids := make([]string, len(profiles))
	for i, p := range profiles {
		ids[i] = p.ID
	}
	var decisions []ProfileDecision
	if len(ids) > 0 {
		if err := tx.db.Find(&decisions, "profile_id IN ?", ids).Error; err != nil {
			return found(err, "read decisions on what issuers set")
		}
	}
	for i := range profiles {
		for j := range decisions {
			if decisions[j].ProfileID == profiles[i].ID {
				profiles[i].Decision = &decisions[j]
			}
		}
	}
	return nil
}
