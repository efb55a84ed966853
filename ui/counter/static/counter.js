// The officers' page: the box's state in, steps out.
import { Choose } from './choose.js';
import { fill, now, sync } from './clock.js';
import { listen } from './keys.js';
import { Steps, may, project, queues } from './steps.js';
import { Store } from './store.js';
import { View } from './view.js';

const el = id => document.getElementById(id);
const data = JSON.parse(el('data').textContent);
const words = data.words, off = words.offline;
const counter = data.state.counter;
const query = data.at ? `?at=${encodeURIComponent(data.at)}` : '';
const SILENCE = 21; // seconds without the stream's heartbeat, which comes every ten

let state = data.state;
let link = true;
let notice = '';
let stream, heard = now0();
const view = new View(data);
const store = new Store(counter);

function now0() { return performance.now() / 1000; }

const page = {
  csrf: data.csrf,
  officer: data.officer,
  words,
  signedOut: false,
  state: () => state,
  changed: draw,
  say,
  lost: () => setLink(false),
  answered() { if (!link) open(); },
  took: s => take(s, false),
  made(e, body) {
    say(body.again ? off.again : fill(words.verbs[e.verb].done, { n: body.number }));
  },
  refused(e, why) {
    warn(fill(off.refused, { v: words.verbs[e.verb]?.name ?? e.verb, n: e.number }) + why);
  },
  signIn() {
    page.signedOut = true;
    if (!el('again').open) modal(el('again'), el('again-login'));
  },
  async renew() { return (await probe()) === 200; },
};
const steps = new Steps(store, page);
const choice = new Choose(words, { find, press, send, modal, service: row => view.service(row) });

// take shows a state, unless it is older than what is shown: answers and the stream overtake each
// other. After a restart of the gateway the versions begin anew.
function take(s, streamed) {
  if (!s || s.boot === state.boot && s.v < state.v) return;
  if (streamed || s.boot === state.boot) {
    state = s;
    sync(s.now);
  }
  draw();
}

function draw() {
  const entries = store.all().filter(e => !e.asked && (!link || now() - e.at > 1));
  view.render(project(state, store.all()), entries, link, notice, (verb, number) => steps.repeats(verb, number));
  conflict();
}

// say tells a screen reader, and nobody else: who sees has seen it.
function say(text) { el('said').textContent = text; }

// warn tells everybody, until it is put away.
function warn(text) {
  notice = text;
  say(text);
  draw();
}

function setLink(on) {
  if (on && !link) {
    notice = '';
    if (store.all().length) say(off.back);
  }
  const was = link;
  link = on;
  if (was !== on) {
    steps.linked(on);
    draw();
  }
}

// The stream.
function open() {
  stream?.close();
  if (page.signedOut) return;
  heard = now0();
  const es = stream = new EventSource('/counter/stream' + query);
  es.addEventListener('state', e => {
    if (es !== stream) return;
    heard = now0();
    take(JSON.parse(e.data), true);
    setLink(true);
    steps.drain();
  });
  es.addEventListener('beat', () => {
    heard = now0();
    setLink(true);
  });
  es.addEventListener('error', () => {
    if (es !== stream) return;
    setLink(false);
    // Refused, not lost: perhaps nobody is signed in any more.
    if (es.readyState === EventSource.CLOSED) setTimeout(() => probe().then(code => { if (code !== 401) open(); }), 1000);
  });
}

// probe asks whether this page is still signed in. It is no deed of the officer.
async function probe() {
  try {
    const answer = await fetch('/counter/session' + query, { cache: 'no-store', headers: { Accept: 'text/event-stream' } });
    if (answer.ok) welcome(await answer.json());
    else if (answer.status === 401) page.signIn();
    return answer.status;
  } catch {
    return 0;
  }
}

function welcome(hello) {
  page.csrf = hello.csrf;
  page.officer = hello.officer;
  el('name').textContent = hello.name;
  for (const field of document.querySelectorAll('input[name=csrf]')) field.value = hello.csrf;
}

setInterval(() => {
  if (!document.hidden) store.all().length ? draw() : view.tick(); // what waits long is said
  if (page.signedOut) return;
  const silent = now0() - heard;
  if (silent > SILENCE || !link && silent > 8 && stream?.readyState !== EventSource.OPEN) {
    setLink(false);
    open();
  }
}, 1000);
addEventListener('offline', () => setLink(false));
addEventListener('online', open);
addEventListener('storage', draw);
document.addEventListener('visibilitychange', () => view.tick());

// Steps with the number in hand.
function press(verb, more = {}) {
  const s = project(state, store.all());
  const next = verb === 'finish-next';
  const real = next ? 'finish' : verb;
  const number = more.number ?? (real === 'call' ? '' : real === 'undo' ? s.undo?.n : s.hand?.n) ?? '';
  // Pressed twice is once. The button is grey meanwhile, and the first one's answer is for both.
  if (steps.repeats(real, number)) return;
  if (!link && !queues(real)) { warn(real === 'call' ? off.noCall : off.noOther); return; }
  const moves = more.moves ?? s.hand?.m ?? 0;
  notice = '';
  if (!steps.press(real, number, { ...more, moves, next: next && link })) { warn(off.full); return; }
  if (!link) warn(next ? off.noCall : fill(off.kept, { v: words.verbs[real].name, n: number }));
}

// The counter itself.
async function sit(form) {
  const body = { do: '', counter, until: '', reason: '', other: '', ...form };
  if (!link) { warn(off.noOther); return; }
  try {
    const answer = await fetch('/counter/seat', {
      method: 'POST', headers: { 'Content-Type': 'application/json', 'Accept': 'application/json', 'X-CSRF': page.csrf },
      body: JSON.stringify(body),
    });
    const got = await answer.json();
    if (answer.status === 401) return page.signIn();
    if (!answer.ok) return warn(got.message ?? off.noOther);
    notice = '';
    take(got.page, false);
    say(words.pause[{ open: 'opened', resume: 'opened', pause: 'paused', close: 'left', help: 'helped' }[body.do]]);
  } catch {
    setLink(false);
    warn(off.noOther);
  }
}

// find asks the box what a typed number is; null where it does not answer.
async function find(number) {
  try {
    const answer = await fetch('/counter/find?' + new URLSearchParams(data.at ? { number, at: data.at } : { number }), { cache: 'no-store', headers: { Accept: 'application/json' } });
    if (answer.status === 401) page.signIn();
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

// Dialogs. Focus goes back to where it was: the browser does that.
function modal(dialog, focus) {
  if (dialog.hasAttribute('open')) dialog.close();
  dialog.showModal();
  focus?.focus();
}

function send(row) {
  const d = el('send');
  d.row = row;
  el('send-title').textContent = fill(words.send.title, { n: row.n });
  d.querySelector('form').reset();
  modal(d, el('send-to'));
}

function conflict() {
  const e = store.all()[0], d = el('conflict');
  if (!e?.asked) { if (d.open) d.close(); return; }
  if (d.open && d.dataset.key === e.key || el('again').open) return;
  d.dataset.key = e.key;
  const name = words.verbs[e.verb]?.name ?? e.verb, t = e.now;
  el('conflict-title').textContent = e.asked === 'gone-on' ? fill(off.goneOn, { n: e.number }) : `${name} ${e.number}`;
  const possible = e.asked !== 'gone-on' || may(e);
  el('conflict-why').textContent = e.asked === 'stale' ? off.stale : e.asked === 'other' ? off.other : possible ? '' : off.cannot;
  el('conflict-mine').textContent = `${name} ${e.number}`;
  el('conflict-theirs').textContent = t ? `${words.states[t.st] ?? t.st}${t.q ? `, ${fill(off.atQ, { q: t.q })}` : ''}`
    : e.asked === 'gone-on' ? off.unknown : state.hand ? `${state.hand.n}: ${words.states[state.hand.st]}` : view.say.free;
  el('conflict-do').hidden = !possible;
  d.returnValue = '';
  modal(d, el('conflict-drop'));
}

el('conflict').addEventListener('cancel', e => e.preventDefault());
el('conflict').addEventListener('close', () => {
  const d = el('conflict'), e = store.all().find(x => x.key === d.dataset.key);
  if (d.returnValue === '' || !e) return;
  if (d.returnValue === 'drop') say(fill(off.dropped, { v: words.verbs[e.verb].name, n: e.number }));
  d.dataset.key = '';
  steps.decide(e.key, d.returnValue === 'do');
});
el('again').addEventListener('cancel', e => e.preventDefault());
el('leaving').addEventListener('close', () => { if (el('leaving').returnValue === 'yes') sit({ do: 'close' }); });
el('dismiss').addEventListener('click', () => { notice = ''; draw(); });

// Every press is a form's submit or a link of this page.
document.addEventListener('submit', e => {
  const form = e.target, by = e.submitter;
  if (form.id === 'out' && !link) {
    e.preventDefault();
    warn(off.noOther);
  }
  if (form.id === 'out' || form.method === 'dialog' || by?.formMethod === 'dialog') return;
  e.preventDefault();
  if (by?.getAttribute('aria-disabled') === 'true') {
    if (!link && by.name === 'verb' && !queues(by.value)) warn(by.value === 'call' ? off.noCall : off.noOther);
    return;
  }
  const f = new FormData(form);
  if (by?.name) f.set(by.name, by.value); // older browsers leave the button out
  if (form.closest('#again')) return void signIn(form);
  if (form.action.endsWith('/counter/seat')) {
    const go = by?.id === 'open-pause' ? (state.seat.state === 'paused' ? 'resume' : 'open') : f.get('do');
    if (by?.id === 'open-pause' && state.seat.state === 'open') return modal(el('pause'));
    if (go === 'close' && !el('leaving').open) { el('leaving').returnValue = ''; return modal(el('leaving')); }
    const other = (f.get('other') ?? '').trim().normalize('NFC');
    sit({ do: go, until: f.get('until') ?? '', reason: go === 'pause' && !other ? f.get('reason') ?? '' : '', other });
    return form.closest('dialog')?.close();
  }
  const verb = f.get('verb');
  if (form.closest('#send')) {
    const row = el('send').row, place = f.get('place');
    press('send', { number: row.n, moves: row.m, to: f.get('to'), for: f.get('for'), place, after: place === 'after' ? Number(f.get('after')) : 0 });
    return el('send').close();
  }
  if (form.closest('#choose')) return void choice.step(verb);
  press(verb);
});

document.addEventListener('click', e => {
  const a = e.target.closest?.('a[role=button]');
  if (!a || e.defaultPrevented) return;
  e.preventDefault();
  if (a.getAttribute('aria-disabled') === 'true') return;
  const s = project(state, store.all());
  if (a.id === 'open-send') { if (s.hand) send(s.hand); }
  else if (a.id === 'open-number') choice.open(null);
  else if (a.id === 'open-pause') s.seat.state === 'open' ? modal(el('pause')) : sit({ do: s.seat.state === 'paused' ? 'resume' : 'open' });
  else if (a.id === 'open-keys') modal(el('keys'));
  else if (a.closest('tr')?.row) choice.open(a.closest('tr').row);
});
// A session that has ended is begun again on this page: what waits to be sent stays.
async function signIn(form) {
  const body = new URLSearchParams(new FormData(form));
  body.set('counter', data.at ? '' : counter);
  if (form.dataset.over) body.set('takeover', '1');
  body.delete('csrf');
  try {
    const answer = await fetch('/sign-in', { method: 'POST', headers: { Accept: 'application/json' }, body });
    const got = await answer.json();
    el('again-secret').value = '';
    if (!answer.ok) {
      form.dataset.over = got.code === 'counter-taken' ? '1' : '';
      el('again-alert').textContent = got.code === 'counter-taken' ? off.takeOver : got.message ?? '';
      el('again-secret').focus();
      return;
    }
    form.dataset.over = '';
    el('again-alert').textContent = '';
    page.signedOut = false;
    el('again').close();
    welcome(got);
    open();
    steps.drain();
  } catch {
    el('again-alert').textContent = off.lostNot;
  }
}

listen(key => {
  // On a row, M is about its number and not about the one in hand.
  const row = key === 'M' && document.activeElement?.closest('tbody tr')?.row;
  if (row) {
    press(row.p ? 'lower' : 'raise', { number: row.n, moves: row.m });
    return true;
  }
  const button = [...document.querySelectorAll('[data-key]')].find(b => b.dataset.key === key && b.offsetParent);
  button?.click();
  return !!button;
});

for (const d of document.querySelectorAll('dialog[open]')) d.close();
sync(state.now);
draw();
open();
steps.drain();
for (const q of store.elsewhere()) warn(fill(off.elsewhere, { q }));
document.documentElement.dataset.ready = 'yes';
