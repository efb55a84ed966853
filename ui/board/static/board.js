// The board's script, in ES5: televisions have browsers of many years ago.
(function () {
  'use strict';

  var body = document.body;
  var silence = Number(body.getAttribute('data-silence'));
  var beat = Number(body.getAttribute('data-beat'));
  var build = body.getAttribute('data-build');
  var counterWord = body.getAttribute('data-counter');
  var LOOK = Math.min(500, silence / 4);
  var LONGEST_WAIT = 15000;
  var DAY = 24 * 3600 * 1000;

  function by(id) { return document.getElementById(id); }
  function now() { return window.performance.now(); }
  function say(el, text) { if (el.textContent !== text) { el.textContent = text; } }
  function part(parent, tag, kind, text) {
    var el = document.createElement(tag);
    if (kind) { el.className = kind; }
    el.textContent = text;
    parent.appendChild(el);
    return el;
  }
  function empty(el) { while (el.firstChild) { el.removeChild(el.firstChild); } }

  // The modes are classes of the body: lost, pair or board; in a board calling or quiet.
  var mode = { page: 'lost', sure: false, calling: false, long: false };
  function dress() {
    var names = [mode.page];
    if (!mode.sure) { names.push('unsure'); }
    names.push(mode.calling ? 'calling' : 'quiet');
    if (mode.long) { names.push('long'); }
    if (body.className !== names.join(' ')) { body.className = names.join(' '); }
  }

  // --- the time, from the gateway; the television's own clock may be years off

  var clock = null;
  function setClock(c) {
    clock = { ms: c.ms, at: now() };
    mode.sure = c.sure;
    say(by('date'), c.date);
    tick();
  }
  function two(n) { return n < 10 ? '0' + n : String(n); }
  function tick() {
    if (!clock) { return; }
    var ms = clock.ms + now() - clock.at;
    if (ms >= DAY) { mode.sure = false; } // the next message knows the new date
    var minutes = Math.floor(ms / 60000) % 1440;
    say(by('time'), two(Math.floor(minutes / 60)) + ':' + two(minutes % 60));
    dress();
  }

  // --- what is shown

  function showCall(c) {
    mode.calling = !!c;
    if (!c) { say(by('number'), ''); return; }
    by('call').className = (c.new ? 'new' : '') + (c.also ? ' two' : '');
    say(by('number'), c.number);
    say(by('where'), c.where);
    by('also').setAttribute('lang', c.lang || 'vi');
    say(by('also'), c.also || '');
  }

  // A number too long for its place takes that of the last calls.
  function fit() {
    var number = by('number'), place = by('call');
    number.style.fontSize = '';
    mode.long = false;
    dress();
    if (!mode.calling || number.scrollWidth <= place.clientWidth) { return; }
    mode.long = true;
    dress();
    if (number.scrollWidth > place.clientWidth) { number.style.fontSize = '29.5vh'; }
  }

  function showLast(list, call) {
    var el = by('calls');
    empty(el);
    list.forEach(function (c) {
      var row = part(el, 'li', '', '');
      part(row, 'b', '', c.number);
      part(row, 'span', '', counterWord + ' ' + c.counter);
    });
    by('none').hidden = list.length > 0 || !!call;
  }

  function showCounters(list) {
    var el = by('counters'), n = list.length;
    empty(el);
    var rows = n <= 7 ? 1 : n <= 14 ? 2 : 3;
    el.className = rows === 3 ? 'crowd' : rows === 2 ? 'many' : '';
    var width = 100 / Math.max(3, Math.ceil(n / rows)) + '%';
    list.forEach(function (c) {
      var li = part(el, 'li', c.state, '');
      li.style.width = width;
      var box = part(li, 'div', '', '');
      part(box, 'span', 'name', counterWord + ' ' + c.code);
      part(box, c.number ? 'b' : 'span', c.number ? '' : 'says', c.number || c.says);
    });
  }

  function showNotice(b) {
    var notice = by('notice'), waiting = by('waiting');
    empty(notice);
    empty(waiting);
    by('footer').className = b.heading && b.call || b.waiting.length ? '' : 'still';
    say(by('quiet-heading'), b.heading || by('quiet-heading').getAttribute('data-wait'));
    say(by('quiet-line'), b.notice || '');
    if (b.heading && b.call) {
      part(notice, 'b', '', b.heading);
      part(notice, 'span', '', b.notice || '');
      return;
    }
    if (b.waiting.length) {
      var people = waiting.getAttribute('data-people');
      part(waiting, 'span', '', waiting.getAttribute('data-heading'));
      b.waiting.forEach(function (w) { part(part(waiting, 'span', '', w.service), 'b', '', w.n + ' ' + people); });
    }
  }

  function showBoard(b) {
    mode.page = 'board';
    wants(!!b.sound);
    say(by('office'), b.office);
    showCall(b.call);
    showLast(b.last, b.call);
    showCounters(b.counters);
    showNotice(b);
    fit();
    hear(b);
  }

  // --- the stream. Without one nothing stands there that could be old.

  var stream = null, heardAt = 0, wait = 1000, again = 0, asking = null, shown = null, began = now();

  function lost() {
    if (stream) { stream.close(); stream = null; }
    shown = null;
    mode.page = 'lost';
    mode.calling = mode.long = false;
    say(by('number'), '');
    say(by('where'), '');
    say(by('also'), '');
    say(by('digits'), '');
    empty(by('calls'));
    empty(by('counters'));
    empty(by('waiting'));
    empty(by('notice'));
    dress();
  }

  function retry() {
    lost();
    if (again) { return; }
    again = window.setTimeout(function () { again = 0; connect(); }, wait * (0.75 + Math.random() / 2));
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }

  // connect asks for the page first: that gives the browser its cookie where it has lost it, and
  // shows that the gateway is there. The page itself is never left while it is not.
  function connect() {
    var x = asking = new XMLHttpRequest();
    x.open('GET', '/board');
    x.timeout = silence;
    x.onloadend = function () {
      if (x !== asking) { return; }
      asking = null;
      if (x.status === 200) { listen(); } else { retry(); }
    };
    x.send();
  }

  function listen() {
    var s = stream = new EventSource('/board/stream' + window.location.search);
    heardAt = now();
    s.addEventListener('state', function (e) { if (s === stream) { take(JSON.parse(e.data)); } });
    s.addEventListener('beat', function (e) { if (s === stream) { take(JSON.parse(e.data)); } });
    s.onerror = function () { if (s === stream) { retry(); } };
  }

  function take(m) {
    heardAt = now();
    wait = 1000;
    setClock(m.clock);
    if (m.pair) {
      shown = m;
      mode.page = 'pair';
      wants(false);
      say(by('digits'), m.pair.digits);
      by('cookies').hidden = navigator.cookieEnabled;
    } else if (m.board) {
      shown = m;
      showBoard(m.board);
      seen();
    }
    dress();
    renew(m);
  }

  // renew loads the page anew after an update of the gateway, and at night, while nobody is called
  // and the gateway has just been heard. A page that may speak stays: its permission would be gone.
  function renew(m) {
    if (!shown || shown.board && shown.board.call && shown.board.call.new) { return; }
    var night = m.clock.sure && m.clock.ms >= 3 * 3600000 && m.clock.ms < 4 * 3600000;
    if (m.build !== build || night && now() - began > 20 * 3600000 && !speaks()) { window.location.reload(); }
  }

  function seen() {
    if (!shown || !shown.board) { return; }
    var x = new XMLHttpRequest();
    x.open('GET', '/board/seen');
    x.timeout = beat;
    x.send();
  }

  // --- the sound

  var Sound = window.AudioContext || window.webkitAudioContext;
  var wanted = false; // the office chooses which boards speak
  var ear = { context: null, queue: [], busy: false, heard: [], files: {}, first: true };

  function speaks() { return wanted && !!ear.context && ear.context.state === 'running'; }
  function showMute() {
    var mute = by('mute');
    if (wanted && !Sound) { say(mute, mute.getAttribute('data-none')); }
    mute.hidden = !wanted || speaks();
  }

  // wants switches the sound on or off. A browser may keep it back until somebody presses a key.
  function wants(sound) {
    if (sound === wanted) { return; }
    wanted = sound;
    ear.queue = [];
    ear.first = true;
    if (wanted && Sound && !ear.context) {
      ear.context = new Sound();
      ear.context.onstatechange = showMute;
    }
    showMute();
  }

  function startSound() {
    ['keydown', 'click', 'touchend'].forEach(function (kind) {
      document.addEventListener(kind, function () {
        if (wanted && ear.context && !speaks()) { ear.context.resume(); }
      });
    });
  }

  // hear puts the sound of a call that is new into the line, once. What was being announced when
  // the page was opened, or its sound switched on, was heard by then.
  function hear(b) {
    if (!wanted || !ear.context) { return; }
    var url = b.call && b.call.new && b.call.sound;
    if (url && ear.heard.indexOf(url) < 0) {
      ear.heard.push(url);
      ear.heard.splice(0, ear.heard.length - 32);
      if (!ear.first && speaks()) { ear.queue.push(url); }
    }
    ear.first = false;
    var keep = ear.queue.concat(b.next);
    Object.keys(ear.files).forEach(function (u) { if (keep.indexOf(u) < 0) { delete ear.files[u]; } });
    keep.forEach(fetchSound);
    play();
  }

  function fetchSound(url) {
    if (ear.files[url]) { return; }
    var file = ear.files[url] = { sound: null, failed: false };
    function fail() { file.failed = true; play(); }
    // load asks once more where the gateway has no sound yet: its voice may still be being made.
    function load(again) {
      var x = new XMLHttpRequest();
      x.open('GET', url);
      x.responseType = 'arraybuffer';
      x.timeout = silence;
      x.onloadend = function () {
        if (x.status === 503 && again) { window.setTimeout(load, 1500); return; }
        if (x.status !== 200 || !x.response) { fail(); return; }
        ear.context.decodeAudioData(x.response, function (sound) { file.sound = sound; play(); }, fail);
      };
      x.send();
    }
    load(true);
  }

  // play says the first of the line; the next one when it has ended, so that none overlaps.
  function play() {
    if (ear.busy || !ear.queue.length) { return; }
    var file = ear.files[ear.queue[0]];
    if (!file || !file.failed && !file.sound) { return; } // on its way
    ear.queue.shift();
    if (file.failed || !speaks()) { play(); return; }
    var source = ear.context.createBufferSource();
    source.buffer = file.sound;
    source.connect(ear.context.destination);
    ear.busy = true;
    source.onended = function () {
      source.disconnect();
      window.setTimeout(function () { ear.busy = false; play(); }, 400);
    };
    source.start();
  }

  startSound();
  dress();
  connect();
  window.setInterval(function () {
    tick();
    if (stream && now() - heardAt > silence) { retry(); }
  }, LOOK);
  window.setInterval(seen, beat);
}());
