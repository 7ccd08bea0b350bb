const filter = document.querySelector(".filter");
const cases = [...document.querySelectorAll(".cases > li")];
const shown = document.getElementById("shown");
const large = document.querySelector("dialog");
const words = new Map(cases.map((item) => [item, item.querySelector(".tell").textContent.toLowerCase()]));

function apply() {
  const wanted = filter.elements.text.value.toLowerCase().trim();
  const chosen = [...filter.querySelectorAll("select")].filter((select) => select.value);
  let count = 0;
  for (const item of cases) {
    const fits =
      chosen.every((select) => item.dataset[select.name] === select.value) && words.get(item).includes(wanted);
    item.hidden = !fits;
    count += fits;
  }
  shown.textContent = count === cases.length ? "" : `${count} of ${cases.length} shown`;
}

if (filter) {
  filter.hidden = false;
  filter.addEventListener("input", apply);
  filter.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("pageshow", apply); // a browser that goes back keeps what was chosen
}
document.addEventListener("click", (event) => {
  const shot = event.target.closest(".shots button");
  if (shot) {
    large.replaceChildren(shot.querySelector("svg").cloneNode(true));
    large.showModal();
  } else if (event.target.closest("dialog")) {
    large.close();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!filter || event.target.closest("input, select")) return;
  event.preventDefault();
  filter.elements.text.focus();
});
