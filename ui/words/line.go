package words

import "github.com/motcua/gateway/kiosk"

// lineFault is what an officer reads of the line to the province. None of it stops the hall.
func lineFault(c kiosk.FaultCode) saying {
	switch c {
	case kiosk.FaultLineDown:
		return saying{
			"Mất liên lạc với hệ thống cấp trên. Vẫn tiếp nhận bình thường, máy sẽ tự gửi khi có mạng. Xin kiểm tra đường truyền.",
			"There is no contact with the province. Work goes on as usual, everything is sent when the line is back. Please check the line.",
			"与上级系统失去联系。业务照常办理，线路恢复后会自动发送。请检查网络线路。",
		}
	case kiosk.FaultBlobsParked:
		return saying{
			"Hệ thống cấp trên không nhận một số trang quét nên máy đã để riêng. Xin báo cho kỹ thuật viên, chưa trang nào bị mất.",
			"The province refused some scanned pages, so they were put aside. Please tell the technician; no page is lost.",
			"上级系统拒收部分扫描页，已单独保存。请通知技术人员，页面没有丢失。",
		}
	case kiosk.FaultFactsWait:
		return saying{
			"Có thông tin chưa đọc được để gửi lên nên những thông tin sau phải chờ. Xin báo cho kỹ thuật viên, chưa mất gì.",
			"Something cannot be read for sending, so what came after it waits. Please tell the technician; nothing is lost.",
			"有一条信息暂时无法读取上报，后面的信息都在等待。请通知技术人员，没有任何丢失。",
		}
	case kiosk.FaultKeysKept:
		return saying{
			"Chưa hủy hẳn được khóa của những hồ sơ đã xóa. Xin báo cho kỹ thuật viên.",
			"The keys of dossiers that were erased could not be destroyed for good yet. Please tell the technician.",
			"已删除档案的密钥尚未彻底销毁。请通知技术人员。",
		}
	case kiosk.FaultHubDistrusted:
		return saying{
			"Thông tin từ hệ thống cấp trên không đúng nên máy không làm theo. Xin báo ngay cho kỹ thuật viên.",
			"What the province's system said cannot be right, so it was not followed. Please tell the technician at once.",
			"上级系统发来的信息有误，机器没有执行。请立即通知技术人员。",
		}
	case kiosk.FaultGatewayRevoked:
		return saying{
			"Hệ thống cấp trên không còn công nhận máy này. Vẫn tiếp nhận được nhưng chưa gửi lên. Xin báo ngay cho kỹ thuật viên.",
			"The province does not recognise this machine any more. Work goes on, but nothing is sent. Please tell the technician at once.",
			"上级系统已不再承认本机。业务仍可办理，但无法上报。请立即通知技术人员。",
		}
	case kiosk.FaultNotEnrolled:
		return saying{
			"Máy chưa đăng ký với hệ thống cấp trên nên chưa gửi dữ liệu đi đâu. Kỹ thuật viên cần mã đăng ký của tỉnh.",
			"The machine is not enrolled with the province, so nothing is sent anywhere. The technician needs a claim code of the province.",
			"本机尚未在上级系统登记，数据不会发送。技术人员需要省里的登记码。",
		}
	case kiosk.FaultKeyFaulty:
		return keyFaulty()
	case kiosk.FaultKeyLocked:
		return keyLocked()
	}
	return saying{}
}

// keyFaulty is what is said while the box's key, or what stands on it, cannot be read.
func keyFaulty() saying {
	return saying{
		"Máy không mở được khóa hoặc dữ liệu của mình. Lấy số vẫn hoạt động; đăng nhập, gọi số và hồ sơ phải chờ. Xin báo ngay cho kỹ thuật viên.",
		"The machine cannot open its key or what the key protects. Numbers are given; signing in, calling and dossiers have to wait. Please tell the technician at once.",
		"本机无法打开密钥或受其保护的数据。取号照常，登录、叫号和档案须等待。请立即通知技术人员。",
	}
}

// keyLocked is what is said while the box waits for a lead's passphrase: by the fault, and by
// whatever needs the key.
func keyLocked() saying {
	return saying{
		"Máy đang chờ mật khẩu. Phụ trách bộ phận nhập tại trang /unlock của máy. Lấy số vẫn hoạt động; đăng nhập, gọi số và hồ sơ phải chờ.",
		"The machine waits for its passphrase. The lead types it at the machine's page /unlock. Numbers are given; signing in, calling and dossiers have to wait.",
		"本机正在等待负责人的口令，请在本机的解锁页面输入。取号照常，登录、叫号和档案须等待。",
	}
}

// keyLockedAt is keyLocked where it is known which address the lead has to open.
func keyLockedAt(address string) saying {
	return saying{
		"Máy đang chờ mật khẩu. Phụ trách bộ phận mở " + address + " để nhập. Lấy số vẫn hoạt động.",
		"The machine waits for its passphrase. The lead opens " + address + " to type it. Numbers are given.",
		"本机正在等待口令，请负责人打开 " + address + " 输入。取号照常。",
	}
}

// dossierRefusal is what an officer reads where a dossier is not taken.
func dossierRefusal(c kiosk.Code) saying {
	switch c {
	case kiosk.CodeBadDossier:
		return saying{
			"Thông tin hồ sơ chưa đúng nên chưa được lưu. Xin kiểm tra rồi làm lại.",
			"The dossier's details are not right, so it was not kept. Please check them and repeat the step.",
			"档案信息有误，未保存。请检查后重试。",
		}
	case kiosk.CodeUnknownDossier:
		return saying{
			"Máy này không có hồ sơ đó.",
			"This machine has no such dossier.",
			"本机没有该档案。",
		}
	case kiosk.CodeDossierDiffers:
		return saying{
			"Hồ sơ này đã được lưu với nội dung khác. Xin lập hồ sơ mới cho phần thay đổi.",
			"This dossier was kept with other contents. Please begin a new one for what has changed.",
			"该档案已以不同内容保存。如有变更，请新建档案。",
		}
	case kiosk.CodeDossierUnconfirmed:
		return saying{
			"Hệ thống cấp trên chưa nhận đủ hồ sơ này nên chưa được xóa khỏi máy.",
			"The province does not hold all of this dossier yet, so it is not removed from the machine.",
			"上级系统尚未收齐该档案，暂不能从本机删除。",
		}
	case kiosk.CodeKeyFaulty:
		return keyFaulty()
	case kiosk.CodeKeyLocked:
		return keyLocked()
	case kiosk.CodeWrongPassphrase:
		return saying{
			"Mật khẩu không đúng. Xin nhập lại; chú ý phím Caps Lock và bộ gõ tiếng Việt.",
			"The passphrase is wrong. Please type it again; mind Caps Lock and the Vietnamese input method.",
			"口令不正确。请重新输入，注意大写锁定键和越南语输入法。",
		}
	case kiosk.CodeNoPassphrase:
		return saying{
			"Máy này chưa đặt mật khẩu nên chưa mở được. Xin đặt mật khẩu trước.",
			"No passphrase was set for this machine, so it cannot be opened. Please set one first.",
			"本机尚未设置口令，无法打开。请先设置口令。",
		}
	}
	return saying{}
}
