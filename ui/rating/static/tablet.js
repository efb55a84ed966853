// The tablet at a counter. Written for browsers of 2015: no modules, no fetch, no spread.
(function () {
  'use strict';
  const thanksFor = 5000; // ms
  const endEarly = 2000;  // ms before the end at which what was pressed is sent without a reason
  const silence = 25000;  // ms without a word, two heartbeats and a half: the line is gone

  const body = document.body;
  const texts = JSON.parse(body.getAttribute('data-texts'));
  const scenes = ['idle', 'ask', 'why', 'thanks'];
  const byId = function (id) { return document.getElementById(id); };
  const each = function (selector, f) { Array.prototype.forEach.call(document.querySelectorAll(selector), f); };

  let asked = null;    // the state whose question stands
  let scene = 'idle';
  let sending = false;
  let over = false;    // the office has ended the question while a rating was on its way
  let timers = [];

  function later(f, ms) { timers.push(setTimeout(f, ms)); }
  function clear() { timers.forEach(clearTimeout); timers = []; }

  function show(name) {
    scene = name;
    scenes.forEach(function (s) { byId(s).hidden = s !== name; });
    byId('tongues').hidden = name !== 'ask' && name !== 'why';
    byId('failed').hidden = true;
  }

  function speak(language) {
    const t = texts[language];
    document.documentElement.lang = language;
    each('[data-text]', function (e) { e.textContent = t[e.getAttribute('data-text')]; });
    each('[data-language]', function (e) { e.setAttribute('aria-pressed', String(e.getAttribute('data-language') === language)); });
    byId('question').textContent = asked ? asked.ask[language] : '';
  }

  function idle() {
    clear();
    asked = null;
    sending = false;
    show('idle');
    speak('vi');
  }

  function ask(state) {
    asked = state;
    sending = false;
    over = false;
    speak(state.language);
    show('ask');
    lasts(state);
  }

  // lasts sets when the question ends: earlier once the next number is called.
  function lasts(state) {
    clear();
    later(idle, state.left * 1000);
    later(function () { if (scene === 'why') { send('bad', ''); } }, Math.max(0, state.left * 1000 - endEarly));
  }

  function thanks() {
    clear();
    asked = null;
    byId('question').textContent = '';
    show('thanks');
    later(idle, thanksFor);
  }

  function send(level, reason) {
    if (sending || !asked) { return; }
    sending = true;
    const about = asked;
    const request = new XMLHttpRequest();
    request.open('POST', '/r/counter');
    request.timeout = 10000;
    request.setRequestHeader('Content-Type', 'application/json');
    request.setRequestHeader('Accept', 'application/json');
    request.onloadend = function () {
      if (asked !== about) { return; } // the counter has gone on
      sending = false;
      let code = '';
      try { code = JSON.parse(request.responseText).code || ''; } catch (e) { /* no answer */ }
      if (request.status === 200 || code === 'rated-already') { thanks(); return; }
      if (code === 'gone-on' || over) { idle(); return; }
      byId('failed').hidden = false;
    };
    request.send(JSON.stringify({ number: about.number, level: level, reason: reason }));
  }

  each('[data-level]', function (e) {
    e.addEventListener('click', function () {
      const level = e.getAttribute('data-level');
      if (level === 'bad') { show('why'); } else { send(level, ''); }
    });
  });
  each('[data-reason]', function (e) {
    e.addEventListener('click', function () { send('bad', e.getAttribute('data-reason')); });
  });
  each('[data-language]', function (e) {
    e.addEventListener('click', function () { speak(e.getAttribute('data-language')); });
  });
  byId('back').addEventListener('click', function () { if (asked) { show('ask'); } });

  function hear(state) {
    if (state.version !== body.getAttribute('data-version')) { location.reload(); return; }
    if (state.phase === 'ask') {
      if (!asked || asked.number !== state.number) { ask(state); } else { lasts(state); }
      return;
    }
    // A rating that the office has just kept ends its own question: the thanks come with the answer.
    if (sending) { over = true; }
    if (scene === 'thanks' || sending) { return; }
    idle();
  }

  let source = null;
  let watch = 0;

  function lost(is) {
    byId('lost').hidden = !is;
    byId('calm').hidden = is;
  }

  function alive() {
    clearTimeout(watch);
    watch = setTimeout(gone, silence);
    lost(false);
  }

  // Without a line nobody knows whether the counter has gone on: the question is taken away.
  function gone() {
    clearTimeout(watch);
    if (scene !== 'thanks') { idle(); }
    lost(true);
    // It comes back by itself where it only broke off, and not where it fell silent or was refused.
    if (source.readyState === 0) { watch = setTimeout(gone, silence); return; }
    source.close();
    setTimeout(again, 1000);
  }

  // Perhaps the tablet is no longer paired; then its page says so.
  function again() {
    const request = new XMLHttpRequest();
    request.open('GET', '/r/counter');
    request.timeout = 10000;
    request.onloadend = function () {
      if (request.status === 200) { location.reload(); } else { setTimeout(again, 5000); }
    };
    request.send();
  }

  function listen() {
    source = new EventSource('/r/counter/stream');
    source.addEventListener('state', function (e) { alive(); hear(JSON.parse(e.data)); });
    source.addEventListener('beat', alive);
    source.onerror = gone;
  }

  idle();
  listen();
}());
