"""The script that reports, in every document, what a person does there.

Only the browser's own events are reported (`isTrusted`), not those created by a page. Text typed into a password field
never leaves the page; only the fact that something was typed does. A field that was once a password field stays one,
even if the page reveals its contents. The script may run in a window more than once.

A page must not obtain a listener, with which it could report input that never happened. So the code that adds them
again passes them to nothing that a page can replace, such as an array's iterator.
"""

BINDING = "handeye_hand"
"""The name of the function in each document that receives a JSON text."""

RECORDER_SCRIPT = """(() => {
  const here_already = Symbol.for('handeye.recorder');
  if (window[here_already]) {
    window[here_already]();
    return;
  }
  const send = window['handeye_hand'], token = '%TOKEN%', {stringify} = JSON;
  const tell = (kind, event, more) => {
    const time = (performance.timeOrigin + event.timeStamp) / 1000;
    send(stringify({__proto__: null, token, kind, time, ...more}));  // a page's own toJSON would see the token
  };
  const held = event => ['ctrl', 'alt', 'shift', 'meta'].filter(key => event[key + 'Key']);
  const at = event => ({x: event.clientX, y: event.clientY, held: held(event)});
  const {addEventListener} = window, heard = {__proto__: null};
  const on = (type, act) => {
    heard[type] = event => { if (event.isTrusted) act(event, event.composedPath()[0]) };
  };

  const secret = new WeakSet();
  const isSecret = target => {
    if (target instanceof HTMLInputElement
        && (target.type === 'password' || /(current|new)-password/.test(target.autocomplete))) secret.add(target);
    return secret.has(target);
  };
  const isEditable = target => target instanceof HTMLTextAreaElement || target.isContentEditable === true
    || target instanceof HTMLInputElement
       && !/^(button|submit|reset|checkbox|radio|range|color|file|image)$/.test(target.type);
  const wrote = (event, target, text) => tell('wrote', event, isSecret(target) ? {secret: true} : {text});

  let last = [0, 0], moved = 0, here = 0;
  const goes = event => {
    const near = Math.hypot(event.clientX - last[0], event.clientY - last[1]) < 3;
    if (near || Math.abs(event.timeStamp - moved) < 10) return;
    [last, moved] = [[event.clientX, event.clientY], event.timeStamp];
    tell('moved', event, at(event));
  };
  on('pointerdown', (event, target) => {
    const root = document.documentElement;
    const bar = target === root && (event.clientX >= root.clientWidth || event.clientY >= root.clientHeight);
    last = [event.clientX, event.clientY];
    if (!bar) tell('down', event, {...at(event), button: event.button});
  });
  on('pointermove', event => {
    if (event.buttons !== 0) goes(event);
    else if (Math.abs(event.timeStamp - here) > 500) { here = event.timeStamp; tell('here', event, at(event)) }
  });
  on('pointerup', event => tell('up', event, at(event)));
  on('dragover', goes);
  on('drop', event => tell('up', event, at(event)));
  on('dragend', event => tell('up', event, at(event)));
  on('wheel', event => {
    const unit = [1, 40, 800][event.deltaMode];
    tell('wheel', event, {...at(event), dx: event.deltaX * unit, dy: event.deltaY * unit});
  });

  let keyed = null;
  on('focusin', (event, target) => isSecret(target));
  on('keydown', (event, target) => {
    if (event.isComposing || /^(Process|Dead|Unidentified|Compose)$/.test(event.key)) {
      if (event.altKey || event.metaKey) tell('chord', event);
      return;
    }
    const chord = (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState('AltGraph');
    if ([...event.key].length === 1 && !chord && isEditable(target)) {
      keyed = event.key;
      wrote(event, target, event.key);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'v' && isEditable(target)) {
      tell('chord', event);
    } else {
      tell('key', event, {key: event.key, held: held(event)});
    }
  });
  on('keyup', event => { if (/^(Alt|Meta)$/.test(event.key)) tell('keyup', event, {key: event.key}) });
  on('input', (event, target) => {
    if (event.inputType === 'insertText' && !event.isComposing && event.data && event.data !== keyed)
      wrote(event, target, event.data);
    keyed = null;
  });
  on('compositionend', (event, target) => { if (event.data) wrote(event, target, event.data) });
  on('paste', (event, target) => {
    const text = event.clipboardData?.getData('text/plain');
    if (text && isEditable(target)) wrote(event, target, text);
  });

  // A window keeps its listeners when another document replaces its initial empty one. Rewriting a document
  // (`document.open`) removes them, but not its observers. Adding a listener that is already there does nothing.
  const listen = () => {
    rewritten.observe(document, {childList: true});
    for (const type in heard) addEventListener(type, heard[type], {capture: true, passive: true});
  };
  const rewritten = new MutationObserver(listen);
  on('readystatechange', listen);
  Object.defineProperty(window, here_already, {value: listen});
  listen();
})();"""


def recorder_script(token: str) -> str:
    """Return the script, whose messages carry a token that pages do not know."""
    return RECORDER_SCRIPT.replace("%TOKEN%", token)
