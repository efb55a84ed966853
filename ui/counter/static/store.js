// The steps that the box has not answered yet, in the browser's storage: written before they
// are sent, taken out when they are answered. Each is an item of its own, so that two tabs of one
// counter never overwrite each other's.
const memory = new Map(); // where there is no storage

function storage() {
  try { return window.localStorage; } catch { return null; }
}

export class Store {
  constructor(counter) {
    this.prefix = `motcua.step.${counter}.`;
    this.lock = `motcua.send.${counter}`;
  }

  // all lists the steps in the order in which they were pressed.
  all() {
    const out = [...memory.values()].filter(e => e.counter && this.prefix === `motcua.step.${e.counter}.`);
    const kept = storage();
    for (let i = 0; kept && i < kept.length; i++) {
      const name = kept.key(i);
      if (!name.startsWith(this.prefix)) continue;
      try {
        const e = JSON.parse(kept.getItem(name));
        if (e && typeof e.key === 'string' && typeof e.verb === 'string') out.push(e);
      } catch { /* not ours, or half of one: the box would not understand it either */ }
    }
    return out.sort((a, b) => a.order - b.order || (a.key < b.key ? -1 : 1));
  }

  // add keeps a step behind all others; false where that lasts only as long as this page.
  add(e) {
    e.order = this.all().reduce((most, x) => Math.max(most, x.order), 0) + 1;
    return this.put(e);
  }

  put(e) {
    try {
      storage().setItem(this.prefix + e.key, JSON.stringify(e));
      return true;
    } catch {
      memory.set(e.key, e);
      return false;
    }
  }

  has(key) { return memory.has(key) || storage()?.getItem(this.prefix + key) != null; }

  remove(key) {
    memory.delete(key);
    storage()?.removeItem(this.prefix + key);
  }

  // elsewhere lists the counters whose steps wait on this machine, too: somebody has moved since.
  elsewhere() {
    const kept = storage(), found = new Set();
    for (let i = 0; kept && i < kept.length; i++) {
      const [, c] = /^motcua\.step\.(.+)\.[^.]+$/.exec(kept.key(i)) ?? [];
      if (c && `motcua.step.${c}.` !== this.prefix) found.add(c);
    }
    return [...found];
  }

  // alone runs f while no other tab of this counter does.
  async alone(f) {
    if (navigator.locks) return navigator.locks.request(this.lock, f);
    if (!await this.lease()) return undefined;
    try { return await f(); } finally { storage()?.removeItem(this.lock); }
  }

  // lease is for plain HTTP, where browsers have no locks. Should two tabs get it all the same,
  // a key sent twice is still one step.
  async lease() {
    const kept = storage();
    if (!kept) return true;
    if (!this.tab) this.tab = Math.random().toString(36).slice(2);
    for (;;) {
      const [owner, until] = (kept.getItem(this.lock) || ' 0').split(' ');
      if (owner === this.tab) return true;
      const left = until - Date.now(); // compared within one browser only
      if (!(left > 0 && left < 20000)) kept.setItem(this.lock, `${this.tab} ${Date.now() + 15000}`);
      await new Promise(done => setTimeout(done, 60 + Math.random() * 60));
    }
  }
}
