// Reads a document and types into it: the tree of what is on the screen, and the field that has the focus.
//
// A classic script without imports, because it runs in two places: the phone's own page, which gets it as
// `window.look`, and every web page that the browser shows, where the device injects it. The phone cannot access such a
// page itself, so the page reports its focus and answers queries, by messages exchanged only with the phone.

(() => {
  const PAGE = "handeye-page";
  const INPUT_TYPES = {
    text: 1,
    search: 1,
    url: 17,
    email: 33,
    password: 129,
    number: 2,
    numeric: 2,
    decimal: 8194,
    tel: 3,
    textarea: 131073,
  };
  const NOT_TYPED = ["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"];
  const CLASSES = {
    switch: "Switch",
    checkbox: "CheckBox",
    radio: "RadioButton",
    tab: "TextView",
    heading: "TextView",
    dialog: "FrameLayout",
  };
  const FLAT = new Set(["button", "switch", "checkbox", "radio", "tab", "a", "input", "textarea"]);
  const STRUCTURE = new Set(["row", "notification", "tile", "launch"]);

  // The field

  /** Returns whether text can be typed into the element. */
  function editable(element) {
    if (!element || element.disabled || element.readOnly) return false;
    if (element.tagName === "TEXTAREA" || element.isContentEditable) return true;
    return element.tagName === "INPUT" && !NOT_TYPED.includes(element.type);
  }

  /** Returns the document of a frame, or null if it is another site's. */
  function documentOf(frame) {
    try {
      return frame.contentDocument;
    } catch {
      return null;
    }
  }

  /** Returns the element that has the focus, also inside accessible frames. */
  function focused(document) {
    const element = document.activeElement;
    const inner = element?.tagName === "IFRAME" ? documentOf(element) : null;
    return inner ? focused(inner) : element;
  }

  const multiline = (target) => target.tagName === "TEXTAREA" || target.isContentEditable;

  /** Returns the number that Android uses for the kind of a field. */
  function inputType(target) {
    if (multiline(target)) return INPUT_TYPES.textarea;
    return INPUT_TYPES[target.inputMode] ?? INPUT_TYPES[target.type] ?? 1;
  }

  /** Inserts text at the caret, as an input method commits it. */
  function insert(target, text) {
    const line = multiline(target) ? text : text.replaceAll("\n", "");
    if (line) target.ownerDocument.execCommand("insertText", false, line);
  }

  /** Clears a field. */
  function clear(target) {
    if (target.isContentEditable) target.ownerDocument.execCommand("selectAll");
    else target.select();
    target.ownerDocument.execCommand("delete");
  }

  /** Deletes the selection, or the character before the caret. */
  function erase(target) {
    target.ownerDocument.execCommand("delete");
  }

  /** Does what the enter key does: a new line, or the field's own action. */
  function enter(target) {
    if (multiline(target)) {
      insert(target, "\n");
      return;
    }
    let goes = true;
    for (const type of ["keydown", "keyup"]) {
      const key = new KeyboardEvent(type, {
        key: "Enter",
        code: "Enter",
        keyCode: 13,
        bubbles: true,
        cancelable: true,
      });
      goes = target.dispatchEvent(key) && goes;
    }
    if (goes) target.form?.requestSubmit();
  }

  /** Returns whether the caret is at the start of a sentence, in a field for sentences or names. */
  function wantsCapital(target) {
    if (!multiline(target) && !["sentences", "words"].includes(target.autocapitalize)) return false;
    const before = target.isContentEditable ? target.textContent : target.value.slice(0, target.selectionStart);
    return target.autocapitalize === "words" ? /(^|\s)$/.test(before) : /(^|[.!?]\s+|\n)$/.test(before);
  }

  // The tree

  /** Returns the nodes below `root` within `clip`; `foreign` receives the frames that cannot be accessed. */
  function nodesOf(root, place, clip, name, foreign) {
    return nodes(root, { place, name, active: focused(document), foreign }, clip);
  }

  function nodes(element, context, clip) {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility === "hidden" || element.getAttribute("aria-hidden") === "true")
      return [];
    if (style.display === "contents") return [...element.children].flatMap((child) => nodes(child, context, clip));
    const box = onScreen(element.getBoundingClientRect(), context.place);
    const seen = intersect(box, clip);
    if (element.tagName === "IFRAME") return seen ? framed(element, box, seen, context) : [];
    const inner = style.overflowX === "visible" && style.overflowY === "visible" ? clip : seen;
    const flat = isFlat(element);
    const children =
      inner === null || flat ? [] : [...element.children].flatMap((child) => nodes(child, context, inner));
    if (seen === null) return children;
    const described = describe(element, style, flat, context);
    return described ? [node(described.class, seen, context, { ...described, children })] : children;
  }

  function describe(element, style, flat, context) {
    const tag = element.tagName.toLowerCase();
    const role = element.getAttribute("role") ?? "";
    const field = tag === "textarea" || (tag === "input" && element.type !== "range");
    const clickable =
      tag === "button" ||
      tag === "a" ||
      field ||
      role === "button" ||
      role === "checkbox" ||
      role === "radio" ||
      role === "tab" ||
      element.hasAttribute("data-long");
    const scrollable =
      (/auto|scroll/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1) ||
      (/auto|scroll/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1);
    const label = element.getAttribute("aria-label") ?? "";
    const own = field
      ? shownText(element)
      : label
        ? ""
        : flat
          ? element.innerText.replace(/\s+/g, " ").trim()
          : ownText(element);
    const checkable = ["switch", "checkbox", "radio"].includes(role);
    if (!own && !label && !clickable && !scrollable && !checkable && tag !== "input") return null;
    return {
      class: `android.widget.${kind(tag, role, element, { field, own, clickable, scrollable, flat })}`,
      text: own,
      contentDesc: label,
      resourceId: element.id ? `${context.name}:id/${element.id}` : "",
      clickable,
      checkable,
      scrollable,
      longClickable: field || element.hasAttribute("data-long"),
      checked: element.getAttribute("aria-checked") === "true",
      enabled: !element.disabled && element.getAttribute("aria-disabled") !== "true",
      focusable: clickable || tag === "input",
      focused: element === context.active,
      password: element.type === "password",
      selected: element.getAttribute("aria-selected") === "true",
      hint: element.placeholder ?? "",
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

  /** Returns whether an element is a single node: a button with its text, not a row with a text in it. */
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
    return [...element.childNodes]
      .filter((child) => child.nodeType === Node.TEXT_NODE)
      .map((child) => child.data)
      .join("")
      .replace(/\s+/g, " ")
      .trim();
  }

  function framed(frame, box, seen, context) {
    const scale = context.place.scale * (frame.getBoundingClientRect().width / (frame.offsetWidth || 1));
    const place = { left: box[0], top: box[1], scale };
    const inner = documentOf(frame);
    const children = inner?.body ? nodes(inner.body, { ...context, place }, seen) : [];
    const view = node("android.webkit.WebView", seen, context, { children, focusable: true, contentDesc: frame.title });
    if (!inner) context.foreign.push({ frame, view, place, clip: seen });
    return [view];
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
      class: className,
      text: "",
      resourceId: "",
      contentDesc: "",
      package: context.name,
      bounds: box.map((edge) => Math.round(edge * 100) / 100),
      clickable: false,
      checkable: false,
      checked: false,
      enabled: true,
      focusable: false,
      focused: false,
      scrollable: false,
      password: false,
      selected: false,
      longClickable: false,
      hint: "",
      ...given,
      class: className,
    };
  }

  // A web page

  /** Reports the focus and the address to the phone, and carries out its requests. */
  function answer() {
    const target = () => (editable(focused(document)) ? focused(document) : null);
    const tell = (tapped) => {
      const field = target();
      const shown = field && { inputType: inputType(field), multiline: multiline(field), capital: wantsCapital(field) };
      window.top.postMessage({ handeye: "focus", field: shown, tapped }, "*");
    };
    const deeds = { insert, clear, erase, enter };
    window.addEventListener("message", ({ source, data }) => {
      if (source !== window.top || !data?.handeye) return;
      const { handeye: id, deed, text, place, clip, name } = data;
      const field = target();
      if (deed in deeds && field) deeds[deed](field, text);
      const found = deed === "tree" && document.body ? nodesOf(document.body, place, clip, name, []) : [];
      window.top.postMessage({ handeye: "answer", id, done: field !== null, nodes: found }, "*");
      if (deed in deeds) tell(false);
    });
    document.addEventListener("focusin", () => tell(true));
    document.addEventListener("focusout", () => setTimeout(() => tell(false)));
    document.addEventListener("click", (event) => {
      if (event.target === target()) tell(true);
    });
    window.addEventListener("resize", () => target()?.scrollIntoView({ block: "nearest" }));
    window.addEventListener("load", () => {
      window.parent.postMessage({ handeye: "page", url: window.location.href, title: document.title }, "*");
    });
  }

  if (window.name === PAGE) answer();
  else if (window.top === window) {
    window.look = {
      clear,
      documentOf,
      editable,
      enter,
      erase,
      focused,
      inputType,
      insert,
      multiline,
      node,
      nodesOf,
      wantsCapital,
    };
  }
})();
