package escpos

// Sources of the table:
//
//	db    escpos-printer-db (CC-BY-4.0): code pages and widths by profile
//	ref   Epson's ESC/POS reference, pages of the commands and their lists of models
//	cit   Citizen's command reference for the CT-S series
//	man   the maker's own or an OEM's programming manual
//	iss   a bug report: hennedo/escpos#22
//	gen   what nearly every clone does; not from a manual of the very model
//
// "unconfirmed" marks a fact that nobody here has seen a printer do. On the safe side of
// every doubt stands the dearer way: no code page, no native QR, no confirmation.

// Profiles returns the table of known printers, in the order in which it is shown. The last
// two fit any printer of their width.
func Profiles() []Profile {
	glyphs := GlyphRange{First: 32, Last: 126} // 95 codes, the same in every manual read
	return []Profile{
		{
			Name:   "epson-tm-80",
			Models: "Epson TM-T20II, TM-T20III, TM-T82II, TM-T82III, TM-m30III (203 dpi, 80 mm)",
			Source: "db: pages 30/31, 576 dots; ref: GS ( H 48, GS a, ESC &, DLE DC4 8, GS ( k list these models",
			Width:  576, DPI: 203, Speed: 1200,
			TCVN3: CodePages{Lower: 30, Upper: 31}, Glyphs: glyphs,
			RasterScale: true, NativeQR: true, MotionUnits: true, Smoothing: true,
			Cut: CutFeed, Status: StatusAuto, Confirm: ConfirmProcessID, ClearBuffer: true,
		},
		{
			Name:   "epson-tm-180",
			Models: "Epson TM-T70, TM-T70II, TM-T88IV, TM-T88V, TM-T88VI (180 dpi, 80 mm)",
			Source: "db: pages 30/31, 512 dots; ref: GS ( H 48 lists T70, T70II, T88IV to T88VII but not T88III",
			Width:  512, DPI: 180, Speed: 1060,
			TCVN3: CodePages{Lower: 30, Upper: 31}, Glyphs: glyphs,
			RasterScale: true, NativeQR: true, MotionUnits: true, Smoothing: true,
			Cut: CutFeed, Status: StatusAuto, Confirm: ConfirmProcessID, ClearBuffer: true,
		},
		{
			Name:   "epson-tm-t88iii",
			Models: "Epson TM-T88II, TM-T88III (180 dpi, 80 mm)",
			Source: "ref: neither lists GS ( H 48, so GS r confirms; QR by GS ( k and pages 30/31 unconfirmed, so not used",
			Width:  512, DPI: 180, Speed: 1060,
			Glyphs: glyphs, RasterScale: true, MotionUnits: true, Smoothing: true,
			Cut: CutFeed, Status: StatusAuto, Confirm: ConfirmInOrder,
		},
		{
			Name:   "citizen-ct-s651",
			Models: "Citizen CT-S651, CT-S801, CT-S851 (203 dpi, 80 mm)",
			Source: "db: pages 30/31, QR; cit: GS r, GS a, ESC &; 576 dots on 80 mm paper and GS ( H unconfirmed, so GS r confirms",
			Width:  576, DPI: 203, Speed: 1600,
			TCVN3: CodePages{Lower: 30, Upper: 31}, Glyphs: glyphs,
			RasterScale: true, NativeQR: true, MotionUnits: true,
			Cut: CutFeed, Status: StatusAuto, Confirm: ConfirmInOrder,
		},
		{
			Name:   "bixolon-srp-s300",
			Models: "Bixolon or Samsung SRP-S300, SRP-350 (203 dpi, 80 mm)",
			Source: "db: pages 30/31, 203 dpi; man: GS r, GS a, ESC &; 576 dots (the db says 640) and GS ( k unconfirmed",
			Width:  576, DPI: 203, Speed: 1200,
			TCVN3: CodePages{Lower: 30, Upper: 31}, Glyphs: glyphs,
			RasterScale: true, MotionUnits: true,
			Cut: CutFeed, Status: StatusAuto, Confirm: ConfirmInOrder,
		},
		{
			Name:   "xprinter-80",
			Models: "Xprinter XP-Q200, XP-N160, XP-K200L; POS-80 (203 dpi, 80 mm)",
			Source: "man: POS-80XX programmer's manual: ESC & 32 to 126, GS r, GS a; GS ( k and GS r in order unconfirmed by model",
			Width:  576, DPI: 203, Speed: 1200,
			Glyphs: glyphs, RasterScale: true, NativeQR: true,
			Cut: CutFeed, Status: StatusAuto, Confirm: ConfirmInOrder,
		},
		{
			Name:   "rongta-80",
			Models: "Rongta RP326, RP332 (203 dpi, 80 mm)",
			Source: "man: 80 mm series command set: ESC & 32 to 126, GS r, GS a, GS ( k; it lists GS ( H 48 too, unconfirmed, so GS r confirms",
			Width:  576, DPI: 203, Speed: 1200,
			Glyphs: glyphs, RasterScale: true, NativeQR: true,
			Cut: CutFeed, Status: StatusAuto, Confirm: ConfirmInOrder,
		},
		{
			Name:   "custom-vkp80",
			Models: "Custom VKP80II, VKP80III with presenter (203 dpi, 80 mm)",
			Source: "man: ESC i cuts; 576 dots, the presenter's GS e 5 and status by DLE EOT alone unconfirmed; no confirmation known",
			Width:  576, DPI: 203, Speed: 1200,
			Glyphs: glyphs, RasterScale: true,
			Cut: CutPresenter, Status: StatusTry, Confirm: ConfirmNone,
		},
		{
			Name:   "pos-5890",
			Models: "POS-5890, POS-5890K, ZJ-5890 (203 dpi, 58 mm, no cutter)",
			Source: "db: 384 dots; iss: gibberish when a band's height is a multiple of 48; most units answer nothing at all",
			Width:  384, DPI: 203, Speed: 480,
			RasterScale: true,
			Cut:         CutNone, TearFeed: 96, Status: StatusNone, Confirm: ConfirmNone,
			Avoid48: true,
		},
		{
			Name:   "zjiang-58",
			Models: "Zjiang ZJ-5870, ZJ-58 (203 dpi, 58 mm, no cutter)",
			Source: "man: ZJ-58 user's manual: ESC & 32 to 126, GS a, DLE EOT; whether units in the field answer is unconfirmed, so none is relied on",
			Width:  384, DPI: 203, Speed: 480,
			Glyphs: glyphs, RasterScale: true,
			Cut: CutNone, TearFeed: 96, Status: StatusTry, Confirm: ConfirmNone,
			Avoid48: true,
		},
		{
			Name:   "generic-80",
			Models: "any ESC/POS printer with 80 mm paper and a cutter",
			Source: "gen: dots only, no word relied on: give a printer that confirms its own profile",
			Width:  576, DPI: 203, Speed: 800,
			RasterScale: true,
			Cut:         CutFeed, Status: StatusTry, Confirm: ConfirmNone,
		},
		{
			Name:   "generic-58",
			Models: "any ESC/POS printer with 58 mm paper",
			Source: "gen: dots only, no word relied on",
			Width:  384, DPI: 203, Speed: 480,
			RasterScale: true,
			Cut:         CutNone, TearFeed: 96, Status: StatusTry, Confirm: ConfirmNone,
			Avoid48: true,
		},
	}
}
