package words

import (
	"fmt"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

func chinese() Words {
	return Words{
		Language: kiosk.Chinese,
		Own:      "中文",
		Home: Home{
			Title:     "请选择您要办理的业务",
			Guide:     "我不知道选哪一项",
			GuideFact: "工作人员会来帮助您",
			NoSlip:    "没有号票",
			Help:      "请人帮助",
			LargeText: "放大文字",
			PlainText: "缩小文字",
			Fact:      zhFact,
			HelpComes: "已通知工作人员，请您在此稍候。",
		},
		Priority: Priority{
			Title:    "您是否属于优先办理的对象？",
			Who:      "老年人、残疾人、孕妇、带小孩的人、对国家有功人员。",
			NoReason: "不需要说明原因。",
			Yes:      "是，我可以优先",
			No:       "不是，取普通号",
		},
		Late: Late{
			Title:    "今天可能来不及为您办理",
			Waiting:  zhLate,
			Question: "您还要取号吗？",
			Yes:      "仍然取号",
		},
		Busy: Busy{
			Title: "正在取号",
			Wait:  "请稍候……",
		},
		Hold: Hold{
			Title:   "请按住取号",
			Why:     "刚才连续取了很多号。请将手指放在红色按钮上，按住两秒钟。",
			Tile:    "请按住这里",
			Holding: "请继续按住……",
		},
		Ticket: Ticket{
			Yours:      "您的号码",
			Where:      func(place string) string { return "等候地点：" + place },
			WhereElse:  "请坐下等候叫号。",
			Ahead:      zhAhead,
			Priority:   "优先",
			Printing:   "正在打印号票，请稍候……",
			Take:       "请从下方出口取走号票。",
			TakeOrAsk:  "请从下方出口取走号票。如果没有号票，请按“我没有拿到号票”。",
			NoPaper:    "无法打印号票。请记住这个号码或拍照保存。",
			Noted:      "不需要号票，请听候叫号。",
			Reprinting: "正在重新打印号票，号码不变。",
			ScanQR:     "扫码可将号码保存到手机",
			AskPaper:   "我没有拿到号票",
			HaveIt:     "我已记住号码",
			Done:       "完成",
			Guide:      "工作人员会到这里来帮助您。",
		},
		NoSlip: NoSlip{
			Title:   "哪个是您的号码？",
			Why:     "请选择您自己的号码。号票将按原号码重新打印。",
			None:    "最近几分钟没有人在本机取号。",
			TakenAt: func(clock string) string { return clock + "取号" },
		},
		Help: Help{
			Title: "您需要帮助吗？",
			Steps: []string{
				"1. 在屏幕上选择要办理的业务。",
				"2. 从下方出口取走号票。",
				"3. 坐下等候，听到叫号后前往窗口。",
			},
			Call:       "请工作人员过来",
			Called:     "已通知工作人员",
			CalledWait: "请您在此稍候，工作人员马上来帮助您。",
		},
		Closed: Closed{
			Title:   "现在不能取号",
			Opens:   func(date, clock string) string { return date + " " + clock + " 重新开放。" },
			OpensA:  func(clock string) string { return "今天 " + clock + " 起可继续取号。" },
			Holiday: func(name string) string { return "今天放假：" + name + "。" },
			Unknown: "取号时间请询问工作人员。",
			Served:  "已取号的人仍可办理，请坐下等候叫号。",
			Phone:   func(number string) string { return "电话：" + number },
			Stopped: "本机暂停取号",
		},
		Idle: Idle{
			Title: "您还在使用吗？",
			Soon: func(seconds int) string {
				return fmt.Sprintf("%d秒后屏幕将返回首页。", seconds)
			},
			More: "我需要更多时间",
		},
		Paper: Paper{
			Banner: "工作人员：打印机刚被打开，请按此处检查纸张",
			Title:  "您能看清测试号票吗？",
			Ask:    "刚打印了一张测试号票，上面有“PHIẾU THỬ”字样和字母表。如果是白纸，说明纸卷装反了。",
			Yes:    "能看清",
			No:     "看不清",
			Later:  "以后再说",
		},
		Sorry: Sorry{
			Title: "非常抱歉",
			Slow:  "暂时没有取到号码。请再试一次，或到窗口找工作人员。",
		},
		Ways: Ways{
			Back:     "返回",
			Home:     "返回首页",
			Again:    "再试一次",
			Next:     "下一页",
			Previous: "上一页",
			Of:       func(page, pages int) string { return fmt.Sprintf("第%d/%d页", page, pages) },
		},
		Slip: SlipWords{
			Priority: "优先",
			Reprint:  "补打",
			Keep:     "请保管好号票，听候叫号。",
			Where:    func(place string) string { return "等候地点：" + place },
			Ahead: func(n int, r *kiosk.Range) string {
				return ascii(zhAhead(n, r))
			},
			Issued:  func(clock, date string) string { return "取号时间：" + date + " " + clock },
			Test:    "测试号票",
			TestAsk: "您能看清吗？请在屏幕上回答。",
		},
		Rating: zhRating(),
		Clock:  clock24,
		Date: func(d kiosk.Day) string {
			_, m, day := parts(d)
			return fmt.Sprintf("%d月%d日 %s", m, day, zhWeekday(d.Weekday()))
		},
		Wait: zhWait,
	}
}

func zhWeekday(d time.Weekday) string {
	return "星期" + [...]string{"日", "一", "二", "三", "四", "五", "六"}[d]
}

func zhWait(r kiosk.Range) string {
	s := promise(r, ".")
	unit := "分钟"
	if s.hours {
		unit = "小时"
	}
	switch {
	case s.now:
		return "无需等候"
	case s.under:
		return s.high + unit + "以内"
	}
	return "约" + s.span("–") + unit
}

// zhShort is zhWait where there is room for a few letters only.
func zhShort(r kiosk.Range) string { return strings.TrimPrefix(zhWait(r), "约") }

func zhFact(waiting int, r *kiosk.Range) string {
	people := fmt.Sprintf("%d人等候", waiting)
	switch {
	case r == nil && waiting == 0:
		return "无人等候"
	case r == nil:
		return people
	case waiting == 0 && r.High <= 0:
		return "无需等候"
	}
	return people + " · " + zhShort(*r)
}

func zhAhead(n int, r *kiosk.Range) string {
	s := fmt.Sprintf("您前面还有%d人", n)
	if n == 0 {
		s = "下一位就是您"
	}
	switch {
	case r == nil:
		return s + "。"
	case r.High <= 0:
		return s + "，即将叫号。"
	}
	return s + "，预计等候" + zhWait(*r) + "。"
}

func zhLate(n int, closes string) string {
	s := fmt.Sprintf("您前面有%d人在等候。", n)
	if closes != "" {
		s += "今天办公到" + closes + "为止。"
	}
	return s
}
