package words

import "github.com/motcua/gateway/kiosk"

// Rating are the words with which a citizen says how a visit was. Nothing in them asks who
// served.
type Rating struct {
	Tile   string // on the first page
	Prefix string // title: which letter is on the slip
	Number string // title: the digits after it
	Why    string // what becomes of it
	Ask    func(number string) string
	// The three levels, and the reasons of who was not content.
	VeryGood, Good, Bad                      string
	Reason                                   string // title
	Wait, Attitude, Unclear, ComeBack, Other string
	NoReason                                 string // tile
	Erase, Enter                             string // keys
	Keeping                                  string // while the office is asked
	Thanks, ThanksMore                       string
	NotYet                                   string // the visit is not over
	Failed                                   string // the office did not answer
}

// Level returns the name of a level.
func (r Rating) Level(l kiosk.RatingLevel) string {
	switch l {
	case kiosk.RatingVeryGood:
		return r.VeryGood
	case kiosk.RatingGood:
		return r.Good
	}
	return r.Bad
}

// Because returns the name of a reason; that of none is the tile for who names none.
func (r Rating) Because(why kiosk.RatingReason) string {
	switch why {
	case kiosk.RatingWait:
		return r.Wait
	case kiosk.RatingAttitude:
		return r.Attitude
	case kiosk.RatingUnclear:
		return r.Unclear
	case kiosk.RatingAgain:
		return r.ComeBack
	case kiosk.RatingOther:
		return r.Other
	}
	return r.NoReason
}

func viRating() Rating {
	return Rating{
		Tile:   "Đánh giá phục vụ",
		Prefix: "Số trên phiếu của ông/bà bắt đầu bằng chữ nào?",
		Number: "Xin bấm tiếp các chữ số trên phiếu",
		Why:    "Không ghi tên ông/bà. Mỗi số đánh giá một lần.",
		Ask: func(number string) string {
			return "Số " + number + ": ông/bà có hài lòng với việc phục vụ không?"
		},
		VeryGood: "Rất hài lòng",
		Good:     "Hài lòng",
		Bad:      "Không hài lòng",
		Reason:   "Điều gì làm ông/bà chưa hài lòng?",
		Wait:     "Chờ quá lâu",
		Attitude: "Thái độ phục vụ",
		Unclear:  "Hướng dẫn chưa rõ",
		ComeBack: "Phải đi lại nhiều lần",
		Other:    "Lý do khác",
		NoReason: "Không nêu lý do",
		Erase:    "Xóa", Enter: "Tiếp",
		Keeping:    "Đang ghi nhận đánh giá",
		Thanks:     "Xin cảm ơn ông/bà",
		ThanksMore: "Đánh giá của ông/bà đã được ghi nhận.",
		NotYet:     "Số này chưa được phục vụ xong. Xin đánh giá sau khi xong việc.",
		Failed:     "Máy chưa ghi nhận được đánh giá. Xin thử lại.",
	}
}

func enRating() Rating {
	return Rating{
		Tile:     "Rate the service",
		Prefix:   "Which letter does the number on your slip begin with?",
		Number:   "Now the digits on your slip",
		Why:      "Your name is not kept. Each number can be rated once.",
		Ask:      func(number string) string { return "Number " + number + ": were you content with the service?" },
		VeryGood: "Very content",
		Good:     "Content",
		Bad:      "Not content",
		Reason:   "What were you not content with?",
		Wait:     "I waited too long",
		Attitude: "How I was spoken to",
		Unclear:  "It was not explained clearly",
		ComeBack: "I have to come again",
		Other:    "Another reason",
		NoReason: "Give no reason",
		Erase:    "Delete", Enter: "Next",
		Keeping:    "Keeping your rating",
		Thanks:     "Thank you",
		ThanksMore: "Your rating has been kept.",
		NotYet:     "This number has not been served yet. Please rate it afterwards.",
		Failed:     "Your rating could not be kept yet. Please try again.",
	}
}

func zhRating() Rating {
	return Rating{
		Tile:     "评价服务",
		Prefix:   "您号票上的号码以哪个字母开头？",
		Number:   "请继续输入号票上的数字",
		Why:      "不会记录您的姓名。每个号码只能评价一次。",
		Ask:      func(number string) string { return "号码" + number + "：您对服务满意吗？" },
		VeryGood: "非常满意",
		Good:     "满意",
		Bad:      "不满意",
		Reason:   "您对哪方面不满意？",
		Wait:     "等候太久",
		Attitude: "服务态度",
		Unclear:  "说明不清楚",
		ComeBack: "需要多次往返",
		Other:    "其他原因",
		NoReason: "不说明原因",
		Erase:    "删除", Enter: "下一步",
		Keeping:    "正在保存评价",
		Thanks:     "谢谢您",
		ThanksMore: "您的评价已保存。",
		NotYet:     "该号码尚未办理完毕，请办完后再评价。",
		Failed:     "暂时无法保存您的评价，请再试一次。",
	}
}
