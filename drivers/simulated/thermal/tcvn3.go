package thermal

// The printers' two TCVN-3 pages. TCVN 5712:1993's third set (VN3, known as ABC) has one
// code for each accented small letter; accented capitals have none and came from a second
// font of capitals at the same codes (.VnTimeH beside .VnTime). Printers keep that: one page
// of small letters, one of capitals, and the host changes page within a word.
//
// Sources, compared by hand:
//   - the code order of VN3 as in glibc's TCVN5712-1 table, whose codes of small letters are
//     the same (a test asks iconv);
//   - Epson's TM-T20II technical reference, pages 30 and 31 of its character code tables, as
//     transcribed in escpos-printer-db (encoding.yml, TCVN-3-1 and TCVN-3-2) and in
//     codepage-encoder (tcvn3.txt, tcvn3capitals.txt), which agree with each other.
//
// Two things there differ from the standard and matter to a host: page 30 has nothing at
// A1-A7, where the standard puts the seven unmarked capitals; and page 31 has Ă, Â and Đ at
// the standard's A1, A2 and A7 but Ê, Ô, Ơ and Ư at the small letters' AA-AD.
//
// A space means that the code prints nothing of use: the machine reports it as an anomaly.
const (
	tcvn3Small = "" +
		"                " + // 80
		"                " + // 90
		"        ăâêôơưđ " + // A0
		"     àảãáạ ằẳẵắ " + // B0
		"      ặầẩẫấậè ẻẽ" + // C0
		"éẹềểễếệìỉ   ĩíịò" + // D0
		" ỏõóọồổỗốộờởỡớợù" + // E0
		" ủũúụừửữứựỳỷỹýỵ " //  F0

	tcvn3Capital = "" +
		"                " + // 80
		"                " + // 90
		" ĂÂ    Đ  ÊÔƠƯ  " + // A0
		"     ÀẢÃÁẠ ẰẲẴẮ " + // B0
		"      ẶẦẨẪẤẬÈ ẺẼ" + // C0
		"ÉẸỀỂỄẾỆÌỈ   ĨÍỊÒ" + // D0
		" ỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙ" + // E0
		" ỦŨÚỤỪỬỮỨỰỲỶỸÝỴ " //  F0
)
