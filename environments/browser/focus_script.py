"""The script that knows, in every document, what has the focus, whether it takes text, and what has become of it.

It runs before the page's own scripts, possibly more than once. While a text is typed, a guard keeps every key from any
element but the expected one: the page may move the focus between two keys, and no question that is asked from outside
is early enough.
"""

FOCUS_SCRIPT = r"""(() => {
  const key = Symbol.for('handeye.focus');
  if (document[key]) return;

  // The page may replace all of these.
  const {Reflect, Proxy, WeakSet, WeakMap, Set, Event, EventTarget, Math} = window;
  const listen = EventTarget.prototype.addEventListener;
  const keyed = new Set(['keydown', 'keypress', 'keyup']);
  const listening = new WeakSet(), closed = new WeakMap();
  const replace = (owner, name, apply) => { owner[name] = new Proxy(owner[name], {apply}); };
  replace(EventTarget.prototype, 'addEventListener', (native, self, given) => {
    if (keyed.has(given[0])) listening.add(self ?? window);
    return Reflect.apply(native, self, given);
  });
  replace(Element.prototype, 'attachShadow', (native, self, given) => {
    const root = Reflect.apply(native, self, given);
    if (root.mode === 'closed') closed.set(self, root);
    return root;
  });

  const LINES = ['text', 'search', 'url', 'tel', 'email', 'password', 'number'];
  const DATES = ['date', 'time', 'datetime-local', 'month', 'week'];
  const DIALOGS = 'dialog, [popover], [role=dialog], [role=alertdialog], [aria-modal=true]';
  const shadow = element => element.shadowRoot ?? closed.get(element);
  const outer = node => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  const active = () => {
    let found = document.activeElement;
    for (let inner; found && (inner = shadow(found)?.activeElement);) found = inner;
    return found;
  };
  const focused = () => {
    const found = active();
    if (document.designMode === 'on') return document.body;
    // In an open list the focus moves from option to option.
    return (found?.localName === 'option' ? found.closest('select') : found) ?? document.body;
  };
  const host = element => {  // what holds the text: an editing host is the topmost editable element
    if (document.designMode === 'on') return document.body;
    if (!element.isContentEditable || element.localName === 'input' || element.localName === 'textarea') return element;
    while (element.parentElement?.isContentEditable) element = element.parentElement;
    return element;
  };
  const kind = element => {
    const {localName, type} = element;
    if (['iframe', 'frame', 'object', 'embed', 'fencedframe'].includes(localName)) return 'frame';
    if (localName === 'textarea') return 'area';
    if (localName === 'input')
      return LINES.includes(type) ? 'line' : DATES.includes(type) ? 'date' : type === 'color' ? 'color' : 'control';
    if (localName === 'select') return 'select';
    if (element.isContentEditable || document.designMode === 'on') return 'rich';
    return element.editContext ? 'editor' : 'none';
  };
  const takes = element => !['none', 'control', 'select', 'frame', 'color'].includes(kind(element));
  const heard = element => {
    for (let node = element; node; node = outer(node)) {
      if (listening.has(node) || node.onkeydown || node.onkeypress || node.onkeyup) return true;
      const root = node.getRootNode();
      if (root !== document && listening.has(root)) return true;
    }
    return listening.has(document) || listening.has(window) || Boolean(document.onkeydown || document.onkeypress ||
      document.onkeyup || window.onkeydown || window.onkeypress || window.onkeyup);
  };
  // Editors and sheets take keys through a field that nobody sees and empty it after each of them.
  const unseen = element => {
    const box = element.getBoundingClientRect();
    return !element.checkVisibility({opacityProperty: true, visibilityProperty: true}) || box.width < 10 ||
      box.height < 10 || box.right + scrollX < 0 || box.bottom + scrollY < 0;
  };
  const content = element => kind(element) === 'rich' ? element.innerText ?? '' : element.value ?? '';
  const layer = element => {
    for (let node = element; node; node = outer(node))
      if (node.matches(DIALOGS) || getComputedStyle(node).position === 'fixed') return node;
    return null;
  };
  let whole = null;  // a field in which everything was selected, also if its selection cannot be read
  const selection = element => {
    try {
      if (typeof element.selectionStart === 'number') return [element.selectionStart, element.selectionEnd];
    } catch { /* it has no selection */ }
    return element === whole ? [0, content(element).length] : null;
  };

  // What has the focus, for deciding whether a text can be typed.
  const look = () => {
    const element = focused();
    if (!element) return {kind: 'none', type: '', known: 0};
    const what = kind(element), own = host(element);
    return {
      kind: what, type: element.type ?? '', frozen: Boolean(element.readOnly || element.disabled),
      heard: heard(element) || document.querySelector('[accesskey]') !== null, unseen: takes(element) && unseen(own),
      open: ['date', 'color'].includes(what) && element.matches(':open'), secret: element.type === 'password',
      known: known(element), deaf: deaf(),
    };
  };
  const ids = new WeakMap();
  let last = 0;
  const deaf = () => {  // a sandbox may let no listener run
    const probe = new EventTarget();
    let heard = false;
    Reflect.apply(listen, probe, ['probe', () => { heard = true; }]);
    probe.dispatchEvent(new Event('probe'));
    return !heard;
  };
  const known = element => { if (!ids.has(element)) ids.set(element, ++last); return ids.get(element); };

  // --- while a text is typed ---
  let guard = null, pressed = null;
  const elsewhere = () => {  // typing in a document around this one, or in none of them
    try {
      for (let around = window; around !== around.parent;) {
        around = around.parent;
        if (around.document[key]?.guarded()) return true;
      }
    } catch { /* of another site: guarded by itself */ }
    return false;
  };
  const check = event => {
    if (!event.isTrusted) return;
    if (event.type === 'keydown') pressed = event;
    const down = event.type === 'keydown';
    if (down && guard) guard.stopped = false;
    // A key that opens an editor, as in a cell of a sheet, is entered there.
    if (guard === null ? !elsewhere() : focused() === guard.target || !down && guard.target && follow() === 'moved') {
      if (guard !== null && down) { guard.visited.forEach(note); guard.passed++; guard.reached++; }
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (guard === null || guard.stopped) return;
    guard.stopped = true;  // one key is several events
    guard.missed++;
    if (!down) guard.passed--;
  };
  const guardKeys = () => {
    for (const type of ['keydown', 'keypress', 'beforeinput'])
      Reflect.apply(listen, window, [type, check, {capture: true}]);
  };
  guardKeys();
  const fields = root => {  // the fields below a node that are in sight
    const found = [];
    const visit = node => {
      for (const element of node.querySelectorAll('*')) {
        if (found.length >= 500) return;
        if (shadow(element)) visit(shadow(element));
        if (takes(element) && !unseen(element)) found.push(element);
      }
    };
    visit(root);
    return found;
  };
  const neighbours = element => {  // the fields near it, between which a form for a code moves the focus
    let around = element;
    for (let level = 0; level < 6 && outer(around); level++) {
      around = outer(around);
      const found = [...fields(around), ...(shadow(around) ? fields(shadow(around)) : [])];
      if (found.length > 1) return found;
    }
    return [];
  };
  const visit = element => {
    const own = host(element);
    guard.target = element;
    guard.box = element.getBoundingClientRect();
    guard.since = guard.passed;
    if (!guard.visited.some(one => one.own === own)) {
      const before = content(own);
      guard.visited.push({own, before, chosen: selection(own), last: before, taken: []});
    }
  };
  const plain = element => ['line', 'area'].includes(kind(element));
  // Keep what was in a field that the page has emptied, as a list of tags does after each of them.
  const note = one => {
    if (!plain(one.own)) return;
    const now = content(one.own);
    if (now === '' && one.last !== '') one.taken.push(one.last);
    one.last = now;
  };
  // Let keys reach only what has the focus now; with `nothing`, nothing in this document.
  const arm = nothing => {
    guardKeys();  // `document.open` removes listeners
    guard = {target: null, passed: 0, missed: 0, reached: 0, since: 0, visited: [], near: [], layer: null};
    if (nothing) return 0;
    guard.near = neighbours(focused());
    guard.layer = layer(focused());
    visit(focused());
    whole = null;
    return known(guard.target);
  };
  const veiled = new WeakMap();  // the fields into which a secret was typed, and its name
  const veil = name => { for (const {own} of guard.visited) veiled.set(own, name); };
  const disarm = () => { guard = null; };
  const length = element => {  // of what it holds; -1 if it does not tell or is full
    if (!element || !plain(element)) return -1;
    const size = content(element).length;
    return element.maxLength >= 0 && size >= element.maxLength ? -1 : size;
  };
  const state = () => guard &&
    [guard.passed, guard.missed, focused() === guard.target, guard.reached, length(guard.target)];
  const replaced = (from, to) => {  // pages that draw themselves anew put another field in the place of one
    const box = to.getBoundingClientRect(), old = guard.visited.find(one => one.own === host(from));
    const near = Math.abs(box.left - guard.box.left) + Math.abs(box.top - guard.box.top) < 10;
    const named = from.id !== '' || from.name;  // it may stand elsewhere, after what was made of the text so far
    const same = named && to.id === from.id && to.name === from.name && to.className === from.className;
    if (from.isConnected || !old || to.localName !== from.localName || to.type !== from.type) return false;
    if (!near && !same) return false;
    old.own = host(to);
    visit(to);
    return true;
  };
  // Whether the focus, which has moved by itself, went where the text is meant to go on.
  const follow = () => {
    const from = guard.target, to = focused();
    if (to === from) return 'same';
    if (!takes(to) || to.readOnly || layer(to) !== guard.layer) return 'off';
    if (replaced(from, to)) return 'moved';
    const typed = guard.passed - guard.since, own = from.value?.length ?? 0;
    const opened = !takes(from);  // an editor in the place of a cell
    const small = from.offsetWidth < 120 && to.offsetWidth < 120;
    const full = typed > 0 && guard.near.includes(to) && !guard.visited.some(one => one.own === host(to)) &&
      (own === from.maxLength || own === 1 && small);
    if (!opened && !full) return 'off';
    visit(to);
    return 'moved';
  };
  // After enter or tab: whether the focus is where a text may go on.
  let before = null;
  const remember = () => { before = {target: focused(), first: guard?.visited[0]?.own, all: fields(document)}; };
  const after = tab => {
    const to = focused(), old = before.target;
    if (to === old || host(to) === before.first || host(to) === host(old)) return true;
    if (layer(to) !== layer(old)) return false;
    if (tab || before.all.includes(host(to))) return true;
    return takes(to) && to.localName === old.localName && to.className === old.className && to.type === old.type &&
      to.parentElement?.parentElement === old.parentElement?.parentElement;  // a line of its own, as lists add them
  };
  // What the fields hold that were typed into, and held before.
  const report = () => guard.visited.map(one => {
    const {own, before, chosen, taken} = one;
    note(one);
    return {
      kind: kind(own), before, around: chosen && [before.slice(0, chosen[0]), before.slice(chosen[1])],
      now: own.isConnected ? content(own) : null, taken, unseen: unseen(own), number: own.type === 'number',
      bad: own.validity?.badInput ?? false, secret: own.type === 'password' || veiled.has(own),
    };
  });
  // Select everything in the field that has the focus and nothing else; false if there is nothing.
  const select = () => {
    const own = host(focused());
    const bare = kind(own) !== 'rich' || own.querySelector(':not(br, div, p, span)') === null;
    if ((kind(own) === 'rich' ? content(own).trim() : content(own)) === '' && bare) return false;
    if (kind(own) === 'rich') getSelection().selectAllChildren(own);
    else own.select();
    whole = own;
    return true;
  };
  // Empty a field of segments, which has no selection.
  const empty = () => {
    const field = focused();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, '');
    for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, {bubbles: true}));
    field.blur();
    field.focus();  // in its first segment
  };
  // Paste as from a clipboard; whether the page has taken the text itself.
  const paste = text => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    const given = {clipboardData: data, bubbles: true, cancelable: true, composed: true};
    return !focused().dispatchEvent(new ClipboardEvent('paste', given));
  };
  // The option at which a list stands; null if the focus is in no list.
  const option = () => {
    const list = focused(), found = active();
    if (kind(list) !== 'select') return null;
    return (found.localName === 'option' ? found : list.selectedOptions[0])?.label.trim().replace(/\s+/g, ' ') ?? '';
  };
  const taken = () => pressed?.defaultPrevented ?? false;
  const unlock = () => {
    const locked = Boolean(document.fullscreenElement || document.pointerLockElement);
    if (document.fullscreenElement) document.exitFullscreen();
    if (document.pointerLockElement) document.exitPointerLock();
    return locked;
  };
  // Whether something was dragged and whether it was dropped, since the last question.
  let dragged = null, dropped = false;
  const hearDrags = () => {
    Reflect.apply(listen, window, ['dragstart', noteDrag, {capture: true, passive: true}]);
    Reflect.apply(listen, window, ['drop', noteDrop, {capture: true, passive: true}]);
  };
  const noteDrag = event => { if (event.isTrusted) dragged = event; };
  const noteDrop = event => { if (event.isTrusted) dropped = true; };
  hearDrags();
  const drag = () => {
    hearDrags();
    const found = [dragged !== null && !dragged.defaultPrevented, dropped];
    [dragged, dropped] = [null, false];
    return found;
  };
  const value = {
    look, drag, arm, disarm, state, follow, remember, after, report, select, empty, paste, option, taken, unlock,
    veil,
    veiled: field => veiled.get(field),
    element: focused,
    content: () => content(host(focused())),
    locked: () => document.pointerLockElement !== null,
    guarded: () => guard !== null && guard.target !== null,
    forget: () => { pressed = null; },
  };
  Object.defineProperty(document, key, {value});
})();"""

CALL = """([name, argument]) => {
  const script = document[Symbol.for('handeye.focus')];
  return script === undefined ? null : [script[name](argument) ?? null];
}"""
"""Calls a function of the script by its name; returns its answer in a list, or null if the document has no script."""
ELEMENT = "() => document[Symbol.for('handeye.focus')].element()"
"""Returns the element that has the focus."""
