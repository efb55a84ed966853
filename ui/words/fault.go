package words

import "github.com/motcua/gateway/kiosk"

// Fault returns what an officer reads of a fault: what is the matter and what to do. A code
// that is not known gets a general sentence.
func (w Words) Fault(c kiosk.FaultCode) string {
	if s := fault(c).in(w.Language); s != "" {
		return s
	}
	return saying{
		"Máy có sự cố. Xin báo cho kỹ thuật viên.",
		"Something is wrong with the machine. Please tell the technician.",
		"机器出现故障，请通知技术人员。",
	}.in(w.Language)
}

func fault(c kiosk.FaultCode) saying {
	switch c {
	case kiosk.FaultClockUnsure:
		return saying{
			"Máy không chắc ngày giờ. Xin cán bộ xác nhận ngày hôm nay.",
			"The machine is not sure of the date. Please confirm today's date.",
			"机器无法确定日期时间，请工作人员确认今天的日期。",
		}
	case kiosk.FaultStore:
		return saying{
			"Máy không lưu được số nên tạm dừng cấp số. Xin báo ngay cho kỹ thuật viên.",
			"Numbers cannot be kept, so none are given. Please tell the technician at once.",
			"机器无法保存号码，已暂停取号。请立即通知技术人员。",
		}
	case kiosk.FaultStoreReplaced:
		return saying{
			"Dữ liệu cũ bị hỏng đã được cất riêng, máy đang dùng dữ liệu mới. Xin báo cho kỹ thuật viên.",
			"Damaged records were set aside and new ones begun. Please tell the technician.",
			"损坏的数据已另外保存，机器正在使用新数据。请通知技术人员。",
		}
	case kiosk.FaultNumbersFile:
		return saying{
			"Máy không ghi được số cuối cùng đã phát nên tạm dừng cấp số. Xin báo ngay cho kỹ thuật viên.",
			"The last number given cannot be written down, so none are given. Please tell the technician at once.",
			"机器无法记录最后发出的号码，已暂停取号。请立即通知技术人员。",
		}
	case kiosk.FaultNumbersUnknown:
		return saying{
			"Máy không biết chắc hôm nay đã phát đến số nào. Xin xem số cuối cùng trên giấy của từng dịch vụ; người phụ trách xác nhận ở trang của mình, hoặc báo kỹ thuật viên.",
			"The machine does not know for sure which numbers were given today. Look at the last number on paper of each service; the lead confirms it on the lead's page, or the technician does.",
			"机器无法确定今天已发到哪个号码。请查看各项业务纸质号票的最后号码，由负责人在其页面上确认，或请技术人员确认。",
		}
	case kiosk.FaultPrinterAbsent:
		return saying{
			"Không thấy máy in phiếu. Xin kiểm tra dây cắm và nguồn điện của máy in.",
			"The slip printer is not found. Please check its cable and power.",
			"找不到号票打印机，请检查连接线和电源。",
		}
	case kiosk.FaultPrinterOffline:
		return saying{
			"Máy in phiếu không nhận lệnh. Xin tắt máy in, chờ năm giây rồi bật lại.",
			"The slip printer takes no slips. Please turn it off, wait five seconds and turn it on again.",
			"号票打印机没有响应，请关机等候五秒后重新打开。",
		}
	case kiosk.FaultPaperLow:
		return saying{
			"Cuộn giấy in phiếu sắp hết. Xin chuẩn bị cuộn mới.",
			"The paper roll ends soon. Please have a new one at hand.",
			"打印纸即将用完，请准备新的纸卷。",
		}
	case kiosk.FaultPaperOut:
		return saying{
			"Máy in phiếu hết giấy. Xin thay cuộn giấy mới.",
			"The slip printer is out of paper. Please put in a new roll.",
			"号票打印机缺纸，请更换纸卷。",
		}
	case kiosk.FaultCoverOpen:
		return saying{
			"Nắp máy in phiếu đang mở. Xin đóng nắp lại.",
			"The cover of the slip printer is open. Please close it.",
			"号票打印机的盖子没有关好，请关上。",
		}
	case kiosk.FaultCutterJam:
		return saying{
			"Dao cắt giấy của máy in bị kẹt. Xin mở nắp, lấy giấy kẹt ra rồi đóng nắp lại.",
			"The cutter of the slip printer is stuck. Please open the cover, take out the paper and close it.",
			"打印机切刀卡住了。请打开盖子取出卡纸，再关上盖子。",
		}
	case kiosk.FaultPrinterNoise:
		return saying{
			"Máy in phiếu trả lời sai. Xin kiểm tra dây cắm và báo cho kỹ thuật viên.",
			"The slip printer answers wrongly. Please check its cable and tell the technician.",
			"号票打印机的应答不正常，请检查连接线并通知技术人员。",
		}
	case kiosk.FaultPrinterMute:
		return saying{
			"Máy in này không báo được là phiếu đã in xong. Nên thay bằng loại máy có báo.",
			"This printer cannot say that a slip is out. A model that can is better.",
			"这台打印机不能报告号票是否打印完成，建议更换能报告的型号。",
		}
	case kiosk.FaultPaperCheck:
		return saying{
			"Máy in vừa được mở. Xin xem phiếu thử có đọc được không rồi trả lời trên màn hình.",
			"The printer was opened. Please look at the test slip and answer on the screen.",
			"打印机刚被打开。请查看测试号票能否看清，并在屏幕上回答。",
		}
	case kiosk.FaultSlipsUnprinted:
		return saying{
			"Có phiếu chưa in được. Xin in lại hoặc đọc số cho người chờ.",
			"Some slips were not printed. Please print them again or tell people their numbers.",
			"有号票没有打印出来。请重新打印，或把号码告诉等候的人。",
		}
	case kiosk.FaultBoardAbsent:
		return saying{
			"Một bảng gọi số không còn kết nối. Xin kiểm tra màn hình và dây mạng của bảng, và đọc to số khi gọi.",
			"A board is not connected any more. Please check its screen and network cable, and call numbers aloud.",
			"有一块叫号屏已断开连接。请检查屏幕和网线，并大声叫号。",
		}
	case kiosk.FaultVoiceAbsent:
		return saying{
			"Chưa có loa hoặc giọng đọc nên số không được đọc lên. Xin đọc to số khi gọi.",
			"There is no loudspeaker or no voice, so numbers are not heard. Please call them aloud.",
			"没有音箱或语音，无法播报号码，请大声叫号。",
		}
	case kiosk.FaultVoiceFaulty:
		return saying{
			"Loa không đọc được số vừa gọi. Xin kiểm tra dây loa và đọc to số khi gọi.",
			"The loudspeaker did not speak the last number. Please check its cable and call numbers aloud.",
			"音箱未能播报刚才的号码。请检查音箱连接线，并大声叫号。",
		}
	case kiosk.FaultLAN:
		return saying{
			"Mạng nội bộ của bộ phận không hoạt động, các quầy chưa mở được trang gọi số. Vẫn gọi số được tại màn hình cảm ứng.",
			"The office's network does not work, so counters cannot open their pages. Numbers can still be called at the touchscreen.",
			"办公网络不可用，各窗口无法打开叫号页面。仍可在触摸屏上叫号。",
		}
	case kiosk.FaultCertificate:
		return saying{
			"Chứng thư mạng do tỉnh cấp không dùng được, máy đang dùng chứng thư riêng. Xin báo cho kỹ thuật viên.",
			"The province's certificate cannot be used, the machine uses its own. Please tell the technician.",
			"省里颁发的网络证书无法使用，机器正在使用自带的证书。请通知技术人员。",
		}
	case kiosk.FaultWeakKey:
		return saying{
			"Khóa bảo vệ dữ liệu đang nằm ngay trong máy: ai lấy được máy thì đọc được hồ sơ. Người phụ trách nên đặt mật khẩu cho máy.",
			"The key that protects the data lies in the machine itself: whoever takes it can read the dossiers. A lead should set a passphrase.",
			"保护数据的密钥就存放在机器里：谁拿走机器，谁就能读取档案。请负责人设置口令短语。",
		}
	}
	return lineFault(c)
}

// AtScreen returns what a citizen at the screen reads of a fault, and "" for one that changes
// nothing for them.
func (w Words) AtScreen(c kiosk.FaultCode) string {
	switch c {
	case kiosk.FaultStore, kiosk.FaultNumbersFile:
		return w.Refusal(kiosk.CodeStoreFailed)
	case kiosk.FaultNumbersUnknown:
		return w.Refusal(kiosk.CodeNumbersUnknown)
	case kiosk.FaultPaperOut:
		return saying{
			"Máy đang hết giấy. Ông/bà vẫn lấy được số, số sẽ hiện trên màn hình.",
			"The machine is out of paper. You can still take a number, it is shown on the screen.",
			"机器缺纸。您仍可取号，号码将显示在屏幕上。",
		}.in(w.Language)
	case kiosk.FaultPrinterAbsent, kiosk.FaultPrinterOffline, kiosk.FaultCoverOpen, kiosk.FaultCutterJam,
		kiosk.FaultPrinterNoise, kiosk.FaultPaperCheck:
		return saying{
			"Máy chưa in được phiếu. Ông/bà vẫn lấy được số, số sẽ hiện trên màn hình.",
			"Slips cannot be printed now. You can still take a number, it is shown on the screen.",
			"暂时不能打印号票。您仍可取号，号码将显示在屏幕上。",
		}.in(w.Language)
	}
	return ""
}

// Shut returns why no numbers are given.
func (w Words) Shut(r kiosk.ClosedReason) string {
	if s := shut(r).in(w.Language); s != "" {
		return s
	}
	return w.Refusal(kiosk.CodeHallClosed)
}

func shut(r kiosk.ClosedReason) saying {
	switch r {
	case kiosk.ClosedBefore:
		return saying{
			"Chưa đến giờ làm việc.",
			"The office has not opened yet.",
			"还没有到办公时间。",
		}
	case kiosk.ClosedBreak:
		return saying{
			"Đang là giờ nghỉ giữa hai buổi.",
			"The office is closed for a break.",
			"现在是休息时间。",
		}
	case kiosk.ClosedLast:
		return saying{
			"Đã hết giờ lấy số của hôm nay.",
			"The time for taking numbers is over for today.",
			"今天的取号时间已结束。",
		}
	case kiosk.ClosedAfter:
		return saying{
			"Đã hết giờ làm việc của hôm nay.",
			"The office is closed for today.",
			"今天的办公时间已结束。",
		}
	case kiosk.ClosedRest:
		return saying{
			"Hôm nay là ngày nghỉ.",
			"The office is closed today.",
			"今天休息。",
		}
	case kiosk.ClosedHoliday:
		return saying{
			"Hôm nay nghỉ lễ.",
			"The office is closed for a holiday.",
			"今天放假。",
		}
	case kiosk.ClosedByHand:
		return saying{
			"Việc lấy số đã tạm đóng.",
			"Numbers have been closed for now.",
			"取号已暂时关闭。",
		}
	case kiosk.ClosedClock:
		return saying{
			"Máy đang chờ cán bộ xác nhận ngày giờ. Xin gặp cán bộ tại quầy.",
			"The machine waits for an officer to confirm the date. Please see an officer at a counter.",
			"机器正在等待工作人员确认日期，请到窗口找工作人员。",
		}
	}
	return saying{}
}
