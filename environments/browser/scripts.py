"""The scripts that run in every document before the page's own. `INIT_SCRIPT` may run in one more than once.

Chromium paints the popups of `<select>` and of date, time and colour inputs into screenshots, but mouse input falls
through them to the page beneath. A `<select>` is therefore given the appearance whose popup is a part of the page
(`base-select`). The other popups can't be had that way; `OPEN_PICKER` tells whether one is open.
"""

INIT_SCRIPT = """(() => {
  const here = Symbol.for('handeye.here');
  if (document[here]) return;
  Object.defineProperty(document, here, {value: true});
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    select:is(:not([size]), [size="1"]):not([multiple]), ::picker(select) { appearance: base-select }
    :where(*) { caret-animation: manual }  /* a blinking caret makes equal screens differ */
  `);
  document.adoptedStyleSheets.push(sheet);
  // A shadow root has style sheets of its own, and a page may have replaced those of the document.
  addEventListener('pointerdown', event => {
    const [target] = event.composedPath(), sheets = target.getRootNode?.().adoptedStyleSheets;
    if (target.localName === 'select' && sheets && !sheets.includes(sheet)) sheets.push(sheet);
  }, {capture: true, passive: true});

  const now = performance.now.bind(performance);
  let changed = now();
  const change = () => { changed = now() };
  new MutationObserver(change).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true,
  });
  addEventListener('scroll', change, {capture: true, passive: true});
  const left = animation => {
    const {endTime} = animation.effect?.getComputedTiming() ?? {endTime: Infinity};
    return animation.playState === 'running' ? endTime - animation.currentTime : Infinity;
  };
  // Milliseconds until nothing will have changed for `quiet`, as far as can be known now. Animations that go on for
  // longer than a second are taken for a part of the page.
  const rest = quiet => Math.max(
    0, changed + quiet - now(), ...document.getAnimations().map(left).filter(ms => ms < 1000),
  );
  Object.defineProperty(window, Symbol.for('handeye.rest'), {value: rest, configurable: true});
})();"""

REST = """quiet => window[Symbol.for('handeye.rest')]?.(quiet) ?? 0"""

OPEN_PICKER = """() => {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  const kinds = 'select:open, input:open';
  const open = focused?.matches(kinds) ? focused : document.querySelector(kinds);
  if (open === null || getComputedStyle(open).appearance === 'base-select') return null;
  return open.localName === 'select' ? 'select' : open.type;
}"""
"""The kind of the popup that is open in the document and can't be clicked; null without one."""
