// Steps: from the press to the box's answer.
import { newKey, now } from './clock.js';

// What goes on with the number in hand while the box cannot be reached.
const OFFLINE = ['serve', 'finish', 'noshow', 'hold', 'send'];
// From which states a step may still be made.
const FROM = {
  serve: ['called'], finish: ['called', 'serving'], noshow: ['called'], hold: ['called', 'serving'],
  send: ['waiting', 'called', 'serving', 'held', 'no-show'],
};
const AFTER = { serve: 'serving', finish: null, noshow: null, hold: null, send: null };
const STALE = 20;   // seconds after which a call is asked about before it is sent
const TIMEOUT = 8000;
const MOST_LATE = 12 * 3600; // seconds; what seems longer is a box whose clock was set meanwhile

export function queues(verb) { return OFFLINE.includes(verb); }

// may reports whether a step that was overtaken can be made on what the box has now.
export function may(e) {
  const t = e.now;
  const active = t && (t.st === 'called' || t.st === 'serving');
  return !!t && FROM[e.verb]?.includes(t.st) && (!active || t.q === e.counter);
}

// project shows what the state will be when the kept steps are done.
export function project(state, entries) {
  let hand = state.hand;
  for (const e of entries) {
    if (e.asked || !hand || e.number !== hand.n || e.moves !== hand.m || !(e.verb in AFTER)) continue;
    const st = AFTER[e.verb];
    hand = st && { ...hand, st, m: hand.m + 1, at: e.at };
  }
  return { ...state, hand };
}

export class Steps {
  // page has: csrf, officer, at, state(), say(text, grave), changed(), lost(), signIn(), took(state).
  constructor(store, page) {
    this.store = store;
    this.page = page;
    this.failures = 0;
    this.online = true;
  }

  // repeats reports whether a press is the last one under way once more: of its number, or of a
  // call without a number the last of all. What was pressed in between makes it another one: the
  // stream may have shown a call whose answer is still on the way, and its number be finished.
  repeats(verb, number) {
    const last = this.store.all().filter(e => !e.asked && (!number || e.number === number)).pop();
    return !!last && last.verb === verb && last.number === number;
  }

  // press makes a step out of what is seen now. It answers false where it cannot be kept.
  press(verb, number, more = {}) {
    const seen = project(this.page.state(), this.store.all());
    const e = {
      key: newKey(), counter: seen.counter, verb, number, day: seen.day, hand: seen.hand?.n ?? '',
      moves: 0, to: '', for: '', place: '', after: 0, next: false, at: Math.floor(now()), officer: this.page.officer, ...more,
    };
    if (!this.store.add(e) && !this.online) {
      this.store.remove(e.key);
      return false;
    }
    this.page.changed();
    this.drain();
    return true;
  }

  // drain sends what is kept, oldest first, one at a time and from one tab.
  async drain() {
    if (this.draining) { this.more = true; return; }
    this.draining = true;
    clearTimeout(this.timer);
    try {
      do {
        this.more = false;
        await this.store.alone(() => this.sendAll());
      } while (this.more);
    } finally {
      this.draining = false;
    }
    this.page.changed();
  }

  async sendAll() {
    const tried = new Map();
    for (;;) {
      const e = this.store.all()[0];
      if (!e || e.asked || this.page.signedOut) return;
      if (e.officer !== this.page.officer) { this.ask(e, 'other', e.now); return; }
      if (!this.fresh(e)) continue;
      const n = (tried.get(e.key) ?? 0) + 1;
      tried.set(e.key, n);
      const wait = await this.send(e, n);
      if (wait !== undefined) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.drain(), wait);
        return;
      }
    }
  }

  // fresh looks at what was made with a link that broke before its answer came. A call is asked
  // about, unless the counter has somebody in hand: then it was made, or it is refused.
  fresh(e) {
    if (OFFLINE.includes(e.verb) || now() - e.at < STALE || e.again) return true;
    if (e.verb === 'call' && this.page.state().hand) return true;
    if (e.verb === 'call') { this.ask(e, 'stale'); return true; }
    this.store.remove(e.key);
    this.page.refused(e, this.page.words.offline.noOther);
    return false;
  }

  ask(e, why, stands) {
    e.asked = why;
    e.now = stands ?? null;
    this.store.put(e);
    this.page.changed();
  }

  // send sends one step. It answers when to try again, in milliseconds, or undefined when there
  // was a definite answer.
  async send(e, tries) {
    if (e.asked) return 3e7;
    let answer, body;
    const { key, counter, verb, number, day, hand, moves, to, place, after } = e;
    const kept = Math.floor(now() - e.at), late = kept > 0 && kept <= MOST_LATE ? kept : 0;
    const gone = new AbortController();
    const timer = setTimeout(() => gone.abort(), TIMEOUT);
    try {
      answer = await fetch('/counter/step', {
        method: 'POST', signal: gone.signal, cache: 'no-store',
        headers: { 'Content-Type': 'application/json', 'Accept': 'application/json', 'X-CSRF': this.page.csrf },
        body: JSON.stringify({ key, counter, verb, number, day, hand, moves, to, for: e.for, place, after, late }),
      });
      body = await answer.json();
    } catch {
      if (!answer || answer.ok) { this.page.lost(); return this.backoff(); }
      body = {};
    } finally {
      clearTimeout(timer);
    }
    this.page.answered();
    if (answer.ok) { this.made(e, body); return undefined; }
    if (answer.status === 401) { this.page.signIn(); return 3e7; }
    if (body.code === 'forged' && tries < 3 && await this.page.renew()) return 0;
    if (answer.status === 429 || answer.status === 408 || answer.status >= 500) {
      const after = Number(answer.headers.get('Retry-After'));
      if (answer.status !== 500 || ++this.failures < 6) return Math.max(after * 1000 || 0, this.backoff());
    }
    this.failures = 0;
    if (body.code === 'gone-on' && OFFLINE.includes(verb)) { this.ask(e, 'gone-on', body.now); return undefined; }
    this.store.remove(key);
    this.page.refused(e, body.message ?? '');
    return undefined;
  }

  backoff() {
    const most = Math.min(15000, 500 * 2 ** Math.min(this.failures++, 6));
    return most * (0.7 + Math.random() * 0.3);
  }

  made(e, body) {
    this.failures = 0;
    this.store.remove(e.key);
    this.page.took(body.page);
    this.page.made(e, body);
    if (!e.next) return;
    if (now() - e.at < 10) this.press('call', '');
    else this.page.say(this.page.words.offline.notNext);
  }

  // decide is the officer's word on a step that was asked about.
  decide(key, anyhow) {
    const e = this.store.all().find(x => x.key === key);
    if (!e?.asked) return;
    this.store.remove(key);
    if (anyhow) {
      const moves = e.asked === 'gone-on' ? e.now.m : e.moves;
      const state = this.page.state();
      const fresh = {
        ...e, key: e.asked === 'gone-on' ? newKey() : e.key, moves, day: state.day,
        hand: e.asked === 'stale' ? e.hand : state.hand?.n ?? '', at: Math.floor(now()), officer: this.page.officer, again: true,
      };
      delete fresh.asked;
      this.store.put(fresh); // in its old place
    }
    this.page.changed();
    this.drain();
  }

  // linked is told whether the box can be heard.
  linked(on) {
    this.online = on;
    if (on) { this.failures = 0; this.drain(); }
  }
}
