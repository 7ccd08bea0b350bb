// The tree of what is on the screen, as Android's accessibility service tells of it, in CSS pixels of the screen.

import { focused } from "./keyboard.js";

const CLASSES = { switch: "Switch", checkbox: "CheckBox", radio: "RadioButton", tab: "TextView", heading: "TextView", dialog: "FrameLayout" };
const FLAT = new Set(["button", "switch", "checkbox", "radio", "tab", "a", "input", "textarea"]);
const STRUCTURE = new Set(["row", "notification", "tile", "launch"]);

/** Returns the nodes of `root`; `place` is {left, top, scale} of its document on the screen, `clip` what of it can be seen. */
export function treeOf(root, place, clip, name) {
  const context = { place, name, active: focused(document) };
  const children = nodes(root, context, clip);
  return node("android.widget.FrameLayout", clip, context, { children });
}

function nodes(element, context, clip) {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden" || element.getAttribute("aria-hidden") === "true") return [];
  if (style.display === "contents") return [...element.children].flatMap((child) => nodes(child, context, clip));
  const box = onScreen(element.getBoundingClientRect(), context.place);
  const seen = intersect(box, clip);
  if (element.tagName === "IFRAME") return seen ? framed(element, box, seen, context) : [];
  const inner = style.overflowX === "visible" && style.overflowY === "visible" ? clip : seen;
  const flat = isFlat(element);
  const children = inner === null || flat ? [] : [...element.children].flatMap((child) => nodes(child, context, inner));
  if (seen === null) return children;
  const described = describe(element, style, flat, context);
  return described ? [node(described.class, seen, context, { ...described, children })] : children;
}

function describe(element, style, flat, context) {
  const tag = element.tagName.toLowerCase();
  const role = element.getAttribute("role") ?? "";
  const field = tag === "textarea" || (tag === "input" && element.type !== "range");
  const clickable = tag === "button" || tag === "a" || field || role === "button" || role === "checkbox" || role === "radio" || role === "tab" || element.hasAttribute("data-long");
  const scrollable = (/auto|scroll/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1) || (/auto|scroll/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1);
  const label = element.getAttribute("aria-label") ?? "";
  const own = field ? shownText(element) : label ? "" : flat ? element.innerText.replace(/\s+/g, " ").trim() : ownText(element);
  const checkable = ["switch", "checkbox", "radio"].includes(role);
  if (!own && !label && !clickable && !scrollable && !checkable && tag !== "input") return null;
  return {
    class: `android.widget.${kind(tag, role, element, { field, own, clickable, scrollable, flat })}`,
    text: own, contentDesc: label, resourceId: element.id ? `${context.name}:id/${element.id}` : "",
    clickable, checkable, scrollable, longClickable: field || element.hasAttribute("data-long"), checked: element.getAttribute("aria-checked") === "true",
    enabled: !element.disabled && element.getAttribute("aria-disabled") !== "true", focusable: clickable || tag === "input", focused: element === context.active,
    password: element.type === "password", selected: element.getAttribute("aria-selected") === "true", hint: element.placeholder ?? "",
  };
}

function kind(tag, role, element, { field, own, clickable, scrollable, flat }) {
  if (field) return "EditText";
  if (tag === "input") return "SeekBar";
  if (CLASSES[role]) return CLASSES[role];
  if (tag === "button" || role === "button") return flat ? (own ? "Button" : "ImageButton") : "LinearLayout";
  if (scrollable) return "ScrollView";
  return own || tag === "a" ? "TextView" : clickable ? "LinearLayout" : "View";
}

/** Says whether an element is told of as a whole: a button with its text, not a row with a text in it. */
function isFlat(element) {
  if ([...element.classList].some((name) => STRUCTURE.has(name))) return element.classList.contains("launch");
  const tag = element.tagName.toLowerCase();
  return FLAT.has(tag) || FLAT.has(element.getAttribute("role"));
}

function shownText(field) {
  if (field.value) return field.type === "password" ? "•".repeat(field.value.length) : field.value;
  return field.placeholder;
}

function ownText(element) {
  return [...element.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE).map((child) => child.data).join("").replace(/\s+/g, " ").trim();
}

function framed(frame, box, seen, context) {
  let inner = null;
  try {
    inner = frame.contentDocument;
  } catch {
    inner = null;
  }
  const scale = context.place.scale * (frame.getBoundingClientRect().width / (frame.offsetWidth || 1));
  const place = { left: box[0], top: box[1], scale };
  const children = inner?.body ? nodes(inner.body, { ...context, place }, seen) : [];
  return [node("android.webkit.WebView", seen, context, { children, focusable: true, contentDesc: frame.title })];
}

function onScreen(rect, { left, top, scale }) {
  return [left + rect.left * scale, top + rect.top * scale, left + rect.right * scale, top + rect.bottom * scale];
}

function intersect(a, b) {
  const box = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  return box[2] - box[0] >= 1 && box[3] - box[1] >= 1 ? box : null;
}

function node(className, box, context, given) {
  return {
    class: className, text: "", resourceId: "", contentDesc: "", package: context.name, bounds: box.map((edge) => Math.round(edge * 100) / 100), clickable: false, checkable: false,
    checked: false, enabled: true, focusable: false, focused: false, scrollable: false, password: false, selected: false, longClickable: false, hint: "", ...given, class: className,
  };
}
