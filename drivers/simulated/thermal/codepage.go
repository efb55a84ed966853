package thermal

// CodePage names a character code table: the meaning of the codes 80 to FF.
type CodePage string

// The tables that the simulated machines may carry.
const (
	PagePC437        CodePage = "PC437"
	PageWPC1252      CodePage = "WPC1252"
	PageWPC1258      CodePage = "WPC1258"
	PageTCVN3Small   CodePage = "TCVN-3 small"
	PageTCVN3Capital CodePage = "TCVN-3 capital"
)

// PC437 is IBM's table, FF being a no-break space; the two Windows tables are Microsoft's
// bestfit1252 and bestfit1258. Codes that those leave unassigned are spaces here and print
// nothing. The five combining marks of 1258 stand in cells of their own, as printers draw
// them: they do not compose (mike42/escpos-php#254 shows such a slip).
const (
	pc437 = "" +
		"ÇüéâäàåçêëèïîìÄÅ" + // 80
		"ÉæÆôöòûùÿÖÜ¢£¥₧ƒ" + // 90
		"áíóúñÑªº¿⌐¬½¼¡«»" + // A0
		"░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" + // B0
		"└┴┬├─┼╞╟╚╔╩╦╠═╬╧" + // C0
		"╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀" + // D0
		"αßΓπΣσµτΦΘΩδ∞φε∩" + // E0
		"≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0" // F0

	wpc1252 = "" +
		"€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž " + // 80
		" ‘’“”•–—˜™š›œ žŸ" + // 90
		"\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯" + // A0
		"°±²³´µ¶·¸¹º»¼½¾¿" + // B0
		"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ" + // C0
		"ÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß" + // D0
		"àáâãäåæçèéêëìíîï" + // E0
		"ðñòóôõö÷øùúûüýþÿ" //  F0

	wpc1258 = "" +
		"€ ‚ƒ„…†‡ˆ‰ ‹Œ   " + // 80
		" ‘’“”•–—˜™ ›œ  Ÿ" + // 90
		"\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯" + // A0
		"°±²³´µ¶·¸¹º»¼½¾¿" + // B0
		"ÀÁÂĂÄÅÆÇÈÉÊË\u0300ÍÎÏ" + // C0
		"ĐÑ\u0309ÓÔƠÖ×ØÙÚÛÜƯ\u0303ß" + // D0
		"àáâăäåæçèéêë\u0301íîï" + // E0
		"đñ\u0323óôơö÷øùúûüư₫ÿ" //  F0
)

// upper returns the 128 characters of a page, or nil for a page that nobody knows.
func (p CodePage) upper() []rune {
	switch p {
	case PagePC437:
		return []rune(pc437)
	case PageWPC1252:
		return []rune(wpc1252)
	case PageWPC1258:
		return []rune(wpc1258)
	case PageTCVN3Small:
		return []rune(tcvn3Small)
	case PageTCVN3Capital:
		return []rune(tcvn3Capital)
	}
	return nil
}

// decode returns the character that code means under a page's upper half and ESC R's
// international set; ok is false where the table has nothing.
func decode(upper []rune, international, code byte) (r rune, ok bool) {
	if code >= 0x80 {
		if i := int(code) - 0x80; i < len(upper) && upper[i] != ' ' {
			return upper[i], true
		}
		return 0, false
	}
	// Set 16 is Vietnam's: the dong sign in the number sign's place.
	if code == '#' && international == 16 {
		return '₫', true
	}
	return rune(code), code >= 0x20 && code != 0x7F
}
