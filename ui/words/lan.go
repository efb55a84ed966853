package words

// Lan are the words with which the box refuses a browser on the office's network: what an
// officer reads when a form, a login or a connection is not taken.
type Lan struct {
	Title  string // of a page that says what was not done
	Again  string // link: to the page from which one came
	SignIn string // link: to the page on which one signs in

	NoSession   string // 401: nobody is signed in
	NotAllowed  string // 403: the role does not allow it
	Forged      string // 403: the form is not from this session's own page
	Elsewhere   string // 403: the request comes from another site's page
	NeedsTLS    string // 403: a login over plain HTTP
	PlainOnly   string // 403: this page is not served without HTTPS
	NoPage      string // 404
	Method      string // 405
	TooLarge    string // 413
	Unreadable  string // 400
	WrongHost   string // 421: the address is another machine's
	TooMany     string // 429: too many requests from one machine
	ManyStreams string // 429: too many open pages on one machine
	Busy        string // 503: too many requests in all
	Stopping    string // 503: the gateway is starting or stopping
	Failed      string // 500
}

// Lan returns the words of the office's network.
func (w Words) Lan() Lan {
	in := func(s saying) string { return s.in(w.Language) }
	return Lan{
		Title:  in(saying{"Chưa thực hiện được", "Not done", "未能完成"}),
		Again:  in(saying{"Về trang đầu", "To the first page", "返回首页"}),
		SignIn: in(saying{"Đăng nhập", "Sign in", "登录"}),
		NoSession: in(saying{
			"Phiên làm việc đã hết. Xin đăng nhập lại.",
			"Nobody is signed in here any more. Please sign in again.",
			"登录已失效，请重新登录。",
		}),
		NotAllowed: in(saying{
			"Tài khoản này không có quyền làm việc đó. Xin hỏi phụ trách bộ phận.",
			"This account may not do that. Please ask the lead of the office.",
			"此账户无权进行该操作，请联系负责人。",
		}),
		Forged: in(saying{
			"Trang này đã cũ nên yêu cầu chưa được thực hiện. Xin tải lại trang rồi làm lại.",
			"This page is out of date, so nothing was done. Please load it again and repeat the step.",
			"页面已过期，操作未执行。请刷新页面后重试。",
		}),
		Elsewhere: in(saying{
			"Yêu cầu này đến từ một trang khác nên không được nhận. Xin mở trang của bộ phận một cửa và làm lại.",
			"This request came from another site and was not taken. Please open the page of this office and repeat the step.",
			"该请求来自其他网站，未被接受。请打开本单位的页面重试。",
		}),
		NeedsTLS: in(saying{
			"Đăng nhập chỉ được nhận qua kết nối bảo mật. Xin mở lại địa chỉ này, bắt đầu bằng “https:”.",
			"Signing in needs a secure connection. Please open this address again, beginning with “https:”.",
			"登录需要安全连接，请使用安全地址重新打开。",
		}),
		PlainOnly: in(saying{
			"Trang này chỉ mở qua kết nối bảo mật. Xin mở lại địa chỉ này, bắt đầu bằng “https:”.",
			"This page needs a secure connection. Please open this address again, beginning with “https:”.",
			"此页面需要安全连接，请使用安全地址重新打开。",
		}),
		NoPage:     in(saying{"Không có trang này.", "There is no such page.", "没有这个页面。"}),
		Method:     in(saying{"Trang này không nhận cách gửi đó.", "This page does not take what was sent in this way.", "此页面不接受这种提交方式。"}),
		TooLarge:   in(saying{"Nội dung gửi lên quá lớn nên chưa được nhận.", "What was sent is too large and was not taken.", "提交的内容过大，未被接受。"}),
		Unreadable: in(saying{"Nội dung gửi lên không đọc được. Xin tải lại trang rồi làm lại.", "What was sent cannot be read. Please load the page again and repeat the step.", "无法读取提交的内容。请刷新页面后重试。"}),
		WrongHost: in(saying{
			"Địa chỉ này không phải của máy một cửa. Xin mở đúng địa chỉ do cán bộ kỹ thuật cung cấp.",
			"This address is not one of this machine. Please open the address that the technician gave.",
			"该地址不属于本机，请使用技术人员提供的地址。",
		}),
		TooMany: in(saying{
			"Máy tính này gửi quá nhiều yêu cầu. Xin chờ vài giây rồi làm lại.",
			"This computer sends too many requests. Please wait a few seconds and repeat the step.",
			"本电脑发送的请求过多，请稍等几秒再试。",
		}),
		ManyStreams: in(saying{
			"Máy tính này mở quá nhiều trang cùng lúc. Xin đóng bớt trang rồi tải lại.",
			"This computer has too many pages open at once. Please close some and load this one again.",
			"本电脑同时打开的页面过多，请关闭一些后刷新。",
		}),
		Busy: in(saying{
			"Máy đang có quá nhiều yêu cầu. Xin chờ vài giây rồi làm lại.",
			"The machine has too many requests at once. Please wait a few seconds and repeat the step.",
			"请求过多，请稍等几秒再试。",
		}),
		Stopping: in(saying{
			"Máy đang khởi động lại. Trang sẽ tự kết nối lại sau ít giây.",
			"The machine is starting again. The page connects by itself in a few seconds.",
			"机器正在重新启动，页面将在几秒后自动重新连接。",
		}),
		Failed: in(saying{
			"Máy chưa làm được việc này. Xin làm lại hoặc báo cán bộ kỹ thuật.",
			"The machine could not do this. Please repeat the step or tell the technician.",
			"机器未能完成此操作，请重试或联系技术人员。",
		}),
	}
}
