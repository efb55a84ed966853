"use strict";
// Records one prompt as WAV of 16 bit, lets it be checked and heard, and keeps it. A recording
// stays in the page until it is kept.
(() => {
  const booth = document.getElementById("booth");
  if (!booth) return;
  const at = (id) => document.getElementById(id);
  const record = at("record"), stop = at("stop"), keep = at("keep"), says = at("says"), heard = at("heard");
  const longest = 12000; // ms, a prompt takes two seconds
  let session = null, take = null;

  const send = async (path) => {
    const q = new URLSearchParams({ language: booth.dataset.language, prompt: booth.dataset.prompt });
    const answer = await fetch(path + "?" + q, {
      method: "POST", body: take, headers: { "Content-Type": "audio/wav", "X-CSRF": booth.dataset.csrf },
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.message);
    return said;
  };

  const wav = (parts, rate) => {
    const n = parts.reduce((sum, p) => sum + p.length, 0);
    const view = new DataView(new ArrayBuffer(44 + 2 * n));
    const text = (offset, s) => [...s].forEach((c, i) => view.setUint8(offset + i, c.charCodeAt(0)));
    text(0, "RIFF"); view.setUint32(4, 36 + 2 * n, true); text(8, "WAVEfmt ");
    view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
    view.setUint32(24, rate, true); view.setUint32(28, 2 * rate, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
    text(36, "data"); view.setUint32(40, 2 * n, true);
    let offset = 44;
    for (const part of parts) {
      for (const v of part) {
        view.setInt16(offset, Math.round(Math.max(-1, Math.min(1, v)) * 32767), true);
        offset += 2;
      }
    }
    return new Blob([view.buffer], { type: "audio/wav" });
  };

  const begin = async () => {
    if (session) return;
    try {
      // The browser's own filters change a voice from one prompt to the next.
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
      const context = new AudioContext();
      await context.audioWorklet.addModule(new URL("tap.js", script).href);
      const tap = new AudioWorkletNode(context, "tap");
      const parts = [];
      tap.port.onmessage = (e) => parts.push(e.data);
      context.createMediaStreamSource(stream).connect(tap);
      session = { stream, context, parts, timer: setTimeout(end, longest) };
    } catch {
      says.textContent = booth.dataset.denied;
      return;
    }
    record.disabled = true; stop.disabled = false; keep.disabled = true; heard.hidden = true;
    says.textContent = booth.dataset.recording;
    stop.focus();
  };

  const end = async () => {
    if (!session) return;
    const { stream, context, parts, timer } = session;
    session = null;
    clearTimeout(timer);
    stream.getTracks().forEach((t) => t.stop());
    take = wav(parts, context.sampleRate);
    await context.close();
    stop.disabled = true; record.disabled = false; record.textContent = booth.dataset.again;
    if (heard.src) URL.revokeObjectURL(heard.src);
    heard.src = URL.createObjectURL(take); heard.hidden = false;
    says.textContent = booth.dataset.checking;
    try {
      const said = await send("/lead/voice/check");
      says.textContent = said.says.join(" ");
      keep.disabled = !said.ok;
      (said.ok ? keep : record).focus();
    } catch (e) {
      says.textContent = e.message || booth.dataset.failed;
    }
  };

  const store = async () => {
    keep.disabled = true;
    try {
      const said = await send("/lead/voice/keep");
      says.textContent = said.says.join(" ");
      if (said.ok) location.assign(booth.dataset.next);
    } catch (e) {
      says.textContent = e.message || booth.dataset.failed;
      keep.disabled = false;
    }
  };

  const script = document.querySelector("script[src$='voice.js']").src;
  record.addEventListener("click", begin);
  stop.addEventListener("click", end);
  keep.addEventListener("click", store);
})();
