// Whatever is pointed at, a box or a text, is marked in both places.
const parts = document.querySelectorAll("[data-part]");
const mark = (name) => parts.forEach((part) => part.classList.toggle("on", part.dataset.part === name));
document.addEventListener("pointerover", (event) => {
  const part = event.target.closest?.("[data-part]");
  mark(part ? part.dataset.part : "");
});
document.addEventListener("click", (event) => {
  const part = event.target.closest?.("rect[data-part]");
  if (part) document.querySelector(`.part[data-part="${part.dataset.part}"]`).scrollIntoView({ block: "nearest" });
});
