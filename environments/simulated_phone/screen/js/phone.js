// The phone as the device drives it: `window.phone`.

import { Alert } from "./alert.js";
import { APPS, appFor, appOf, KEYBOARD, LAUNCHER, SYSTEM_UI } from "./catalog.js";
import { defaults } from "./defaults.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { Keyboard } from "./keyboard.js";
import { Launcher } from "./launcher.js";
import { Display } from "./lock.js";
import { Recents } from "./recents.js";
import { Shade } from "./shade.js";
import { StatusBar } from "./statusbar.js";
import { nextId, store } from "./store.js";
import { Tasks } from "./tasks.js";
import { treeOf } from "./tree.js";
import { Toast, Volume } from "./notices.js";

const { focused } = window.look;
const at = (id) => document.getElementById(id);
const screen = at("screen");
const DATA = {
  "com.android.contacts": ["contacts"],
  "com.android.deskclock": ["alarms", "timer"],
  "com.android.messaging": ["messages"],
  "com.android.dialer": ["calls"],
  "org.handeye.notes": ["notes"],
  "org.handeye.browser": ["bookmarks"],
  "org.handeye.bank": ["bank"],
};

class Phone {
  ready = false;
  store = store;
  apps = APPS;

  constructor() {
    this.tasks = new Tasks(at("tasks"));
    this.keyboard = new Keyboard(at("keyboard"), screen);
    this.launcher = new Launcher(at("launcher"), screen, (name) => this.open(name));
    this.recentApps = new Recents(at("recents"), screen, this.tasks);
    this.shade = new Shade(at("shade"), screen, (name) => this.open(name));
    this.display = new Display(at("lock"), at("off"), screen);
    this.toasts = new Toast(at("toast"));
    this.volume = new Volume(at("volume"));
    this.alert = new Alert(at("alert"), this.tasks, (name) => this.open(name));
    new StatusBar(at("status"), () => this.notifications());
    this.tasks.addEventListener("start", ({ detail }) => {
      this.keyboard.attach(detail.frame.contentWindow.document);
      if (this.greeting) this.alert.show(this.greeting, detail.app);
    });
    this.tasks.addEventListener("change", () => screen.classList.toggle("app", this.tasks.front !== null));
    store.addEventListener("change", () => this.#follow());
    this.keyboard.addEventListener("change", () => this.#drawNavigation());
    window.addEventListener("resize", () => this.rotate());
    document.addEventListener("contextmenu", (event) => event.preventDefault());
    this.#drawNavigation();
    this.#follow();
    this.ready = true;
  }

  // State

  state() {
    return store.snapshot();
  }

  load(document) {
    this.#restart();
    store.load(document);
  }

  reset() {
    this.greeting = null;
    this.load({});
  }

  #restart() {
    this.tasks.stopAll();
    this.recentApps.hide();
    this.shade.hide();
    this.keyboard.hide();
    this.launcher.draw();
    this.toasts.hide();
    this.volume.hide();
    this.alert.hide();
    this.display.on = true;
    this.display.unlock();
  }

  // Apps

  /** The kind of window that each app opens with when it starts; null for none. */
  greeting = null;

  packages() {
    return APPS.map(({ package: name, activity, label, hidden = false, actions }) => ({
      package: name,
      activity,
      label,
      system: true,
      hidden,
      actions: Object.keys(actions),
    }));
  }

  async open(name, intent = {}) {
    const app = name ? appOf(name) : appFor(intent.action);
    if (!app) return false;
    this.collapse();
    this.recentApps.hide();
    this.launcher.closeDrawer();
    return this.tasks.open(app.package, { ...intent, view: app.actions[intent.action] ?? "" });
  }

  stop(name) {
    this.tasks.stop(name);
  }

  clear(name) {
    this.tasks.stop(name);
    const fresh = defaults();
    store.change((state) => {
      for (const key of DATA[name] ?? []) state[key] = fresh[key];
    });
  }

  // Buttons

  home() {
    if (!this.#usable()) return;
    this.keyboard.hide();
    this.alert.hide();
    this.collapse();
    this.recentApps.hide();
    this.launcher.closeDrawer();
    this.tasks.leave();
  }

  back() {
    if (!this.#usable()) return;
    if (this.keyboard.shown) this.keyboard.hide();
    else if (this.shade.shown) this.collapse();
    else if (this.recentApps.shown) this.recentApps.hide();
    else if (this.alert.shown) this.alert.hide();
    else if (this.tasks.front) {
      if (!this.tasks.back()) this.home();
    } else this.launcher.closeDrawer();
  }

  recents() {
    if (!this.#usable()) return;
    this.collapse();
    if (this.recentApps.shown) {
      this.recentApps.hide();
      return;
    }
    focused(document)?.blur?.();
    this.keyboard.hide();
    this.recentApps.show();
  }

  notifications() {
    if (!this.display.on || this.shade.shown) return;
    this.keyboard.hide();
    this.shade.show();
  }

  quickSettings() {
    this.notifications();
  }

  collapse() {
    this.shade.hide();
  }

  key(name) {
    switch (name) {
      case "power":
        if (this.display.on) this.#sleep();
        else this.display.wake();
        return true;
      case "wakeup":
        this.display.wake();
        return true;
      case "sleep":
      case "soft_sleep":
        this.#sleep();
        return true;
      case "home":
        this.home();
        return true;
      case "back":
      case "escape":
        this.back();
        return true;
      case "app_switch":
        this.recents();
        return true;
      case "notification":
        this.notifications();
        return true;
      case "volume_up":
      case "volume_down":
      case "volume_mute":
      case "mute":
        this.#turnVolume(name);
        return true;
      case "brightness_up":
      case "brightness_down":
        this.#turnBrightness(name);
        return true;
      case "menu":
        if (this.display.locked) this.display.unlock();
        return true;
      default:
        return !this.#usable();
    }
  }

  // What is in front

  focus() {
    const top = this.#top();
    const { field } = this.keyboard;
    return {
      package: top.package,
      activity: top.activity,
      title: top.title ?? "",
      screen: this.display.on ? "on" : "off",
      locked: this.display.locked,
      secure: Boolean(top.secure),
      keyboard: this.keyboard.shown,
      keyboardTop: this.keyboard.shown ? at("keyboard").getBoundingClientRect().top : null,
      editable: field !== null,
      inputType: field?.inputType ?? 0,
    };
  }

  tree() {
    const top = this.#top();
    const whole = { left: 0, top: 0, scale: 1 };
    const clip = [0, 0, window.innerWidth, window.innerHeight];
    if (this.display.locked) return treeOf(at("lock"), whole, clip, SYSTEM_UI.package);
    if (this.shade.shown) return treeOf(at("shade"), whole, clip, SYSTEM_UI.package);
    if (this.recentApps.shown) return treeOf(at("recents"), whole, clip, LAUNCHER.package);
    const covered = Math.max(44, this.keyboard.shown ? at("keyboard").offsetHeight : 0);
    clip[3] -= covered;
    if (this.alert.shown) {
      return treeOf(at("alert"), whole, clip, this.alert.shown.owner ?? this.alert.shown.package);
    }
    if (!this.tasks.front) return treeOf(this.launcher.drawer ?? at("launcher"), whole, clip, LAUNCHER.package);
    const { frame } = this.tasks.front;
    const page = frame.contentDocument;
    const windows = page.querySelectorAll(".window");
    const rect = frame.getBoundingClientRect();
    const place = { left: rect.left, top: rect.top, scale: rect.width / (frame.offsetWidth || 1) };
    const seen = [
      Math.max(0, rect.left),
      Math.max(0, rect.top),
      Math.min(clip[2], rect.right),
      Math.min(clip[3], rect.bottom),
    ];
    return treeOf(windows.length ? windows[windows.length - 1] : page.body, place, seen, top.package);
  }

  rotate(rotation) {
    if (rotation !== undefined) this.rotation = rotation;
    this.keyboard.refresh();
    this.recentApps.draw();
  }

  rotation = 0;

  // Settings

  getSetting(namespace, key) {
    return store.setting(namespace, key);
  }

  putSetting(namespace, key, value) {
    store.put(namespace, key, value);
  }

  deleteSetting(namespace, key) {
    store.change((state) => {
      delete state.settings[namespace][key];
    });
  }

  listSettings(namespace) {
    return { ...store.state.settings[namespace] };
  }

  // Typing

  ime() {
    return store.setting("secure", "default_input_method");
  }

  setIme(id) {
    store.put("secure", "default_input_method", id ?? KEYBOARD);
    this.keyboard.refresh(Boolean(this.keyboard.field));
  }

  insertText(text) {
    return this.keyboard.insert(text);
  }

  clearText() {
    return this.keyboard.clear();
  }

  // Notifications and files

  notify({ title, text = "", package: name = "com.android.shell" }) {
    store.change((state) =>
      state.notifications.unshift({ id: nextId(state.notifications), title, text, package: name }),
    );
  }

  toast(text) {
    this.toasts.show(text);
  }

  files() {
    return store.snapshot().files;
  }

  putFile(path, file) {
    store.change((state) => {
      state.files[path] = { directory: false, ...file };
    });
  }

  deleteFile(path) {
    return store.change((state) => {
      const gone = Object.keys(state.files).filter((each) => each === path || each.startsWith(`${path}/`));
      for (const each of gone) delete state.files[each];
      return gone.length > 0;
    });
  }

  makeFolder(path) {
    store.change((state) => {
      state.files[path] ??= { directory: true, size: 0, mtime: Math.floor(store.now() / 1000) };
    });
  }

  // Internals

  #usable() {
    return this.display.on && !this.display.locked;
  }

  #sleep() {
    this.keyboard.hide();
    this.shade.hide();
    this.display.sleep();
  }

  #top() {
    if (!this.display.on || this.display.locked || this.shade.shown) return SYSTEM_UI;
    if (this.recentApps.shown) return LAUNCHER;
    if (this.alert.shown) return this.alert.shown;
    return this.tasks.front?.app ?? LAUNCHER;
  }

  #turnVolume(name) {
    const before = Number(store.setting("system", "volume_music"));
    const after =
      name === "volume_up" ? Math.min(15, before + 1) : name === "volume_down" ? Math.max(0, before - 1) : 0;
    store.put("system", "volume_music", after);
    this.volume.show(after / 15);
  }

  #turnBrightness(name) {
    const before = Number(store.setting("system", "screen_brightness"));
    store.put(
      "system",
      "screen_brightness",
      Math.min(255, Math.max(1, before + (name === "brightness_up" ? 25 : -25))),
    );
  }

  #drawNavigation() {
    const down = this.keyboard.shown;
    at("navigation").replaceChildren(
      h("button", { "aria-label": "Back", class: down && "turned", onclick: () => this.back() }, icon("navback", 22)),
      h("button", { "aria-label": "Home", onclick: () => this.home() }, icon("home", 22)),
      h("button", { "aria-label": "Overview", onclick: () => this.recents() }, icon("recents", 22)),
    );
  }

  /** Applies the settings to the appearance of every document of the phone. */
  #follow() {
    const roots = [
      document.documentElement,
      ...this.tasks.running.map((task) => task.frame.contentDocument.documentElement),
    ];
    for (const root of roots) this.dress(root);
    this.keyboard.refresh();
  }

  dress(root) {
    root.classList.toggle("dark", store.setting("secure", "ui_night_mode") === "2");
    root.classList.toggle("still", Number(store.setting("global", "animator_duration_scale") ?? 1) === 0);
    root.style.setProperty("--scale", store.setting("system", "font_scale") ?? "1");
    root.lang = store.setting("system", "system_locales") ?? "en-US";
  }
}

window.phone = new Phone();
