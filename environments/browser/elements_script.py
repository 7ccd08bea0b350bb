"""The scripts that find which elements of a document can be pointed at, and where."""

FIND_ELEMENTS = r"""clip => {
  const ROLES = new Set(['button', 'link', 'checkbox', 'radio', 'switch', 'tab', 'option', 'menuitem',
    'menuitemcheckbox', 'menuitemradio', 'textbox', 'searchbox', 'combobox', 'listbox', 'slider', 'spinbutton',
    'treeitem', 'gridcell']);
  const NATIVE = 'a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, option, ' +
    'audio[controls], video[controls], [contenteditable=""], [contenteditable=true], [onclick], [tabindex]';
  const INPUTS = {button: 'button', submit: 'button', reset: 'button', image: 'button', checkbox: 'checkbox',
    radio: 'radio', range: 'slider', number: 'spinbutton', search: 'searchbox', file: 'file', color: 'color',
    date: 'date', time: 'time', month: 'month', week: 'week', 'datetime-local': 'date and time'};
  const TAGS = {A: 'link', AREA: 'link', BUTTON: 'button', TEXTAREA: 'textbox', SUMMARY: 'button', OPTION: 'option'};
  const LONGEST = 1000, MOST = 1000;

  const outer = node => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  const role = element => {
    const given = element.getAttribute('role')?.trim().split(/\s+/)[0];
    if (given && /^[a-z-]{1,30}$/i.test(given)) return given;  // anything else is no role
    if (element.localName === 'input') return INPUTS[element.type] ?? 'textbox';
    if (element.localName === 'select') return element.multiple || element.size > 1 ? 'listbox' : 'combobox';
    return element.isContentEditable ? 'textbox' : TAGS[element.tagName] ?? element.localName;
  };
  const editable = element => !element.disabled && !element.readOnly && (element.isContentEditable ||
    element.localName === 'textarea' || element.localName === 'input' && !(element.type in INPUTS) ||
    element.localName === 'input' && ['number', 'search'].includes(element.type));
  // A clickable element that no attribute marks as one usually has this cursor; its children inherit it.
  const pointed = (element, style) => style.cursor === 'pointer' &&
    (outer(element) === null || getComputedStyle(outer(element)).cursor !== 'pointer');
  // Many pages hide a check box and draw its label instead.
  const unseen = control => !control.checkVisibility({visibilityProperty: true, opacityProperty: true}) ||
    control.offsetWidth < 4 || control.offsetHeight < 4;
  const wanted = (element, style) => {
    if (element.localName === 'option') return element.closest('select:open') !== null;
    if (element.isContentEditable) return !element.parentElement?.isContentEditable;
    if (element === document.body || element === document.documentElement) return false;
    if (element.localName === 'label') return element.control ? unseen(element.control) : pointed(element, style);
    const focus = element.getAttribute('tabindex');
    const native = element.matches('a, button, input, select, textarea');
    return element.matches(NATIVE) && (native || focus === null || element.tabIndex >= 0) ||
      ROLES.has(element.getAttribute('role')) || pointed(element, style);
  };
  // Of a secret that was typed, a field may hold only a part.
  const held = field => document[Symbol.for('handeye.focus')]?.veiled(field) ?? words(field.value);
  const words = text => (text ?? '').replace(/\s+/g, ' ').trim();
  const shown = element => words(element.innerText ?? element.textContent);
  const named = element => {
    const ids = element.getAttribute('aria-labelledby')?.split(/\s+/) ?? [];
    const labels = ids.map(id => element.getRootNode().getElementById?.(id)).filter(Boolean);
    const texts = [
      () => words(labels.map(shown).join(' ')),
      () => words(element.getAttribute('aria-label')),
      () => element.localName === 'select' ? words(element.selectedOptions[0]?.label) : '',
      () => ['button', 'submit', 'reset'].includes(element.type) ? words(element.value) : '',
      () => words([...element.labels ?? []].map(shown).join(' ')),
      () => ['input', 'select', 'textarea'].includes(element.localName) ? '' : shown(element),
      () => words(element.placeholder),
      () => words(element.alt ?? element.querySelector('img[alt]')?.alt),
      () => words(element.title || element.querySelector('svg > title')?.textContent),
      () => editable(element) && element.type !== 'password' ? held(element) : '',
    ];
    for (const text of texts) { const found = text(); if (found) return found.slice(0, LONGEST) }
    return '';
  };
  const meet = (a, b) => [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  const empty = box => box[2] - box[0] < 1 || box[3] - box[1] < 1;
  const edges = rect => [rect.left, rect.top, rect.right, rect.bottom];
  // The part of the box that the scrolling elements around it leave visible.
  const inSight = (element, box) => {
    let style = getComputedStyle(element);
    for (let around = outer(element); around && style.position !== 'fixed'; around = outer(around)) {
      const positioned = style.position === 'absolute';
      const frame = getComputedStyle(around);
      if (positioned && frame.position === 'static') continue;
      style = frame;
      if (frame.overflow !== 'visible' && frame.display !== 'inline' && around !== document.body &&
          around !== document.documentElement) box = meet(box, edges(around.getBoundingClientRect()));
    }
    return box;
  };
  const top = (x, y) => {
    let found = document.elementFromPoint(x, y);
    for (let inner; found?.shadowRoot && (inner = found.shadowRoot.elementFromPoint(x, y)) && inner !== found;)
      found = inner;
    return found;
  };
  const hits = (element, x, y) => {
    for (let found = top(x, y); found; found = outer(found)) {
      if (found === element || found.localName === 'label' && found.control === element) return true;
    }
    return false;
  };
  const STEPS = [0.5, 0.25, 0.75, 0.1, 0.9];
  // The part of the box whose middle belongs to the element: a click there reaches it.
  const reachable = (element, [left, top, right, bottom]) => {
    for (const down of STEPS) for (const along of STEPS) {
      const x = left + along * (right - left), y = top + down * (bottom - top);
      if (!hits(element, x, y)) continue;
      const wide = Math.min(x - left, right - x), high = Math.min(y - top, bottom - y);
      return [x - wide, y - high, x + wide, y + high];
    }
    return null;
  };

  const found = [];
  const visit = root => {
    for (const element of root.querySelectorAll('*')) {
      if (found.length >= MOST) return;
      if (element.shadowRoot) visit(element.shadowRoot);
      const style = getComputedStyle(element);
      if (!wanted(element, style)) continue;
      if (!element.checkVisibility({visibilityProperty: true}) || element.matches(':disabled') ||
          style.pointerEvents === 'none') continue;
      // A link may wrap over several lines: its largest piece represents it.
      const pieces = [...element.getClientRects()].map(rect => meet(inSight(element, edges(rect)), clip))
        .filter(box => !empty(box)).sort((a, b) => (b[2] - b[0]) * (b[3] - b[1]) - (a[2] - a[0]) * (a[3] - a[1]));
      const box = pieces.length ? reachable(element, pieces[0]) : null;
      if (box !== null && !empty(box))
        found.push({box, role: role(element), text: named(element), editable: editable(element)});
    }
  };
  visit(document);
  return found;
}"""
"""Takes the part of the viewport to search as [left, top, right, bottom] in CSS px; returns the elements in it."""

FRAME_PLACE = r"""frame => {
  const rect = frame.getBoundingClientRect(), style = getComputedStyle(frame);
  if (!frame.checkVisibility({visibilityProperty: true}) || !rect.width || !rect.height) return null;
  const across = rect.width / frame.offsetWidth, down = rect.height / frame.offsetHeight;
  const left = rect.left + (frame.clientLeft + parseFloat(style.paddingLeft)) * across;
  const top = rect.top + (frame.clientTop + parseFloat(style.paddingTop)) * down;
  const wide = frame.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const high = frame.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
  return [left, top, across, down, wide, high];
}"""
"""For a frame element: where the frame's document begins, its scale, and its size in its own CSS px."""

ON_TOP = r"""(frame, points) => points.map(([x, y]) => {
  let found = document.elementFromPoint(x, y);
  for (let inner; found?.shadowRoot && (inner = found.shadowRoot.elementFromPoint(x, y)) && inner !== found;)
    found = inner;
  return found === frame;
})"""
"""Whether each point of the parent's viewport hits the frame element rather than something covering it."""
