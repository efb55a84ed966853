// The box's time. The browser's own clock is never looked at: it may be ten years off.
let base = 0; // the box's seconds when performance.now() was 0

export function sync(seconds) { base = seconds - performance.now() / 1000; }
export function now() { return base + performance.now() / 1000; }

// fill puts values into a sentence of the office: "Quầy {q}".
export function fill(text, values = {}) {
  return text.replace(/\{(\w)\}/g, (all, name) => name in values ? values[name] : all);
}

// span writes a length of time as people say it.
export function span(seconds, say) {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  if (minutes < 1) return say.under;
  if (minutes < 60) return fill(say.minutes, { n: minutes });
  return fill(say.hours, { h: Math.floor(minutes / 60), n: minutes % 60 });
}

// timeOfDay is hours and minutes in Vietnam, which knows no summer time.
export function timeOfDay(seconds) {
  return new Date((seconds + 7 * 3600) * 1000).toISOString().slice(11, 16);
}

// newKey is the key of a press. randomUUID wants HTTPS or this machine; getRandomValues does not.
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, '0')).join('');
}
