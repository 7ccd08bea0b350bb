// Whether a document has settled: nothing in it changes from frame to frame, and nothing is due that may change it.
// Runs in every document before the page's own scripts, possibly more than once.
//
// Changes are counted, not timed, and settling is judged by frames: on a busy machine a page's timers are starved, and
// a quiet period proves nothing. What the page has scheduled is tracked instead: its timers, its animation frames, its
// finite animations and the navigation that it has begun.
(() => {
  const key = Symbol.for('handeye.rest');
  if (document[key]) return;

  const HORIZON = 800;  // ms after the action, or after the last change; what is due within it is waited for
  const LASTING = 1000;  // ms; animations and chains of callbacks that last longer are considered part of the page
  const FRUITLESS = 300;  // ms for which a chain of callbacks that has not changed anything yet is waited for
  const OFTEN = 100;  // ms; a timer that fires as often as this and changes the page is waited for in any case
  const SLACK = 1000;  // ms that a query may take to reach the page
  const STILL = 33;  // ms without a change after which what scrolls smoothly has ended: slow, it moves no pixel for a while
  const FRAME = 100;  // ms after which a frame counts as passed where none are painted, as in a hidden window
  const LONGEST = 2 ** 31;  // ms; the browser takes longer delays for 0

  // The page may replace all of these, and name its forms after members of the document.
  const {Promise, Proxy, Reflect, Math, Number, Map, WeakRef, WeakSet, HTMLInputElement} = window;
  const now = performance.now.bind(performance);
  const nativeFrame = requestAnimationFrame.bind(window);
  const nativeTimeout = setTimeout.bind(window);
  const microtask = queueMicrotask.bind(window);
  const query = Document.prototype.querySelectorAll;
  const queryIn = DocumentFragment.prototype.querySelectorAll;
  const listen = EventTarget.prototype.addEventListener;
  const {composedPath} = Event.prototype;
  const elements = Document.prototype.getElementsByTagName.call(document, '*');
  const animations = root => (root === document ? Document : ShadowRoot).prototype.getAnimations.call(root);

  // --- changes ---
  let changes = 0, changed = now();
  const change = () => { changes++; changed = now(); };
  const observer = new MutationObserver(change);
  const known = new WeakSet();
  let roots = [];  // the document and the shadow roots, held weakly
  let scrolling = false;
  const ears = {capture: true, passive: true};
  const scroll = () => { scrolling = true; change(); };
  const scrolled = () => { scrolling = false; };
  let asked = -Infinity;  // when a field for files was clicked; the browser reports the open chooser somewhat later
  const ask = field => { if (field instanceof HTMLInputElement && field.type === 'file') asked = now(); };
  const click = event => ask(composedPath.call(event)[0]);
  const hear = root => {
    listen.call(root, 'scroll', scroll, ears);
    listen.call(root, 'scrollend', scrolled, ears);
    listen.call(root, 'click', click, ears);
  };
  const observe = root => {
    if (known.has(root)) return;
    known.add(root);
    roots.push(new WeakRef(root));
    observer.observe(root, {subtree: true, childList: true, characterData: true, attributes: true});
    hear(root);
  };
  observe(document);
  const counted = () => {
    if (observer.takeRecords().length) change();
    return changes;
  };
  let scanned = -1;  // how many elements there were
  const scan = () => {  // shadow roots that the parser made, which no script attached
    hear(document);  // `document.open` removes listeners
    if (scanned === elements.length) return;
    scanned = elements.length;
    const below = found => {
      for (const element of found) if (element.shadowRoot) {
        observe(element.shadowRoot);
        below(queryIn.call(element.shadowRoot, '*'));
      }
    };
    below(query.call(document, '*'));
  };
  let canvases = [];  // held weakly: what a canvas shows changes without a mutation
  const paints = () => canvases.some(canvas => canvas.deref()?.isConnected);

  // --- what is due ---
  // A chain is a callback with all those that it schedules in turn; `from` is when it began.
  const due = new Map();
  let chain = null;
  const leave = (mine, before, hops) => microtask(() => {
    if (hops) return leave(mine, before, hops - 1);  // what follows an await belongs to the same chain
    mine.useful = counted() !== before || now() - mine.from < (paints() ? LASTING : FRUITLESS);
    if (chain === mine) chain = null;
  });
  const entered = (record, callback, self, given) => {
    const before = counted(), mine = record.chain;
    chain = mine;
    try {
      return Reflect.apply(callback, self, given);
    } finally {
      leave(mine, before, 8);
    }
  };
  const replace = (owner, name, apply) => { owner[name] = new Proxy(owner[name], {apply}); };
  const follow = (name, repeats) => replace(window, name, (native, self, given) => {
    const [callback, ...rest] = given;
    const painting = name === 'requestAnimationFrame', asked = Number(rest[0]);
    const delay = !painting && asked > 0 && asked < LONGEST ? asked : 0;
    const record = {at: now() + delay, delay, painting, chain: chain ?? {from: now(), useful: true}};
    const track = id => {
      record.id = painting ? `frame ${id}` : id;
      due.set(record.id, record);
      return id;
    };
    if (typeof callback === 'string' && !painting) {  // runs as a script of its own, which cannot be entered
      nativeTimeout(() => due.delete(record.id), delay);
      return track(Reflect.apply(native, self, given));
    }
    if (typeof callback !== 'function') return Reflect.apply(native, self, given);
    return track(Reflect.apply(native, self, [function (...values) {
      if (repeats) record.at = now() + delay;
      else due.delete(record.id);
      return entered(record, callback, this, values);
    }, ...rest]));
  });
  follow('setTimeout', false);
  follow('setInterval', true);
  follow('requestAnimationFrame', false);
  for (const [name, prefix] of [['clearTimeout', ''], ['clearInterval', ''], ['cancelAnimationFrame', 'frame ']])
    replace(window, name, (native, self, given) => {
      due.delete(prefix ? prefix + given[0] : Number(given[0]));
      return Reflect.apply(native, self, given);
    });
  for (const owner of [window, Element.prototype])
    for (const name of ['scroll', 'scrollTo', 'scrollBy', 'scrollIntoView'].filter(name => name in owner))
      replace(owner, name, (native, self, given) => {
        scrolling = true;
        return Reflect.apply(native, self, given);
      });
  for (const [owner, name] of [[HTMLElement.prototype, 'click'], [HTMLInputElement.prototype, 'showPicker']])
    if (name in owner) replace(owner, name, (native, self, given) => {
      ask(self);  // a field that is in no document is heard by nobody
      return Reflect.apply(native, self, given);
    });
  replace(Element.prototype, 'attachShadow', (native, self, given) => {
    const root = Reflect.apply(native, self, given);
    observe(root);
    return root;
  });
  replace(HTMLCanvasElement.prototype, 'getContext', (native, self, given) => {
    if (!known.has(self)) {
      known.add(self);
      canvases = canvases.filter(canvas => canvas.deref());
      canvases.push(new WeakRef(self));
    }
    return Reflect.apply(native, self, given);
  });
  let left = -Infinity;  // when the page began to navigate away
  window.navigation?.addEventListener('navigate', event => {
    if (!event.destination.sameDocument && event.downloadRequest === null) left = now();
  });

  const remaining = animation => {  // ms; Infinity for an animation that is not running or never ends
    const {endTime} = animation.effect?.getComputedTiming() ?? {endTime: Infinity};
    const rate = animation.playState === 'running' ? animation.playbackRate : 0;
    return rate ? (rate < 0 ? animation.currentTime : endTime - animation.currentTime) / Math.abs(rate) : Infinity;
  };
  let rested = -Infinity;
  // The milliseconds until the next thing that is waited for; 0 when there is none. The action began `elapsed` ago or,
  // on a busy machine, somewhat earlier; a chain that began before the document last settled is not part of it.
  const pending = elapsed => {
    const time = now(), action = time - elapsed;
    const horizon = Math.min(Math.max(action, changed), action + LASTING) + HORIZON;
    const begun = Math.max(rested, action - SLACK);
    const expected = [left, asked].some(since => since >= begun && time < since + HORIZON);
    let next = expected ? 20 : Infinity;
    roots = roots.filter(root => root.deref());
    for (const root of roots) for (const animation of animations(root.deref() ?? document)) {
      const ms = remaining(animation);
      if (ms > 0 && ms < LASTING) next = Math.min(next, ms);
    }
    for (const {at, delay, painting, chain} of due.values()) {
      if (!chain.useful) continue;
      const fresh = chain.from >= begun && at <= horizon && time - chain.from < LASTING;
      if (fresh || (!painting && delay <= OFTEN)) next = Math.min(next, Math.max(at - time, 1));
    }
    if (next === Infinity) rested = time;
    return next === Infinity ? 0 : next;
  };
  // A harness whose episode ends on the page defines this: what is shown afterwards is not looked at.
  const over = () => document[Symbol.for('handeye.over')]?.() === true;
  const frame = () => new Promise(passed => { nativeFrame(passed); nativeTimeout(passed, FRAME); });

  // Resolves once `frames` frames in a row have passed without a change: to 0 if nothing is due then, otherwise to the
  // number of milliseconds after which to ask again. The action began `elapsed` milliseconds ago; `scrolls` says that it
  // may have begun to scroll, which is not seen before the first pixel.
  const rest = async (frames, elapsed, scrolls) => {
    scan();
    for (let tries = 0; tries < 4; tries++) {
      if (over()) return 0;
      const before = counted(), from = now();
      const still = () => frames && (scrolls || scrolling) ? now() - from >= STILL : true;
      for (let passed = 0; (passed < frames || !still()) && counted() === before; passed++) await frame();
      if (counted() === before) {
        scrolling = false;
        return pending(elapsed);
      }
    }
    return 1;
  };
  // The same for a document whose frames are not painted or whose scripts do not run: how many changes there were, and
  // the milliseconds. The caller compares the changes.
  const state = elapsed => {
    scan();
    return [counted(), pending(elapsed)];
  };
  Object.defineProperty(document, key, {value: {rest, state}});
})();
