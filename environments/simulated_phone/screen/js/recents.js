// The recently used apps, as cards over their own live pages, made smaller.

import { h, onSwipe } from "./dom.js";
import { badge } from "./launcher.js";

const SCALE = 0.62;

export class Recents {
  shown = false;

  constructor(place, screen, tasks) {
    this.place = place;
    this.screen = screen;
    this.tasks = tasks;
    place.addEventListener("scroll", () => this.#place());
  }

  show() {
    this.shown = true;
    this.screen.classList.add("recents");
    this.place.hidden = false;
    this.draw();
    this.place.scrollLeft = 0;
  }

  hide() {
    this.shown = false;
    this.screen.classList.remove("recents");
    this.place.hidden = true;
    for (const { element } of this.tasks.running) element.style.transform = "";
  }

  draw() {
    if (!this.shown) return;
    const [width, height] = [window.innerWidth * SCALE, (window.innerHeight - 72) * SCALE];
    const cards = this.tasks.running.map((task) => {
      const card = h(
        "button",
        {
          class: "card",
          style: `width:${width}px;height:${height}px`,
          "aria-label": task.app.label,
          onclick: () => this.#choose(task),
        },
        h("span", { class: "name" }, badge(task.app, 18), task.app.label),
      );
      card.task = task;
      onSwipe(
        card,
        (direction) => {
          if (direction === "up") this.#end(task);
        },
        60,
      );
      return card;
    });
    const margin = (window.innerWidth - width) / 2;
    this.place.replaceChildren(
      cards.length
        ? h(
            "div",
            { class: "strip", style: `padding-left:${margin}px` },
            cards,
            h("button", { class: "clear", onclick: () => this.#endAll() }, "Clear all"),
          )
        : h("div", { class: "strip" }, h("div", { class: "none" }, "No recent items")),
    );
    this.#place();
  }

  #place() {
    if (!this.shown) return;
    for (const card of this.place.querySelectorAll(".card")) {
      const { left, top } = card.getBoundingClientRect();
      card.task.element.style.transform = `translate(${left}px, ${top - 28}px) scale(${SCALE})`;
    }
  }

  #choose(task) {
    this.hide();
    this.tasks.resume(task);
  }

  #end(task) {
    this.tasks.stop(task.app.package);
    this.draw();
  }

  #endAll() {
    this.tasks.stopAll();
    this.hide();
    this.tasks.leave();
  }
}
