// What the page shows of a state. It touches only what has changed: the PCs are old, and a
// screen reader reads every change.
import { fill, now, span, timeOfDay } from './clock.js';

const el = id => document.getElementById(id);

function text(node, value) { if (node.textContent !== value) node.textContent = value; }
function attr(node, name, value) { if (node.getAttribute(name) !== value) node.setAttribute(name, value); }
function can(node, on) { on ? node.removeAttribute('aria-disabled') : attr(node, 'aria-disabled', 'true'); }

function badge(kind, value) {
  const b = document.createElement('b');
  b.className = `badge ${kind}`;
  b.textContent = value;
  return b;
}

export class View {
  constructor(data) {
    this.words = data.words;
    this.say = data.words.page;
    this.services = data.services;
  }

  service(row) { return this.services[row.s]?.name ?? ''; }

  // render shows a state; entries are the steps that wait, link says whether the box is heard, and
  // under whether a step with a number is on its way.
  render(s, entries, link, notice, under) {
    this.state = s;
    this.under = under;
    const h = s.hand;
    attr(el('hand'), 'data-state', h ? h.st : '');
    text(el('number'), h ? h.n : '–');
    el('number').classList.toggle('long', h?.n.length > 5);
    text(el('service'), h ? this.service(h) : this.idle(s));
    this.badges(el('badges'), h ? [
      h.l && ['lang', this.words.speaks[h.l] ?? h.l.toUpperCase()],
      h.p && ['prio', h.p === 'declared' ? this.say.declared : this.say.priority],
    ] : []);
    text(el('pending'), entries.length ? `${this.words.offline.queued}: ${entries.map(e => `${this.words.verbs[e.verb]?.name ?? e.verb} ${e.number}`).join(', ')}` : '');
    this.seat(s);
    this.link = link;
    this.buttons(s, h, link);
    this.rows(el('waiting-rows'), s.waiting.rows, el('waiting-title'));
    this.rows(el('held-rows'), s.held.rows, el('held-title'));
    this.rows(el('noshow-rows'), s.noShow.rows, el('noshow-title'));
    text(el('waiting-count'), String(s.waiting.count));
    text(el('held-count'), String(s.held.count));
    text(el('noshow-count'), String(s.noShow.count));
    const more = s.waiting.count - s.waiting.rows.length;
    text(el('waiting-more'), s.waiting.count ? more > 0 ? fill(this.say.more, { n: more }) : '' : this.say.nobody);
    text(el('served-rows'), s.served.rows.map(r => r.n).join('  '));
    text(el('served-sum'), fill(this.say.servedOf, { n: s.served.count })
      + (s.served.mean ? ` · ${fill(this.say.mean, { t: span(s.served.mean, this.say) })}` : ''));
    text(el('date'), s.sure ? s.date : this.say.unsure);
    this.news(s, link, notice, entries);
    this.others(s.others);
    this.tick();
  }

  idle(s) {
    if (s.seat.state === 'closed') return this.say.closed;
    if (s.seat.state !== 'paused') return this.say.free;
    return fill(this.say.paused, { v: s.seat.reason || this.words.seats.paused });
  }

  badges(box, list) {
    const wanted = list.filter(Boolean);
    const key = JSON.stringify(wanted);
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    box.replaceChildren(...wanted.map(([kind, value]) => badge(kind, value)));
  }

  seat(s) {
    attr(el('seat'), 'data-state', s.seat.state);
    const until = s.seat.until ? ` ${fill(this.say.until, { t: timeOfDay(s.seat.until) })}` : '';
    text(el('seat'), (this.words.seats[s.seat.state] ?? '') + (s.seat.reason ? `: ${s.seat.reason}` : '') + until);
    const n = el('open-pause'), open = s.seat.state === 'open', p = this.words.pause;
    text(n.querySelector('span'), open ? p.button : s.seat.state === 'paused' ? p.resume : p.open);
  }

  // buttons shows what can be pressed. Without a link the others say why when they are.
  buttons(s, h, link) {
    const called = h?.st === 'called', free = link && !h && s.seat.state !== 'paused' && s.seat.state !== 'closed';
    const on = {
      call: free, recall: link && called && h.left > 0, serve: called, noshow: called,
      finish: !!h, 'finish-next': !!h, hold: !!h,
    };
    const next = free ? 'call' : called ? 'serve' : h ? 'finish-next' : '';
    for (const b of document.querySelectorAll('#steps button[name=verb]')) {
      if (!(b.value in on)) continue;
      can(b, on[b.value] && !this.under(b.value === 'finish-next' ? 'finish' : b.value, b.value === 'call' ? '' : h?.n ?? ''));
      b.classList.toggle('next', b.value === next);
    }
    can(el('open-send'), !!h);
    el('prio').value = h?.p ? 'lower' : 'raise';
    can(el('prio'), link && !!h && !this.under(el('prio').value, h.n));
    text(el('prio').querySelector('span'), this.words.verbs[el('prio').value].button);
    can(el('leave'), s.seat.state !== 'closed');
    el('open-pause').classList.toggle('next', link && !h && !free);
  }

  // rows keeps the rows that stay: focus stays with them.
  rows(body, rows, title) {
    const old = new Map([...body.children].map(tr => [tr.dataset.n, tr]));
    const focused = body.contains(document.activeElement) ? document.activeElement.closest('tr').dataset.n : '';
    let at = body.firstElementChild;
    for (const r of rows) {
      let tr = old.get(r.n);
      old.delete(r.n);
      if (!tr) tr = this.newRow(r);
      if (tr === at) at = at.nextElementSibling;
      else body.insertBefore(tr, at);
      tr.row = r;
      this.name(tr, r);
    }
    for (const tr of old.values()) tr.remove();
    if (focused && !body.contains(document.activeElement)) {
      (body.querySelector(`[data-n="${CSS.escape(focused)}"] a`) ?? title).focus();
    }
  }

  newRow(r) {
    const tr = document.createElement('tr');
    tr.dataset.n = r.n;
    const th = document.createElement('th');
    th.scope = 'row';
    const a = document.createElement('a');
    a.setAttribute('role', 'button');
    a.setAttribute('aria-keyshortcuts', 'M');
    a.href = '?' + new URLSearchParams({ open: 'number', n: r.n });
    a.textContent = r.n;
    th.append(a);
    tr.append(th, document.createElement('td'), document.createElement('td'));
    return tr;
  }

  name(tr, r) {
    const mark = this.mark(r);
    const badges = [r.l && r.l.toUpperCase(), r.p && this.say.priority].filter(Boolean).join(' · ');
    const key = [r.s, mark, badges].join('|');
    if (tr.dataset.key === key) return;
    tr.dataset.key = key;
    const cell = tr.children[1];
    const parts = [this.service(r)];
    if (mark) {
      const small = document.createElement('small');
      small.textContent = mark;
      parts.unshift(small, ' · ');
    }
    if (badges) parts.unshift(badge('', badges));
    cell.replaceChildren(...parts);
  }

  mark(r) {
    if (r.due > now()) return fill(this.say.due, { t: span(r.due - now(), this.say) });
    if (r.sent) return this.say.sent;
    return r.q && r.q !== this.state.counter ? fill(this.words.offline.atQ, { q: r.q }) : '';
  }

  news(s, link, notice, entries) {
    const first = s.faults[0];
    const lost = notice ? `${this.words.offline.lostShort} ${notice}` : entries.length || s.hand ? this.words.offline.lost : this.words.offline.lostNot;
    const [kind, what] = !link ? ['warn', lost] : notice ? ['grave', notice]
      : first ? [first.sev === 'stop' ? 'grave' : 'warn', first.text] : s.hall ? ['', s.hall] : ['', this.say.fine];
    attr(el('news'), 'class', kind);
    text(el('news'), what);
    el('dismiss').hidden = !notice || !link;
    const hidden = s.faults.slice(first && what === first.text ? 1 : 0);
    el('more').hidden = !hidden.length;
    text(el('more').querySelector('summary'), fill(this.say.moreNews, { n: hidden.length + (s.unsaid ?? 0) }));
    const list = el('more').querySelector('ul'), key = hidden.map(f => f.code).join();
    if (list.dataset.key !== key) {
      list.dataset.key = key;
      list.replaceChildren(...hidden.map(f => { const li = document.createElement('li'); li.textContent = f.text; return li; }));
    }
    el('help').hidden = !s.help;
  }

  others(list) {
    const select = el('send-for');
    for (const o of list) {
      const option = [...select.options].find(x => x.value === o.c);
      if (option) text(option, `${this.say.counter} ${o.c} (${this.words.seats[o.s] ?? o.s})`);
    }
  }

  // tick brings all lengths of time up to date. It costs a few text nodes, once a second.
  tick() {
    const s = this.state;
    if (!s) return;
    const t = now();
    text(el('clock'), s.sure ? timeOfDay(t) : '');
    text(el('facts'), s.hand ? this.facts(s.hand, t) : s.seat.state === 'open' && this.link ? this.say.freeHint : '');
    let over = 0;
    for (const id of ['waiting-rows', 'held-rows', 'noshow-rows']) {
      for (const tr of el(id).children) {
        const r = tr.row;
        if (!r) continue;
        text(tr.children[2], r.at ? span(t - r.at, this.say) : '');
        const late = id === 'waiting-rows' && r.at && t - r.at > s.limit;
        tr.classList.toggle('over', !!late);
        if (late) over++;
        if (r.due) this.name(tr, r);
      }
    }
    over = Math.max(over, s.waiting.over ?? 0);
    text(el('waiting-over'), over ? fill(this.say.over, { n: over, t: span(s.limit, this.say) }) : '');
    const left = s.undo ? Math.ceil(s.undo.until - t) : 0;
    can(el('undo'), this.link && left > 0 && !this.under('undo', s.undo.n));
    // The seconds are to be seen: a screen reader would say each of them.
    attr(el('undo'), 'aria-label', [this.words.verbs.undo.button, left > 0 && `${s.undo.n} ${this.words.verbs[s.undo.verb]?.name ?? ''}`].filter(Boolean).join(': '));
    text(el('undo-what'), left > 0 ? `${left} s · ${s.undo.n} ${this.words.verbs[s.undo.verb]?.name ?? ''}` : '');
    if (s.help) text(el('help-text'), fill(this.say.atScreen, { t: span(t - s.help, this.say) }));
  }

  facts(h, t) {
    const out = [];
    if (h.at) out.push(fill(h.st === 'serving' ? this.say.serving : this.say.since, { t: span(t - h.at, this.say) }));
    out.push(fill(this.say.calls, { n: h.calls }));
    if (h.st === 'called') out.push(h.left > 0 ? fill(this.say.left, { n: h.left }) : this.say.noLeft);
    if (h.w) out.push(fill(this.say.waited, { t: span(h.w, this.say) }));
    return out.map(part => part.replace(/ /g, '\u00a0')).join('\u00a0· '); // lines break between them
  }
}
