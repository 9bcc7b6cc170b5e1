package certificate

import "slices"

// Public registers in which certificates must be found.
const (
	BeijingCE = "beijing_ce" // 北京继续教育: every kind
	National  = "national"   // 国家平台: grade certificates
)

// Channels are all registers.
func Channels() []string { return []string{BeijingCE, National} }

// ChannelsOf are the registers in which a certificate of a kind must be found.
func ChannelsOf(kind string) []string {
	if kind == "grade" {
		return Channels()
	}
	return slices.DeleteFunc(Channels(), func(channel string) bool { return channel == National })
}
