package board

import (
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/progress"
)

// words are the board's own, short enough for a column; the rest come from the message catalogue.
type words struct {
	lang                                                  message.Lang
	workCells                                             int // the column of occupation and level
	name, work, status, waits, comma                      string
	clock, realClock, cases, noCases, more, due, restarts string
	again                                                 string

	stages   map[progress.Stage]string
	parties  map[progress.PartyKind]string
	outcomes map[progress.Outcome]string
}

func wordsOf(lang message.Lang) words {
	if lang == message.English {
		return english
	}
	return chinese
}

var chinese = words{
	lang: message.Chinese, workCells: 16,
	name: "学员", work: "职业 等级", status: "状态", waits: "等待谁 / 卡点 / 结果", comma: "，",
	realClock: "北京日期 %s 已运行 %s",
	clock:     "演示日期 %s（1天=%s） 已运行 %s", cases: "个案 %d/%d", noCases: "无演示个案",
	more: "另有 %d 件未显示（窗口太矮）", due: "  剩 %d 天", restarts: "（已重启 %d 次）",
	again: "学时作废，补课",
	stages: map[progress.Stage]string{
		progress.Registration: "登", progress.Training: "培", progress.Exam: "考", progress.Evaluation: "评",
		progress.Certificate: "证", progress.Title: "职", progress.CEHours: "时",
	},
	parties: map[progress.PartyKind]string{
		progress.ByTrainee: "学员", progress.ByInstitution: "机构", progress.ByOperator: "经办人",
		progress.BySystem: "系统", progress.ByCalendar: "时间",
	},
	outcomes: map[progress.Outcome]string{
		progress.Rejected: "未准入", progress.Withdrawn: "已退出", progress.Untrained: "未取得培训证书",
		progress.Trained: "取得培训证书", progress.Certified: "取得等级证书", progress.Mapped: "职称贯通",
	},
}

var english = words{
	lang: message.English, workCells: 28,
	name: "trainee", work: "applies for", status: "status", waits: "waits on / stuck on / outcome", comma: ", ",
	realClock: "date in Beijing %s  up %s",
	clock:     "demo date %s (1 day = %s)  up %s", cases: "%d/%d cases", noCases: "no demonstration cases",
	more: "%d more not shown (the window is too low)", due: "  %d days left", restarts: " (restarted %d times)",
	again: "hours voided, made up for",
	stages: map[progress.Stage]string{
		progress.Registration: "Rg", progress.Training: "Tr", progress.Exam: "Ex", progress.Evaluation: "Ev",
		progress.Certificate: "Ce", progress.Title: "Ti", progress.CEHours: "Hr",
	},
	parties: map[progress.PartyKind]string{
		progress.ByTrainee: "trainee", progress.ByInstitution: "institution", progress.ByOperator: "operator",
		progress.BySystem: "system", progress.ByCalendar: "time",
	},
	outcomes: map[progress.Outcome]string{
		progress.Rejected: "not admitted", progress.Withdrawn: "withdrawn", progress.Untrained: "not trained",
		progress.Trained: "training certificate", progress.Certified: "grade certificate", progress.Mapped: "title mapped",
	},
}
