package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Theme makes Fyne itself wear the look: the ground of the window, the gaps of its layouts and
// the letters of any object that does not bring its own. It is the same in every language and
// ignores the system's light and dark.
type Theme struct{ m Metrics }

var _ fyne.Theme = Theme{}

// NewTheme returns the theme for a display.
func NewTheme(m Metrics) Theme { return Theme{m} }

// Color implements [fyne.Theme].
func (Theme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return Paper
	case theme.ColorNameButton, theme.ColorNameInputBackground, theme.ColorNameHeaderBackground:
		return White
	case theme.ColorNamePrimary, theme.ColorNameError, theme.ColorNameHyperlink, theme.ColorNameFocus:
		return Red
	case theme.ColorNameSuccess:
		return Jade
	case theme.ColorNameForegroundOnPrimary, theme.ColorNameForegroundOnError,
		theme.ColorNameForegroundOnSuccess, theme.ColorNameForegroundOnWarning:
		return White
	case theme.ColorNameSeparator, theme.ColorNameInputBorder, theme.ColorNameScrollBar:
		return Line
	case theme.ColorNameDisabled, theme.ColorNamePlaceHolder, theme.ColorNameWarning:
		return InkSoft
	case theme.ColorNameDisabledButton, theme.ColorNameHover, theme.ColorNamePressed,
		theme.ColorNameSelection, theme.ColorNameScrollBarBackground:
		return Sand
	case theme.ColorNameShadow:
		return color.Transparent // a shadow is a gradient, the dearest thing to paint in software
	}
	return Ink
}

// Font implements [fyne.Theme]. Every style gets the upright regular or bold face: Fyne's
// monospace lacks ả ẳ ẵ and 16 more Vietnamese letters and would fall back to whatever the
// machine has.
func (Theme) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Symbol:
		return theme.DefaultSymbolFont()
	case style.Bold:
		return theme.DefaultTextBoldFont()
	}
	return theme.DefaultTextFont()
}

// Icon implements [fyne.Theme].
func (Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size implements [fyne.Theme].
func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNamePadding:
		return t.m.Gap
	case theme.SizeNameInnerPadding:
		return t.m.Pad
	case theme.SizeNameText:
		return t.m.Body
	case theme.SizeNameCaptionText:
		return t.m.Small
	case theme.SizeNameSubHeadingText:
		return t.m.Head
	case theme.SizeNameHeadingText:
		return t.m.Title
	case theme.SizeNameSeparatorThickness, theme.SizeNameInputBorder:
		return t.m.Border
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius, theme.SizeNameScrollBarRadius:
		return 0 // a rounded corner costs an anti-aliased path in each frame
	}
	return theme.DefaultTheme().Size(name)
}
