const filter = document.querySelector(".filter");
const rows = [...document.querySelectorAll(".rows > li")];
const shown = document.getElementById("shown");
const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

function apply() {
  const [text, ending, task] = ["text", "ending", "task"].map((name) => filter.elements[name]?.value ?? "");
  const wanted = text.toLowerCase().trim();
  let count = 0;
  for (const row of rows) {
    const fits =
      (!ending || row.dataset.ending === ending) &&
      (!task || row.dataset.task === task) &&
      words.get(row).includes(wanted);
    row.hidden = !fits;
    count += fits;
  }
  shown.textContent = count === rows.length ? "" : `${count} of ${rows.length} shown`;
}

filter.hidden = false;
filter.addEventListener("input", apply);
filter.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return;
  event.preventDefault();
  filter.elements.text.focus();
});
addEventListener("pageshow", apply); // a browser that goes back keeps what was chosen
