// One press of a letter is one press of its button.
//
// The letters are chosen so that no two of them make a Vietnamese letter in Telex, VNI or VIQR:
// there is no vowel, no D and no W among them. An input method that composes says so (isComposing,
// keyCode 229, "Process") and is left alone; one that sends letters of its own (Unikey, EVKey) is
// read by what it sends.
function letter(e) {
  if (/^[a-zA-Z]$/.test(e.key)) return e.key.toUpperCase();
  if (e.key === '?') return '?';
  // Another layout, or a letter with marks: the place on the keyboard counts.
  return /^Key[A-Z]$/.test(e.code) ? e.code[3] : '';
}

function typing(target) {
  if (!(target instanceof Element)) return false;
  // A field of a dialog that was just closed keeps the focus for a moment.
  const dialog = target.closest('dialog');
  return (!dialog || dialog.open) && !!target.closest('input, select, textarea, [contenteditable]');
}

export function listen(press) {
  let taken = false; // a shortcut's letter must not land in the field that it opened
  document.addEventListener('keypress', e => { if (taken) e.preventDefault(); }, true);
  document.addEventListener('keyup', () => { taken = false; }, true);
  document.addEventListener('keydown', e => {
    if (!e.repeat) taken = false;
    if (e.isComposing || e.keyCode === 229 || e.key === 'Process') return;
    const holds = e.repeat && e.target instanceof Element && e.target.closest('button, a');
    if (holds && (e.key === 'Enter' || e.key === ' ')) { e.preventDefault(); return; }
    if (e.repeat || e.ctrlKey || e.altKey || e.metaKey || e.defaultPrevented || typing(e.target)) return;
    if (document.querySelector('dialog[open]')) return;
    // Enter, too: a link goes with the key's way down, and what its dialog focuses would be pressed
    // by the rest of the same key.
    if ((e.key === ' ' || e.key === 'Enter') && e.target instanceof Element && e.target.matches('a[role=button]')) {
      e.preventDefault();
      taken = true;
      e.target.click();
      return;
    }
    const found = letter(e);
    if (!found) return;
    taken = true; // before the press: it may move the focus
    if (press(found)) e.preventDefault();
    else taken = false;
  });
  // The second click of a double click, and a form's Enter held down, are no presses of their own.
  document.addEventListener('click', e => {
    if (e.detail > 1 && e.target instanceof Element && e.target.closest('button, a')) e.preventDefault();
  }, true);
}
