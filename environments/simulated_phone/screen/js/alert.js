// A window of the system in front of an app, which has to be answered first: a permission, a crash, an app that hangs.

import { h } from "./dom.js";

const PERMISSIONS = {
  package: "com.google.android.permissioncontroller",
  activity: "com.android.permissioncontroller.permission.ui.GrantPermissionsActivity",
};

export class Alert {
  /** What is shown: {package, activity, title}; null for nothing. `title` is set for windows that are no activity. */
  shown = null;
  #app = null;

  constructor(place, tasks, open) {
    this.place = place;
    this.tasks = tasks;
    this.open = open;
  }

  /** Shows the window of a kind, about an app. */
  show(kind, app) {
    this.#app = app;
    switch (kind) {
      case "permission":
        return this.#draw(PERMISSIONS, `Allow ${app.label} to send you notifications?`, [
          ["Allow", () => {}],
          ["Don’t allow", () => {}],
        ]);
      case "crash":
        return this.#draw(this.#system("Application Error"), `${app.label} keeps stopping`, [
          ["App info", () => this.open("com.android.settings")],
          ["Close app", () => this.tasks.stop(app.package)],
        ]);
      case "hang":
        return this.#draw(this.#system("Application Not Responding"), `${app.label} isn’t responding`, [
          ["Close app", () => this.tasks.stop(app.package)],
          ["Wait", () => {}],
        ]);
      default:
        throw new Error(`no window is called ${kind}`);
    }
  }

  /** Hides it without an answer. */
  hide() {
    this.shown = null;
    this.place.hidden = true;
  }

  #system(title) {
    const { package: name, activity } = this.#app;
    return { package: name, activity, title: `${title}: ${name}`, owner: "android" };
  }

  #draw(shown, text, answers) {
    this.shown = shown;
    const button = ([label, act]) =>
      h(
        "button",
        {
          onclick: () => {
            this.hide();
            act();
          },
        },
        label,
      );
    this.place.replaceChildren(
      h("div", { class: "box", role: "dialog" }, h("h2", { role: "heading" }, text), ...answers.map(button)),
    );
    this.place.hidden = false;
  }
}
