// Makes elements, and distinguishes a long press from a tap.

const LONG_PRESS_MS = 450;
const SLOP_PX = 10;

/** Makes an element: h("button", { class: "row", onclick: act }, child, "text").
 *
 * An attribute that is missing or false is left out, but not aria-checked="false". */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || (value === false && !name.startsWith("aria-"))) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : value);
  }
  element.append(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""),
  );
  return element;
}

/** Calls `act` when the element is long-pressed; the click that would follow is suppressed, whatever it would hit. */
export function onLongPress(element, act) {
  let timer = 0;
  let start = null;
  const stop = () => clearTimeout(timer);
  element.setAttribute("data-long", "");
  element.addEventListener("pointerdown", (event) => {
    start = event;
    stop();
    timer = setTimeout(() => {
      swallowClick(element.ownerDocument);
      act();
    }, LONG_PRESS_MS);
  });
  element.addEventListener("pointermove", (event) => {
    if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > SLOP_PX) stop();
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) element.addEventListener(end, stop);
  return element;
}

/** Suppresses the click that ends this touch. */
function swallowClick(document) {
  const over = new AbortController();
  const options = { capture: true, signal: over.signal };
  document.addEventListener(
    "click",
    (event) => {
      event.stopPropagation();
      event.preventDefault();
      over.abort();
    },
    options,
  );
  document.addEventListener("pointerdown", () => over.abort(), options);
}

/** Calls `act` with "up", "down", "left" or "right" when a finger has swiped over the element. */
export function onSwipe(element, act, distance = 40) {
  let start = null;
  element.addEventListener(
    "touchmove",
    (event) => {
      // Nothing scrolls in this direction: Chromium would treat it as a fling, and ignore taps until that has ended.
      if (!start || !event.cancelable) return;
      const [touch] = event.touches;
      const upright = Math.abs(touch.clientY - start.clientY) > Math.abs(touch.clientX - start.clientX);
      const { touchAction } = getComputedStyle(element);
      if (touchAction === "none" || touchAction === (upright ? "pan-x" : "pan-y")) event.preventDefault();
    },
    { passive: false },
  );
  element.addEventListener("pointerdown", (event) => {
    start = event;
  });
  element.addEventListener("pointerup", (event) => {
    if (!start) return;
    const [dx, dy] = [event.clientX - start.clientX, event.clientY - start.clientY];
    start = null;
    if (Math.max(Math.abs(dx), Math.abs(dy)) < distance) return;
    if (Math.abs(dx) > Math.abs(dy)) act(dx > 0 ? "right" : "left", event);
    else act(dy > 0 ? "down" : "up", event);
  });
  element.addEventListener("pointercancel", () => {
    start = null;
  });
  return element;
}
