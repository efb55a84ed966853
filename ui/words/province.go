package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Province are the words of the hub's page. They are Vietnamese only: who works at the province
// reads Vietnamese.
type Province struct {
	Nav      ProvinceNav
	SignIn   ProvinceSignIn
	Gateways ProvinceGateways
	Search   ProvinceSearch
	Dossier  ProvinceDossier
	Ask      ProvinceAsk
	Numbers  ProvinceNumbers
	Log      ProvinceLog
	Accounts ProvinceAccounts
	Subject  ProvinceSubject

	Name                                                         string // of a province that was given none
	Skip, Menu, SignOut, Back, Done, Sorry, Purpose, PurposeHint string
	// What was not done, and why.
	NoRight, NotFound, Unreadable, WantPurpose, NoNumber, NotLogged, PurposeFirst string
}

// ProvinceNav are the names of the pages.
type ProvinceNav struct{ Gateways, Numbers, Search, Log, Accounts, Subject string }

// ProvinceSignIn are the words of the sign-in page.
type ProvinceSignIn struct{ Title, Login, Secret, Enter, Machine, Out, Why string }

// ProvinceGateways are the words of the page of gateways.
type ProvinceGateways struct {
	Title, Site, Seen, Backlog, Know, Version, Clock, Key, Until           string
	All, Act, Look, Good, FactsWait, PagesWait                             string
	MarkAct, MarkLook, MarkGood, MarkOff                                   string
	Never, Silent, Mute, Expired, Expires, OddClock, Forged, None, Nothing string
	AsideTitle, AsideHow, AsideNone, AsideMore, Place, Reason, Kept        string
	ID, Last, Told, Uptodate, Again, Oldest, KeyLong, UntilLong            string
}

// ProvinceSearch are the words of the search.
type ProvinceSearch struct {
	Title, ByName, Name, NameHint, ByVisit, Site, Day, Number, ByPerson, Person, PersonHint, Find string
	Nothing, Found, More, ID, Code, Procedure, At, Pages, State, Choose                           string
	WantName, WantVisit, WantPerson, PersonThere                                                  string
}

// ProvinceDossier are the words of a dossier.
type ProvinceDossier struct {
	Title, ID, Code, NoCode, Procedure, Site, Gateway, At, Ticket, Counter, Officer, Applicant, Number string
	Pages, Page, Component, Kind, Size, Open, Fetch, History, When, What, Place                        string
	Complete, Waiting, Statement, Signed, NotSigned, NoPages, NoHistory, Erased, Gone, Why             string
	Before, After, ToDossier, Picture, NotShown, AllHere, Unknown                                      string
}

// ProvinceAsk are the words of the question why.
type ProvinceAsk struct{ Title, How, Go string }

// ProvinceNumbers are the words of a day's numbers.
type ProvinceNumbers struct {
	Title, Day, Show, Today, Site, Commune, Service, NoService, Total                           string
	Issued, Called, Served, NoShow, Cancelled, Lapsed, Dossiers, Bars                           string
	BySite, ByService, AllSites, Trend, NoData, CSV, CSVHow, WantDay, Earlier, Later, NoNumbers string
}

// ProvinceLog are the words of the log.
type ProvinceLog struct {
	Title, How, Verify, Broken, NotChecked, Seq, When, Who, What, About, Purpose, Person, Older, Newest, None, Head string
}

// ProvinceAccounts are the words of the accounts.
type ProvinceAccounts struct {
	Title, New, Name, Login, LoginHint, Role, RoleHint, SitesOf, SitesHint, Secret, SecretHint string
	Create, Save, Disable, Enable, Unlock, NewSecret, SetSecret, Active, Disabled, All, None   string
	WantSites, NoRole, NoSites                                                                 string
}

// ProvinceSubject are the words of what is held of a person.
type ProvinceSubject struct {
	Title, How, Export, ExportHow, Person, Fetch, Erase, EraseHow, Order, OrderHint, Next              string
	ConfirmTitle, ConfirmHow, Again, EraseNow, Cancel, Erased, WantOrder, NotSame, Reference, Dossiers string
	Aside, AsideHow                                                                                    string
}

// Count writes a number of things with the mark of thousands: "1.234".
func (Province) Count(n int) string { return Thousands(n) }

// Thousands writes a number as it is written in Vietnam: "1.234".
func Thousands(n int) string {
	if n < 0 {
		return "-" + Thousands(-n)
	}
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// Size writes bytes: "12 kB", "3,4 MB".
func (Province) Size(bytes int64) string {
	switch {
	case bytes < 1_000_000:
		return strconv.FormatInt((bytes+999)/1000, 10) + " kB"
	case bytes < 1_000_000_000:
		return strings.Replace(strconv.FormatFloat(float64(bytes)/1e6, 'f', 1, 64), ".", ",", 1) + " MB"
	}
	return strings.Replace(strconv.FormatFloat(float64(bytes)/1e9, 'f', 1, 64), ".", ",", 1) + " GB"
}

// Span writes a time in its largest unit: "40 giây", "12 phút", "5 giờ", "3 ngày".
func (Province) Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d giây", max(0, int(d/time.Second)))
	case d < time.Hour:
		return fmt.Sprintf("%d phút", int(d/time.Minute))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d giờ", int(d/time.Hour))
	}
	return fmt.Sprintf("%d ngày", int(d/(24*time.Hour)))
}

// Ago says how long ago something was.
func (p Province) Ago(d time.Duration) string {
	if d < 10*time.Second {
		return "vừa xong"
	}
	return p.Span(d) + " trước"
}

// When writes a moment.
func (Province) When(clock, date string) string { return clock + " ngày " + date }

// Backlog says what waits at a box.
func (p Province) Backlog(facts, pages int, bytes int64) string {
	var parts []string
	if facts > 0 {
		parts = append(parts, Thousands(facts)+" sự kiện")
	}
	if pages > 0 {
		parts = append(parts, Thousands(pages)+" trang, "+p.Size(bytes))
	}
	return strings.Join(parts, "; ")
}

// Key says where a box's key comes from.
func (Province) Key(source string) string {
	switch source {
	case "chip":
		return "chip"
	case "passphrase":
		return "mật khẩu"
	case "file":
		return "tệp"
	}
	return source
}

// ClockOff says how a box's clock stands.
func (ProvinceGateways) ClockOff(off time.Duration, sure bool) string {
	if !sure {
		return "chưa chắc"
	}
	switch a := off.Abs(); {
	case a < 10*time.Second:
		return "đúng"
	case off < 0:
		return "chậm " + Province{}.Span(a)
	default:
		return "nhanh " + Province{}.Span(a)
	}
}

// Forked says that a box was restored from an older copy without knowing it.
func (ProvinceGateways) Forked(n int) string {
	return fmt.Sprintf("%s sự kiện trùng chỗ với sự kiện đã nhận: có thể hai máy cùng chạy, hoặc máy được phục hồi từ bản cũ. Đã cất riêng, xin kiểm tra máy.", Thousands(n))
}

// Cloned says that two boxes speak with one identity, and when they were last heard to.
func (ProvinceGateways) Cloned(when string) string {
	return "Có hai máy cùng dùng danh tính này, lần gần nhất lúc " + when + ": thẻ nhớ của máy đã bị sao chép. Xin tìm máy thứ hai, thu hồi máy này và đăng ký lại."
}

// Revoked says when a gateway was revoked.
func (ProvinceGateways) Revoked(date string) string { return "Đã thu hồi ngày " + date + "." }

// Parked says that pages were refused for good.
func (ProvinceGateways) Parked(n int) string {
	return fmt.Sprintf("%s trang không gửi được, đang chờ người xử lý tại máy.", Thousands(n))
}

// Waits says how long the oldest fact has waited.
func (ProvinceGateways) Waits(span string) string {
	return "Sự kiện cũ nhất đã chờ gửi " + span + "."
}

// Aside says how many facts nobody understood.
func (ProvinceGateways) Aside(n int) string {
	return fmt.Sprintf("%s sự kiện máy chủ không hiểu, đã cất riêng.", Thousands(n))
}

// AsideWhy says why a fact was put aside.
func (Province) AsideWhy(why string) string {
	switch why {
	case "fork":
		return "Trùng chỗ với một sự kiện khác đã nhận"
	case "log-forged":
		return "Nhật ký tại máy không khớp với các sự kiện đã nhận"
	}
	return "Không hiểu được: " + why
}

// Media is the kind of a page.
func (Province) Media(kind string) string {
	switch kind {
	case "image/jpeg", "image/png":
		return "ảnh"
	case "application/pdf":
		return "PDF"
	}
	return "tệp khác"
}

// Event is what happened to a dossier.
func (Province) Event(what string) string {
	switch what {
	case "received":
		return "Tiếp nhận tại quầy"
	case "confirmed":
		return "Máy tại xã đã nhận xác nhận của tỉnh"
	case "forgotten":
		return "Máy tại xã đã hủy bản của mình"
	case "parked":
		return "Một trang bị từ chối, chờ người xử lý"
	}
	return what
}

// PageOf is the title of a page.
func (ProvinceDossier) PageOf(n, all int) string { return fmt.Sprintf("Trang %d/%d", n, all) }

// Here says how many pages are here.
func (ProvinceDossier) Here(n, all int) string {
	return fmt.Sprintf("Đã nhận %d/%d trang.", n, all)
}

// ErasedOn says when and on which order a dossier was erased.
func (ProvinceDossier) ErasedOn(date, order string) string {
	return "Đã xóa theo yêu cầu ngày " + date + ", căn cứ: " + order + ". Tên, số định danh và các trang không còn đọc được ở bất cứ đâu; các sự kiện còn lại không nêu tên ai."
}

// DayDesc is a column for who does not see the plot.
func (ProvinceNumbers) DayDesc(date string, issued, served int) string {
	return fmt.Sprintf("Ngày %s: phát %s số, phục vụ %s.", date, Thousands(issued), Thousands(served))
}

// Silent says how many offices counted nothing.
func (ProvinceNumbers) Silent(n int) string {
	return fmt.Sprintf("%s điểm chưa có số liệu của ngày này.", Thousands(n))
}

// Of is the title of an office's day.
func (ProvinceNumbers) Of(site string) string { return "Theo dịch vụ tại " + site }

// Right says that the log holds.
func (ProvinceLog) Right(n int64) string {
	return fmt.Sprintf("Nhật ký nguyên vẹn: %s mục, mục nào cũng đúng như khi ghi.", Thousands(int(n)))
}

// CheckedAt says when the log was checked last.
func (ProvinceLog) CheckedAt(when string, n int64) string {
	return fmt.Sprintf("Kiểm tra gần nhất lúc %s: %s mục, nguyên vẹn.", when, Thousands(int(n)))
}

// Sites says how many offices an account is bound to.
func (ProvinceAccounts) Sites(n int, first string) string {
	if n == 1 {
		return first
	}
	return fmt.Sprintf("%s và %d điểm khác", first, n-1)
}

// Locked says until when an account is locked.
func (ProvinceAccounts) Locked(clock string) string { return "Tạm khóa đến " + clock }

// Wait says when to try again.
func (ProvinceSignIn) Wait(d time.Duration) string {
	return "Đã nhập sai nhiều lần. Xin chờ " + Province{}.Span(d.Round(time.Second)) + " rồi thử lại."
}

// ConfirmFound says how much an erasure reaches: dossiers, and facts that were put aside.
func (ProvinceSubject) ConfirmFound(dossiers, aside int) string {
	var found string
	switch {
	case aside == 0:
		found = fmt.Sprintf("Người này có %s hồ sơ.", Thousands(dossiers))
	case dossiers == 0:
		found = fmt.Sprintf("Người này không có hồ sơ nào, chỉ có %s sự kiện cất riêng.", Thousands(aside))
	default:
		found = fmt.Sprintf("Người này có %s hồ sơ và %s sự kiện cất riêng.", Thousands(dossiers), Thousands(aside))
	}
	return found + " Sau khi xóa, không ai đọc lại được tên, số định danh và các trang, tại tỉnh cũng như tại các máy ở xã. Các bản sao lưu của máy chủ làm trước đó phải được hủy đúng hạn."
}

// Role names a role.
func (Province) Role(r string) string {
	switch r {
	case "viewer":
		return "Xem theo điểm"
	case "province":
		return "Xem toàn tỉnh"
	case "auditor":
		return "Kiểm tra nhật ký"
	case "admin":
		return "Quản trị"
	}
	return "Chưa có quyền"
}

// Deed is what the log says was done.
func (Province) Deed(what string) string {
	says, ok := map[string]string{
		"search": "Tìm hồ sơ", "dossier": "Xem hồ sơ", "refused": "Bị từ chối xem hồ sơ của điểm khác", "page": "Xem trang",
		"export": "Lấy dữ liệu ra", "erase-look": "Chuẩn bị xóa dữ liệu", "erase": "Xóa dữ liệu cá nhân", "right": "Giao quyền",
		"lost": "Báo mất máy", "claim": "Cấp mã đăng ký máy",
		"staff-created": "Thêm tài khoản", "staff-changed": "Sửa tài khoản", "staff-secret": "Đổi mật khẩu", "staff-disabled": "Khóa hẳn tài khoản",
		"staff-signed-in": "Đăng nhập", "staff-signed-out": "Đăng xuất", "staff-idle": "Tự đăng xuất vì không thao tác",
		"staff-replaced": "Đăng xuất vì đăng nhập ở nơi khác", "staff-refused": "Nhập sai mật khẩu", "staff-locked": "Tạm khóa vì nhập sai nhiều lần",
		"staff-moved": "Chấm dứt phiên vì dùng ở máy khác",
	}[what]
	if !ok {
		return what
	}
	return says
}

// Refusal says in this page's own words what the box would say of a counter or a PIN; empty: the
// box's words will do.
func (Province) Refusal(code kiosk.Code) string {
	return map[kiosk.Code]string{
		"bad-secret":      "Mật khẩu này không dùng được: cần ít nhất 10 ký tự, không chỉ gồm chữ số, không dễ đoán và không giống tên đăng nhập.",
		"bad-login":       "Tên đăng nhập không dùng được hoặc đã có người dùng: 2 đến 32 ký tự gồm a–z, 0–9, dấu chấm và gạch nối.",
		"bad-name":        "Tên không dùng được: 1 đến 60 ký tự, viết bằng chữ cái.",
		"last-lead":       "Phải còn ít nhất một tài khoản quản trị đăng nhập được. Xin thêm tài khoản quản trị khác trước.",
		"unknown-officer": "Không có tài khoản này.",
		"sign-in":         "Tên đăng nhập hoặc mật khẩu không đúng.",
		"not-allowed":     "Tài khoản này không có quyền xem trang này. Xin hỏi người quản trị.",
		"store-failed":    "Máy chủ chưa lưu được, nên chưa có gì thay đổi. Xin thử lại; nếu vẫn vậy, xin báo người vận hành máy chủ.",
		"failed":          "Máy chủ gặp sự cố. Xin thử lại; nếu vẫn vậy, xin báo người vận hành máy chủ.",
	}[code]
}
