package api

import "github.com/danielgtaylor/huma/v2"

// tags are what the operations of the interface are about. One that is not here fails the check of the description.
var tags = []*huma.Tag{
	{Name: "public", Description: "目录、公布名单、证书核验：无需登录。Catalogue, published lists, checking a certificate: open to all."},
	{Name: "session", Description: "登录、会话、二次验证。Logging in, sessions, the second factor."},
	{Name: "accounts", Description: "账号。Accounts."},
	{Name: "api-keys", Description: "机构接口密钥。Keys of institutions' machines."},
	{Name: "invitations", Description: "邀请。Invitations to make an account."},
	{Name: "me", Description: "学员本人。What is the trainee's own."},
	{Name: "people", Description: "人员信息的核对与解密查看。Finding people, and seeing what is masked."},
	{Name: "cases", Description: "培养个案。Cases."},
	{Name: "casework", Description: "个案的经办：认领、转交、备注。How operators work on cases together: who sees to one, and what is noted."},
	{Name: "executions", Description: "执行。What Temporal does for cases: what fails there, and repairs of one run."},
	{Name: "incidents", Description: "卡点。Why cases are stuck, and what is done about it."},
	{Name: "deadlines", Description: "期限、工作日历与提醒。Deadlines, working days, and who is told when."},
	{Name: "approvals", Description: "须由另一人审批的事项。What needs a second person."},
	{Name: "tasks", Description: "机构任务。Work asked of institutions."},
	{Name: "evidence", Description: "成绩单、签到表等材料的上传与查阅。Files that are filed for what is reported."},
	{Name: "endpoints", Description: "回调地址。Where institutions are called, and what signs."},
	{Name: "deliveries", Description: "回调的发送记录。What institutions were told, and how that went."},
	{Name: "dead-letters", Description: "未能采用的答复。Answers that no case could take."},
	{Name: "attendance", Description: "课次、签到、在线学习。Sessions, sign-ins, hours that are watched."},
	{Name: "workbooks", Description: "用 Excel 办理。Working with Excel: lists that are filled in and sent back."},
	{Name: "classes", Description: "规范化培训的班。Classes of standardised training."},
	{Name: "courses", Description: "继续教育基地的培训班。Courses of CE bases."},
	{Name: "ce", Description: "继续教育学时。Hours of continuing education."},
	{Name: "certificates", Description: "证书。Certificates."},
	{Name: "misconduct", Description: "社会化评价违纪违规行为的记录、告知、陈述申辩、复核、决定与送达。Misconduct at evaluations, from the record to the delivery of the decision."},
	{Name: "issuers", Description: "发证机构的编号规则、印章与自定文字。What issuers set for their certificates: numbers, seals, lines of their own."},
	{Name: "channels", Description: "证书的发布渠道。The public registers that certificates are published in."},
	{Name: "lists", Description: "公布名单的导入与实施，机构资格的暂停与恢复。Published lists: importing and applying them; suspending institutions."},
	{Name: "supervision", Description: "对机构的日常检查、承载能力与质量情况。Inspections of institutions, what they can carry, and how their work goes."},
	{Name: "notices", Description: "通知与邮箱。What there is to be told of, and where it is mailed to."},
	{Name: "audit", Description: "操作日志。Who did what, and why."},
	{Name: "temporal", Description: "Temporal 界面的解码。Decoding for Temporal's interface."},
}
