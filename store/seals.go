package store

// What sealed data is sealed for. Data opens only for the purpose and the owner it was sealed for, so that a sealed value
// copied into another row opens nowhere.

// NameSeal is the purpose of a person's name.
func NameSeal(personID string) string { return "person/" + personID + "/name" }

// IDNumberSeal is the purpose of a person's ID number.
func IDNumberSeal(personID string) string { return "person/" + personID + "/id-number" }

// HolderSeal is the purpose of the holder of a certificate.
func HolderSeal(certificateID string) string { return "certificate/" + certificateID }

// SecretSeal is the purpose of the secret that signs an institution's callbacks.
func SecretSeal(institutionID string) string { return "endpoint/" + institutionID }

// StaffSeal is the purpose of the name of a member of an institution's staff.
func StaffSeal(institutionID, ref string) string { return "staff/" + institutionID + "/" + ref }

// SecondFactorSeal is the purpose of the secret of an account's one-time codes.
func SecondFactorSeal(accountID string) string { return "account/" + accountID + "/second-factor" }

// LoginFlowSeal is the purpose of what a browser keeps for us while it is at the identity provider.
func LoginFlowSeal() string { return "log-in/oidc" }

// PayloadKeySeal is the purpose of the key that seals what Temporal keeps of a workflow.
func PayloadKeySeal(workflowID string) string { return "payload-key/" + workflowID }
