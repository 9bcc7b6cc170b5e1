// Package secondfactor makes and checks what is asked for beside a password: one-time codes by the clock (RFC 6238), as
// every authenticator shows them, and recovery codes for who has lost theirs. It keeps nothing: that a code is used once is
// for whoever keeps the step it belonged to.
package secondfactor

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

const (
	issuer = "Dengpan"
	period = 30 // seconds
	skew   = 1  // steps that a clock may be ahead or behind
)

// New makes a secret for a log-in: the secret as text, and as the address that authenticators read from a picture.
func New(login string) (secret, uri string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: login, Period: period})
	if err != nil {
		return "", "", fmt.Errorf("make a second factor: %w", err)
	}
	return key.Secret(), key.URL(), nil
}

// Step is the step of time that a code belongs to, if the code is the secret's around now and its step is later than those
// that were used.
func Step(secret, code string, now time.Time, used int64) (step int64, right bool) {
	current := now.Unix() / period
	for step := current - skew; step <= current+skew; step++ {
		if step <= used {
			continue
		}
		matches, err := hotp.ValidateCustom(code, uint64(step), secret, hotp.ValidateOpts{
			Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err == nil && matches {
			return step, true
		}
	}
	return 0, false
}

// recoveryCodes is how many recovery codes there are.
const recoveryCodes = 10

// RecoveryCodes makes codes that stand for a second factor, once each.
func RecoveryCodes() []string {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = grouped(strings.ToLower(rand.Text()[:recoveryLength]))
	}
	return codes
}

// recoveryLength is the length of a recovery code without its hyphens: 80 bits in base 32.
const recoveryLength = 16

var recoveryForm = regexp.MustCompile(`^[a-z2-7]{16}$`)

// Recovery is a recovery code as it was made, however it was typed; false for what is none.
func Recovery(typed string) (code string, is bool) {
	text := strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(typed))
	if !recoveryForm.MatchString(text) {
		return "", false
	}
	return grouped(text), true
}

func grouped(text string) string {
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}
