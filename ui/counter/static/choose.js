// The dialog on one number: that of a row, or whatever is typed.
import { fill, now, span } from './clock.js';

const PAUSE = 150; // milliseconds without a letter before the box is asked what they mean

const el = id => document.getElementById(id);

export class Choose {
  // page has: find(text), press(verb, more), send(row), modal(dialog, focus), service(row).
  constructor(words, page) {
    this.words = words;
    this.page = page;
    this.dialog = el('choose');
    this.field = el('choose-number');
    this.asked = 0;
    this.dialog.querySelector('[value=find]').hidden = true; // the script finds by itself
    this.field.addEventListener('input', () => {
      this.take(null, '');
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), PAUSE);
    });
    this.dialog.addEventListener('close', () => { this.asked++; clearTimeout(this.timer); });
    el('choose-send').addEventListener('click', () => {
      const row = this.row;
      this.dialog.close();
      page.send(row);
    });
  }

  // open shows the dialog, of a row or empty.
  open(row) {
    this.field.value = row?.n ?? '';
    this.take(row, row ? this.stands(row) : '');
    this.page.modal(this.dialog, row ? this.dialog.querySelector('[value=call]') : this.field);
  }

  // take shows what can be done with a row; with none, what is typed can be called.
  take(row, text, rows = []) {
    this.row = row;
    el('choose-rows').replaceChildren(...rows.map(r => this.option(r)));
    el('choose-found').textContent = text;
    this.dialog.querySelector('.known').hidden = !row;
    if (!row) return;
    const waits = !row.st || row.st === 'waiting', aside = row.st ? row.st === 'held' || row.st === 'no-show' : row.q !== undefined;
    this.dialog.querySelector('[value=resume]').hidden = !aside;
    this.dialog.querySelector('[value=raise]').hidden = !!row.p || !waits && !aside;
    this.dialog.querySelector('[value=lower]').hidden = !row.p || !waits && !aside;
    el('choose-send').hidden = !waits && !aside;
  }

  // option is one of the numbers that may be meant.
  option(row) {
    const li = document.createElement('li'), button = document.createElement('button');
    button.type = 'button';
    button.textContent = this.stands(row);
    button.addEventListener('click', () => {
      this.field.value = row.n;
      this.take(row, this.stands(row));
      this.dialog.querySelector('[value=call]').focus();
    });
    li.append(button);
    return li;
  }

  // stands writes out where a number stands.
  stands(row) {
    const at = row.q ? fill(this.words.offline.atQ, { q: row.q }) : '';
    const how = row.at && (!row.st || row.st === 'waiting') ? fill(this.words.page.waited, { t: span(now() - row.at, this.words.page) }) : '';
    const priority = row.p ? this.words.page.priority : '';
    return [row.n, this.page.service(row), this.words.states[row.st] ?? '', at, how, priority].filter(Boolean).join(' · ');
  }

  // look asks the box what the field's text means. It answers null where that is not known, or
  // where something else is typed by now.
  async look() {
    const text = this.field.value.trim();
    if (!text) return null;
    const mine = ++this.asked;
    const found = await this.page.find(text);
    if (mine !== this.asked || text !== this.field.value.trim()) return null;
    if (!found) this.take(null, this.words.offline.noOther);
    else if (found.sure) this.take(found.rows[0], this.stands(found.rows[0]));
    else this.take(null, found.rows.length ? this.words.choose.which : this.words.choose.nothing, found.rows);
    return found;
  }

  // step makes a step with the row, or with what is typed.
  async step(verb) {
    clearTimeout(this.timer);
    if (!this.row) await this.look();
    const row = this.row, option = el('choose-rows').querySelector('button');
    if (!this.dialog.open) return;
    if (!row) {
      option?.focus();
      return;
    }
    this.dialog.close();
    this.page.press(verb, { number: row.n, moves: row.m });
  }
}
