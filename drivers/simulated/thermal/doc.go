// Package thermal is the firmware of a simulated ESC/POS receipt printer: it reads a byte
// stream and moves paper.
//
// It follows Epson's ESC/POS command reference (the public "ESC/POS Command Reference" on
// download4.epson.biz and the TM-T88III specification for what the reference leaves to the
// model) and is written without a look at any encoder, so that it can judge one. Firmware
// interprets the commands, keeps the line that is being composed and hands finished dot rows
// to a Mechanism; Machine says what the simulated model can do and gets wrong; Sensors holds
// the status bits; RealTime hears the commands that are obeyed before they are buffered.
//
// Whatever a host should not have sent is reported as an anomaly: unknown commands, codes
// without a glyph, dots beyond the paper. Any byte stream is accepted, memory is bounded, and
// nothing here starts a goroutine or reads a clock.
package thermal
