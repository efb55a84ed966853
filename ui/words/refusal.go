package words

import (
	"errors"

	"github.com/motcua/gateway/kiosk"
)

// saying is one sentence in every language, side by side so that a translator sees what is
// meant and a missing one does not compile unnoticed.
type saying struct{ vi, en, zh string }

func (s saying) in(l kiosk.Language) string {
	switch l {
	case kiosk.English:
		return s.en
	case kiosk.Chinese:
		return s.zh
	}
	return s.vi
}

// Refused returns the sentence for an error of the office: that of its code where it is a
// [kiosk.Refusal], else that the machine cannot do it now.
func (w Words) Refused(err error) string {
	if r, ok := errors.AsType[*kiosk.Refusal](err); ok {
		if r.Code == kiosk.CodeKeyLocked && r.Subject != "" {
			return keyLockedAt(r.Subject).in(w.Language)
		}
		return w.Refusal(r.Code)
	}
	return w.Refusal("")
}

// Refusal returns the sentence for a verb that the rules forbid. A code that is not known gets
// the general one.
func (w Words) Refusal(c kiosk.Code) string {
	if s := refusal(c).in(w.Language); s != "" {
		return s
	}
	return saying{
		"Máy chưa làm được việc này. Xin thử lại hoặc gặp cán bộ tại quầy.",
		"The machine cannot do this now. Please try again or see an officer.",
		"机器暂时无法办理。请再试一次，或到窗口找工作人员。",
	}.in(w.Language)
}

func refusal(c kiosk.Code) saying {
	switch c {
	case kiosk.CodeUnknownService:
		return saying{
			"Không có dịch vụ này. Xin chọn lại.",
			"There is no such service. Please choose again.",
			"没有这项业务，请重新选择。",
		}
	case kiosk.CodeUnknownCounter:
		return saying{
			"Không có quầy này.",
			"There is no such counter.",
			"没有这个窗口。",
		}
	case kiosk.CodeUnknownTicket:
		return saying{
			"Hôm nay không có số thứ tự này.",
			"There is no such number today.",
			"今天没有这个号码。",
		}
	case kiosk.CodeUnknownLanguage:
		return saying{
			"Máy chưa có ngôn ngữ này. Xin chọn ngôn ngữ khác.",
			"This language is not available. Please choose another one.",
			"没有这种语言，请选择其他语言。",
		}
	case kiosk.CodeBadPriority:
		return saying{
			"Diện ưu tiên này không hợp lệ. Xin chọn lại.",
			"This kind of priority is not known. Please choose again.",
			"优先类别无效，请重新选择。",
		}
	case kiosk.CodeBadKey:
		return saying{
			"Lần bấm này không hợp lệ. Xin về trang đầu và chọn lại.",
			"This press is not valid. Please go back to the first page and choose again.",
			"本次操作无效，请返回首页重新选择。",
		}
	case kiosk.CodeHallClosed:
		return saying{
			"Hiện ngoài giờ làm việc nên chưa lấy được số.",
			"The office is closed, so no numbers are given now.",
			"现在不是办公时间，不能取号。",
		}
	case kiosk.CodeLastTicket:
		return saying{
			"Đã hết giờ lấy số của hôm nay.",
			"The time for taking numbers is over for today.",
			"今天的取号时间已结束。",
		}
	case kiosk.CodeNobodyWaiting:
		return saying{
			"Không có ai chờ quầy này.",
			"Nobody is waiting for this counter.",
			"没有人在等候这个窗口。",
		}
	case kiosk.CodeCounterBusy:
		return saying{
			"Quầy còn một số chưa xong. Xin kết thúc số đó trước.",
			"The counter still has a number in hand. Please finish it first.",
			"窗口还有未办结的号码，请先办结。",
		}
	case kiosk.CodeCounterPaused:
		return saying{
			"Quầy đang tạm nghỉ. Xin mở lại quầy trước khi gọi số.",
			"The counter is paused. Please resume it before calling a number.",
			"窗口已暂停，请先恢复窗口再叫号。",
		}
	case kiosk.CodeWrongState:
		return saying{
			"Số thứ tự này không còn ở bước cho phép làm việc đó.",
			"This number has gone past the step at which that can be done.",
			"该号码当前的状态不能进行此操作。",
		}
	case kiosk.CodeRecallLimit:
		return saying{
			"Số này đã được gọi lại đủ số lần. Xin ghi nhận vắng mặt.",
			"This number has been called often enough. Please mark it as absent.",
			"该号码已多次呼叫，请标记为未到。",
		}
	case kiosk.CodeCopyLimit:
		return saying{
			"Phiếu này đã được in lại đủ số lần. Xin gặp cán bộ nếu vẫn cần phiếu.",
			"This slip has been printed again often enough. Please see an officer if you still need it.",
			"该号票已多次重新打印。如仍需要，请找工作人员。",
		}
	case kiosk.CodePressAndHold:
		return saying{
			"Vừa có nhiều số được lấy liên tiếp. Xin nhấn giữ nút để lấy số.",
			"Many numbers were just taken in a row. Please press and hold to take one.",
			"刚才连续取了很多号，请按住按钮取号。",
		}
	case kiosk.CodeStoreFailed:
		return saying{
			"Máy tạm thời không cấp được số. Xin gặp cán bộ tại quầy.",
			"The machine cannot give numbers at the moment. Please see an officer at a counter.",
			"机器暂时不能取号，请到窗口找工作人员。",
		}
	case kiosk.CodeNumbersUnknown:
		return saying{
			"Máy cần cán bộ xác nhận số cuối cùng đã phát hôm nay. Xin gặp cán bộ tại quầy.",
			"An officer has to confirm the last number given today. Please see an officer at a counter.",
			"需要工作人员确认今天发出的最后一个号码，请到窗口找工作人员。",
		}
	case kiosk.CodeBadNumber:
		return saying{
			"Số này không hợp lệ. Xin nhập số cuối cùng đã phát trên giấy hôm nay.",
			"This number is not valid. Please enter the last number given on paper today.",
			"该号码无效。请输入今天纸质号票的最后一个号码。",
		}
	case kiosk.CodeNotAsked:
		return saying{
			"Không có gì cần xác nhận.",
			"There is nothing to confirm.",
			"没有需要确认的内容。",
		}
	case kiosk.CodeClockDate:
		return saying{
			"Ngày này không đúng. Xin nhập lại.",
			"This is not a possible date. Please enter it again.",
			"日期不正确，请重新输入。",
		}
	case kiosk.CodeHallAlready:
		return saying{
			"Việc lấy số đã được mở hoặc đóng như vậy từ trước.",
			"Numbers have been opened or closed like this already.",
			"取号已经是这个状态。",
		}
	case kiosk.CodeBadTime:
		return saying{
			"Giờ này phải ở sau thời điểm hiện tại và trong ngày hôm nay.",
			"The time has to be later than now and within today.",
			"时间必须在今天之内，并且晚于现在。",
		}
	case kiosk.CodeStopping:
		return saying{
			"Máy đang tắt. Xin thử lại sau ít phút.",
			"The machine is shutting down. Please try again in a few minutes.",
			"机器正在关闭，请几分钟后再试。",
		}
	case kiosk.CodeGoneOn:
		return saying{
			"Số này vừa thay đổi nên chưa làm gì thêm. Xin xem lại rồi quyết định.",
			"Something has changed meanwhile, so nothing was done. Please look again and decide.",
			"情况刚刚有变化，操作未执行。请查看后再决定。",
		}
	case kiosk.CodeNotServed:
		return saying{
			"Quầy này không nhận dịch vụ của số đó. Xin chuyển số sang quầy khác.",
			"This counter does not serve that number's service. Please send it to another counter.",
			"本窗口不办理该号码的业务，请转到其他窗口。",
		}
	case kiosk.CodeBadPlace:
		return saying{
			"Vị trí trong hàng chờ không hợp lệ. Xin chọn lại.",
			"This is not a place in the queue. Please choose again.",
			"排队位置无效，请重新选择。",
		}
	case kiosk.CodeNothingToUndo:
		return saying{
			"Quầy này không có bước nào để lùi lại.",
			"This counter has no step to undo.",
			"本窗口没有可以撤销的操作。",
		}
	case kiosk.CodeTooLate:
		return saying{
			"Đã quá một phút hoặc số này đã sang bước khác nên không lùi lại được nữa.",
			"More than a minute has passed or the number has gone on, so the step cannot be undone any more.",
			"已超过一分钟或该号码已进入下一步，无法撤销。",
		}
	case kiosk.CodeRatedAlready:
		return saying{
			"Số này đã được đánh giá rồi. Xin cảm ơn ông/bà.",
			"This number has been rated already. Thank you.",
			"该号码已经评价过了，谢谢您。",
		}
	case kiosk.CodeBadRating:
		return saying{
			"Mức đánh giá này không hợp lệ. Xin chọn lại.",
			"This rating is not known. Please choose again.",
			"评价选项无效，请重新选择。",
		}
	case kiosk.CodeSignIn:
		return saying{
			"Tên đăng nhập hoặc mã PIN không đúng. Xin nhập lại.",
			"The name or the PIN is not right. Please enter it again.",
			"用户名或密码不正确，请重新输入。",
		}
	case kiosk.CodeLocked:
		return saying{
			"Đã nhập sai nhiều lần. Xin chờ rồi nhập lại.",
			"It was entered wrongly too often. Please wait and try again.",
			"输入错误次数过多，请稍候再试。",
		}
	case kiosk.CodeCounterTaken:
		return saying{
			"Đã có cán bộ khác đăng nhập tại quầy này.",
			"Another officer is signed in at this counter.",
			"已有其他工作人员登录此窗口。",
		}
	case kiosk.CodeNoSession:
		return saying{
			"Phiên làm việc đã hết. Xin đăng nhập lại.",
			"You are not signed in any more. Please sign in again.",
			"登录已失效，请重新登录。",
		}
	case kiosk.CodeOtherMachine:
		return saying{
			"Phiên làm việc này được mở trên máy khác. Xin đăng nhập lại tại máy này.",
			"This session was begun on another machine. Please sign in again on this one.",
			"该登录来自另一台电脑，请在本机重新登录。",
		}
	case kiosk.CodeNotAllowed:
		return saying{
			"Tài khoản này không có quyền làm việc đó. Xin hỏi phụ trách bộ phận.",
			"This account may not do that. Please ask the lead of the office.",
			"此账户无权进行该操作，请联系负责人。",
		}
	case kiosk.CodeBadName:
		return saying{
			"Họ tên này không hợp lệ. Xin nhập lại.",
			"This name cannot be used. Please enter it again.",
			"姓名无效，请重新输入。",
		}
	case kiosk.CodeBadLogin:
		return saying{
			"Tên đăng nhập này không hợp lệ hoặc đã có người dùng. Xin chọn tên khác.",
			"This login name is not valid or is taken. Please choose another one.",
			"该用户名无效或已被使用，请换一个。",
		}
	case kiosk.CodeBadSecret:
		return saying{
			"Mã PIN hoặc mật khẩu này quá ngắn, quá dễ đoán hoặc đã có người dùng. Xin chọn mã khác.",
			"This PIN or passphrase is too short, too easy to guess or taken. Please choose another one.",
			"该密码太短、太容易猜到或已被使用，请换一个。",
		}
	case kiosk.CodeLastLead:
		return saying{
			"Đây là người phụ trách cuối cùng. Xin giao quyền phụ trách cho người khác trước.",
			"This is the last lead of the office. Please make somebody else a lead first.",
			"这是最后一位负责人，请先指定另一位负责人。",
		}
	case kiosk.CodeUnknownOfficer:
		return saying{
			"Không có cán bộ này.",
			"There is no such officer.",
			"没有这位工作人员。",
		}
	case kiosk.CodeForged:
		return saying{
			"Trang này đã cũ nên chưa làm gì. Xin tải lại trang rồi làm lại.",
			"This page is out of date, so nothing was done. Please load it again and repeat the step.",
			"页面已过期，操作未执行。请刷新页面后重试。",
		}
	case kiosk.CodeTooMany:
		return saying{
			"Máy tính này gửi quá nhiều yêu cầu. Xin chờ vài giây rồi làm lại.",
			"This computer sends too many requests. Please wait a few seconds and repeat the step.",
			"本电脑发送的请求过多，请稍等几秒再试。",
		}
	case kiosk.CodeBadPairing:
		return saying{
			"Không có bảng nào đang hiện bốn chữ số này. Xin nhìn lại bảng rồi nhập lại.",
			"No board shows these four digits now. Please look at the board and enter them again.",
			"没有显示屏正在显示这四位数字，请查看显示屏后重新输入。",
		}
	case kiosk.CodeTooLarge:
		return saying{
			"Nội dung gửi lên quá lớn nên chưa được nhận.",
			"What was sent is too large and was not taken.",
			"提交的内容过大，未被接受。",
		}
	case kiosk.CodeBadRequest:
		return saying{
			"Máy không đọc được nội dung gửi lên. Xin tải lại trang rồi làm lại.",
			"What was sent cannot be read. Please load the page again and repeat the step.",
			"无法读取提交的内容，请刷新页面后重试。",
		}
	}
	return dossierRefusal(c)
}
