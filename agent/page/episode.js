const steps = [...document.querySelectorAll(".step")];
const links = new Map([...document.querySelectorAll(".strip a")].map((link) => [link.hash.slice(1), link]));
let here = -1;
let quiet = 0; // until this time scrolling does not change the current step, because a key has just set it

function mark(index) {
  if (index === here || !steps[index]) return;
  if (steps[here]) {
    steps[here].classList.remove("here");
    links.get(steps[here].id)?.classList.remove("here");
  }
  here = index;
  steps[here].classList.add("here");
  const link = links.get(steps[here].id);
  if (!link) return;
  link.classList.add("here");
  const strip = link.parentElement;
  strip.scrollTo({ left: link.offsetLeft - (strip.clientWidth - link.clientWidth) / 2, behavior: "smooth" });
}

function go(index) {
  const step = steps[Math.max(0, Math.min(steps.length - 1, index))];
  if (!step) return;
  quiet = performance.now() + 1000;
  step.scrollIntoView({ block: step.clientHeight > innerHeight - 110 ? "start" : "center" });
  step.focus({ preventScroll: true });
  mark(steps.indexOf(step));
}

const seen = new IntersectionObserver(
  (entries) => {
    if (performance.now() < quiet) return;
    entries.forEach((entry) => entry.isIntersecting && mark(steps.indexOf(entry.target)));
  },
  { rootMargin: "-45% 0px -45% 0px" },
);
document.addEventListener("scrollend", () => (quiet = 0));
steps.forEach((step) => seen.observe(step));

const large = document.querySelector("dialog");
document.addEventListener("click", (event) => {
  const shot = event.target.closest(".shot button");
  if (shot) {
    large.replaceChildren(shot.querySelector("svg").cloneNode(true));
    large.showModal();
  } else if (event.target.closest("dialog")) {
    large.close();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || large.open) return;
  const moves = { ArrowRight: here + 1, j: here + 1, ArrowLeft: here - 1, k: here - 1, Home: 0, End: steps.length - 1 };
  if (event.key in moves) {
    event.preventDefault();
    go(moves[event.key]);
  } else if (event.key === "d") {
    const details = steps[here]?.querySelector("details");
    if (details) details.open = !details.open;
  }
});
