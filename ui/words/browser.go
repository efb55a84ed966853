package words

// Browser are the words around the screen where it is shown in a browser.
type Browser struct {
	Title    string
	Watching string // somebody else has the finger
	Lost     string // the connection is being restored
	Full     string // too many look already
}

// Browser returns the words around the screen in a browser.
func (w Words) Browser() Browser {
	return Browser{
		Title: saying{"Màn hình lấy số", "Queue-ticket screen", "取号屏"}.in(w.Language),
		Watching: saying{
			"Chỉ xem: người khác đang dùng màn hình.",
			"View only: somebody else is using the screen.",
			"仅供查看：其他人正在使用屏幕。",
		}.in(w.Language),
		Lost: saying{
			"Mất kết nối với máy. Đang kết nối lại…",
			"The connection to the machine is lost. Connecting again…",
			"与机器的连接已断开，正在重新连接……",
		}.in(w.Language),
		Full: saying{
			"Đã có quá nhiều người xem màn hình này. Xin thử lại sau.",
			"Too many people look at this screen already. Please try again later.",
			"观看此屏幕的人太多，请稍后再试。",
		}.in(w.Language),
	}
}
