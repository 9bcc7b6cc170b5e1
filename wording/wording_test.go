package wording_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/wording"
)

// banned are the words of the ministry's notices, one by one, and what each is.
var banned = map[string]wording.Kind{
	"中华人民共和国": wording.State, "中国": wording.State, "中华": wording.State, "国家": wording.State, "全国": wording.State,
	"职业资格": wording.Qualification, "执业资格": wording.Qualification, "人员资格": wording.Qualification,
	"岗位合格": wording.Qualification, "专业技术职务": wording.Qualification, "职业技能等级": wording.Qualification,
	"包过": wording.Promise, "代考": wording.Promise, "速成": wording.Promise, "挂靠": wording.Promise, "不过包退": wording.Promise,
	"7天拿证": wording.Promise, "三十天拿证": wording.Promise, "两周内轻松拿证": wording.Promise, "3个月拿证": wording.Promise,
}

func kindOf(text string, names ...string) wording.Kind {
	found := wording.Check(text, names...)
	if len(found) == 0 {
		return ""
	}
	return found[0].Kind
}

func TestEachBannedWordIsFoundHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for term, kind := range banned {
		spaced := strings.Join(strings.Split(term, ""), " ")
		for _, text := range []string{
			term, term + "大数据培训班", "“" + term + "”大数据培训班", "【" + term + "】培训", spaced + " 培训班",
			strings.Join(strings.Split(term, ""), "\u200b") + "班", strings.Join(strings.Split(term, ""), "·") + "班",
		} {
			require.Equal(t, kind, kindOf(text), "%q", text)
		}
	}
	require.Equal(t, wording.Promise, kindOf("数据分析７天拿证班"), "full-width digits")
	require.Equal(t, []wording.Banned{{wording.State, "国家"}, {wording.Promise, "速成"}}, wording.Check("国家大数据速成班"), "one of each kind")
}

func TestWhatOnlyTheStateMayBeginWithMayStandFurtherOn(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"走近中国制造", "大数据与国家治理", "智能制造（全国通用教材）"} {
		require.Empty(t, wording.Check(text), text)
	}
}

func TestLongerWordsOfAnotherMeaningAreNotTaken(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"数据包过滤与防火墙", "快速成型技术", "高速成像与机器视觉", "现代考核方法", "时代考题", "三天取证技术实训", "国内大数据前沿", "中级大数据班",
	} {
		require.Empty(t, wording.Check(text), text)
	}
	require.Equal(t, wording.Promise, kindOf("数据包过滤速成"), "but the rest of the text is read on")
}

// Every institution that the published lists name can have its own name in what it writes, and still not more.
func TestLawfulNamesAndTheCertificatesTitlesPass(t *testing.T) {
	t.Parallel()
	rules, err := policy.ByID("beijing-2023")
	require.NoError(t, err)
	names := []string{}
	for _, body := range rules.Lists().Bodies {
		names = append(names, body.Name)
	}
	for _, base := range rules.Lists().CEBases {
		names = append(names, base.Name)
	}
	require.Len(t, names, 40)
	for _, name := range names {
		require.Empty(t, wording.Check(name, name))
		require.Empty(t, wording.Check(name+"大数据培训班", name))
		require.Empty(t, wording.Check("2026年"+name+"培训合格证书", name))
		require.Equal(t, wording.State, kindOf(name+"国家级培训班", name), "what follows the name is read by itself")
		require.Equal(t, wording.Promise, kindOf(name+"速成班", name))
	}
	require.Equal(t, wording.State, kindOf("中国机械工程学会培训班", "中国电子学会"), "another's name is not theirs to use")
}
