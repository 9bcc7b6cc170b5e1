package demo

import (
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
)

// The first surnames of the Hundred Family Surnames, and given names that say what they are: 示 and
// 例 for an example, 样 for a sample, with the ten stems for a number.
var (
	surnames = []rune("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章")
	samples  = []rune("示样例")
	stems    = []rune("甲乙丙丁戊己庚辛壬癸")
)

// MostTrainees is how many people there are to take in.
func MostTrainees() int { return len(surnames) }

// name is the n-th person's name. No two are the same, and nobody is called so.
func name(n int) string {
	return string([]rune{surnames[n%len(surnames)], samples[n/len(stems)%len(samples)], stems[n%len(stems)]})
}

// idNumber is the n-th person's identity number: its check digit is right and its area does not exist.
func idNumber(n int) string {
	born := calendar.NewDate(1978+n*7%24, time.Month(1+n%12), 1+n*5%28)
	return identity.Synthetic(n+1, born).Number()
}
