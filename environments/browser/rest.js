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
  const FRAME = 100;  // ms after which a frame counts as passed where none are painted, as in off-screen iframes

  const now = performance.now.bind(performance);
  const nativeFrame = requestAnimationFrame.bind(window);
  const nativeTimeout = setTimeout.bind(window);

  // --- changes ---
  let changes = 0, changed = now();
  const change = () => { changes++; changed = now(); };
  const observer = new MutationObserver(change);
  const listening = {capture: true, passive: true};
  const known = new WeakSet();
  let roots = [];  // weak references to the document and the shadow roots
  const observe = root => {
    if (known.has(root)) return;
    known.add(root);
    roots.push(new WeakRef(root));
    observer.observe(root, {subtree: true, childList: true, characterData: true, attributes: true});
    root.addEventListener('scroll', change, listening);
  };
  observe(document);
  const counted = () => {
    if (observer.takeRecords().length) change();
    return changes;
  };
  let scanned = false;
  const scan = () => {  // declarative shadow roots, which the parser attaches
    if (scanned || document.readyState === 'loading') return;
    scanned = true;
    for (const element of document.querySelectorAll('*')) if (element.shadowRoot) observe(element.shadowRoot);
  };
  let paints = false;  // a canvas changes without a mutation

  // --- what is due ---
  // A chain is a callback with all those that it schedules in turn; `from` is when it began.
  const due = new Map();
  let chain = null;
  const leave = (mine, before, hops) => queueMicrotask(() => {
    if (hops) return leave(mine, before, hops - 1);  // what follows an await belongs to the same chain
    mine.useful = counted() !== before || now() - mine.from < (paints ? LASTING : FRUITLESS);
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
    if (typeof callback !== 'function') return Reflect.apply(native, self, given);
    const painting = name === 'requestAnimationFrame';
    const delay = painting ? 0 : Math.max(0, Number(rest[0]) || 0);
    const record = {at: now() + delay, delay, painting, chain: chain ?? {from: now(), useful: true}};
    const id = Reflect.apply(native, self, [function (...values) {
      if (repeats) record.at = now() + delay;
      else due.delete(record.id);
      return entered(record, callback, this, values);
    }, ...rest]);
    record.id = painting ? `frame ${id}` : id;
    due.set(record.id, record);
    return id;
  });
  follow('setTimeout', false);
  follow('setInterval', true);
  follow('requestAnimationFrame', false);
  for (const [name, prefix] of [['clearTimeout', ''], ['clearInterval', ''], ['cancelAnimationFrame', 'frame ']])
    replace(window, name, (native, self, given) => {
      due.delete(prefix ? prefix + given[0] : Number(given[0]));
      return Reflect.apply(native, self, given);
    });
  replace(Element.prototype, 'attachShadow', (native, self, given) => {
    const root = Reflect.apply(native, self, given);
    observe(root);
    return root;
  });
  replace(HTMLCanvasElement.prototype, 'getContext', (native, self, given) => {
    paints = true;
    return Reflect.apply(native, self, given);
  });
  let left = -Infinity;  // when the page began to navigate away
  window.navigation?.addEventListener('navigate', event => {
    if (!event.destination.sameDocument && event.downloadRequest === null) left = now();
  });

  const animation = each => {
    const {endTime} = each.effect?.getComputedTiming() ?? {endTime: Infinity};
    return each.playState === 'running' ? endTime - each.currentTime : Infinity;
  };
  let rested = -Infinity;
  // The milliseconds until the next thing that is waited for; 0 if there is none. The action began `elapsed` ago or, on
  // a busy machine, somewhat earlier; it did not start a chain that began before the document had last settled.
  const pending = elapsed => {
    const time = now(), horizon = Math.max(time - elapsed, changed) + HORIZON;
    const begun = Math.max(rested, time - elapsed - SLACK);
    roots = roots.filter(root => root.deref());
    const moving = roots.flatMap(root => root.deref()?.getAnimations() ?? []);
    const ahead = moving.map(animation).filter(ms => ms > 0 && ms < LASTING);
    if (left >= begun && time < left + HORIZON) ahead.push(20);
    for (const {at, delay, painting, chain} of due.values()) {
      if (!chain.useful) continue;
      const fresh = chain.from >= begun && at <= horizon && time - chain.from < LASTING;
      if (fresh || (!painting && delay <= OFTEN)) ahead.push(Math.max(at - time, 1));
    }
    return ahead.length ? Math.min(...ahead) : 0;
  };
  const frame = () => new Promise(passed => { nativeFrame(passed); nativeTimeout(passed, FRAME); });

  // Wait until `frames` consecutive frames have passed without a change; return 0 if nothing is due then, and otherwise
  // in how many milliseconds to ask again. The action began `elapsed` milliseconds ago.
  const rest = async (frames, elapsed) => {
    scan();
    for (let tries = 0; tries < 4; tries++) {
      const before = counted();
      for (let passed = 0; passed < frames && counted() === before; passed++) await frame();
      if (counted() !== before) continue;
      const wait = pending(elapsed);
      if (wait === 0) rested = now();
      return wait;
    }
    return 1;
  };
  Object.defineProperty(document, key, {value: rest});
})();
