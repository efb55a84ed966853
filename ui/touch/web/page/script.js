'use strict';
// The screen in a browser: draws what the event stream brings, says where the finger is.
(() => {
  const room = document.getElementById('room');
  const glass = document.getElementById('glass');
  const picture = document.getElementById('picture');
  const pen = picture.getContext('2d', { alpha: false });
  const words = document.getElementById('words');
  const state = document.getElementById('state');
  const page = document.getElementById('page');
  const say = document.body.dataset;

  let viewer = '';
  let control = false;
  let width = 0;
  let height = 0;

  function tell(text) {
    state.hidden = !text;
    if (state.textContent !== text) state.textContent = text;
  }

  // The picture keeps its shape and fills the window.
  function fit() {
    if (!width) return;
    const k = Math.min(room.clientWidth / width, room.clientHeight / height);
    glass.style.width = Math.floor(width * k) + 'px';
    glass.style.height = Math.floor(height * k) + 'px';
  }
  addEventListener('resize', fit);

  // Pictures are drawn in the order in which they came; decoding one may take longer than
  // decoding the next.
  let drawing = Promise.resolve();
  function draw(patch) {
    const image = new Image();
    image.src = 'data:image/png;base64,' + patch.png;
    const ready = image.decode();
    drawing = drawing.then(() => ready).then(() => pen.drawImage(image, patch.x, patch.y), () => {});
  }

  // A word that stays keeps its element, and with it the keyboard's or reader's place.
  let buttons = '';
  function write(list) {
    const old = Array.from(words.children);
    list.forEach((word, i) => {
      let e = old.find((o) => o.textContent === word.text && (o.tagName === 'BUTTON') === word.pressable);
      if (e) {
        old.splice(old.indexOf(e), 1);
      } else {
        e = document.createElement(word.pressable ? 'button' : 'p');
        if (word.pressable) e.type = 'button';
        e.textContent = word.text;
      }
      e.style.left = 100 * word.x / width + '%';
      e.style.top = 100 * word.y / height + '%';
      e.style.width = 100 * word.w / width + '%';
      e.style.height = 100 * word.h / height + '%';
      e.onclick = word.pressable ? () => post('tap', word.x + word.w / 2, word.y + word.h / 2) : null;
      if (words.children[i] !== e) words.insertBefore(e, words.children[i] || null);
    });
    old.forEach((e) => e.remove());
    // Another set of buttons is another page: read out what stands on it.
    const now = list.filter((w) => w.pressable).map((w) => w.text.split('\n')[0]).join('\n');
    if (now !== buttons) {
      buttons = now;
      page.textContent = list.filter((w) => !w.pressable).map((w) => w.text).join('. ');
    }
  }

  function listen() {
    const events = new EventSource('screen/events');
    events.onmessage = (message) => {
      const event = JSON.parse(message.data);
      viewer = event.viewer;
      control = event.control;
      glass.classList.toggle('watching', !control);
      tell(control ? '' : say.watching);
      if (event.width !== width || event.height !== height) {
        drawing = drawing.then(() => { picture.width = event.width; picture.height = event.height; });
        width = event.width;
        height = event.height;
        fit();
      }
      if (event.patch) draw(event.patch);
      if (event.words) write(event.words);
    };
    events.onerror = () => {
      control = false;
      // A refused stream is closed for good and says no more; a broken one restores itself.
      const refused = events.readyState === EventSource.CLOSED;
      tell(refused && viewer === '' ? say.full : say.lost);
      if (refused) setTimeout(listen, 3000);
    };
  }
  listen();

  // What the finger does is sent in order: the next word only after the answer to the last.
  // Movements that could not be sent yet are overtaken by newer ones.
  const queue = [];
  let busy = false;
  function post(phase, x, y) {
    const last = queue[queue.length - 1];
    if (phase === 'move' && last && last.phase === 'move') queue.pop();
    queue.push({ viewer, phase, x, y });
    if (!busy) next();
  }
  async function next() {
    busy = true;
    while (queue.length) {
      try {
        const answer = await fetch('screen/touch', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(queue.shift()),
        });
        if (answer.status === 409) tell(say.watching);
      } catch {
        tell(say.lost);
      }
    }
    busy = false;
  }

  function place(event) {
    const box = glass.getBoundingClientRect();
    const limit = (v, n) => Math.min(Math.max(v, 0), n - 1);
    return [
      limit((event.clientX - box.left) / box.width * width, width),
      limit((event.clientY - box.top) / box.height * height, height),
    ];
  }

  let finger = null;
  glass.addEventListener('pointerdown', (event) => {
    if (finger !== null || !event.isPrimary || event.button !== 0 || !width) return;
    finger = event.pointerId;
    glass.setPointerCapture(finger);
    post('down', ...place(event));
  });
  glass.addEventListener('pointermove', (event) => {
    if (event.pointerId === finger) post('move', ...place(event));
  });
  glass.addEventListener('pointerup', (event) => {
    if (event.pointerId !== finger) return;
    finger = null;
    post('up', ...place(event));
  });
  glass.addEventListener('pointercancel', (event) => {
    if (event.pointerId !== finger) return;
    finger = null;
    post('cancel', 0, 0);
  });
  glass.addEventListener('contextmenu', (event) => event.preventDefault());
})();
